"""The blueprint of teams and what its pages share."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from lti_tool.errors import NotAllowedError, NotFoundError
from lti_tool.launch.acting import Acting
from lti_tool.launch.views.blueprints import OWN_ROOM
from lti_tool.people.models import Course, Person, Role
from lti_tool.people.queries import schools_of_district
from lti_tool.plans.views.blueprint import MATES, OPEN_TEAMS
from lti_tool.teams.models import Team, TeamScope
from lti_tool.teams.queries import mates_of, team_of_district, teams_with_a_seat
from lti_tool.teams.queries.room import room_to_land_in
from lti_tool.teams.scopes import Scope

bp = Blueprint("teams", __name__)


@bp.record_once
def offer_mates(state: BlueprintSetupState) -> None:
    """Let plans know who is in a team with whom, for whom more may be declared, and which teams have a seat."""
    state.app.extensions[MATES] = mates_of
    state.app.extensions[OPEN_TEAMS] = _names_of_open_teams


@bp.record_once
def offer_room(state: BlueprintSetupState) -> None:
    """Let launches know the room that a team's link opens."""
    state.app.extensions[OWN_ROOM] = room_to_land_in


def _names_of_open_teams(db: Session, person: Person, goal_ids: Collection[int]) -> list[str]:
    return [team.name for team in teams_with_a_seat(db, person, goal_ids)]


def go_to(endpoint: str, notice: str, **values: Any) -> ResponseReturnValue:
    """Answer a form with the page that shows what was done."""
    return redirect(url_for(endpoint, notice=notice, **values), 303)


def course_to_design(acting: Acting) -> Course:
    """Return the launch's course, which must be marked as professional learning."""
    if acting.course is None or not acting.course.is_professional_learning:
        raise NotFoundError("Open the tool from a course that is marked as professional learning.")
    return acting.course


def designs_course(acting: Acting, course_id: int | None) -> bool:
    """Return whether the person designs this course: by the district's word, or in the course of the launch."""
    if designs_district(acting):
        return True
    return acting.launch.is_course_designer and course_id is not None and acting.launch.course_id == course_id


def team_to_design(acting: Acting, team_id: int) -> Team:
    """Return a team of a course, a school or a district that the person designs."""
    team = team_of_district(acting.db, acting.person, team_id, to_change=request.method == "POST")
    if not designs_course(acting, team.course_id):
        raise NotAllowedError("This team belongs to a course that you do not design.")
    return team


def designs_district(acting: Acting) -> bool:
    """Return whether the person designs for the whole district, and so for each school of it."""
    return acting.person.has_role(Role.DESIGNER) or acting.is_administrator


def district_to_design(acting: Acting) -> Scope:
    """Return the whole district, for its own designers."""
    if not designs_district(acting):
        raise NotAllowedError("Teams of a school or the district are for the district's own designers.")
    return Scope.of_district(acting.person.district_id)


def school_to_design(acting: Acting, school_id: int) -> Scope:
    """Return a school of the district, for the district's own designers."""
    district_to_design(acting)
    schools = schools_of_district(acting.db, acting.person)
    school = next((each for each in schools if each.id == school_id), None)
    if school is None:
        raise NotFoundError
    return Scope.of_school(school)


def scope_to_design(acting: Acting, place: str) -> Scope:
    """Return what a form names, if the person designs it: `course`, `school:3` or `district`."""
    kind, _, school_id = place.partition(":")
    if kind == TeamScope.SCHOOL:
        return school_to_design(acting, int(school_id))
    return district_to_design(acting) if kind == TeamScope.DISTRICT else Scope.of_course(course_to_design(acting))


def page_of(scope: Scope, notice: str | None = None) -> str:
    """Return the address of the designer's page of a scope."""
    if scope.school is not None:
        return url_for("teams.show_school_teams", school_id=scope.school.id, notice=notice)
    if scope.course is not None:
        return url_for("teams.show_teams", _external=False, notice=notice, **{"as": "designer"})
    return url_for("teams.show_district_teams", notice=notice)
