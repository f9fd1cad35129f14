"""Where two goals could become a team: in a course that both count, or else among whose goals they are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from lti_tool.plans.models import Goal
from lti_tool.teams.queries.candidates import MOST_TEAMS, reach_of
from lti_tool.teams.scopes import Scope

ApartIn = Mapping[Scope, Collection[int]]
"""By scope, with whom designers want a person in no team."""


def common_scopes(mine: Goal, theirs: Goal) -> list[Scope]:
    """Return each course that both goals count, in which the team's group could be; else among whose goals it is.

    A course that is not marked as professional learning any more has no groups of teams.
    """
    counted = {link.opportunity_id for link in theirs.courses}
    courses = (link.course for link in mine.activities if link.opportunity_id in counted)
    common = {course for course in courses if course is not None and course.is_professional_learning}
    if common:
        return [Scope.of_course(course) for course in sorted(common, key=lambda course: course.id)]
    if all(reach_of(goal).across_schools for goal in (mine, theirs)) or theirs.owner.school is None:
        return [Scope.of_district(mine.plan.district_id)]
    return [Scope.of_school(theirs.owner.school)]


def not_apart(scopes: Iterable[Scope], colleague_id: int, apart: ApartIn) -> list[Scope]:
    """Return those scopes in which no designer keeps a colleague apart."""
    return [scope for scope in scopes if colleague_id not in apart.get(scope, ())]


def why_no_room(courses: Collection[int | None], course_id: int | None) -> str:
    """Return in words why somebody whose teams have these courses can join none of another; empty when that can be."""
    if course_id is not None and course_id in courses:
        return "You are in a team of this course already. Leave it first."
    if len(courses) >= MOST_TEAMS:
        return "You are in two teams already, and two are the most that anybody can be in. Leave one of them first."
    return ""


def open_to(scopes: Iterable[Scope], *joined: Mapping[int, int | None]) -> list[Scope]:
    """Return those scopes in which all who have joined these teams can join one more."""
    courses = [list(teams.values()) for teams in joined]
    return [each for each in scopes if not any(why_no_room(some, each.columns["course_id"]) for some in courses)]
