"""Alerts when deliveries fail or wait too long: one for each cause and day, with numbers and no names in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from lti_tool.db import utc_now
from lti_tool.errors import ConflictError
from lti_tool.grades.models import ASKS_SOMEBODY, AlertSettings, Completion, Score
from lti_tool.grades.operations.holding import IS_RECALLED, WAITS
from lti_tool.grades.operations.scores import NO_PLACE, WAITS_FOR_PLACE
from lti_tool.outbox.models import DeliveryAttempt, MessageState, OutboxMessage
from lti_tool.outbox.operations import enqueue
from lti_tool.people.models import Person
from lti_tool.people.operations import record_audit

LATE = timedelta(hours=2)
"""Longer than an LMS is away for a restart."""
DAY = timedelta(days=1)
PLACELESS = timedelta(days=3)
"""So long a score may wait until its course has a place for it in the gradebook."""
TEST = "test"
LETTERS = ("alert.send", "reminder.send", "reminder.confirm")
"""What goes to people and to no LMS."""
NO_CHANNEL = "Name an e-mail address or a web hook and save it first. Nothing was sent."


@dataclass(frozen=True, slots=True)
class Alert:
    """What to tell, and whom."""

    cause: str
    count: int
    emails: Sequence[str]
    hook_url: str
    locale: str


def save_alerts(db: Session, actor: Person, emails: Sequence[str], hook_url: str, locale: str) -> AlertSettings:
    """Keep whom the district has told; they are told in the language in which it was saved."""
    settings = db.get(AlertSettings, actor.district_id) or AlertSettings(district_id=actor.district_id)
    settings.emails, settings.hook_url, settings.saved_at = list(emails), hook_url, utc_now()
    settings.locale = locale
    db.add(settings)
    record_audit(db, actor, "alerts_saved", "district", actor.district_id, emails=len(emails), hook=bool(hook_url))
    return settings


def send_test(db: Session, actor: Person) -> None:
    """Send a test to all whom the district has told."""
    settings = db.get(AlertSettings, actor.district_id)
    if settings is None or not settings.channels:
        raise ConflictError(NO_CHANNEL)
    record_audit(db, actor, "alert_tested", "district", actor.district_id)
    for channel in settings.channels:
        _enqueue(db, settings, TEST, 0, channel, f"alert:{settings.district_id}:{TEST}:{channel}")


def raise_alerts(db: Session, now: datetime) -> int:
    """Put in the alerts that are due; return how many these are."""
    due = 0
    for settings in db.scalars(select(AlertSettings).order_by(AlertSettings.district_id)):
        if not settings.channels:
            continue
        for cause, count in _troubles(db, settings.district_id, now):
            for channel in settings.channels:
                key = f"alert:{settings.district_id}:{cause}:{channel}:{now:%Y-%m-%d}"
                if db.scalar(select(OutboxMessage.id).where(OutboxMessage.key == key).limit(1)) is None:
                    _enqueue(db, settings, cause, count, channel, key)
                    due += 1
    return due


def is_late(now: datetime) -> ColumnElement[bool]:
    """Say in SQL that a message should have been delivered hours ago: it was tried in vain, or nobody took it up."""
    was_to_go = or_(OutboxMessage.attempts > 0, OutboxMessage.due_at < now - LATE)
    return and_(OutboxMessage.state == MessageState.DUE, OutboxMessage.created_at < now - LATE, was_to_go)


def _troubles(db: Session, district_id: int, now: datetime) -> Iterator[tuple[str, int]]:
    """Return each cause with how many deliveries or completions it holds up; what was refused counts for a day."""
    tried_lately = (
        select(DeliveryAttempt.id)
        .where(DeliveryAttempt.message_id == OutboxMessage.id, DeliveryAttempt.at > now - DAY)
        .exists()
    )
    states = OutboxMessage.state
    causes = {
        "access_lost": states == MessageState.STOPPED,
        "waiting": states == MessageState.WAITING,
        "rejected": and_(states == MessageState.REJECTED, tried_lately),
        "late": is_late(now),
    }
    for cause, condition in causes.items():
        wanted = select(func.count()).where(
            OutboxMessage.district_id == district_id, OutboxMessage.kind.not_in(LETTERS), condition
        )
        if count := db.scalar(wanted):
            yield cause, count
    held = select(func.count()).where(Completion.district_id == district_id, ASKS_SOMEBODY, or_(WAITS, IS_RECALLED))
    if count := db.scalar(held):
        yield "held", count
    if count := db.scalar(_placeless(district_id, now)):
        yield "placeless", count


def _placeless(district_id: int, now: datetime) -> Select[int]:
    return select(func.count()).where(
        Score.district_id == district_id,
        WAITS_FOR_PLACE,
        Score.cause == NO_PLACE,
        Score.created_at < now - PLACELESS,
    )


def _enqueue(db: Session, settings: AlertSettings, cause: str, count: int, channel: str, key: str) -> None:
    enqueue(
        db,
        kind="alert.send",
        key=key,
        district_id=settings.district_id,
        payload={"cause": cause, "count": count, "channel": channel},
        lane=f"alert:{channel}:{settings.district_id}" if channel == "hook" else "alert:mail",
    )


def alert_of(db: Session, district_id: int, cause: str, count: int) -> Alert | None:
    """Return what to tell now; None where nobody is to be told any more."""
    settings = db.get(AlertSettings, district_id)
    if settings is None:
        return None
    return Alert(cause, count, tuple(settings.emails), settings.hook_url, settings.locale)
