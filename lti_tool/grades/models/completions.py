"""Tables of completions. Each is recorded once, whatever path it came by; what happened to it is kept step by step."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.db import Base, text_enum, utc_now
from lti_tool.people.models import Course, Person


class CompletionSource(StrEnum):
    """By which path a completion was noticed."""

    MOODLE = "moodle"
    CANVAS = "canvas"
    LINE_ITEM = "line_item"
    """A result of the line item that was chosen for it."""
    CHECKPOINT = "checkpoint"
    """The course's checkpoint link was opened."""
    FILE = "file"
    """An administrator's file."""


class HeldWhy(StrEnum):
    """What is suspicious about a completion."""

    MANY = "many"
    """Many people of the course finished it within a day."""
    FIRST = "first"
    """The first answer about the course reported many at once."""
    EARLY = "early"
    """It is dated before the course was marked as professional learning, or had rules for completing it."""


NOT_TAKEN_BACK = text("withdrawn_at IS NULL")
ASKS_SOMEBODY = text(
    "((held_at IS NOT NULL AND withdrawn_at IS NULL AND left_out_at IS NULL) "
    "OR (recalled_at IS NOT NULL AND withdrawn_at IS NULL) "
    "OR (withdrawn_at IS NOT NULL AND reviewed_at IS NULL))"
)
"""Conditions of the indexes; a query must say that a completion asks somebody in these words to use its index."""


class Completion(Base):
    """That the LMS says a person finished a course."""

    __tablename__ = "completion"
    __table_args__ = (
        UniqueConstraint("course_id", "person_id"),
        Index(None, "district_id", "id"),
        Index("ix_completion_there", "course_id", sqlite_where=NOT_TAKEN_BACK, postgresql_where=NOT_TAKEN_BACK),
        Index("ix_completion_asking", "district_id", sqlite_where=ASKS_SOMEBODY, postgresql_where=ASKS_SOMEBODY),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id", ondelete="CASCADE"))
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    source: Mapped[CompletionSource] = mapped_column(text_enum(CompletionSource))
    completed_at: Mapped[datetime | None]
    """When, by the LMS's account; Moodle gives no time for a course as a whole."""
    noticed_at: Mapped[datetime] = mapped_column(default=utc_now)
    withdrawn_at: Mapped[datetime | None]
    """When the LMS was first seen to have taken it back."""
    held_at: Mapped[datetime | None]
    """When it was kept back because something about it is suspicious; empty once an administrator accepted it."""
    held_why: Mapped[HeldWhy | None] = mapped_column(text_enum(HeldWhy))
    left_out_at: Mapped[datetime | None]
    """When an administrator left a held one out: it stays held, and asks nobody any more."""
    recalled_at: Mapped[datetime | None]
    """When the LMS was seen to take it back along with many others: it counts until an administrator decides."""
    kept_at: Mapped[datetime | None]
    """When an administrator let it count although the LMS took it back."""
    reviewed_at: Mapped[datetime | None]
    """When an administrator last decided about it, or saw that it was taken back."""

    @property
    def counts(self) -> bool:
        """Whether it counts toward goals and hours."""
        return self.withdrawn_at is None and self.held_at is None

    @property
    def is_held(self) -> bool:
        """Whether an administrator has yet to decide whether it counts."""
        return self.held_at is not None and self.left_out_at is None

    person: Mapped[Person] = relationship()
    course: Mapped[Course] = relationship()


class CompletionTurn(StrEnum):
    """What can happen to a completion."""

    NOTICED = "noticed"
    """The LMS, or whoever tells, said so: for the first time, or again after it was taken back."""
    HELD = "held"
    ACCEPTED = "accepted"
    LEFT_OUT = "left_out"
    RECALLED = "recalled"
    KEPT = "kept"
    WITHDRAWN = "withdrawn"


class CompletionStep(Base):
    """What happened to a completion, when; how it stands now is on its own row."""

    __tablename__ = "completion_step"
    __table_args__ = (Index(None, "completion_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    completion_id: Mapped[int] = mapped_column(ForeignKey("completion.id", ondelete="CASCADE"))
    turn: Mapped[CompletionTurn] = mapped_column(text_enum(CompletionTurn))
    at: Mapped[datetime] = mapped_column(default=utc_now)
    source: Mapped[CompletionSource | None] = mapped_column(text_enum(CompletionSource))
    """By which path it was noticed."""
    completed_at: Mapped[datetime | None]
    """When it was completed, as was said then."""

    completion: Mapped[Completion] = relationship()
