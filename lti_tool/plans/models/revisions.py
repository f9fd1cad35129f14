"""Tables of words on their way and words that were: unsaved drafts, and each version of a goal that was saved."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.db import Base, utc_now
from lti_tool.plans.models.goals import Goal
from lti_tool.plans.models.plans import GrowthPlan


class GoalRevision(Base):
    """The words of a goal as they were saved once: what a later save is compared with, and the goal's history."""

    __tablename__ = "goal_revision"

    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[dict[str, Any]] = mapped_column(JSON)
    saved_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    saved_at: Mapped[datetime] = mapped_column(default=utc_now)
    sheet: Mapped[str] = mapped_column(String(32), default="")
    """The opened page that it was saved from; what that page sent before `turn` and arrives later is older."""
    turn: Mapped[int] = mapped_column(default=0)

    goal: Mapped[Goal] = relationship(back_populates="revisions")


class GoalDraft(Base):
    """Words of a goal as they are being typed: of a new goal, or of a known one that they may replace one day.

    Only its writer sees it. It counts nowhere until its writer saves the goal.
    """

    __tablename__ = "goal_draft"
    __table_args__ = (Index(None, "person_id", "sheet"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    goal_id: Mapped[int | None] = mapped_column(ForeignKey("goal.id", ondelete="CASCADE"), index=True)
    """The goal whose words these may replace; None while it is a new one."""
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("growth_plan.id", ondelete="CASCADE"), index=True)
    """The plan that a new goal is meant for; None for the current one."""
    base_version: Mapped[int | None]
    """The version of the goal that the writer saw."""
    words: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """As typed, by the name of the field."""
    writers: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Which opened page wrote each field last, and in which of its turns."""
    sheet: Mapped[str] = mapped_column(String(32))
    """The opened page that began it."""
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    saved_at: Mapped[datetime] = mapped_column(default=utc_now)

    goal: Mapped[Goal | None] = relationship()
    plan: Mapped[GrowthPlan | None] = relationship()

    @property
    def headline(self) -> str:
        return str(self.words.get("headline", "")).strip()
