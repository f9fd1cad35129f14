"""The outbox's numbers for Prometheus, read from the database when they are asked for and at no other time."""

from __future__ import annotations

from prometheus_client import Gauge
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool.db import utc_now
from lti_tool.outbox.models import IS_OPEN, OPEN, OutboxMessage

MESSAGES = Gauge("outbox_open_messages", "Messages that have not reached their LMS, by state", ["state"])
OLDEST = Gauge("outbox_oldest_open_seconds", "Age of the oldest message that has not reached its LMS")


def measure(db: Session) -> None:
    """Set the gauges to what the database says now; only open messages are looked at, as the others only grow."""
    chosen = select(OutboxMessage.state, func.count(), func.min(OutboxMessage.created_at))
    rows = db.execute(chosen.where(IS_OPEN).group_by(OutboxMessage.state)).all()
    counts = {state: count for state, count, _ in rows}
    for state in OPEN:
        MESSAGES.labels(state.value).set(counts.get(state, 0))
    oldest = min((oldest for _, _, oldest in rows), default=None)
    OLDEST.set((utc_now() - oldest).total_seconds() if oldest else 0)
