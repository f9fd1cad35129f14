"""A person's own pages: the profile, everything held about them, taking it away and erasing it."""

from __future__ import annotations

from typing import Any

from flask import Response, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from marshmallow import ValidationError

from lti_tool.home.operations import erase_me
from lti_tool.home.queries.my_data import as_document, my_data
from lti_tool.home.views.blueprint import bp
from lti_tool.launch.acting import Acting, Right, guard
from lti_tool.people.models import GradeBand
from lti_tool.people.operations import request_school, update_profile
from lti_tool.people.queries import schools_of_district
from lti_tool.people.schemas import ProfileForm


@bp.get("/my-data")
@guard(Right.EDUCATOR)
def show_my_data(acting: Acting) -> ResponseReturnValue:
    """Show everything that is held about the person, in words."""
    return render_template("home/my_data.html", data=my_data(acting.db, acting.person))


@bp.get("/my-data/like-goals.json")
@guard(Right.EDUCATOR)
def export_my_data(acting: Acting) -> ResponseReturnValue:
    """Give the same as a file to keep."""
    answer: Response = jsonify(as_document(my_data(acting.db, acting.person)))
    answer.headers["Content-Disposition"] = 'attachment; filename="like-goals.json"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.get("/my-data/erase")
@guard(Right.EDUCATOR)
def confirm_erasure(_acting: Acting) -> ResponseReturnValue:
    """Say what erasing does, before it is done."""
    return render_template("home/erase.html", errors={})


@bp.post("/my-data/erase")
@guard(Right.EDUCATOR)
def erase_my_data(acting: Acting) -> ResponseReturnValue:
    """Erase everything that is held about the person; the session ends with it."""
    if request.form.get("sure") != "yes":
        return render_template("home/erase.html", errors={"sure": [gettext("Tick the box to erase.")]}), 422
    erase_me(acting.db, acting.person)
    g.bar_is_hidden = True
    return render_template("home/erased.html", return_url=acting.launch.return_url)


@bp.get("/profile")
@guard(Right.EDUCATOR)
def edit_profile(acting: Acting) -> ResponseReturnValue:
    """Show what the person says of their own work."""
    person = acting.person
    form = {
        "position": person.position,
        "grade_band": person.grade_band or "",
        "discipline": person.discipline,
        "school_id": person.requested_school_id,
    }
    return _profile_page(acting, form, {})


@bp.post("/profile")
@guard(Right.EDUCATOR)
def save_profile(acting: Acting) -> ResponseReturnValue:
    """Keep what the person says of their own work."""
    typed = request.form.to_dict()
    try:
        form = ProfileForm().load(typed)
    except ValidationError as error:
        return _profile_page(acting, typed, error.messages_dict), 422
    request_school(acting.db, acting.person, int(form["school_id"]) if form["school_id"] else None)
    band = GradeBand(form["grade_band"]) if form["grade_band"] else None
    update_profile(acting.db, acting.person, position=form["position"], grade_band=band, discipline=form["discipline"])
    return redirect(url_for("home.show_my_data", notice="profile_saved"), 303)


def _profile_page(acting: Acting, form: dict[str, Any], errors: dict[str, Any]) -> str:
    return render_template(
        "home/profile.html",
        person=acting.person,
        schools=schools_of_district(acting.db, acting.person),
        bands=list(GradeBand),
        form=form,
        errors=errors,
    )
