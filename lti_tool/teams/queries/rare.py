"""Reads of people whom a run left alone: why, and the nearest colleague with a like goal, as far as both may see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, Select, and_, exists, select
from sqlalchemy.orm import Session, aliased, joinedload

from lti_tool.people.models import Person
from lti_tool.plans.models import Activity, Goal, GrowthPlan
from lti_tool.standards.models import Indicator
from lti_tool.teams.matching.answer import WhyAlone
from lti_tool.teams.matching.request import may_see_each_other
from lti_tool.teams.models import LeftAlone, ProposalRun, TeamMember
from lti_tool.teams.queries.apart import may_not_be_teamed
from lti_tool.teams.queries.candidates import (
    can_be_matched,
    courses_joined,
    is_in_few_teams,
    is_not_paused,
    reach_of,
)
from lti_tool.teams.queries.common import common_scopes, not_apart, open_to
from lti_tool.teams.queries.wishes import wished_apart_from

WITH_GOALS = tuple(
    joinedload(goal).options(
        joinedload(Goal.declaration),
        joinedload(Goal.plan)
        .joinedload(GrowthPlan.person)
        .options(joinedload(Person.school), joinedload(Person.pause)),
    )
    for goal in (LeftAlone.goal, LeftAlone.nearest)
)
COUNTED = tuple(
    joinedload(goal).selectinload(Goal.activities).joinedload(Activity.course)
    for goal in (LeftAlone.goal, LeftAlone.nearest)
)
CARD = joinedload(LeftAlone.nearest).selectinload(Goal.indicators).joinedload(Indicator.framework)


@dataclass(frozen=True, slots=True)
class RareGoal:
    """Why somebody is in no team, and who is nearest."""

    why: WhyAlone
    goal: Goal | None = None
    nearest: Goal | None = None
    """A goal that both owners may see now; none where there is no such goal."""
    likeness: float = 0.0
    can_ask: bool = False
    """Whether a team of both can be now."""


def rare_goals(db: Session, run: ProposalRun | None, people: Sequence[Person]) -> dict[int, RareGoal]:
    """Return by person why the last run left these alone; whom a designer took out is not among them."""
    if run is None:
        return {}
    ids = [person.id for person in people]
    wanted = select(LeftAlone).where(LeftAlone.run_id == run.id, LeftAlone.person_id.in_(ids))
    return _now(db, wanted, is_in_few_teams())


def own_rare_goal(db: Session, person: Person) -> RareGoal | None:
    """Return what the last look for teams found of a person whom it left alone, if the person is free for a team."""
    later = aliased(ProposalRun)
    is_last = ~exists().where(
        later.id > ProposalRun.id,
        later.district_id == ProposalRun.district_id,
        later.scope == ProposalRun.scope,
        later.course_id.is_not_distinct_from(ProposalRun.course_id),
        later.school_id.is_not_distinct_from(ProposalRun.school_id),
    )
    teamed = exists().where(and_(TeamMember.person_id == person.id, TeamMember.goal_id == LeftAlone.goal_id))
    left = select(LeftAlone).join(LeftAlone.run).join(Person, Person.id == LeftAlone.person_id)
    left = left.where(Person.id == person.id, ProposalRun.district_id == person.district_id, is_last)
    left = left.where(~teamed, is_in_few_teams(), is_not_paused()).order_by(LeftAlone.run_id.desc()).limit(1)
    found = _now(db, left.options(CARD, *COUNTED), is_in_few_teams()).get(person.id)
    return found and _as_it_can_be_asked(db, person, found)


def _as_it_can_be_asked(db: Session, person: Person, found: RareGoal) -> RareGoal:
    """Return the same without whom wishes keep apart, and whether the nearest owner can be asked."""
    if found.goal is None or found.nearest is None:
        return found
    nearest_id = found.nearest.plan.person_id
    scopes = not_apart(common_scopes(found.goal, found.nearest), nearest_id, wished_apart_from(db, person))
    if not scopes:
        return RareGoal(found.why, found.goal)
    joined = courses_joined(db, [person.id, nearest_id])
    return replace(found, can_ask=bool(open_to(scopes, joined[person.id], joined[nearest_id])))


def _now(db: Session, wanted: Select[LeftAlone], can_come: ColumnElement[bool]) -> dict[int, RareGoal]:
    of_nearest = exists().where(Goal.id == LeftAlone.nearest_goal_id, Goal.plan_id == GrowthPlan.id)
    is_free = of_nearest.where(GrowthPlan.person_id == Person.id, can_come).correlate(LeftAlone)
    found = wanted.where(LeftAlone.why.is_not(None)).options(*WITH_GOALS).add_columns(is_free)
    rows = [(row, free) for row, free in db.execute(found)]
    near = {row.person_id: row.nearest.plan.person_id for row, _ in rows if row.nearest}
    apart = may_not_be_teamed(db, {*near, *near.values()}) if near else set()
    return {row.person_id: _rare(row, apart, is_free=free) for row, free in rows}


def _rare(row: LeftAlone, apart: set[frozenset[int]], *, is_free: bool) -> RareGoal:
    goal, nearest, why = row.goal, row.nearest, row.why or WhyAlone.NO_TEAM
    if goal is None or nearest is None or not can_be_matched(goal, goal.owner):
        return RareGoal(why)
    is_open = (
        is_free and can_be_matched(nearest, nearest.owner) and may_see_each_other(reach_of(goal), reach_of(nearest))
    )
    if not is_open or frozenset((row.person_id, nearest.plan.person_id)) in apart:
        return RareGoal(why, goal)
    return RareGoal(why, goal, nearest, row.likeness or 0.0)
