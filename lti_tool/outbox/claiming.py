"""Choosing the next message: due, nobody's, the newest of its key, in a lane that is open and not crowded."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import CompoundSelect, Select, case, func, select, union_all, update
from sqlalchemy.orm import Session, aliased

from lti_tool.db import utc_now
from lti_tool.outbox.models import IS_LEASED, IS_OPEN, OPEN, MessageState, OutboxLane, OutboxMessage
from lti_tool.outbox.operations import is_free

LANE_WIDTH = 3
"""How many messages of one lane may be under way at once: a slow LMS must not take all workers."""


def claim_message(db: Session, holder: str, lease: timedelta) -> OutboxMessage | None:
    """Take the next message under a lease, in one statement; None when there is nothing to do."""
    now = utc_now()
    return db.scalar(
        update(OutboxMessage)
        .where(OutboxMessage.id == _next_due(now).scalar_subquery())
        .values(lease=holder, leased_until=now + lease, attempts=OutboxMessage.attempts + 1)
        .returning(OutboxMessage)
        .execution_options(synchronize_session=False)
    )


def renew_lease(db: Session, message_id: int, holder: str, lease: timedelta) -> None:
    """Hold a message for longer, if it is still this worker's."""
    db.execute(
        update(OutboxMessage)
        .where(OutboxMessage.id == message_id, OutboxMessage.lease == holder)
        .values(leased_until=utc_now() + lease)
        .execution_options(synchronize_session=False)
    )


def supersede_overtaken(db: Session) -> None:
    """Close messages that two transactions or a dead worker left behind a newer one of their key."""
    newer = aliased(OutboxMessage)
    overtaken = select(newer.id).where(newer.key == OutboxMessage.key, newer.id > OutboxMessage.id).exists()
    db.execute(
        update(OutboxMessage)
        .where(OutboxMessage.state.in_(OPEN), is_free(), overtaken)
        .values(state=MessageState.SUPERSEDED, lease="")
        .execution_options(synchronize_session=False)
    )


def _next_due(now: datetime) -> Select[int]:
    """Choose by the index of open messages in their order; what is in the way is few and looked up once."""
    newer = aliased(OutboxMessage)
    is_overtaken = select(newer.id).where(newer.key == OutboxMessage.key, newer.id > OutboxMessage.id).exists()
    keys_under_way = select(OutboxMessage.key).where(IS_LEASED, OutboxMessage.leased_until > now)
    return (
        select(OutboxMessage.id)
        .where(
            IS_OPEN,
            OutboxMessage.due_at <= now,
            is_free(),  # said of the row itself, which PostgreSQL reads again once it has the lock
            OutboxMessage.key.not_in(keys_under_way),
            OutboxMessage.lane.not_in(_closed_lanes(now)),
            ~is_overtaken,
        )
        .order_by(OutboxMessage.due_at, OutboxMessage.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def _closed_lanes(now: datetime) -> CompoundSelect[str]:
    """Return the lanes that pause or are crowded: in one that is in trouble, one message alone tries."""
    width = case((OutboxLane.name.is_(None), LANE_WIDTH), else_=1)
    crowded = (
        select(OutboxMessage.lane)
        .outerjoin(OutboxLane, OutboxLane.name == OutboxMessage.lane)
        .where(IS_LEASED, OutboxMessage.leased_until > now, OutboxMessage.lane != "")
        .group_by(OutboxMessage.lane, OutboxLane.name)
        .having(func.count() >= width)
    )
    return union_all(select(OutboxLane.name).where(OutboxLane.paused_until > now), crowded)
