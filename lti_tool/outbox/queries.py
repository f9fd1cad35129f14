"""Reads of the outbox for the district's review and for the operator's numbers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool.errors import NotFoundError
from lti_tool.outbox.models import OPEN, DeliveryAttempt, MessageState, OutboxMessage


@dataclass(frozen=True, slots=True)
class Standing:
    """How many messages are in each state, and since when the oldest that is not out yet has waited."""

    counts: dict[MessageState, int]
    oldest_open: datetime | None

    @property
    def open(self) -> int:
        return sum(self.counts.get(state, 0) for state in OPEN)


def standing(db: Session, district_id: int | None = None) -> Standing:
    """Return the standing of one district's messages, or of all."""
    chosen = select(OutboxMessage.state, func.count(), func.min(OutboxMessage.created_at))
    if district_id is not None:
        chosen = chosen.where(OutboxMessage.district_id == district_id)
    rows = db.execute(chosen.group_by(OutboxMessage.state)).all()
    waiting = [oldest for state, _, oldest in rows if state in OPEN]
    return Standing({state: count for state, count, _ in rows}, min(waiting, default=None))


def messages_of(
    db: Session,
    district_id: int,
    *,
    states: Collection[MessageState] = (),
    before_id: int | None = None,
    limit: int = 50,
) -> list[OutboxMessage]:
    """Return a page of a district's messages, newest first; `before_id` is the last id of the page before."""
    chosen = select(OutboxMessage).where(OutboxMessage.district_id == district_id)
    if states:
        chosen = chosen.where(OutboxMessage.state.in_(states))
    if before_id is not None:
        chosen = chosen.where(OutboxMessage.id < before_id)
    return list(db.scalars(chosen.order_by(OutboxMessage.id.desc()).limit(limit)))


def message_of(db: Session, district_id: int, message_id: int) -> OutboxMessage:
    """Return one message of a district."""
    message = db.scalar(
        select(OutboxMessage).where(OutboxMessage.id == message_id, OutboxMessage.district_id == district_id)
    )
    if message is None:
        raise NotFoundError
    return message


def newest_by_key(db: Session, district_id: int, keys: Collection[str]) -> dict[str, OutboxMessage]:
    """Return the newest message of each of these keys, of one district."""
    newest = (
        select(func.max(OutboxMessage.id))
        .where(OutboxMessage.district_id == district_id, OutboxMessage.key.in_(keys))
        .group_by(OutboxMessage.key)
    )
    found = db.scalars(select(OutboxMessage).where(OutboxMessage.id.in_(newest)))
    return {message.key: message for message in found}


def attempts_of(db: Session, message: OutboxMessage) -> list[DeliveryAttempt]:
    """Return the tries of a message, newest first."""
    chosen = select(DeliveryAttempt).where(DeliveryAttempt.message_id == message.id)
    return list(db.scalars(chosen.order_by(DeliveryAttempt.id.desc()).limit(100)))
