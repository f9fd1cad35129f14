"""The blueprint of teams and what its pages share."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.errors import NotAllowedError, NotFoundError
from lti_tool.launch.acting import Acting
from lti_tool.people.models import Course, Role
from lti_tool.teams.models import Team
from lti_tool.teams.queries import team_of_district

bp = Blueprint("teams", __name__)


def go_to(endpoint: str, notice: str, **values: Any) -> ResponseReturnValue:
    """Answer a form with the page that shows what was done."""
    return redirect(url_for(endpoint, notice=notice, **values), 303)


def course_to_design(acting: Acting) -> Course:
    """Return the launch's course, which must be marked as professional learning."""
    if acting.course is None or not acting.course.is_professional_learning:
        raise NotFoundError("Open the tool from a course that is marked as professional learning.")
    return acting.course


def designs_course(acting: Acting, course_id: int) -> bool:
    """Return whether the person designs this course: by the district's word, or in the course of the launch."""
    if acting.person.has_role(Role.DESIGNER) or acting.is_administrator:
        return True
    return acting.launch.is_course_designer and acting.launch.course_id == course_id


def team_to_design(acting: Acting, team_id: int) -> Team:
    """Return a team of a course that the person designs."""
    team = team_of_district(acting.db, acting.person, team_id, to_change=request.method == "POST")
    if not designs_course(acting, team.course_id):
        raise NotAllowedError("This team belongs to a course that you do not design.")
    return team
