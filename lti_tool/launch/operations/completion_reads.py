"""Asking an LMS who completed a course: a message to it, with some time between two of them."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from lti_tool.db import utc_now
from lti_tool.outbox.models import OPEN, OutboxMessage
from lti_tool.outbox.operations import enqueue, is_free
from lti_tool.people.models import Course

READ_AGAIN_AFTER = timedelta(seconds=30)
ASKED = (
    select(OutboxMessage.id)
    .where(OutboxMessage.key == bindparam("key"), OutboxMessage.state.in_(OPEN), is_free(bindparam("now")))
    .limit(1)
)
"""Built once: building a statement costs more than running it."""


def ask_for_completions(db: Session, course: Course) -> None:
    """Have the LMS asked who completed the course: now, or as soon as enough time lies between two reads."""
    key, now = f"completions:{course.id}", utc_now()
    if db.scalar(ASKED, {"key": key, "now": now}) is None:
        soonest = course.completions_read_at + READ_AGAIN_AFTER if course.completions_read_at else now
        enqueue(
            db,
            kind="completions.read",
            key=key,
            district_id=course.district_id,
            lane=f"rest:{course.registration_id}",
            payload={"course_id": course.id},
            due_at=max(now, soonest),
        )
