"""The ledger of hours: what finished learning and sessions add, what a plan awards, what its owner adds by hand."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import and_, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_tool.db import utc_now
from lti_tool.errors import ConflictError, InvalidInputError, NotFoundError
from lti_tool.people.models import Person
from lti_tool.people.operations import record_audit
from lti_tool.plans.credit import CENT, NOTHING, award_of
from lti_tool.plans.models import (
    IS_FINISHED,
    Activity,
    CreditType,
    EntrySource,
    GrowthPlan,
    LedgerEntry,
    LicenceCycle,
    TemplateVersion,
)
from lti_tool.plans.models.plans import school_year_of
from lti_tool.plans.operations.credit_types import credit_type_named, default_credit_type
from lti_tool.plans.queries.hours import finished_without_hours


@dataclass(frozen=True, slots=True)
class EntryWords:
    """What somebody says of hours that they add themselves."""

    title: str
    quantity: Decimal
    credit_type: str
    earned_on: date
    note: str = ""
    proof_url: str = ""


@dataclass(frozen=True, slots=True)
class CycleWords:
    """What somebody says that a licence needs."""

    starts_on: date
    ends_on: date
    needed: Decimal
    credit_type: str


@dataclass(frozen=True, slots=True)
class SessionHours:
    """What being at a session is worth; its key tells it from every other."""

    key: str
    title: str
    hours: Decimal
    held_on: date


def add_activity_hours(db: Session, person: Person, activity: Activity) -> None:
    """Add the hours of a finished activity, once however many goals it serves; nothing else holds them back."""
    hours, finished_at = activity.opportunity.hours, activity.completed_at
    if not hours or finished_at is None:
        return
    entry = _activity_entry(db, person.id, activity.opportunity_id)
    if entry is None:
        entry = LedgerEntry(opportunity_id=activity.opportunity_id, source=EntrySource.ACTIVITY)
    elif entry.withdrawn_at is None:
        return
    db.flush()  # the activity may be new, and the entry names it
    entry.activity_id, entry.title, entry.withdrawn_at = activity.id, activity.opportunity.title, None
    try:
        with db.begin_nested():
            _enter(db, person, entry, hours, finished_at.date())
    except IntegrityError:  # another of the person's goals counts the same, and was faster
        return


def withdraw_activity_hours(db: Session, person_id: int, opportunity_id: int) -> None:
    """Take back the hours of what is finished nowhere in the person's plans any more; that they were there is kept."""
    entry = _activity_entry(db, person_id, opportunity_id)
    if entry is None or entry.withdrawn_at is not None or _is_finished(db, person_id, opportunity_id):
        return
    entry.withdrawn_at = utc_now()
    record_audit(db, db.get_one(Person, person_id), "hours_withdrawn", "ledger_entry", entry.id)


def restore_activity_hours(db: Session, person_id: int, opportunity_id: int) -> None:
    """Count hours again that were taken back, where the completion is reported again and stands in a plan already."""
    entry = _activity_entry(db, person_id, opportunity_id)
    if entry is not None and entry.withdrawn_at is not None and _is_finished(db, person_id, opportunity_id):
        entry.withdrawn_at = None
        record_audit(db, db.get_one(Person, person_id), "hours_restored", "ledger_entry", entry.id)


def set_session_hours(db: Session, actor: Person, session: SessionHours, person_ids: Collection[int]) -> None:
    """Let these people have the hours of a session, once each; who had them and is not among these has them no more."""
    known = {each.person_id: each for each in db.scalars(select(LedgerEntry).filter_by(session_key=session.key))}
    for person_id in sorted(set(person_ids) - known.keys()):
        entry = LedgerEntry(source=EntrySource.SESSION, session_key=session.key, title=session.title)
        _enter(db, db.get_one(Person, person_id), entry, session.hours, session.held_on)
    for person_id, entry in known.items():
        if (entry.withdrawn_at is None) == (person_id in person_ids):
            continue
        entry.withdrawn_at = None if person_id in person_ids else utc_now()
        if entry.withdrawn_at is None:  # the session may have been changed while it counted for nobody
            _fill(db, actor.district_id, entry, session.hours, session.held_on)
        done = "hours_withdrawn" if entry.withdrawn_at else "hours_restored"
        record_audit(db, actor, done, "ledger_entry", entry.id)


def award_plan_hours(db: Session, plan: GrowthPlan) -> None:
    """Add the hours that a completed plan is worth by its rules: once for its kind of plan and school year.

    No more is added than its rules let count in a year.
    """
    db.execute(select(Person.id).where(Person.id == plan.person_id).with_for_update(key_share=True))
    today = utc_now().date()
    hours = award_of(plan.rules, _earned_in(db, plan.person_id, school_year_of(today)))
    if not hours or _was_awarded(db, plan):
        return
    entry = LedgerEntry(
        plan_id=plan.id, source=EntrySource.AWARD, title=f"Growth plan {plan.school_year}/{plan.school_year + 1}"
    )
    _enter(db, plan.person, entry, hours, today)


def add_missing_hours(db: Session, actor: Person) -> int:
    """Add the hours of what the person finished before anybody said how many it has; return of how many."""
    found = finished_without_hours(db, actor)
    for activity in found:
        add_activity_hours(db, actor, activity)
    return len(found)


def add_hours_by_hand(db: Session, actor: Person, words: EntryWords) -> LedgerEntry:
    """Add hours that only the person knows of; they are marked as said by them."""
    credit_type = _chosen(db, actor, words.credit_type)
    hours = (words.quantity * credit_type.hours_per_unit).quantize(CENT)
    entry = LedgerEntry(
        source=EntrySource.BY_HAND, credit_type=credit_type, quantity=words.quantity, hours=hours,
        earned_on=words.earned_on, title=words.title, note=words.note, proof_url=words.proof_url,
        attested_at=utc_now(),
    )  # fmt: skip
    _save(db, actor, entry)
    return entry


def withdraw_hours(db: Session, actor: Person, entry: LedgerEntry) -> None:
    """Take back hours that the person added themselves; what the LMS reported is not theirs to take back."""
    if entry.person_id != actor.id:
        raise NotFoundError
    if not entry.is_by_hand:
        raise ConflictError("These hours came by themselves; they go when what they came with is taken back.")
    if entry.withdrawn_at is None:
        entry.withdrawn_at = utc_now()
        record_audit(db, actor, "hours_withdrawn", "ledger_entry", entry.id)


def set_licence_cycle(db: Session, actor: Person, words: CycleWords) -> None:
    """Keep what a licence needs and by when; the same dates and kind of credit said again change its amount."""
    credit_type = _chosen(db, actor, words.credit_type)
    values = {**asdict(words), "credit_type": credit_type}
    same = {"starts_on": words.starts_on, "ends_on": words.ends_on, "credit_type_id": credit_type.id}
    cycle = db.scalar(select(LicenceCycle).filter_by(person_id=actor.id, **same))
    if cycle is None:
        cycle = LicenceCycle(person_id=actor.id)
        db.add(cycle)
    for name, value in values.items():
        setattr(cycle, name, value)
    db.flush()  # the audit row names its id
    record_audit(db, actor, "licence_cycle_set", "licence_cycle", cycle.id)


def remove_licence_cycle(db: Session, actor: Person, cycle: LicenceCycle) -> None:
    """Forget what a licence needs; hours stay as they are."""
    if cycle.person_id != actor.id:
        raise NotFoundError
    record_audit(db, actor, "licence_cycle_removed", "licence_cycle", cycle.id)
    db.delete(cycle)


def _earned_in(db: Session, person_id: int, school_year: int) -> Decimal:
    """Return all hours that a person earned in a school year."""
    entries = select(LedgerEntry).where(LedgerEntry.person_id == person_id, LedgerEntry.withdrawn_at.is_(None))
    return sum((each.hours for each in db.scalars(entries) if school_year_of(each.earned_on) == school_year), NOTHING)


def _was_awarded(db: Session, plan: GrowthPlan) -> bool:
    """Return whether this plan, or one of the same kind in the same school year, has given its hours already."""
    same_kind = and_(GrowthPlan.school_year == plan.school_year, TemplateVersion.template_id == plan.rules.template_id)
    awarded = (
        select(LedgerEntry.id)
        .join(GrowthPlan, GrowthPlan.id == LedgerEntry.plan_id)
        .outerjoin(GrowthPlan.template_version)
        .where(LedgerEntry.person_id == plan.person_id, LedgerEntry.source == EntrySource.AWARD)
        .where(or_(GrowthPlan.id == plan.id, same_kind))
    )
    return db.scalar(awarded.limit(1)) is not None


def _is_finished(db: Session, person_id: int, opportunity_id: int) -> bool:
    """Return whether anything in the person's plans still says that this is finished."""
    db.flush()  # what was just taken out or unfinished is to be seen
    finished = select(Activity.id).join(Activity.plan).where(IS_FINISHED)
    own = finished.where(GrowthPlan.person_id == person_id, Activity.opportunity_id == opportunity_id)
    return db.scalar(own.limit(1)) is not None


def _activity_entry(db: Session, person_id: int, opportunity_id: int) -> LedgerEntry | None:
    return db.scalar(select(LedgerEntry).filter_by(person_id=person_id, opportunity_id=opportunity_id))


def _enter(db: Session, person: Person, entry: LedgerEntry, hours: Decimal, day: date) -> None:
    _fill(db, person.district_id, entry, hours, day)
    _save(db, person, entry)


def _fill(db: Session, district_id: int, entry: LedgerEntry, hours: Decimal, day: date) -> None:
    """Fill an entry with hours, as the kind of credit that the district counts by itself."""
    if entry.credit_type_id is None:
        entry.credit_type = default_credit_type(db, district_id)
    entry.quantity = (hours / entry.credit_type.hours_per_unit).quantize(CENT)
    entry.hours, entry.earned_on = hours, day


def _save(db: Session, person: Person, entry: LedgerEntry) -> None:
    entry.district_id, entry.person_id = person.district_id, person.id
    db.add(entry)
    db.flush()  # the audit row names its id
    record_audit(db, person, "hours_added", "ledger_entry", entry.id, source=entry.source.value)


def _chosen(db: Session, actor: Person, name: str) -> CreditType:
    found = credit_type_named(db, actor.district_id, name)
    if found is None or found.retired_at is not None:
        raise InvalidInputError(fields={"credit_type": ["Choose a kind of credit from the list."]})
    return found
