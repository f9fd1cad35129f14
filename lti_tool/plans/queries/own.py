"""Reads of a person's own goals; to everybody else they are not there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from lti_tool.errors import NotFoundError
from lti_tool.people.models import Opportunity, Person, Supervision
from lti_tool.plans.models import Activity, Audience, Evidence, Goal, GrowthPlan, TryIt
from lti_tool.plans.models.plans import ENDED
from lti_tool.standards.models import Indicator

OnGoal = TypeVar("OnGoal", TryIt, Evidence)
FOR_LEARNING = (
    contains_eager(Goal.plan).options(
        joinedload(GrowthPlan.person).joinedload(Person.school), joinedload(GrowthPlan.template_version)
    ),
    joinedload(Goal.declaration),
    selectinload(Goal.indicators).joinedload(Indicator.framework),
    selectinload(Goal.activities).options(
        joinedload(Activity.course), joinedload(Activity.opportunity).joinedload(Opportunity.host)
    ),
)
"""What of a goal learning is found by."""
WHOLE_GOAL = (
    *FOR_LEARNING,
    joinedload(Goal.shared_goal),
    selectinload(Goal.rationales),
    selectinload(Goal.tries).options(joinedload(TryIt.opportunity), joinedload(TryIt.support)),
)
WITH_EVIDENCE = selectinload(Goal.evidence).options(selectinload(Evidence.indicators), joinedload(Evidence.activity))


def goals_of(db: Session, person: Person) -> list[Goal]:
    """Return all goals of a person with what hangs on them, the newest school year first; seven queries at most."""
    return list(
        db.scalars(
            select(Goal)
            .join(Goal.plan)
            .where(GrowthPlan.person_id == person.id, GrowthPlan.district_id == person.district_id)
            .options(*WHOLE_GOAL)
            .order_by(GrowthPlan.school_year.desc(), Goal.id)
        )
    )


def plans_under_goals(db: Session, person: Person, goals: Sequence[Goal]) -> list[GrowthPlan]:
    """Return the person's plans that have not ended, each with those of all their goals, read before, that are its."""
    own = select(GrowthPlan).where(GrowthPlan.person_id == person.id, GrowthPlan.district_id == person.district_id)
    going = own.where(GrowthPlan.state.not_in(ENDED)).order_by(GrowthPlan.id)
    plans = list(db.scalars(going.options(joinedload(GrowthPlan.template_version), selectinload(GrowthPlan.readers))))
    for plan in plans:
        set_committed_value(plan, "goals", [goal for goal in goals if goal.plan_id == plan.id])
    return plans


def goal_of(db: Session, person: Person, goal_id: int, *, to_change: bool = False, with_all: bool = True) -> Goal:
    """Return a goal of this person's own with what hangs on it, or with what learning is found by alone.

    `to_change` lets one change after another.
    """
    found = (
        select(Goal)
        .join(Goal.plan)
        .where(Goal.id == goal_id, GrowthPlan.person_id == person.id, GrowthPlan.district_id == person.district_id)
        .options(*((*WHOLE_GOAL, WITH_EVIDENCE) if with_all else FOR_LEARNING))
    )
    goal = db.scalar(found.with_for_update(of=Goal) if to_change else found)
    if goal is None:
        raise NotFoundError
    return goal


def try_of(db: Session, person: Person, try_id: int, *, to_change: bool = False) -> TryIt:
    """Return a try-it of one of this person's own goals."""
    return _on_own_goal(db, person, TryIt, try_id, to_change=to_change)


def evidence_of(db: Session, person: Person, evidence_id: int, *, to_change: bool = False) -> Evidence:
    """Return a piece of evidence of one of this person's own goals."""
    return _on_own_goal(db, person, Evidence, evidence_id, to_change=to_change)


def _on_own_goal(db: Session, person: Person, model: type[OnGoal], row_id: int, *, to_change: bool) -> OnGoal:
    goal_id = db.scalar(select(model.goal_id).where(model.id == row_id))
    if goal_id is None:
        raise NotFoundError
    goal = goal_of(db, person, goal_id, to_change=to_change)
    found = db.get_one(model, row_id)  # it was read with the goal
    set_committed_value(found, "goal", goal)  # it holds its goal, which would be read again otherwise
    return found


def reach_of(db: Session, person: Person) -> dict[Audience, int]:
    """Return how many colleagues a declaration to each audience reaches; of a team only its members know."""
    colleagues = select(func.count()).where(Person.district_id == person.district_id, Person.id != person.id)
    in_school = db.scalar(colleagues.where(Person.school_id == person.school_id)) if person.school_id else 0
    reviewing = select(func.count(Supervision.supervisor_id.distinct()))
    reviewing = reviewing.where(Supervision.person_id == person.id, Supervision.ended_at.is_(None))
    return {
        Audience.REVIEWER: db.scalar(reviewing) or 0,
        Audience.SCHOOL: in_school or 0,
        Audience.DISTRICT: db.scalar(colleagues) or 0,
    }
