"""The administrator's pages of people: who there is, what each may do, and where they work."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from lti_tool.db import row_id
from lti_tool.errors import InvalidInputError
from lti_tool.home.views.blueprint import bp
from lti_tool.launch.acting import Acting, Right, guard
from lti_tool.people import operations, queries
from lti_tool.people.models import Role
from lti_tool.people.schemas import RoleForm, SchoolAnswerForm, SchoolForm
from lti_tool.standards.schemas import load_form

LONGEST_SEARCH = 200
OFFERED = (Role.ADMINISTRATOR, Role.DESIGNER)
"""The roles that open a page; one that does not is shown only to whoever has it."""


@bp.get("/people")
@guard(Right.ADMINISTRATOR)
def show_people(acting: Acting) -> ResponseReturnValue:
    """Show the district's people by name."""
    search = request.args.get("search", "").strip()[:LONGEST_SEARCH]
    page = queries.people_of_district(
        acting.db, acting.person, search=search, after=request.args.get("after", type=row_id)
    )
    return render_template(
        "home/people.html",
        page=page,
        search=search,
        asking=queries.school_requests(acting.db, acting.person),
        asking_count=queries.count_school_requests(acting.db, acting.person),
    )


@bp.get("/people/<int:person_id>")
@guard(Right.ADMINISTRATOR)
def show_person(acting: Acting, person_id: int) -> ResponseReturnValue:
    """Show one person's roles and school, to change them."""
    return _person_page(acting, person_id, {})


@bp.post("/people/<int:person_id>/roles")
@guard(Right.ADMINISTRATOR)
def grant_role(acting: Acting, person_id: int) -> ResponseReturnValue:
    """Give a role."""
    person = queries.person_of_district(acting.db, acting.person, person_id)
    operations.grant_role(acting.db, person, _role(), source="administrator", granted_by=acting.person)
    return redirect(url_for("home.show_person", person_id=person.id, notice="role_granted"), 303)


@bp.post("/people/<int:person_id>/roles/revoke")
@guard(Right.ADMINISTRATOR)
def revoke_role(acting: Acting, person_id: int) -> ResponseReturnValue:
    """Take a role back."""
    person = queries.person_of_district(acting.db, acting.person, person_id)
    operations.revoke_role(acting.db, acting.person, person, _role())
    back = url_for("home.show_person", person_id=person.id, notice="role_revoked")
    return redirect(back if acting.is_administrator else url_for("home.show_home", notice="role_revoked"), 303)


@bp.post("/people/<int:person_id>/school")
@guard(Right.ADMINISTRATOR)
def set_school(acting: Acting, person_id: int) -> ResponseReturnValue:
    """Say where somebody works: at a known school, or at one that is new here."""
    person = queries.person_of_district(acting.db, acting.person, person_id)
    try:
        form = SchoolForm().load(request.form.to_dict())
    except ValidationError as error:
        return _person_page(acting, person_id, error.messages_dict), 422
    known = {str(school.id): school for school in queries.schools_of_district(acting.db, acting.person)}
    school = known.get(form["school_id"])
    if form["school_id"] and school is None:
        return _person_page(acting, person_id, {"school_id": ["Choose a school from the list."]}), 422
    if form["new_school"]:
        school = operations.find_or_create_school(acting.db, acting.person, form["new_school"])
    operations.set_school(acting.db, acting.person, person, school)
    return redirect(url_for("home.show_person", person_id=person.id, notice="school_set"), 303)


@bp.post("/people/<int:person_id>/school-request")
@guard(Right.ADMINISTRATOR)
def answer_school_request(acting: Acting, person_id: int) -> ResponseReturnValue:
    """Confirm or decline the school that somebody asked for."""
    person = queries.person_of_district(acting.db, acting.person, person_id)
    form = load_form(SchoolAnswerForm(), request.form.to_dict())
    school_id, is_confirmed = int(form["school_id"] or 0), form["answer"] == "confirm"
    operations.answer_school_request(acting.db, acting.person, person, school_id, is_confirmed=is_confirmed)
    notice = "school_set" if is_confirmed else "school_declined"
    return redirect(url_for("home.show_person", person_id=person.id, notice=notice), 303)


def _person_page(acting: Acting, person_id: int, errors: dict[str, list[str]]) -> str:
    shown = queries.person_of_district(acting.db, acting.person, person_id)
    return render_template(
        "home/person.html",
        shown=shown,
        schools=queries.schools_of_district(acting.db, acting.person),
        roles=[role for role in Role if role in OFFERED or shown.has_role(role)],
        errors=errors,
        form=request.form,
    )


def _role() -> Role:
    try:
        return Role(RoleForm().load(request.form.to_dict())["role"])
    except ValidationError as error:
        raise InvalidInputError(fields=error.messages_dict) from error
