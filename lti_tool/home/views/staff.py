"""The administrator's pages of rosters, and of schools and supervisors brought in a file."""

from __future__ import annotations

from functools import partial

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.db import row_id
from lti_tool.home.queries.administrator import rosters_of
from lti_tool.home.staff_file import HEADER, match_staff, record_staff
from lti_tool.home.views.blueprint import bp
from lti_tool.launch.acting import Acting, Right, guard
from lti_tool.launch.operations import rosters
from lti_tool.people.sheet_page import look_then_record


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
    return look_then_record(
        partial(render_template, "home/staff.html", header=HEADER),
        partial(match_staff, acting.db, acting.person),
        partial(record_staff, acting.db, acting.person),
        url_for("home.show_people", notice="staff_recorded"),
    )
