"""Reads of the outbox for the district's review."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.errors import NotFoundError
from lti_tool.outbox.models import OutboxMessage


def message_of(db: Session, district_id: int, message_id: int) -> OutboxMessage:
    """Return one message of a district."""
    message = db.scalar(
        select(OutboxMessage).where(OutboxMessage.id == message_id, OutboxMessage.district_id == district_id)
    )
    if message is None:
        raise NotFoundError
    return message
