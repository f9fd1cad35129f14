"""A person's own pages: everything held about them, taking it away and erasing it."""

from __future__ import annotations

from flask import Response, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from lti_tool.db import utc_now
from lti_tool.home.operations import erase_me
from lti_tool.home.record import Record, document_of, read_plan, read_record
from lti_tool.home.views.blueprint import bp
from lti_tool.launch.acting import Acting, Right, guard
from lti_tool.launch.downloads import as_download
from lti_tool.people import operations
from lti_tool.people.schemas import PauseForm
from lti_tool.people.words import EDUCATOR_ROLE_WORDS, PROFILE_WORDS
from lti_tool.standards.schemas import load_form


@bp.get("/my-data")
@guard(Right.EDUCATOR)
def show_my_data(acting: Acting) -> ResponseReturnValue:
    """Show everything that is held about the person, in words."""
    return render_template(
        "home/my_data.html",
        record=read_record(acting.db, acting.person),
        educator_role_words=EDUCATOR_ROLE_WORDS,
        profile_words=PROFILE_WORDS,
    )


@bp.get("/my-data/like-goals.json")
@guard(Right.EDUCATOR)
def export_my_data(acting: Acting) -> ResponseReturnValue:
    """Give the same as a file to keep."""
    return _file(read_record(acting.db, acting.person), "like-goals.json")


@bp.get("/my-data/plans/<int:plan_id>.json")
@guard(Right.EDUCATOR)
def export_plan(acting: Acting, plan_id: int) -> ResponseReturnValue:
    """Give one plan with all that hangs on it as a file to keep."""
    return _file(read_plan(acting.db, acting.person, plan_id), "like-goals-plan.json")


@bp.post("/my-data/pause")
@guard(Right.EDUCATOR)
def pause_matching(acting: Acting) -> ResponseReturnValue:
    """Propose the person for no team for now, or again."""
    is_paused = load_form(PauseForm(), request.form)["paused"]
    operations.pause_matching(acting.db, acting.person, is_paused=is_paused)
    notice = "matching_paused" if is_paused else "matching_resumed"
    return redirect(url_for("home.show_my_data", notice=notice), 303)


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


def _file(record: Record, name: str) -> Response:
    return as_download(jsonify(document_of(record, utc_now())), name)
