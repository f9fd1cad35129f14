"""Tables of plans. The words in them belong to their owner; nobody else may change one."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.db import Base, text_enum, utc_now
from lti_tool.people.models import Course, Person
from lti_tool.standards.models import Indicator


class GoalState(StrEnum):
    """Where a goal stands; a course that was finished does not by itself make one met."""

    OPEN = "open"
    MET = "met"


class Audience(StrEnum):
    """How far a goal is declared; it never widens without its owner's act."""

    PRIVATE = "private"
    TEAM = "team"
    SCHOOL = "school"
    DISTRICT = "district"


class GrowthPlan(Base):
    """What one educator means to learn in one school year."""

    __tablename__ = "growth_plan"
    __table_args__ = (UniqueConstraint("person_id", "school_year"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    school_year: Mapped[int]
    """The calendar year in which it begins."""
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    person: Mapped[Person] = relationship()
    goals: Mapped[list[Goal]] = relationship(back_populates="plan", order_by="Goal.id")


class Goal(Base):
    """One goal of a plan: why, what will change, for whom, and how one will know."""

    __tablename__ = "goal"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("growth_plan.id", ondelete="CASCADE"), index=True)
    headline: Mapped[str] = mapped_column(String(140))
    rationale: Mapped[str] = mapped_column(Text, default="")
    """What tells the owner that this matters; never shown to colleagues."""
    practice_change: Mapped[str] = mapped_column(Text, default="")
    student_result: Mapped[str] = mapped_column(Text, default="")
    measure: Mapped[str] = mapped_column(Text, default="")
    due_on: Mapped[date | None]
    state: Mapped[GoalState] = mapped_column(text_enum(GoalState), default=GoalState.OPEN)
    met_at: Mapped[datetime | None]
    announced_at: Mapped[datetime | None]
    """When it was last announced that the goal is met; reopening it takes nothing back."""
    results_statement: Mapped[str] = mapped_column(Text, default="")
    """What changed, what did not, what is next; needed to close."""
    version: Mapped[int] = mapped_column(default=1)
    """Counts saves: two tabs cannot overwrite each other unseen."""
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    updated_at: Mapped[datetime] = mapped_column(default=utc_now)

    plan: Mapped[GrowthPlan] = relationship(back_populates="goals")
    indicators: Mapped[list[Indicator]] = relationship(secondary="goal_indicator", order_by="Indicator.position")
    courses: Mapped[list[GoalCourse]] = relationship(back_populates="goal", cascade="all, delete-orphan")
    tries: Mapped[list[TryIt]] = relationship(back_populates="goal", cascade="all, delete-orphan", order_by="TryIt.id")
    declaration: Mapped[Declaration | None] = relationship(back_populates="goal", cascade="all, delete-orphan")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def owner(self) -> Person:
        return self.plan.person

    @property
    def is_open(self) -> bool:
        return self.state is GoalState.OPEN

    @property
    def is_declared(self) -> bool:
        """Whether its card can be seen by anybody but its owner."""
        return self.declaration is not None and self.declaration.audience is not Audience.PRIVATE

    @property
    def needs_try(self) -> bool:
        """Whether a course counts toward it and nothing from it was tried and reflected on yet."""
        return bool(self.courses) and not any(each.done_at for each in self.tries)

    @property
    def has_news(self) -> bool:
        """Whether being met now says something that was not announced: the first time, or a course linked since."""
        return self.announced_at is None or any(each.created_at > self.announced_at for each in self.courses)

    def is_owned_by(self, person: Person) -> bool:
        return self.plan.person_id == person.id

    def can_be_edited_by(self, person: Person) -> bool:
        """Return whether this person may change the goal's words: its owner, while it is open."""
        return self.is_owned_by(person) and self.is_open

    def counted(self, course_id: int) -> GoalCourse | None:
        """Return the link by which a course counts toward this goal."""
        return next((each for each in self.courses if each.course_id == course_id), None)


class GoalIndicator(Base):
    """That a goal works on an indicator."""

    __tablename__ = "goal_indicator"

    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id", ondelete="CASCADE"), primary_key=True)
    indicator_id: Mapped[int] = mapped_column(
        ForeignKey("indicator.id", ondelete="RESTRICT"), primary_key=True, index=True
    )


class GoalCourse(Base):
    """That a course counts toward a goal, and whether the LMS says that its owner finished it."""

    __tablename__ = "goal_course"
    __table_args__ = (UniqueConstraint("goal_id", "course_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id", ondelete="CASCADE"))
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id", ondelete="CASCADE"), index=True)
    completed_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    goal: Mapped[Goal] = relationship(back_populates="courses")
    course: Mapped[Course] = relationship()


class TryIt(Base):
    """A step that a finished course opens: try it with students, then say what came of it."""

    __tablename__ = "try_it"
    __table_args__ = (UniqueConstraint("goal_id", "course_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id", ondelete="CASCADE"))
    course_id: Mapped[int | None] = mapped_column(ForeignKey("course.id", ondelete="SET NULL"), index=True)
    reflection: Mapped[str] = mapped_column(Text, default="")
    opened_at: Mapped[datetime] = mapped_column(default=utc_now)
    done_at: Mapped[datetime | None]

    goal: Mapped[Goal] = relationship(back_populates="tries")
    course: Mapped[Course | None] = relationship()


class Declaration(Base):
    """The short card by which an owner makes a goal known, apart from the plan."""

    __tablename__ = "declaration"

    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id", ondelete="CASCADE"), primary_key=True)
    audience: Mapped[Audience] = mapped_column(text_enum(Audience))
    next_step: Mapped[str] = mapped_column(String(280), default="")
    offer: Mapped[str] = mapped_column(String(280), default="")
    """What the owner can show others."""
    wish: Mapped[str] = mapped_column(String(280), default="")
    """What the owner is looking for."""
    declared_at: Mapped[datetime] = mapped_column(default=utc_now)

    goal: Mapped[Goal] = relationship(back_populates="declaration")
