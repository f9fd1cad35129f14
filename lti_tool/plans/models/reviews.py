"""Tables of reading plans together: who reads one, what each said about which field, and what became of it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.db import Base, text_enum, utc_now
from lti_tool.people.models import Person
from lti_tool.plans.models.plans import GrowthPlan, PlanState


class Stage(StrEnum):
    """At which points of its life a plan is read."""

    APPROVAL = "approval"
    MID_YEAR = "mid_year"
    FINAL = "final"


class Decision(StrEnum):
    """What a reader said at a stage."""

    APPROVED = "approved"
    CHANGES = "changes"
    RESPONDED = "responded"
    SIGNED = "signed"


class CommentKind(StrEnum):
    """What a comment is for; there is no kind that measures."""

    PRAISE = "praise"
    QUESTION = "question"
    CHANGE = "change"
    """A request to change something: it always says what."""


ASKING = (CommentKind.QUESTION, CommentKind.CHANGE)
"""The kinds after which somebody waits for something."""


class PlanReviewer(Base):
    """That one person reads one plan: named by its owner, or by whoever began a support plan.

    Whoever declines is deleted, so that no trace remains.
    """

    __tablename__ = "plan_reviewer"
    __table_args__ = (UniqueConstraint("plan_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("growth_plan.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    plan: Mapped[GrowthPlan] = relationship(back_populates="readers")
    person: Mapped[Person] = relationship()


class CommitteeMember(Base):
    """That a person reads the district's plans that a committee approves; ended, it stays as history."""

    __tablename__ = "committee_member"

    id: Mapped[int] = mapped_column(primary_key=True)
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    ended_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()


class PlanChange(Base):
    """One step in the life of a plan: from which state to which, by whom and when."""

    __tablename__ = "plan_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("growth_plan.id", ondelete="CASCADE"), index=True)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    from_state: Mapped[PlanState | None] = mapped_column(text_enum(PlanState))
    to_state: Mapped[PlanState] = mapped_column(text_enum(PlanState))
    at: Mapped[datetime] = mapped_column(default=utc_now)

    actor: Mapped[Person | None] = relationship()


class PlanSnapshot(Base):
    """The words of a plan as they were when it was handed in or approved: what its readers see, and can compare."""

    __tablename__ = "plan_snapshot"
    __table_args__ = (UniqueConstraint("plan_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("growth_plan.id", ondelete="CASCADE"))
    number: Mapped[int]
    reason: Mapped[PlanState] = mapped_column(text_enum(PlanState))
    """The state that the plan came into with these words."""
    words: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """Parts in order, the plan's own first: `goal_id` (or none), `title`, and `fields` with the text of each."""
    taken_at: Mapped[datetime] = mapped_column(default=utc_now)


class PlanReview(Base):
    """What one reader decided about what was handed in at a stage: agreed, asked for changes, answered, signed."""

    __tablename__ = "plan_review"
    __table_args__ = (Index(None, "plan_id", "stage"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("growth_plan.id", ondelete="CASCADE"))
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    stage: Mapped[Stage] = mapped_column(text_enum(Stage))
    decision: Mapped[Decision] = mapped_column(text_enum(Decision))
    words: Mapped[str] = mapped_column(Text, default="")
    signed_name: Mapped[str] = mapped_column(String(200), default="")
    """The reader's name as typed under the end of the plan."""
    at: Mapped[datetime] = mapped_column(default=utc_now)

    plan: Mapped[GrowthPlan] = relationship()
    reviewer: Mapped[Person | None] = relationship()


class ReviewComment(Base):
    """Words beside one field of a plan or of one of its goals, or an answer to such words."""

    __tablename__ = "review_comment"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("growth_plan.id", ondelete="CASCADE"), index=True)
    goal_id: Mapped[int | None] = mapped_column(ForeignKey("goal.id", ondelete="CASCADE"), index=True)
    field: Mapped[str] = mapped_column(String(32))
    reply_to_id: Mapped[int | None] = mapped_column(ForeignKey("review_comment.id", ondelete="CASCADE"), index=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    kind: Mapped[CommentKind | None] = mapped_column(text_enum(CommentKind))
    """None in an answer."""
    words: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    resolved_at: Mapped[datetime | None]

    plan: Mapped[GrowthPlan] = relationship()
    author: Mapped[Person | None] = relationship()
    replies: Mapped[list[ReviewComment]] = relationship(order_by="ReviewComment.id")

    @property
    def is_open(self) -> bool:
        """Whether its asker still waits for something."""
        return self.kind in ASKING and self.resolved_at is None

    def can_be_resolved_by(self, person: Person) -> bool:
        """Return whether this person asked it, and so may say that it is settled."""
        return self.is_open and self.author_id == person.id
