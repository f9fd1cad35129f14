"""Tables of scores: what is owed, what became of it step by step, and what the gradebook shows besides."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.db import Base, text_enum, utc_now
from lti_tool.launch.models import ResourceLink
from lti_tool.people.models import Course, Person


class ScoreState(StrEnum):
    """How far a score has come; the reason for a stop is on its outbox message."""

    WAITING = "waiting"
    SENT = "sent"
    CONFIRMED = "confirmed"
    NEEDS_ATTENTION = "needs_attention"
    LEFT = "left"
    """It did not get there, or something else is there, and an administrator decided to leave it so."""


class ScoreKind(StrEnum):
    """What a score stands for."""

    GOAL = "goal"
    """A goal that counts the course was met by its owner."""
    TEAM = "team"
    """A cycle of the person's team was kept: all its members get it at once, and nobody's own score waits for it."""


DISCREPANCIES = DIFFERS, PERSON_LEFT, ITEM_GONE = ("differs", "person_left", "line_item_gone")
"""What can be wrong with a score that had arrived: its cause, where reading back found it."""
IS_UNPLACED = text("resource_link_id IS NULL AND line_item_url = ''")
"""Of a person one such score of each kind is owed in a course; one whose link was deleted is none of these."""

IS_WAITING = text("state = 'waiting'")
"""Condition of the index by which what waits longest is found; a query must say it in the same words to use it."""


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
        Index(
            "ix_score_unplaced", "course_id", "person_id", "kind", unique=True,
            sqlite_where=IS_UNPLACED, postgresql_where=IS_UNPLACED,
        ),
        Index(None, "resend_id", "state"),
        # how scores stand by LMS and by course is counted in this order, without reading a row
        Index("ix_score_standing", "district_id", "course_id", "state", "confirmed_at", "sent_at"),
        Index(
            "ix_score_waiting", "district_id", "course_id", "created_at",
            sqlite_where=IS_WAITING, postgresql_where=IS_WAITING,
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id", ondelete="CASCADE"))
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id", ondelete="CASCADE"))
    resource_link_id: Mapped[int | None] = mapped_column(ForeignKey("resource_link.id", ondelete="SET NULL"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    state: Mapped[ScoreState] = mapped_column(text_enum(ScoreState), default=ScoreState.WAITING)
    kind: Mapped[ScoreKind] = mapped_column(text_enum(ScoreKind), default=ScoreKind.GOAL)
    achieved_at: Mapped[datetime]
    """When the first goal that counts the course was met, or the first cycle kept."""
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    timestamp: Mapped[datetime | None]
    """What was last sent as the score's time: whole seconds apart and never in the future."""
    line_item_url: Mapped[str] = mapped_column(String(1000), default="")
    sent_at: Mapped[datetime | None]
    """When the LMS last took it into this line item; asking whether it is there changes nothing of that."""
    confirmed_at: Mapped[datetime | None]
    cause: Mapped[str] = mapped_column(String(32), default="")
    """What stands in the way: the code of an LMS error, `no_line_item` or `not_marked`."""
    resend_id: Mapped[int | None] = mapped_column(ForeignKey("resend.id", ondelete="SET NULL"))
    """With which others it was last sent again."""
    outcome: Mapped[str] = mapped_column(String(300), default="")
    """What the LMS last said, in words for the review."""
    shown: Mapped[str | None] = mapped_column(String(40))
    """What the gradebook showed in its place, such as `0.5/1`; nothing at all there is the empty text."""

    person: Mapped[Person] = relationship()
    course: Mapped[Course] = relationship()
    resource_link: Mapped[ResourceLink | None] = relationship()

    @property
    def can_be_left(self) -> bool:
        """Whether somebody can decide to leave it as it is: the gradebook shows something else, or nothing."""
        return self.state is ScoreState.NEEDS_ATTENTION


class ScoreTurn(StrEnum):
    """What an LMS can say of a score."""

    TAKEN = "taken"
    """It was sent, and the LMS took it."""
    SHOWN = "shown"
    """It was read back."""
    DIFFERED = "differed"
    """The gradebook had shown it, and showed something else."""
    GONE = "gone"
    """The LMS had its line item no more."""


class ScoreStep(Base):
    """What the LMS said of a score, when; how it stands now is on its own row."""

    __tablename__ = "score_step"
    __table_args__ = (Index(None, "score_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    score_id: Mapped[int] = mapped_column(ForeignKey("score.id", ondelete="CASCADE"))
    turn: Mapped[ScoreTurn] = mapped_column(text_enum(ScoreTurn))
    at: Mapped[datetime] = mapped_column(default=utc_now)
    shown: Mapped[str | None] = mapped_column(String(40))
    """What the gradebook showed in its place, as it is kept with the score."""


class StrayResult(Base):
    """That the gradebook shows the whole of the tool's maximum for somebody to whom the tool owes no score there."""

    __tablename__ = "stray_result"
    __table_args__ = (UniqueConstraint("course_id", "person_id"), Index(None, "district_id", "left_at", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id", ondelete="CASCADE"))
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    shown: Mapped[str] = mapped_column(String(40))
    noticed_at: Mapped[datetime] = mapped_column(default=utc_now)
    left_at: Mapped[datetime | None]
    """When an administrator left it as it is."""

    person: Mapped[Person] = relationship()
    course: Mapped[Course] = relationship()


class Resend(Base):
    """Scores that an administrator has sent again together, and how far that is."""

    __tablename__ = "resend"
    __table_args__ = (Index(None, "district_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id", ondelete="CASCADE"))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    chosen: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Which scores: a `ScoreFilter`."""
    last_score_id: Mapped[int]
    """The newest that there was when it began: it takes none that came later."""
    total: Mapped[int]
    queued: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    finished_at: Mapped[datetime | None]
    """When the last was queued, or it was stopped."""
    stopped_at: Mapped[datetime | None]

    actor: Mapped[Person | None] = relationship()
