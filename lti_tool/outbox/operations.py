"""Writes to the outbox that belong to somebody else's transaction: put a message in, send it again, resume a lane."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Update, bindparam, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from lti_tool.db import database_now
from lti_tool.errors import ConflictError, NotFoundError
from lti_tool.outbox.models import DONE, OPEN, MessageState, OutboxLane, OutboxMessage

RESUME = (
    update(OutboxMessage)
    .where(OutboxMessage.lane == bindparam("resumed_lane"), OutboxMessage.state == MessageState.STOPPED)
    .values(state=MessageState.DUE, due_at=database_now())
    .returning(OutboxMessage.id)
    .execution_options(synchronize_session=False)
)
"""Built once: it runs with every batch that was delivered."""


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
    db.execute(_replaceable(key))
    message = OutboxMessage(
        kind=kind, key=key, lane=lane, district_id=district_id, payload=payload, due_at=due_at or database_now()
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
    message.attempts, message.due_at = 0, database_now()
    _reopen(db, message.lane)
    db.info["has_new_messages"] = True
    return message


def withdraw(db: Session, key: str) -> None:
    """Let nothing more become of what waits under a key; what is being delivered at this moment is let finish."""
    db.execute(_replaceable(key))


def resume_lane(db: Session, lane: str) -> int:
    """Make all messages that lost access to this lane's platform due again, now; return how many these are."""
    resumed = resume_stopped(db, lane)
    _reopen(db, lane)
    return resumed


def resume_stopped(db: Session, lane: str) -> int:
    """Make the messages due again that lost access, when their lane's turn comes; return how many these are."""
    resumed = db.scalars(RESUME, {"resumed_lane": lane}).all()
    db.info["has_new_messages"] = db.info.get("has_new_messages", False) or bool(resumed)
    return len(resumed)


def forget_messages(
    db: Session, kinds: Collection[str], before: datetime, most: int, *, last_stays: bool = False
) -> int:
    """Delete messages of these kinds that were done or overtaken and put in before this moment; their tries go too.

    Where the last of a key stays, only what a later one came after is deleted.
    """
    done = select(OutboxMessage.id).where(
        OutboxMessage.kind.in_(kinds), OutboxMessage.state.in_(DONE), OutboxMessage.created_at < before
    )
    if last_stays:
        later = aliased(OutboxMessage)
        done = done.where(exists().where(later.key == OutboxMessage.key, later.id > OutboxMessage.id))
    oldest = done.order_by(OutboxMessage.id).limit(most)
    gone = delete(OutboxMessage).where(OutboxMessage.id.in_(oldest)).returning(OutboxMessage.id)
    return len(db.scalars(gone.execution_options(synchronize_session=False)).all())


def is_free(now: datetime | BindParameter[datetime] | None = None) -> ColumnElement[bool]:
    """Say in SQL that nobody holds a message: now, or at a time that is named when the statement runs."""
    return or_(
        OutboxMessage.leased_until.is_(None), OutboxMessage.leased_until < (database_now() if now is None else now)
    )


def _replaceable(key: str) -> Update:
    """Take out of the way what is open or was refused under a key and nobody holds."""
    return (
        update(OutboxMessage)
        .where(OutboxMessage.key == key, OutboxMessage.state.in_((*OPEN, MessageState.REJECTED)), is_free())
        .values(state=MessageState.SUPERSEDED, lease="")
    )


def _reopen(db: Session, lane: str) -> None:
    db.execute(update(OutboxLane).where(OutboxLane.name == lane).values(paused_until=database_now()))


def _serialise(db: Session, key: str) -> None:
    """Let one transaction at a time add to a key; SQLite has a single writer anyway."""
    if db.get_bind().dialect.name == "postgresql":
        db.execute(select(func.pg_advisory_xact_lock(func.hashtext(key))))
