"""Tables of what educators say of themselves beyond role and place: how they learn, and if they want a team now."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.db import Base, text_enum, utc_now


class Experience(StrEnum):
    """For how many years somebody has done this work, in bands."""

    FIRST_YEARS = "0-3"
    SETTLED = "4-10"
    LONG = "11+"


class StudentGroup(StrEnum):
    """Whom an educator serves in particular."""

    MULTILINGUAL = "multilingual"
    DISABILITIES = "disabilities"
    GIFTED = "gifted"
    NEWCOMERS = "newcomers"


class LearningFormat(StrEnum):
    """How somebody likes to learn."""

    OWN_PACE = "own_pace"
    LIVE = "live"
    COLLEAGUE = "colleague"
    GROUP = "group"


class LearningTime(StrEnum):
    """When somebody has time to learn."""

    BEFORE_SCHOOL = "before_school"
    SCHOOL_DAY = "school_day"
    AFTER_SCHOOL = "after_school"
    EVENING = "evening"
    WEEKEND = "weekend"


class EducatorProfile(Base):
    """What an educator says beside role, grades and discipline; all of it optional, seen by its owner alone."""

    __tablename__ = "educator_profile"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    experience: Mapped[Experience | None] = mapped_column(text_enum(Experience))
    languages: Mapped[str] = mapped_column(String(200), default="")
    """As typed, with commas between them."""
    students: Mapped[list[str]] = mapped_column(JSON, default=list)
    """`StudentGroup`s."""
    formats: Mapped[list[str]] = mapped_column(JSON, default=list)
    """`LearningFormat`s."""
    times: Mapped[list[str]] = mapped_column(JSON, default=list)
    """`LearningTime`s."""
    updated_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now)

    @property
    def spoken(self) -> list[str]:
        """Return the languages one by one."""
        return [each.strip() for each in self.languages.split(",") if each.strip()]


class MatchingPause(Base):
    """That a person is to be proposed for no team for now; nobody else sees it, and no reason is asked."""

    __tablename__ = "matching_pause"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    since: Mapped[datetime] = mapped_column(default=utc_now)
