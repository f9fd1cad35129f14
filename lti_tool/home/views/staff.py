"""The administrator's pages of rosters, and of schools and supervisors brought in a file."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.db import row_id
from lti_tool.errors import InvalidInputError
from lti_tool.home.queries.administrator import rosters_of
from lti_tool.home.staff_file import HEADER, LineState, StaffLine, match_staff, record_staff
from lti_tool.home.views.blueprint import bp
from lti_tool.launch.acting import Acting, Right, guard
from lti_tool.launch.operations import rosters
from lti_tool.people.sheets import CHANGED, decode_sheet, digest_of


@bp.get("/people/rosters")
@guard(Right.ADMINISTRATOR)
def show_rosters(acting: Acting) -> ResponseReturnValue:
    """Show when the roster of each marked course was last read, and what came in the way."""
    page = rosters_of(acting.db, acting.person, after=request.args.get("after", 0, row_id))
    return render_template("home/rosters.html", page=page)


@bp.post("/people/rosters/<int:course_id>")
@guard(Right.ADMINISTRATOR)
def read_roster(acting: Acting, course_id: int) -> ResponseReturnValue:
    """Read a course's roster now; with `left` those who are missing from it did leave."""
    rosters.read_roster_now(acting.db, acting.person, course_id, is_confirmed="left" in request.form)
    return redirect(url_for("home.show_rosters", notice="roster_asked"), 303)


@bp.route("/people/file", methods=["GET", "POST"])
@guard(Right.ADMINISTRATOR)
def import_staff(acting: Acting) -> ResponseReturnValue:
    """Show what the lines of a file change, and record them once somebody has looked."""
    if request.method == "GET":
        return _page()
    file = request.files.get("file")
    try:
        text = decode_sheet(file.stream.read()) if file else request.form.get("text", "")
        lines = match_staff(acting.db, acting.person, text)
    except InvalidInputError as error:
        return _page(problem=error.message), error.status
    looked_at = request.form.get("looked_at", "")
    if looked_at != digest_of(lines):
        return _page(text, lines, problem=CHANGED if looked_at else "")
    record_staff(acting.db, acting.person, lines)
    return redirect(url_for("home.show_people", notice="staff_recorded"), 303)


def _page(text: str = "", lines: list[StaffLine] | None = None, problem: str = "") -> str:
    return render_template(
        "home/staff.html",
        text=text,
        looked_at=digest_of(lines) if lines is not None else "",
        ready=[line for line in lines or () if line.state is LineState.READY],
        others=[line for line in lines or () if line.state is not LineState.READY],
        problem=problem,
        header=HEADER,
    )
