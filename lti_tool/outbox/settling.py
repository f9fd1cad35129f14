"""What becomes of messages after a try, and of their lanes. Many are settled in one transaction."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from lti_tool.db import UtcDateTime, database_time, utc_now
from lti_tool.errors import (
    GaveUpError,
    LMSAccessError,
    LMSError,
    LMSRejectedError,
    LMSThrottledError,
    LMSUnavailableError,
    LMSWaitingError,
)
from lti_tool.outbox.claiming import TOLERATED
from lti_tool.outbox.handlers import Message, Outcome
from lti_tool.outbox.models import OPEN, DeliveryAttempt, MessageState, OutboxLane, OutboxMessage
from lti_tool.outbox.operations import is_free, resume_stopped

FIRST_PAUSE = timedelta(seconds=10)
LONGEST_PAUSE = timedelta(minutes=30)
DAILY, WEEKLY = timedelta(days=1), timedelta(days=7)
MONTH = timedelta(days=30)
"""What nobody has mended for so long is tried once a week."""
FAULT = "fault"
"""The class of what is the tool's own error."""
DELIVERED = (
    update(OutboxMessage)
    .where(OutboxMessage.id.in_(bindparam("ids", expanding=True)))
    .values(
        state=MessageState.DELIVERED,
        delivered_at=bindparam("now", type_=UtcDateTime()),
        lease="",
        leased_until=None,
        is_sending=False,
        last_error_class="",
        last_error="",
    )
)


HOLDERS = (
    select(OutboxMessage.id, OutboxMessage.lease)
    .where(OutboxMessage.id.in_(bindparam("ids", expanding=True)))
    .order_by(OutboxMessage.id)
    .with_for_update()
)
"""Built once, as what follows: building a statement costs more than running it."""


def still_held(db: Session, messages: Sequence[Message]) -> set[int]:
    """Return the ids of those messages that are still this worker's, and keep them so until the transaction ends."""
    holders = dict(db.execute(HOLDERS, {"ids": [message.id for message in messages]}).all())
    return {message.id for message in messages if holders.get(message.id) == message.holder}


def settle(db: Session, outcomes: Sequence[Outcome], at_once: int) -> None:
    """Write down what came of tries of messages that are still held, and what it says of their lanes."""
    if not outcomes:
        return
    now = database_time(db)
    _delivered(db, [outcome for outcome in outcomes if outcome.error is None], now)
    for outcome in outcomes:
        if outcome.error is not None:
            _failed(db, outcome, now)
    by_lane: defaultdict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        by_lane[outcome.message.lane].append(outcome)
    for name in sorted(by_lane.keys() - {""}):
        _note_lane(db, name, by_lane[name], at_once, now)


def _delivered(db: Session, outcomes: Sequence[Outcome], now: datetime) -> None:
    if not outcomes:
        return
    values = {"ids": [outcome.message.id for outcome in outcomes], "now": now}
    db.execute(DELIVERED, values, execution_options={"synchronize_session": False})
    tries = [
        {"message_id": each.message.id, "at": now, "outcome": "delivered", "http_status": each.status}
        for each in outcomes
    ]
    db.connection().execute(insert(DeliveryAttempt), tries)


def note_started(db: Session, messages: Sequence[Message]) -> None:
    """Note that messages took the places of ones that are done; said in the transaction that settles these."""
    _update(db, messages, is_sending=True)


def give_back(db: Session, messages: Sequence[Message]) -> None:
    """Let go of messages that were claimed and not tried."""
    _update(db, messages, lease="", leased_until=None, is_sending=False, attempts=OutboxMessage.attempts - 1)


def pause_after(failures: int) -> timedelta:
    """Return how long to wait after so many failures: twice as long each time, and never all at one moment."""
    doublings = min(max(failures - 1, 0), 16)  # none where a person had it sent again while it was under way
    pause = min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)
    return pause * random.uniform(0.5, 1)  # noqa: S311 - spreads load, guards nothing


def _update(db: Session, messages: Sequence[Message], **values: Any) -> None:
    if messages:
        db.execute(
            update(OutboxMessage)
            .where(
                OutboxMessage.id.in_([message.id for message in messages]),
                OutboxMessage.lease.in_({message.holder for message in messages}),
            )
            .values(**values)
            .execution_options(synchronize_session=False)
        )


def _said(error: Exception | None) -> tuple[str, str, int | None]:
    """Return the class of an error, its words and its status; a fault of the tool is named and not quoted."""
    if isinstance(error, LMSError):
        return error.code, error.message[:300], error.http_status
    if isinstance(error, GaveUpError):
        return error.code, error.message[:300], None
    return FAULT, type(error).__name__, None


def _failed(db: Session, outcome: Outcome, now: datetime) -> None:
    """Decide by the class alone; a message that a newer one of its key follows is not tried again."""
    message = db.get_one(OutboxMessage, outcome.message.id, populate_existing=True)
    message.lease, message.leased_until, message.is_sending = "", None, False
    message.last_error_class, message.last_error, status = _said(outcome.error)
    db.add(
        DeliveryAttempt(
            message_id=message.id, outcome=message.last_error_class, http_status=status, detail=message.last_error
        )
    )
    match outcome.error:
        case LMSThrottledError(retry_at=datetime() as retry_at):
            message.state, message.due_at = MessageState.DUE, _by_database(retry_at, now)
        case LMSAccessError():
            message.state, message.due_at = MessageState.STOPPED, now + DAILY
        case LMSWaitingError():
            is_old = message.created_at < now - MONTH
            message.state, message.due_at = MessageState.WAITING, now + (WEEKLY if is_old else DAILY)
        case LMSRejectedError() | GaveUpError():
            message.state = MessageState.REJECTED
        case _:
            message.state, message.due_at = MessageState.DUE, now + pause_after(message.attempts)
    if _is_overtaken(db, message):
        message.state = MessageState.SUPERSEDED
    db.flush()


def _by_database(moment: datetime, now: datetime) -> datetime:
    """Return a moment of this machine's clock by that of the database."""
    return now + (moment - utc_now())


def _is_overtaken(db: Session, message: OutboxMessage) -> bool:
    newer = select(OutboxMessage.id).where(OutboxMessage.key == message.key, OutboxMessage.id > message.id).limit(1)
    return message.state in (*OPEN, MessageState.REJECTED) and db.scalar(newer) is not None


def _note_lane(db: Session, name: str, outcomes: Sequence[Outcome], at_once: int, now: datetime) -> None:
    """Judge a lane by what came of its messages, in the order in which they were done."""
    errors = [outcome.error for outcome in outcomes]
    lane = db.get(OutboxLane, name, with_for_update=True, populate_existing=True)
    if lane is None:
        lane = OutboxLane(name=name, failures=0, paused_until=now)
    _count_failures(lane, errors, now)
    _learn_width(lane, errors, at_once, now)
    rest = max(outcome.rest for outcome in outcomes)
    lane.paused_until = max(lane.paused_until, now + rest)
    is_well = not lane.failures and lane.at_once is None and lane.paused_until <= now
    if not is_well:
        db.add(lane)
    elif lane in db:
        db.delete(lane)
    db.flush()
    refused = [outcome for outcome in outcomes if isinstance(outcome.error, LMSAccessError)]
    if refused:
        _stop_lane(db, refused[-1], now)
    elif None in errors:
        resume_stopped(db, name)


def _count_failures(lane: OutboxLane, errors: Iterable[Exception | None], now: datetime) -> None:
    """Close a lane after enough failures in a row; those that were under way when it closed say nothing new."""
    was_down, failures = lane.failures >= TOLERATED, lane.failures
    for error in errors:
        if isinstance(error, LMSThrottledError):
            continue
        if isinstance(error, LMSUnavailableError):
            failures += 1
        elif error is None or isinstance(error, LMSWaitingError | LMSRejectedError):
            failures = 0  # it answers: a refusal of one message says so too
    if lane.paused_until > now:
        lane.failures = min(lane.failures, failures)
        return
    lane.failures = min(failures, lane.failures + 1 if was_down else TOLERATED)
    if lane.failures >= TOLERATED:
        lane.paused_until = now + pause_after(lane.failures - TOLERATED + 1)


def _learn_width(lane: OutboxLane, errors: Sequence[Exception | None], at_once: int, now: datetime) -> None:
    """Halve how many are sent at once when the LMS throttles, and add one with each batch that it bears."""
    is_paused = lane.paused_until > now
    times = [
        _by_database(each.retry_at, now) for each in errors if isinstance(each, LMSThrottledError) and each.retry_at
    ]
    if times:
        lane.paused_until = max(lane.paused_until, *times)
        if not is_paused:  # else it was under way when the LMS throttled first, and says nothing new
            lane.at_once = max((lane.at_once or at_once) // 2, 1)
    elif lane.at_once is not None and None in errors and not is_paused:
        lane.at_once = lane.at_once + 1 if lane.at_once + 1 < at_once else None


def _stop_lane(db: Session, outcome: Outcome, now: datetime) -> None:
    """Keep the lane's other messages from meeting the same closed door one by one."""
    code, words, _status = _said(outcome.error)
    db.execute(
        update(OutboxMessage)
        .where(
            OutboxMessage.lane == outcome.message.lane,
            OutboxMessage.id != outcome.message.id,
            OutboxMessage.state.in_((MessageState.DUE, MessageState.STOPPED)),
            is_free(),
        )
        .values(
            state=MessageState.STOPPED,
            due_at=now + DAILY + timedelta(minutes=1),
            last_error_class=code,
            last_error=words,
        )
        .execution_options(synchronize_session=False)
    )
