"""Tables of what counts toward goals: activities, and the try-its that they open."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint, and_, or_, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.db import Base, text_enum, utc_now
from lti_tool.people.models import Course, Opportunity, OpportunityKind, Person
from lti_tool.plans.models.goals import Goal, GoalState
from lti_tool.plans.models.plans import GrowthPlan

WITHOUT_GOAL = text("goal_id IS NULL")


class LookedInside(StrEnum):
    """What somebody who goes outside of the district to learn says of whom they asked or looked for inside."""

    ASKED = "asked"
    """A colleague was asked; who that was is nobody's record."""
    OTHERWISE = "otherwise"
    """Those inside serve something else."""
    NOBODY = "nobody"
    """Nobody fits."""


class Activity(Base):
    """That an educator takes an opportunity up, for which goal if for any, and whether it is finished.

    Of an LMS course the LMS says so; of anything else its owner does.
    """

    __tablename__ = "activity"
    __table_args__ = (
        UniqueConstraint("goal_id", "opportunity_id"),
        Index(
            "uq_activity_without_goal",
            "plan_id",
            "opportunity_id",
            unique=True,
            sqlite_where=WITHOUT_GOAL,
            postgresql_where=WITHOUT_GOAL,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("growth_plan.id", ondelete="CASCADE"), index=True)
    goal_id: Mapped[int | None] = mapped_column(ForeignKey("goal.id", ondelete="CASCADE"))
    opportunity_id: Mapped[int] = mapped_column(ForeignKey("opportunity.id", ondelete="CASCADE"), index=True)
    completed_at: Mapped[datetime | None]
    taken_back_at: Mapped[datetime | None]
    """When the LMS took back that it is finished; empty once it reports it again.

    Finished all the same: at that very time, as its owner then said, or earlier, as it was when its goal was met.
    """
    looked_inside: Mapped[LookedInside | None] = mapped_column(text_enum(LookedInside))
    """Asked of learning outside of the district, where colleagues might have served."""
    announced_at: Mapped[datetime | None]
    """When its goal was last announced as met with it; empty while that would be news."""
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    plan: Mapped[GrowthPlan] = relationship(back_populates="activities")
    goal: Mapped[Goal | None] = relationship(back_populates="activities")
    opportunity: Mapped[Opportunity] = relationship()
    course: Mapped[Course | None] = relationship(
        primaryjoin=lambda: Activity.opportunity_id == Course.id,
        foreign_keys=lambda: [Activity.opportunity_id],
        viewonly=True,
    )

    @property
    def is_reported(self) -> bool:
        """Whether an LMS says when it is finished; of anything else its owner does."""
        return self.opportunity.kind is OpportunityKind.COURSE

    @property
    def can_be_finished_late(self) -> bool:
        """Whether its owner can still say that it is finished, for its hours, where no goal waits for it any more."""
        goes_on = self.goal is not None and self.goal.state is GoalState.CARRIED_OVER
        return self.completed_at is None and not self.is_reported and not goes_on

    @property
    def asks_its_owner(self) -> bool:
        """Whether the LMS took back that it is finished, and its owner did not say what of it yet."""
        taken_back_at, completed_at = self.taken_back_at, self.completed_at
        return taken_back_at is not None and (completed_at is None or completed_at < taken_back_at)

    @property
    def lms_cannot_tell(self) -> bool:
        return self.course is not None and bool(self.course.completions_note)


IS_FINISHED = and_(
    Activity.completed_at.is_not(None),
    or_(Activity.taken_back_at.is_(None), Activity.completed_at >= Activity.taken_back_at),
)
"""That learning is finished by the LMS's account or its owner's: what its hours follow."""


class TryIt(Base):
    """A step that finished learning opens: plan a try, try it with students, then say what came of it."""

    __tablename__ = "try_it"
    __table_args__ = (UniqueConstraint("goal_id", "opportunity_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id", ondelete="CASCADE"))
    opportunity_id: Mapped[int | None] = mapped_column(ForeignKey("opportunity.id", ondelete="SET NULL"), index=True)
    plan: Mapped[str] = mapped_column(Text, default="")
    """What its owner means to try, and with which students."""
    support_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    """The colleague whom its owner means to talk to about it."""
    tried_on: Mapped[date | None]
    reflection: Mapped[str] = mapped_column(Text, default="")
    """Seen by its owner alone."""
    opened_at: Mapped[datetime] = mapped_column(default=utc_now)
    done_at: Mapped[datetime | None]

    goal: Mapped[Goal] = relationship(back_populates="tries")
    opportunity: Mapped[Opportunity | None] = relationship()
    support: Mapped[Person | None] = relationship()

    @property
    def activity(self) -> Activity | None:
        """Return the learning that opened it, as far as that still counts toward the goal."""
        return self.goal.counted(self.opportunity_id) if self.opportunity_id else None
