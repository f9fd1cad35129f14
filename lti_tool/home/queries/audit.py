"""Reads of who did what: only what the audit page has words for, never what somebody did with a plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from sqlalchemy import Select, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from lti_tool.home.audit_words import ACTIONS, WORDS, Area
from lti_tool.launch.models import Registration
from lti_tool.paging import cut
from lti_tool.people.models import AuditEvent, Course, Person

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which events; what is empty narrows nothing."""

    area: Area | None = None
    name: str = ""
    """A part of the name of whoever did it."""
    since: date | None = None


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One thing that somebody did, with the names of both."""

    event: AuditEvent
    actor: str
    about: str


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Some entries, the newest first, and before which event the next page begins."""

    entries: Sequence[AuditEntry]
    next_before: int | None


def audit_page(db: Session, person: Person, chosen: AuditFilter, *, before: int | None = None) -> AuditPage:
    """Return a page of what was done in the district."""
    wanted = _chosen(person, chosen).order_by(AuditEvent.id.desc()).limit(PAGE_SIZE + 1)
    if before is not None:
        wanted = wanted.where(AuditEvent.id < before)
    shown, last = cut([(event, name or "") for event, name in db.execute(wanted)], PAGE_SIZE)
    return AuditPage(_named(db, person, shown), last[0].id if last else None)


def all_audit_entries(db: Session, person: Person, chosen: AuditFilter) -> Iterator[AuditEntry]:
    """Yield all that was done in the district, the oldest first."""
    wanted = _chosen(person, chosen).order_by(AuditEvent.id).execution_options(yield_per=500)
    for rows in db.execute(wanted).partitions():
        yield from _named(db, person, [(event, name or "") for event, name in rows])


def _chosen(person: Person, chosen: AuditFilter) -> Select[AuditEvent, str | None]:
    actions = ACTIONS[chosen.area] if chosen.area else WORDS
    wanted = (
        select(AuditEvent, Person.name)
        .outerjoin(Person, Person.id == AuditEvent.actor_id)
        .where(AuditEvent.district_id == person.district_id, AuditEvent.action.in_(actions))
    )
    if chosen.name:
        wanted = wanted.where(Person.name.icontains(chosen.name, autoescape=True))
    if chosen.since:
        wanted = wanted.where(AuditEvent.at >= datetime.combine(chosen.since, time(), UTC))
    return wanted


def _named(db: Session, person: Person, rows: Sequence[tuple[AuditEvent, str]]) -> list[AuditEntry]:
    names = {
        "course": _names(db, person, rows, "course", Course.title, Course.id),
        "registration": _names(db, person, rows, "registration", Registration.name, Registration.id),
        "person": _names(db, person, rows, "person", Person.name, Person.id),
    }
    return [AuditEntry(event, actor, names.get(event.subject, {}).get(event.subject_id, "")) for event, actor in rows]


def _names(
    db: Session,
    person: Person,
    rows: Sequence[tuple[AuditEvent, str]],
    subject: str,
    name: InstrumentedAttribute[str],
    key: InstrumentedAttribute[int],
) -> Mapping[int, str]:
    ids = {event.subject_id for event, _actor in rows if event.subject == subject}
    if not ids:
        return {}
    table = key.class_
    return dict(db.execute(select(key, name).where(key.in_(ids), table.district_id == person.district_id)).all())
