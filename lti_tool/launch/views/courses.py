"""Marking a course as professional learning, by its designers."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from lti_tool.launch.acting import Acting, Right, guard
from lti_tool.launch.operations.courses import mark_course, unmark_course

courses_bp = Blueprint("courses", __name__)
AS_DESIGNER: dict[str, Any] = {"as": "designer"}


@courses_bp.post("/mark")
@guard(Right.DESIGNER)
def mark(acting: Acting) -> ResponseReturnValue:
    """Mark the launch's course as professional learning."""
    mark_course(acting.db, acting.person, acting.launch)
    return redirect(url_for("home.show_home", notice="course_marked", **AS_DESIGNER), 303)


@courses_bp.post("/unmark")
@guard(Right.DESIGNER)
def unmark(acting: Acting) -> ResponseReturnValue:
    """Say that the launch's course is no professional learning."""
    unmark_course(acting.db, acting.person, acting.launch)
    return redirect(url_for("home.show_home", notice="course_unmarked", **AS_DESIGNER), 303)
