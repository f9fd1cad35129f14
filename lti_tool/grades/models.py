"""Tables of completions and scores. A completion is recorded once, whatever path it came by."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.db import Base, text_enum, utc_now
from lti_tool.launch.models import ResourceLink
from lti_tool.people.models import Course, Person


class CompletionSource(StrEnum):
    """By which path a completion was noticed."""

    MOODLE = "moodle"
    CANVAS = "canvas"


class Completion(Base):
    """That the LMS says a person finished a course."""

    __tablename__ = "completion"
    __table_args__ = (UniqueConstraint("course_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id", ondelete="CASCADE"), index=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    source: Mapped[CompletionSource] = mapped_column(text_enum(CompletionSource))
    completed_at: Mapped[datetime | None]
    """When, by the LMS's account; Moodle gives no time for a course as a whole."""
    noticed_at: Mapped[datetime] = mapped_column(default=utc_now)
    withdrawn_at: Mapped[datetime | None]
    """When the LMS was first seen to have taken it back."""
    held_at: Mapped[datetime | None]
    """When it was kept back because suspiciously many came at once; empty once an administrator accepted it."""

    @property
    def counts(self) -> bool:
        return self.withdrawn_at is None and self.held_at is None

    person: Mapped[Person] = relationship()
    course: Mapped[Course] = relationship()


class ScoreState(StrEnum):
    """How far a score has come; the reason for a stop is on its outbox message."""

    WAITING = "waiting"
    SENT = "sent"
    CONFIRMED = "confirmed"
    NEEDS_ATTENTION = "needs_attention"


class Score(Base):
    """One person's score for one placed link: 1 of 1, sent once (AGS 3.4).

    Where a course has no link with a line item yet, one row without a link stands for what is owed.
    """

    __tablename__ = "score"
    __table_args__ = (
        UniqueConstraint("resource_link_id", "person_id"),
        Index(None, "district_id", "state", "id"),
        Index(None, "district_id", "id"),
        Index(None, "district_id", "created_at"),
        Index(None, "course_id", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id", ondelete="CASCADE"))
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id", ondelete="CASCADE"))
    resource_link_id: Mapped[int | None] = mapped_column(ForeignKey("resource_link.id", ondelete="SET NULL"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    state: Mapped[ScoreState] = mapped_column(text_enum(ScoreState), default=ScoreState.WAITING)
    achieved_at: Mapped[datetime]
    """When the first goal that counts the course was met."""
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    timestamp: Mapped[datetime | None]
    """What was last sent as the score's time: whole seconds apart and never in the future."""
    line_item_url: Mapped[str] = mapped_column(String(1000), default="")
    sent_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    cause: Mapped[str] = mapped_column(String(32), default="")
    """What stands in the way: the code of an LMS error, or `no_line_item`."""
    outcome: Mapped[str] = mapped_column(String(300), default="")
    """What the LMS last said, in words for the review."""

    person: Mapped[Person] = relationship()
    course: Mapped[Course] = relationship()
    resource_link: Mapped[ResourceLink | None] = relationship()
