"""Reads of hours: a person's ledger for those who may read it, and the kinds of credit of a district."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from lti_tool.errors import NotFoundError
from lti_tool.people.models import Opportunity, Person, Role, Supervision
from lti_tool.plans.credit import CycleTotal, PlanHours, Total, cycle_total, plan_hours, starter_types, totals_of
from lti_tool.plans.models import (
    IS_FINISHED,
    Activity,
    CreditType,
    GrowthPlan,
    LedgerEntry,
    LicenceCycle,
    TemplateVersion,
)
from lti_tool.plans.models.plans import ENDED


@dataclass(frozen=True, slots=True)
class Hours:
    """A person's entries, the newest first, with their totals and how far each licence is."""

    person: Person
    entries: list[LedgerEntry]
    totals: list[Total]
    cycles: list[CycleTotal]


def hours_of(db: Session, person: Person) -> Hours:
    """Return what a person earned; what was withdrawn is listed and counts nowhere."""
    entries = list(
        db.scalars(
            select(LedgerEntry)
            .where(LedgerEntry.person_id == person.id)
            .options(joinedload(LedgerEntry.credit_type))
            .order_by(LedgerEntry.earned_on.desc(), LedgerEntry.id.desc())
        )
    )
    cycles = db.scalars(
        select(LicenceCycle)
        .where(LicenceCycle.person_id == person.id)
        .options(joinedload(LicenceCycle.credit_type))
        .order_by(LicenceCycle.ends_on.desc(), LicenceCycle.id)
    )
    return Hours(person, entries, totals_of(entries), [cycle_total(each, entries) for each in cycles])


def hours_toward_plans(db: Session, hours: Hours) -> list[PlanHours]:
    """Return how far each plan of the person's that goes on is with the hours that it aims for."""
    own = select(GrowthPlan).where(GrowthPlan.person_id == hours.person.id, GrowthPlan.state.not_in(ENDED))
    aiming = own.join(GrowthPlan.template_version).where(TemplateVersion.hours_target.is_not(None))
    plans = db.scalars(aiming.options(contains_eager(GrowthPlan.template_version)).order_by(GrowthPlan.id))
    return [plan_hours(plan, hours.entries) for plan in plans]


def hours_in_plan(db: Session, plan: GrowthPlan) -> PlanHours:
    """Return how far a plan is with the hours that it aims for."""
    return plan_hours(plan, db.scalars(select(LedgerEntry).where(LedgerEntry.person_id == plan.person_id)))


def person_with_hours(db: Session, reader: Person, person_id: int) -> Person:
    """Return the person whose hours somebody may read: their own, whom they review, or as the hours office."""
    found = select(Person).where(Person.id == person_id, Person.district_id == reader.district_id)
    person = db.scalar(found.options(joinedload(Person.school)))
    if person is None or not (person.id == reader.id or reads_hours_of(db, reader, person)):
        raise NotFoundError
    return person


def reads_hours_of(db: Session, reader: Person, person: Person) -> bool:
    """Return whether somebody reads the hours of somebody else: they review them, or are the hours office."""
    if reader.has_role(Role.ADMINISTRATOR):
        return True
    reviews = exists().where(
        Supervision.person_id == person.id, Supervision.supervisor_id == reader.id, Supervision.ended_at.is_(None)
    )
    return bool(db.scalar(select(reviews)))


def entry_of(db: Session, person: Person, entry_id: int) -> LedgerEntry:
    """Return an entry of the person's own."""
    entry = db.scalar(select(LedgerEntry).where(LedgerEntry.id == entry_id, LedgerEntry.person_id == person.id))
    if entry is None:
        raise NotFoundError
    return entry


def cycle_of(db: Session, person: Person, cycle_id: int) -> LicenceCycle:
    """Return a licence cycle of the person's own."""
    cycle = db.scalar(select(LicenceCycle).where(LicenceCycle.id == cycle_id, LicenceCycle.person_id == person.id))
    if cycle is None:
        raise NotFoundError
    return cycle


def finished_without_hours(db: Session, person: Person) -> list[Activity]:
    """Return what the person finished that has hours and is not in the ledger, each opportunity once."""
    known = exists().where(LedgerEntry.person_id == person.id, LedgerEntry.opportunity_id == Activity.opportunity_id)
    found = db.scalars(
        select(Activity)
        .join(Activity.plan)
        .join(Activity.opportunity)
        .where(GrowthPlan.person_id == person.id, IS_FINISHED, Opportunity.hours > 0, ~known)
        .options(joinedload(Activity.opportunity))
        .order_by(Activity.completed_at, Activity.id)
    )
    return list({each.opportunity_id: each for each in found}.values())


def credit_types_of(db: Session, district_id: int) -> list[CreditType]:
    """Return a district's kinds of credit in the order in which they came, or the starter set until it has any."""
    found = select(CreditType).where(CreditType.district_id == district_id).order_by(CreditType.id)
    return list(db.scalars(found)) or starter_types(district_id)


def credit_type_of(db: Session, person: Person, credit_type_id: int) -> CreditType:
    """Return a kind of credit of the person's district."""
    found = db.get(CreditType, credit_type_id)
    if found is None or found.district_id != person.district_id:
        raise NotFoundError
    return found
