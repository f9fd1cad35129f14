"""Support plans: begun by whoever leads somebody, who is its one reader, and read by another when that cannot go on."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from lti_tool.errors import ConflictError, NotFoundError
from lti_tool.people.models import Person, Role
from lti_tool.people.operations import record_audit
from lti_tool.plans.models import GrowthPlan, PlanReviewer, TemplateVersion
from lti_tool.plans.models.plans import ENDED
from lti_tool.plans.operations.plans import add_plan, new_plan
from lti_tool.plans.queries.plans import supervises


def begin_support_plan(db: Session, actor: Person, owner: Person, version: TemplateVersion) -> GrowthPlan:
    """Begin a restricted plan for somebody whom the actor supervises or administers; the actor is its one reader."""
    if not version.is_restricted or not _leads(db, actor, owner):
        raise NotFoundError
    plan = new_plan(owner, version)
    plan.is_restricted = True
    plan.readers.append(PlanReviewer(person_id=actor.id))
    add_plan(db, actor, plan)
    return plan


def hand_support_plan_over(db: Session, actor: Person, plan: GrowthPlan, successor: Person) -> None:
    """Let the reader of a support plan pass it on to somebody else who leads its owner."""
    is_reader = any(seat.person_id == actor.id for seat in plan.readers)
    if not (plan.is_restricted and is_reader and _leads(db, successor, plan.person)):
        raise NotFoundError
    if plan.is_ended:
        raise ConflictError("This plan has ended. Nobody has to read it any more.")
    _seat(plan, successor)
    record_audit(db, actor, "plan_reader_replaced", "plan", plan.id, person_id=successor.id)


def name_support_reader(db: Session, actor: Person, owner: Person, successor: Person) -> None:
    """Let somebody who leads a person read whatever support plan that person has, in the place of who read it.

    Whether there is one is no administrator's to know: what is done and noted looks the same without.
    """
    if owner.district_id != actor.district_id or not _leads(db, successor, owner):
        raise NotFoundError
    theirs = select(GrowthPlan).where(
        GrowthPlan.person_id == owner.id, GrowthPlan.is_restricted, GrowthPlan.state.not_in(ENDED)
    )
    for plan in db.scalars(theirs.order_by(GrowthPlan.id).with_for_update().options(selectinload(GrowthPlan.readers))):
        _seat(plan, successor)
    record_audit(db, actor, "support_reader_named", "person", owner.id, person_id=successor.id)


def _seat(plan: GrowthPlan, reader: Person) -> None:
    kept = [seat for seat in plan.readers if seat.person_id == reader.id]
    plan.readers[:] = kept or [PlanReviewer(person_id=reader.id)]


def _leads(db: Session, leader: Person, person: Person) -> bool:
    """Return whether somebody supervises another person or administers their district."""
    if leader.district_id != person.district_id or leader.id == person.id:
        return False
    return leader.has_role(Role.ADMINISTRATOR) or supervises(db, leader, person)
