"""Tables of the outbox. Delivered messages stay as long as the review needs them: they are the district's proof."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.db import Base, database_now, text_enum, utc_now


class MessageState(StrEnum):
    """Where a message stands."""

    DUE = "due"
    """To be tried at `due_at`; under a lease while `leased_until` lies ahead."""
    DELIVERED = "delivered"
    SUPERSEDED = "superseded"
    """A newer message of the same key took its place."""
    WAITING = "waiting"
    """Somebody has to act in the LMS first; tried daily."""
    STOPPED = "stopped"
    """Access to its platform was lost; tried again once that is mended, and daily."""
    REJECTED = "rejected"
    """Refused for good; only a person can send it again."""


OPEN = (MessageState.DUE, MessageState.WAITING, MessageState.STOPPED)
"""States in which a message is tried by itself when `due_at` has come."""
DONE = (MessageState.DELIVERED, MessageState.SUPERSEDED)
"""States in which nothing more becomes of a message."""
IS_OPEN = text("state IN ('due', 'waiting', 'stopped')")
IS_LEASED = text("leased_until IS NOT NULL")
"""Conditions of the indexes by which messages are chosen; a query must say them in the same words to use these."""


class OutboxMessage(Base):
    """Something that must reach an LMS."""

    __tablename__ = "outbox_message"
    __table_args__ = (
        Index("ix_outbox_message_open", "due_at", "id", sqlite_where=IS_OPEN, postgresql_where=IS_OPEN),
        Index("ix_outbox_message_leased", "leased_until", sqlite_where=IS_LEASED, postgresql_where=IS_LEASED),
        Index(None, "key", "id"),
        Index(None, "district_id", "id"),
        Index(None, "district_id", "state", "id"),
        Index(None, "lane", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    key: Mapped[str] = mapped_column(String(100))
    """What is ordered: opaque text such as `score:7`, `group:3`, `goal:12`."""
    lane: Mapped[str] = mapped_column(String(64), default="")
    """Which platform it goes to; one that is down does not delay the others."""
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id", ondelete="CASCADE"))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    state: Mapped[MessageState] = mapped_column(text_enum(MessageState), default=MessageState.DUE)
    due_at: Mapped[datetime] = mapped_column(default=database_now())
    leased_until: Mapped[datetime | None]
    lease: Mapped[str] = mapped_column(String(32), default="")
    """Who holds it; a worker whose lease was taken over can no longer settle the message."""
    is_sending: Mapped[bool] = mapped_column(default=False)
    """Whether it counts against how many of its lane may be at the LMS; one that stands ready behind does not."""
    attempts: Mapped[int] = mapped_column(default=0)
    last_error_class: Mapped[str] = mapped_column(String(32), default="")
    last_error: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    delivered_at: Mapped[datetime | None]


class OutboxLane(Base):
    """A lane whose LMS is in trouble: when to try it next, and how hard. A lane that works has no row."""

    __tablename__ = "outbox_lane"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    """In a row."""
    paused_until: Mapped[datetime]
    at_once: Mapped[int | None]
    """How many messages at once its LMS bears, as learnt from being throttled; empty where nothing was learnt."""


class DeliveryAttempt(Base):
    """One try at delivering a message, and what came of it."""

    __tablename__ = "delivery_attempt"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("outbox_message.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(default=utc_now)
    outcome: Mapped[str] = mapped_column(String(32))
    """`delivered` or the code of the error's class."""
    http_status: Mapped[int | None]
    detail: Mapped[str] = mapped_column(String(300), default="")
