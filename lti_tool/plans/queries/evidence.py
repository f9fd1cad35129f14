"""Reads of evidence: an owner's own, and what those see who read the plan; to everybody else it is not there."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from lti_tool.people.models import Person
from lti_tool.plans.models import Activity, Audience, Evidence, EvidenceIndicator, Goal, GrowthPlan


def evidence_for_readers(db: Session, plan: GrowthPlan) -> dict[int, list[Evidence]]:
    """Return the evidence that the readers of a plan may see, by the goal that it is of."""
    shown = select(Evidence).join(Evidence.goal).where(Goal.plan_id == plan.id, _is_for_readers())
    pieces: dict[int, list[Evidence]] = {}
    for each in db.scalars(shown.order_by(Evidence.dated_on, Evidence.id).options(selectinload(Evidence.indicators))):
        pieces.setdefault(each.goal_id, []).append(each)
    return pieces


def evidence_on(db: Session, person: Person, indicator_id: int, goal_ids: Collection[int]) -> Sequence[Evidence]:
    """Return what this person shows for an indicator: it names that, or none and is of a goal that works on it."""
    speaks = select(EvidenceIndicator.evidence_id).where(EvidenceIndicator.indicator_id == indicator_id)
    names_none = ~exists().where(EvidenceIndicator.evidence_id == Evidence.id)
    serves = or_(Evidence.id.in_(speaks), and_(Evidence.goal_id.in_(goal_ids), names_none))
    return db.scalars(_own(person).where(serves)).all()


def evidence_from(db: Session, person: Person, opportunity_id: int) -> Sequence[Evidence]:
    """Return what this person has to show of something that they learned."""
    return db.scalars(_own(person).join(Evidence.activity).where(Activity.opportunity_id == opportunity_id)).all()


def _own(person: Person) -> Select[Evidence]:
    own = select(Evidence).join(Evidence.goal).join(Goal.plan).where(GrowthPlan.person_id == person.id)
    return own.options(joinedload(Evidence.goal)).order_by(Evidence.dated_on, Evidence.id)


def count_evidence(db: Session, plan: GrowthPlan) -> int:
    """Return how many pieces of evidence of a plan its readers may see; where nobody reads it, how many there are."""
    pieces = select(func.count(Evidence.id)).join(Evidence.goal).where(Goal.plan_id == plan.id)
    return db.scalar(pieces.where(_is_for_readers()) if plan.rules.is_read else pieces) or 0


def _is_for_readers() -> ColumnElement[bool]:
    """Say in SQL what `Evidence.is_for_readers` says."""
    return Evidence.audience != Audience.PRIVATE
