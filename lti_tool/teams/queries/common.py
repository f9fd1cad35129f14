"""Where two goals could become a team: in a course that both count, or else among whose goals they are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from lti_tool.plans.models import Goal
from lti_tool.teams.queries.candidates import MOST_TEAMS, reach_of
from lti_tool.teams.scopes import Scope

ApartIn = Mapping[Scope, Collection[int]]
"""By scope, with whom designers want a person in no team."""


def common_scopes(mine: Goal, theirs: Goal) -> list[Scope]:
    """Return each course that both goals count, in which the team's group could be; else among whose goals it is."""
    counted = {link.opportunity_id for link in theirs.courses}
    links = (link for link in mine.activities if link.course is not None and link.opportunity_id in counted)
    common = {link.course for link in links if link.course is not None}
    if common:
        return [Scope.of_course(course) for course in sorted(common, key=lambda course: course.id)]
    if all(reach_of(goal).across_schools for goal in (mine, theirs)) or theirs.owner.school is None:
        return [Scope.of_district(mine.plan.district_id)]
    return [Scope.of_school(theirs.owner.school)]


def not_apart(scopes: Iterable[Scope], colleague_id: int, apart: ApartIn) -> list[Scope]:
    """Return those scopes in which no designer keeps a colleague apart."""
    return [scope for scope in scopes if colleague_id not in apart.get(scope, ())]


def open_to(scopes: Iterable[Scope], *joined: Collection[int | None]) -> list[Scope]:
    """Return those scopes in which all whose teams these are can join one more, nobody a second one of a course."""
    if any(len(courses) >= MOST_TEAMS for courses in joined):
        return []
    taken = {course_id for courses in joined for course_id in courses}
    return [scope for scope in scopes if scope.course is None or scope.course.id not in taken]
