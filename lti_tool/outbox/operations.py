"""Writes to the outbox that belong to somebody else's transaction: put a message in, send it again, resume a lane."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session

from lti_tool.db import utc_now
from lti_tool.errors import ConflictError, NotFoundError
from lti_tool.outbox.models import OPEN, MessageState, OutboxLane, OutboxMessage


def enqueue(
    db: Session,
    *,
    kind: str,
    key: str,
    district_id: int,
    payload: dict[str, Any],
    lane: str = "",
    due_at: datetime | None = None,
) -> OutboxMessage:
    """Write a message that takes the place of every older one of its key; the commit wakes a worker.

    One that is being delivered at this moment is let finish; the new message follows it.
    """
    _serialise(db, key)
    db.execute(
        update(OutboxMessage)
        .where(OutboxMessage.key == key, OutboxMessage.state.in_((*OPEN, MessageState.REJECTED)), is_free())
        .values(state=MessageState.SUPERSEDED, lease="")
    )
    message = OutboxMessage(
        kind=kind, key=key, lane=lane, district_id=district_id, payload=payload, due_at=due_at or utc_now()
    )
    db.add(message)
    db.flush()  # its id is its place in the order of the key
    db.info["has_new_messages"] = True
    return message


def send_again(db: Session, message_id: int) -> OutboxMessage:
    """Try a message that waits, was stopped or was refused now; refuse when a newer one took its place."""
    message = db.get(OutboxMessage, message_id, with_for_update=True)
    if message is None:
        raise NotFoundError
    if message.state not in (*OPEN, MessageState.REJECTED):
        raise ConflictError("This was already sent, or something newer took its place. Nothing was sent again.")
    message.state = MessageState.DUE
    message.due_at = utc_now()
    _reopen(db, message.lane)
    db.info["has_new_messages"] = True
    return message


def resume_lane(db: Session, lane: str) -> int:
    """Make all messages that lost access to this lane's platform due again; return how many these are."""
    now = utc_now()
    resumed = db.scalars(
        update(OutboxMessage)
        .where(OutboxMessage.lane == lane, OutboxMessage.state == MessageState.STOPPED)
        .values(state=MessageState.DUE, due_at=now)
        .returning(OutboxMessage.id)
        .execution_options(synchronize_session=False)
    ).all()
    _reopen(db, lane)
    db.info["has_new_messages"] = db.info.get("has_new_messages", False) or bool(resumed)
    return len(resumed)


def is_free(now: datetime | BindParameter[datetime] | None = None) -> ColumnElement[bool]:
    """Say in SQL that nobody holds a message: now, or at a time that is named when the statement runs."""
    return or_(OutboxMessage.leased_until.is_(None), OutboxMessage.leased_until < (utc_now() if now is None else now))


def _reopen(db: Session, lane: str) -> None:
    db.execute(update(OutboxLane).where(OutboxLane.name == lane).values(paused_until=utc_now()))


def _serialise(db: Session, key: str) -> None:
    """Let one transaction at a time add to a key; SQLite has a single writer anyway."""
    if db.get_bind().dialect.name == "postgresql":
        db.execute(select(func.pg_advisory_xact_lock(func.hashtext(key))))
