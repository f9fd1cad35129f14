"""Writes of opportunities: offering, changing, retiring, and offering again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from lti_tool.db import utc_now
from lti_tool.errors import ConflictError, InvalidInputError, NotAllowedError
from lti_tool.people.models import OFFERED_BY_ANYBODY, Opportunity, OpportunityKind, Person, Role
from lti_tool.people.operations import record_audit

NOT_YOURS = "Only its host and the designers of the district can change this."
NOT_OFFERED = (
    "Designers of the district add this kind. You can offer a lesson to visit, a problem to solve together, a study, "
    "or to mentor."
)
A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class OpportunityWords:
    """What is said of an opportunity; None is what its kind has no word for."""

    kind: OpportunityKind
    title: str | None = None
    description: str | None = None
    url: str | None = None
    provider: str | None = None
    place: str | None = None
    host: str | None = None
    """Name or e-mail address of whoever holds it."""
    hours: Decimal | None = None
    starts_at: datetime | None = None
    refreshed_on: date | None = None


TEXTS = ("title", "description", "url", "provider", "place")
OTHERS = ("hours", "starts_at", "refreshed_on")


def may_offer(person: Person, kind: OpportunityKind) -> bool:
    """Return whether this person may offer something of this kind; a course is made in the LMS."""
    if kind is OpportunityKind.COURSE:
        return False
    return kind in OFFERED_BY_ANYBODY or _works_for_district(person)


def add_opportunity(db: Session, actor: Person, words: OpportunityWords) -> Opportunity:
    """Offer something new; what an educator offers is hosted by that educator."""
    if not may_offer(actor, words.kind):
        raise NotAllowedError(NOT_OFFERED)
    opportunity = Opportunity(district_id=actor.district_id, kind=words.kind, created_by_id=actor.id)
    if words.kind in OFFERED_BY_ANYBODY and not (words.host and _works_for_district(actor)):
        opportunity.host = actor
    _say(db, actor, opportunity, words)
    opportunity.school_id = opportunity.host.school_id if opportunity.host else None
    db.add(opportunity)
    db.flush()  # its id is wanted by the audit row and by whoever asked
    record_audit(db, actor, "opportunity_added", "opportunity", opportunity.id, kind=words.kind.value)
    return opportunity


def change_opportunity(db: Session, actor: Person, opportunity: Opportunity, words: OpportunityWords) -> None:
    """Say something else of an opportunity; the title of a course is the LMS's."""
    _require_change(actor, opportunity)
    _say(db, actor, opportunity, words)
    record_audit(db, actor, "opportunity_changed", "opportunity", opportunity.id)


def name_provider(db: Session, actor: Person, opportunity: Opportunity, provider: str) -> None:
    """Say who outside of the district offers a course; nobody, where it is the district's own."""
    if opportunity.kind is OpportunityKind.COURSE and provider != opportunity.provider:
        opportunity.provider = provider
        record_audit(db, actor, "opportunity_changed", "opportunity", opportunity.id)


def retire_opportunity(db: Session, actor: Person, opportunity: Opportunity, on: date | None = None) -> None:
    """Offer it to nobody from a day on, today by default."""
    _require_change(actor, opportunity)
    today = utc_now().date()
    on = on or today
    if on < today - A_DAY:  # where the person is, it may still be yesterday
        raise InvalidInputError(fields={"on": ["Choose today or a later day."]})
    opportunity.retired_on = on
    record_audit(db, actor, "opportunity_retired", "opportunity", opportunity.id, on=on.isoformat())


def offer_again(db: Session, actor: Person, opportunity: Opportunity) -> None:
    """Take a retirement back."""
    _require_change(actor, opportunity)
    if opportunity.retired_on is None:
        raise ConflictError("This is not retired.")
    opportunity.retired_on = None
    record_audit(db, actor, "opportunity_offered_again", "opportunity", opportunity.id)


def note_refreshed(db: Session, actor: Person, opportunity: Opportunity) -> None:
    """Note that its content was brought up to date today."""
    _require_change(actor, opportunity)
    opportunity.refreshed_on = utc_now().date()
    record_audit(db, actor, "opportunity_refreshed", "opportunity", opportunity.id)


def _require_change(actor: Person, opportunity: Opportunity) -> None:
    if not opportunity.can_be_changed_by(actor):
        raise NotAllowedError(NOT_YOURS)


def _works_for_district(person: Person) -> bool:
    return person.has_role(Role.DESIGNER) or person.has_role(Role.ADMINISTRATOR)


def _say(db: Session, actor: Person, opportunity: Opportunity, words: OpportunityWords) -> None:
    if words.host is not None and _works_for_district(actor):
        opportunity.host = _host(db, actor, words.host, opportunity.host)
        opportunity.school_id = opportunity.host.school_id if opportunity.host else None
    for name in (*TEXTS, *OTHERS):
        value = getattr(words, name)
        if value is not None or name in OTHERS:
            setattr(opportunity, name, value)


def _host(db: Session, actor: Person, said: str, known: Person | None) -> Person | None:
    """Return the one person of the district whom a name or an e-mail address means."""
    if not said or (known is not None and said == known.name):
        return known if said else None
    wanted = said.lower()
    found = db.scalars(
        select(Person)
        .where(
            Person.district_id == actor.district_id,
            or_(func.lower(Person.name) == wanted, func.lower(Person.email) == wanted),
        )
        .limit(2)
    ).all()
    if len(found) == 1:
        return found[0]
    several = "Several people have this name. Enter an e-mail address."
    raise InvalidInputError(fields={"host": [several if found else "Nobody of the district has this name or address."]})
