"""Facts about learning together in a school or the district, of which nobody can be picked out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from lti_tool.people.counts import SMALLEST_SHOWN, Fact, told_of
from lti_tool.people.models import OFFERED_BY_ANYBODY, Opportunity, OpportunityKind, Person
from lti_tool.people.queries import is_on_offer
from lti_tool.plans.models import (
    Audience,
    Declaration,
    Goal,
    GoalIndicator,
    GoalState,
    GrowthPlan,
    PracticeCard,
    PracticeTry,
    TryStep,
)
from lti_tool.plans.models.plans import ENDED
from lti_tool.plans.queries.colleagues import is_for_others
from lti_tool.teams.models import Agreement, MemberState, Team, TeamCycle, TeamMember, TeamState


class About(StrEnum):
    """What is counted, of what."""

    LIKE_GOALS = "like_goals"
    """Goals that work on an indicator as a colleague's goal does, of all open goals."""
    SHARED_GOALS = "shared_goals"
    """Plans with a goal that is a part of a shared goal, of all plans with an open goal."""
    IN_TEAM = "in_team"
    """Educators in a team, of all with an open goal."""
    AGREED = "agreed"
    """Educators whose team has agreed on how it works, of all in a team."""
    DECLARED = "declared"
    """Goals that colleagues can see, of all open goals."""
    PASSING_ON = "passing_on"
    """Educators who passed on a practice or opened a door, of all with an open goal."""
    KEPT = "kept"
    """Educators whose team has kept a cycle, of all in a team."""


@dataclass(frozen=True, slots=True)
class Together:
    """The facts of one place; what is too small to be told is None."""

    facts: Mapping[About, Fact | None]
    tries: int | None
    """Practices that were tried outside of their author's teams, in the whole district."""
    inside: Fact
    """What is on offer that is led from inside of the district, of all: nobody is counted here."""


def together_in(db: Session, person: Person, school_id: int | None) -> Together:
    """Return the facts of a school of the person's district, or of the whole district."""
    return Together(
        {about: _fact(_counted(db, things(person.district_id)), school_id) for about, things in COUNTED.items()},
        _tries_elsewhere(db, person.district_id),
        _inside(db, person.district_id),
    )


def _fact(by_school: Mapping[int | None, Fact], school_id: int | None) -> Fact | None:
    if school_id is not None:
        return told_of(by_school).get(school_id)
    whole = sum(by_school.values(), Fact())
    return whole if whole.is_told else None


def _counted(db: Session, things: Select[*tuple[Any, ...]]) -> dict[int | None, Fact]:
    """Return by school how many things are so and are not: rows of school, person, and whether."""
    rows = things.subquery()
    school, owner, so = rows.columns
    counted = select(school, so, func.count(), func.count(owner.distinct())).group_by(school, so)
    found: dict[int | None, Fact] = {}
    for school_id, is_so, count, people in db.execute(counted):
        fact = Fact(part=count, part_people=people) if is_so else Fact(rest=count, rest_people=people)
        found[school_id] = found.get(school_id, Fact()) + fact
    return found


def _goals(district_id: int, so: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Return the district's open goals that are for others, each with whether it is so."""
    goals = (
        select(Person.school_id, Person.id, so.label("so")).select_from(Goal).join(Goal.plan).join(GrowthPlan.person)
    )
    return goals.where(GrowthPlan.district_id == district_id, Goal.state == GoalState.OPEN, is_for_others())


def _like_goals(district_id: int) -> Select[*tuple[Any, ...]]:
    mine, theirs, goal, plan = aliased(GoalIndicator), aliased(GoalIndicator), aliased(Goal), aliased(GrowthPlan)
    like = (
        exists()
        .where(mine.goal_id == Goal.id, theirs.indicator_id == mine.indicator_id, goal.id == theirs.goal_id)
        .where(plan.id == goal.plan_id, plan.person_id != GrowthPlan.person_id, plan.district_id == district_id)
        .where(goal.state == GoalState.OPEN, ~plan.is_restricted, plan.state.not_in(ENDED))
        .correlate(Goal, GrowthPlan)
    )
    return _goals(district_id, like)


def _declared(district_id: int) -> Select[*tuple[Any, ...]]:
    seen = (Audience.TEAM, Audience.SCHOOL, Audience.DISTRICT)
    return _goals(district_id, exists().where(Declaration.goal_id == Goal.id, Declaration.audience.in_(seen)))


def _plans(district_id: int, so: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Return the district's plans with an open goal, each with whether it is so."""
    goal = aliased(Goal)
    plans = select(Person.school_id, Person.id, so.label("so")).select_from(GrowthPlan).join(GrowthPlan.person)
    has_goal = exists().where(goal.plan_id == GrowthPlan.id, goal.state == GoalState.OPEN)
    return plans.where(GrowthPlan.district_id == district_id, is_for_others(), has_goal)


def _shared_goals(district_id: int) -> Select[*tuple[Any, ...]]:
    in_it = (Goal.plan_id == GrowthPlan.id, Goal.state == GoalState.OPEN, Goal.shared_goal_id.is_not(None))
    return _plans(district_id, exists().where(*in_it))


def _educators(district_id: int, so: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Return the district's educators with an open goal, each with whether they are so."""
    has_goal = exists().where(
        GrowthPlan.person_id == Person.id,
        Goal.plan_id == GrowthPlan.id,
        Goal.state == GoalState.OPEN,
        is_for_others(),
    )
    people = select(Person.school_id, Person.id, so.label("so"))
    return people.where(Person.district_id == district_id, has_goal)


def _is_in(*more: ColumnElement[bool]) -> ColumnElement[bool]:
    """Say in SQL that a `Person` has joined a formed team that is also so."""
    joined = (TeamMember.person_id == Person.id, TeamMember.state == MemberState.ACCEPTED)
    return exists().where(*joined, Team.id == TeamMember.team_id, Team.state == TeamState.FORMED, *more)


def _in_team(district_id: int) -> Select[*tuple[Any, ...]]:
    return _educators(district_id, _is_in())


def _members(district_id: int, so: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Return everybody who is in a formed team, each with whether they are so."""
    people = select(Person.school_id, Person.id, so.label("so"))
    return people.where(Person.district_id == district_id, _is_in())


def _agreed(district_id: int) -> Select[*tuple[Any, ...]]:
    return _members(district_id, _is_in(exists().where(Agreement.team_id == Team.id)))


def _kept(district_id: int) -> Select[*tuple[Any, ...]]:
    kept = exists().where(TeamCycle.team_id == Team.id, TeamCycle.kept_at.is_not(None))
    return _members(district_id, _is_in(kept))


def _passing_on(district_id: int) -> Select[*tuple[Any, ...]]:
    card = exists().where(PracticeCard.person_id == Person.id, PracticeCard.retired_at.is_(None))
    door = exists().where(Opportunity.host_id == Person.id, Opportunity.kind.in_(OFFERED_BY_ANYBODY))
    return _educators(district_id, or_(card, door))


COUNTED: Mapping[About, Callable[[int], Select[*tuple[Any, ...]]]] = {
    About.LIKE_GOALS: _like_goals,
    About.SHARED_GOALS: _shared_goals,
    About.IN_TEAM: _in_team,
    About.AGREED: _agreed,
    About.DECLARED: _declared,
    About.PASSING_ON: _passing_on,
    About.KEPT: _kept,
}


def _tries_elsewhere(db: Session, district_id: int) -> int | None:
    """Return how often a practice was tried outside of its author's teams; None where too few people did."""
    author, trier = aliased(TeamMember), aliased(TeamMember)
    together = exists().where(
        author.person_id == PracticeCard.person_id,
        trier.person_id == PracticeTry.person_id,
        author.team_id == trier.team_id,
    )
    told = select(func.count(), func.count(PracticeTry.person_id.distinct())).select_from(PracticeTry)
    told = told.join(PracticeTry.card).where(PracticeCard.district_id == district_id, ~together)
    tries, people = db.execute(told.where(PracticeTry.step != TryStep.KEPT)).one()
    return tries if people >= SMALLEST_SHOWN else None


def _inside(db: Session, district_id: int) -> Fact:
    is_outside = or_(Opportunity.kind == OpportunityKind.EXTERNAL, Opportunity.provider != "")
    counted = select(func.count()).where(Opportunity.district_id == district_id, is_on_offer())
    outside = db.scalar(counted.where(is_outside)) or 0
    return Fact(part=(db.scalar(counted) or 0) - outside, rest=outside)
