"""Reads of what a district asks about declaring, and of who need not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session, joinedload

from lti_tool.people.models import Person
from lti_tool.plans.models import Audience, DeclarationExemption, DeclarationPolicy, DeclarationRule, GrowthPlan


def policy_of(db: Session, district_id: int) -> DeclarationPolicy:
    """Return what a district asks for; one that never said expects goals to be shared with the own school."""
    found = db.get(DeclarationPolicy, district_id)
    return found or DeclarationPolicy(district_id=district_id, rule=DeclarationRule.EXPECTED, minimum=Audience.SCHOOL)


@dataclass(frozen=True, slots=True)
class Gate:
    """What holds approved plans of a district back from being active: what it asks for, and who is exempt from it."""

    policy: DeclarationPolicy
    exempt: frozenset[int]

    def holds(self, plan: GrowthPlan) -> bool:
        """Return whether a plan waits for its goals to be declared; a support plan never does."""
        if self.policy.rule is not DeclarationRule.REQUIRED or plan.is_restricted or plan.person_id in self.exempt:
            return False
        return not all(self.policy.is_met_by(goal) for goal in plan.goals if goal.is_open)


def gate_of(db: Session, district_id: int, person_id: int | None = None) -> Gate:
    """Return what holds the approved plans of a district, or of one person in it, back; two queries."""
    held = select(DeclarationExemption.person_id).join(DeclarationExemption.person)
    held = held.where(Person.district_id == district_id, DeclarationExemption.ended_at.is_(None))
    if person_id is not None:
        held = held.where(DeclarationExemption.person_id == person_id)
    return Gate(policy_of(db, district_id), frozenset(db.scalars(held)))


def is_shared_here(district_id: int) -> ColumnElement[bool]:
    """Say in SQL that a district lets goals be shared at all."""
    off = DeclarationPolicy.rule == DeclarationRule.OFF
    return ~exists().where(DeclarationPolicy.district_id == district_id, off)


def is_exempt(db: Session, person_id: int) -> bool:
    """Return whether a person need not declare."""
    current = exists().where(DeclarationExemption.person_id == person_id, DeclarationExemption.ended_at.is_(None))
    return bool(db.scalar(select(current)))


def exemptions_of(db: Session, person: Person) -> Sequence[DeclarationExemption]:
    """Return the exemptions of the person's district that hold, by name; for administrators alone."""
    held = select(DeclarationExemption).join(DeclarationExemption.person)
    held = held.where(Person.district_id == person.district_id, DeclarationExemption.ended_at.is_(None))
    return db.scalars(
        held.order_by(Person.name, DeclarationExemption.id).options(joinedload(DeclarationExemption.person))
    ).all()
