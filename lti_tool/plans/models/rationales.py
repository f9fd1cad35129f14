"""Tables of why a goal matters: what its owner saw in three places, and what the district cares about."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.db import Base, text_enum, utc_now
from lti_tool.people.models import School

if TYPE_CHECKING:
    from lti_tool.plans.models.goals import Goal


class RationaleKind(StrEnum):
    """The three places in which one looks for what matters."""

    EDUCATOR = "educator"
    STUDENT = "student"
    SYSTEM = "system"


class RationaleSource(StrEnum):
    """What kind of thing told it."""

    SELF_ASSESSMENT = "self_assessment"
    FEEDBACK = "feedback"
    OBSERVATION = "observation"
    CLASS_WORK = "class_work"
    ASSESSMENT = "assessment"
    SURVEY = "survey"
    ATTENDANCE = "attendance"
    SCHOOL_PLAN = "school_plan"
    DISTRICT_PLAN = "district_plan"
    OTHER = "other"


SOURCES: dict[RationaleKind, tuple[RationaleSource, ...]] = {
    RationaleKind.EDUCATOR: (
        RationaleSource.SELF_ASSESSMENT,
        RationaleSource.FEEDBACK,
        RationaleSource.OBSERVATION,
        RationaleSource.OTHER,
    ),
    RationaleKind.STUDENT: (
        RationaleSource.CLASS_WORK,
        RationaleSource.ASSESSMENT,
        RationaleSource.SURVEY,
        RationaleSource.ATTENDANCE,
        RationaleSource.OTHER,
    ),
    RationaleKind.SYSTEM: (RationaleSource.SCHOOL_PLAN, RationaleSource.DISTRICT_PLAN, RationaleSource.OTHER),
}
"""The sources that fit each place."""


class Priority(Base):
    """What a district, or one school of it, has decided to care about; retired, it stays as history."""

    __tablename__ = "priority"
    __table_args__ = (Index(None, "district_id", "retired_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id", ondelete="CASCADE"))
    school_id: Mapped[int | None] = mapped_column(ForeignKey("school.id", ondelete="CASCADE"), index=True)
    """The school that it is for; None when it is the whole district's."""
    text: Mapped[str] = mapped_column(String(280))
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    retired_at: Mapped[datetime | None]

    school: Mapped[School | None] = relationship()


class GoalRationale(Base):
    """What tells the owner of a goal, from one of the three places, that it matters; never shown to colleagues."""

    __tablename__ = "goal_rationale"
    __table_args__ = (UniqueConstraint("goal_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id", ondelete="CASCADE"))
    kind: Mapped[RationaleKind] = mapped_column(text_enum(RationaleKind))
    source: Mapped[RationaleSource | None] = mapped_column(text_enum(RationaleSource))
    text: Mapped[str] = mapped_column(Text, default="")
    dated_on: Mapped[date | None]
    link: Mapped[str] = mapped_column(String(500), default="")
    priority_id: Mapped[int | None] = mapped_column(ForeignKey("priority.id", ondelete="SET NULL"), index=True)
    priority_text: Mapped[str] = mapped_column(String(280), default="")
    """The priority as it read when it was chosen: what the district writes later does not change a goal."""
    cleared: Mapped[str] = mapped_column(String(64), default="")
    """The digest of the text of which the owner said that it names no student."""

    goal: Mapped[Goal] = relationship(back_populates="rationales")

    @property
    def is_filled(self) -> bool:
        """Whether it says anything of why: a source, a date or a link alone does not."""
        return bool(self.text or self.priority_text)
