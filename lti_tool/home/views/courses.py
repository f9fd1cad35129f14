"""The list of courses that are marked as professional learning."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from lti_tool.db import row_id
from lti_tool.home.queries.designer import marked_courses
from lti_tool.home.views.blueprint import bp
from lti_tool.launch.acting import Acting, Right, guard


@bp.get("/courses")
@guard(Right.DESIGNER)
def show_courses(acting: Acting) -> ResponseReturnValue:
    """Show the marked courses, with what is attached to each."""
    after = request.args.get("after", type=row_id)
    return render_template(
        "home/courses.html", page=marked_courses(acting.db, acting.person, here=acting.course, after=after)
    )
