"""What becomes of a message after a try, and of its lane."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from lti_tool.db import utc_now
from lti_tool.errors import (
    LMSAccessError,
    LMSError,
    LMSRejectedError,
    LMSThrottledError,
    LMSUnavailableError,
    LMSWaitingError,
)
from lti_tool.outbox.models import OPEN, DeliveryAttempt, MessageState, OutboxLane, OutboxMessage
from lti_tool.outbox.operations import is_free, resume_lane

FIRST_PAUSE = timedelta(seconds=10)
LONGEST_PAUSE = timedelta(minutes=30)
DAILY = timedelta(days=1)
FAULT = "fault"
"""The class of what is the tool's own error."""


def settle(db: Session, message_id: int, holder: str, error: Exception | None) -> bool:
    """Write down what came of a try; False when the lease had passed to somebody else."""
    message = db.scalar(
        select(OutboxMessage).where(OutboxMessage.id == message_id, OutboxMessage.lease == holder).with_for_update()
    )
    if message is None:
        return False
    message.lease, message.leased_until = "", None
    code = "delivered" if error is None else error.code if isinstance(error, LMSError) else FAULT
    words = error.message if isinstance(error, LMSError) else "" if error is None else type(error).__name__
    status = error.http_status if isinstance(error, LMSError) else None
    db.add(DeliveryAttempt(message_id=message_id, outcome=code, http_status=status, detail=words[:300]))
    if error is None:
        _delivered(db, message)
    else:
        message.last_error_class, message.last_error = code, words[:300]
        _failed(db, message, error)
    return True


def _delivered(db: Session, message: OutboxMessage) -> None:
    message.state, message.delivered_at = MessageState.DELIVERED, utc_now()
    message.last_error_class = message.last_error = ""
    if message.lane:
        _end_trouble(db, message.lane)
        resume_lane(db, message.lane)


def _failed(db: Session, message: OutboxMessage, error: Exception) -> None:
    """Decide by the class alone; a message that a newer one of its key follows is not tried again."""
    now = utc_now()
    match error:
        case LMSThrottledError(retry_at=datetime() as retry_at):
            message.state, message.due_at = MessageState.DUE, retry_at
            _pause_lane(db, message.lane, until=retry_at)
        case LMSUnavailableError():
            message.state, message.due_at = MessageState.DUE, now + pause_after(message.attempts)
            _pause_lane(db, message.lane)
        case LMSAccessError():
            message.state, message.due_at = MessageState.STOPPED, now + DAILY
            _stop_lane(db, message)
        case LMSWaitingError():
            message.state, message.due_at = MessageState.WAITING, now + DAILY
            _end_trouble(db, message.lane)
        case LMSRejectedError():
            message.state = MessageState.REJECTED
            _end_trouble(db, message.lane)
        case _:
            message.state, message.due_at = MessageState.DUE, now + pause_after(message.attempts)
    if _is_overtaken(db, message):
        message.state = MessageState.SUPERSEDED


def pause_after(failures: int) -> timedelta:
    """Return how long to wait after so many failures: twice as long each time, and never all at one moment."""
    pause = min(FIRST_PAUSE * (1 << min(failures - 1, 16)), LONGEST_PAUSE)
    return pause * random.uniform(0.5, 1)  # noqa: S311 - spreads load, guards nothing


def _end_trouble(db: Session, name: str) -> None:
    """Note that the LMS answers; a refusal of one message says so too."""
    db.execute(delete(OutboxLane).where(OutboxLane.name == name))


def _pause_lane(db: Session, name: str, until: datetime | None = None) -> None:
    if not name:
        return
    lane = db.get(OutboxLane, name, with_for_update=True)
    if lane is None:
        lane = OutboxLane(name=name, failures=0, paused_until=utc_now())
        db.add(lane)
    lane.failures += 1
    lane.paused_until = max(lane.paused_until, until or utc_now() + pause_after(lane.failures))


def _stop_lane(db: Session, message: OutboxMessage) -> None:
    """Keep the lane's other messages from meeting the same closed door one by one."""
    if not message.lane:
        return
    db.execute(
        update(OutboxMessage)
        .where(
            OutboxMessage.lane == message.lane,
            OutboxMessage.id != message.id,
            OutboxMessage.state.in_((MessageState.DUE, MessageState.STOPPED)),
            is_free(),
        )
        .values(
            state=MessageState.STOPPED,
            due_at=message.due_at + timedelta(minutes=1),
            last_error_class=message.last_error_class,
            last_error=message.last_error,
        )
        .execution_options(synchronize_session=False)
    )


def _is_overtaken(db: Session, message: OutboxMessage) -> bool:
    newer = select(OutboxMessage.id).where(OutboxMessage.key == message.key, OutboxMessage.id > message.id).limit(1)
    return message.state in (*OPEN, MessageState.REJECTED) and db.scalar(newer) is not None
