"""The blueprint of completions and scores, and which courses somebody sets up."""

from __future__ import annotations

from flask import Blueprint
from flask.blueprints import BlueprintSetupState

from lti_tool.errors import NotAllowedError
from lti_tool.grades.queries.courses import course_of, finished_courses
from lti_tool.launch.acting import Acting
from lti_tool.people.models import Course
from lti_tool.plans.views.blueprint import FINISHED
from lti_tool.standards.views.blueprint import designs_course_of_launch

bp = Blueprint("sync", __name__)


@bp.record_once
def offer_finished_courses(state: BlueprintSetupState) -> None:
    """Let plans know what the LMS reports finished, whether it counts toward a goal or not."""
    state.app.extensions[FINISHED] = finished_courses


def course_to_set_up(acting: Acting, course_id: int) -> Course:
    """Return a course of the district; who designs only the launch's course sets up no other."""
    course = course_of(acting.db, acting.person, course_id)
    if not (course.opportunity.can_be_changed_by(acting.person) or designs_course_of_launch(acting, course.id)):
        raise NotAllowedError("You are not a designer of this course.")
    return course
