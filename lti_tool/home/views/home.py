"""Each role's first page, and the place to enter an administrator code."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from lti_tool.errors import NotAllowedError
from lti_tool.home.navigation import current_view, page_url
from lti_tool.home.next_step import next_step
from lti_tool.home.queries.administrator import administrator_home
from lti_tool.home.queries.designer import designer_home
from lti_tool.home.queries.educator import educator_home
from lti_tool.home.views.blueprint import bp
from lti_tool.launch.acting import Acting, Right, guard
from lti_tool.launch.queries import origin_course
from lti_tool.people.operations import enter_admin_code as use_admin_code
from lti_tool.people.queries import schools_of_district
from lti_tool.people.schemas import CodeForm


@bp.get("/")
@guard(Right.EDUCATOR)
def show_home(acting: Acting) -> ResponseReturnValue:
    """Show what the person does next, for the view they have chosen or begin with."""
    match current_view(acting):
        case Right.ADMINISTRATOR:
            return _administrator_home(acting)
        case Right.DESIGNER:
            return _designer_home(acting)
        case Right.SUPERVISOR:
            return redirect(url_for("plans.show_queue"), 303)
        case _:
            return _educator_home(acting)


@bp.get("/administrator-code")
@guard(Right.EDUCATOR)
def enter_admin_code(_acting: Acting) -> ResponseReturnValue:
    """Ask for an administrator code."""
    return render_template("home/admin_code.html", errors={}, code="")


@bp.post("/administrator-code")
@guard(Right.EDUCATOR)
def save_admin_code(acting: Acting) -> ResponseReturnValue:
    """Make whoever knows an unused code an administrator."""
    code = request.form.get("code", "").strip()
    try:
        use_admin_code(acting.db, acting.person, CodeForm().load({"code": code})["code"])
    except ValidationError as error:
        return render_template("home/admin_code.html", errors=error.messages, code=code), 422
    except NotAllowedError as error:
        return render_template("home/admin_code.html", errors={"code": [error.message]}, code=code), 422
    return redirect(page_url("home.show_home", Right.ADMINISTRATOR, notice="admin_code_accepted"), 303)


def _educator_home(acting: Acting) -> ResponseReturnValue:
    found, person = educator_home(acting.db, acting.person), acting.person
    lacks_school = not (person.school_id or person.requested_school_id) and schools_of_district(acting.db, person)
    return render_template(
        "home/educator.html", home=found, step=next_step(found), person=person, lacks_school=lacks_school
    )


def _designer_home(acting: Acting) -> ResponseReturnValue:
    found = designer_home(acting.db, acting.person, acting.course)
    origin = origin_course(acting.db, acting.launch) if acting.course is None else None
    return render_template("home/designer.html", home=found, context=acting.launch.context, origin=origin)


def _administrator_home(acting: Acting) -> ResponseReturnValue:
    return render_template("home/administrator.html", home=administrator_home(acting.db, acting.person))
