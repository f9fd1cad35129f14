"""Reads of shared goals: those of one's school and district, and who works on one as far as their cards are shown."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from lti_tool.errors import NotFoundError
from lti_tool.people.models import Person, Role
from lti_tool.plans.models import Goal, GoalState, GrowthPlan, SharedGoal
from lti_tool.plans.queries.colleagues import is_for_others, visible_goals

MOST = 200
MOST_CARDS = 60


@dataclass(frozen=True, slots=True)
class SharedGoalLine:
    """A shared goal in the list, and how many people work on it."""

    shared: SharedGoal
    people: int


@dataclass(frozen=True, slots=True)
class SharedGoalPage:
    """A shared goal, how many people work on it, and what of their goals is shown to whoever looks."""

    shared: SharedGoal
    people: int
    goals: Sequence[Goal]


def shared_goals_for(db: Session, person: Person) -> list[SharedGoalLine]:
    """Return the shared goals that a person may work on: what leaders adopted first, then by headline."""
    found = (
        _current(person)
        .add_columns(_people())
        .order_by(SharedGoal.adopted_at.is_(None), SharedGoal.school_id.is_(None), SharedGoal.headline, SharedGoal.id)
    )
    with_school = joinedload(SharedGoal.school)
    return [SharedGoalLine(*row) for row in db.execute(found.limit(MOST).options(with_school))]


def shared_goal_of(db: Session, person: Person, shared_id: int, *, to_change: bool = False) -> SharedGoal:
    """Return a shared goal of the person's school or district that goes on."""
    found = _current(person).where(SharedGoal.id == shared_id)
    found = found.options(joinedload(SharedGoal.school), joinedload(SharedGoal.proposed_by))
    shared = db.scalar(found.with_for_update(of=SharedGoal) if to_change else found)
    if shared is None:
        raise NotFoundError
    return shared


def shared_goal_page(db: Session, person: Person, shared_id: int, mate_ids: Collection[int]) -> SharedGoalPage:
    """Return a shared goal with the cards of those who work on it and share them with the person."""
    shared = shared_goal_of(db, person, shared_id)
    people = db.scalar(select(_people()).where(SharedGoal.id == shared.id))
    cards = visible_goals(person, mate_ids).where(Goal.shared_goal_id == shared.id)
    goals = db.scalars(cards.order_by(Person.name, Goal.id).limit(MOST_CARDS)).all()
    return SharedGoalPage(shared, people or 0, goals)


def _current(person: Person) -> Select[SharedGoal]:
    return select(SharedGoal).where(
        SharedGoal.district_id == person.district_id, SharedGoal.retired_at.is_(None), _reaches(person)
    )


def _reaches(person: Person) -> ColumnElement[bool]:
    """Say in SQL that a `SharedGoal` is of the person's district or school; who administers the district sees all."""
    if person.has_role(Role.ADMINISTRATOR):
        return SharedGoal.district_id == person.district_id
    return or_(SharedGoal.school_id.is_(None), SharedGoal.school_id == person.school_id)


def _people() -> ColumnElement[int]:
    works = and_(Goal.shared_goal_id == SharedGoal.id, Goal.state == GoalState.OPEN, is_for_others())
    counted = select(func.count(GrowthPlan.person_id.distinct())).join(Goal, Goal.plan_id == GrowthPlan.id)
    return counted.where(works).correlate(SharedGoal).scalar_subquery()
