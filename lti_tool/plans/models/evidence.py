"""Tables of evidence: what an owner points to when saying what came of a goal. Links and words only, no files."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.db import Base, text_enum, utc_now
from lti_tool.plans.models.activities import Activity
from lti_tool.plans.models.declarations import Audience, ForAudience
from lti_tool.plans.models.goals import Goal
from lti_tool.standards.models import Indicator


class EvidenceKind(StrEnum):
    """What a piece of evidence is."""

    LINK = "link"
    """Something that lies elsewhere and is pointed to."""
    WORDS = "words"
    OBSERVATION = "observation"
    """What somebody who came to see said, in words."""
    STUDENT_WORK = "student_work"
    """What the work of students shows as a whole, never of one."""


class Evidence(ForAudience, Base):
    """One thing that shows what changed, in its owner's words; seen by the owner alone until they say otherwise."""

    __tablename__ = "evidence"

    id: Mapped[int] = mapped_column(primary_key=True)
    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id", ondelete="CASCADE"), index=True)
    activity_id: Mapped[int | None] = mapped_column(ForeignKey("activity.id", ondelete="SET NULL"), index=True)
    kind: Mapped[EvidenceKind] = mapped_column(text_enum(EvidenceKind))
    title: Mapped[str] = mapped_column(String(200))
    url: Mapped[str] = mapped_column(String(1000), default="")
    reflection: Mapped[str] = mapped_column(Text, default="")
    """What it shows."""
    dated_on: Mapped[date]
    holds_students: Mapped[bool] = mapped_column(default=False)
    """Whether it shows students' work or names students."""
    attested_at: Mapped[datetime | None]
    """When its owner said that no student can be recognised in it, or that they have the permission for it."""
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    updated_at: Mapped[datetime] = mapped_column(default=utc_now)

    goal: Mapped[Goal] = relationship(back_populates="evidence")
    activity: Mapped[Activity | None] = relationship()
    indicators: Mapped[list[Indicator]] = relationship(secondary="evidence_indicator", order_by="Indicator.position")

    @property
    def is_for_readers(self) -> bool:
        """Whether those who read the plan may see it."""
        return self.audience.reaches(Audience.REVIEWER)


class EvidenceIndicator(Base):
    """That a piece of evidence speaks to an indicator of its goal."""

    __tablename__ = "evidence_indicator"

    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id", ondelete="CASCADE"), primary_key=True)
    indicator_id: Mapped[int] = mapped_column(
        ForeignKey("indicator.id", ondelete="RESTRICT"), primary_key=True, index=True
    )
