"""Tables of practices: what an educator did and passes on, and who tried it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.db import Base, text_enum, utc_now
from lti_tool.people.models import Person
from lti_tool.plans.models.declarations import ForAudience
from lti_tool.plans.models.goals import Goal
from lti_tool.standards.models import Indicator


class PracticeCard(ForAudience, Base):
    """What somebody did with students, told so that a colleague can try it."""

    __tablename__ = "practice_card"
    __table_args__ = (Index(None, "district_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    goal_id: Mapped[int | None] = mapped_column(ForeignKey("goal.id", ondelete="SET NULL"), index=True)
    """The goal that it came from, where there is one; only its owner is told."""
    title: Mapped[str] = mapped_column(String(140))
    did: Mapped[str] = mapped_column(Text)
    with_whom: Mapped[str] = mapped_column(String(280), default="")
    """With which students, as a group: nobody can be recognised."""
    needed: Mapped[str] = mapped_column(String(280), default="")
    would_change: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    retired_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()
    indicators: Mapped[list[Indicator]] = relationship(secondary="practice_indicator", order_by="Indicator.position")
    tries: Mapped[list[PracticeTry]] = relationship(
        back_populates="card", cascade="all, delete-orphan", order_by="PracticeTry.id"
    )

    def is_written_by(self, person: Person) -> bool:
        return self.person_id == person.id

    @property
    def tried(self) -> list[PracticeTry]:
        """Who has tried it, and does not only mean to."""
        return [each for each in self.tries if each.is_tried]

    def try_of(self, person: Person) -> PracticeTry | None:
        """Return what this person said of trying it."""
        return next((each for each in self.tries if each.person_id == person.id), None)


class PracticeIndicator(Base):
    """That a practice speaks to an indicator."""

    __tablename__ = "practice_indicator"

    card_id: Mapped[int] = mapped_column(ForeignKey("practice_card.id", ondelete="CASCADE"), primary_key=True)
    indicator_id: Mapped[int] = mapped_column(
        ForeignKey("indicator.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class TryStep(StrEnum):
    """How far a colleague has come with a practice."""

    KEPT = "kept"
    """It is kept for a goal, to be tried."""
    TRIED = "tried"
    ADAPTED = "adapted"


class PracticeTry(Base):
    """That a colleague keeps a practice, tried it as it was or adapted it, and what came of it: told to its author."""

    __tablename__ = "practice_try"
    __table_args__ = (UniqueConstraint("card_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    card_id: Mapped[int] = mapped_column(ForeignKey("practice_card.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    goal_id: Mapped[int | None] = mapped_column(ForeignKey("goal.id", ondelete="SET NULL"), index=True)
    """The own goal that it is tried for; its owner and the card's author see that."""
    step: Mapped[TryStep] = mapped_column(text_enum(TryStep), default=TryStep.TRIED)
    words: Mapped[str] = mapped_column(Text)
    is_named: Mapped[bool] = mapped_column(default=False)
    """Whether its writer lets everybody who sees the card read it with the name; else only the author does."""
    at: Mapped[datetime] = mapped_column(default=utc_now)

    card: Mapped[PracticeCard] = relationship(back_populates="tries")
    person: Mapped[Person] = relationship()
    goal: Mapped[Goal | None] = relationship()

    @property
    def is_tried(self) -> bool:
        return self.step is not TryStep.KEPT

    @property
    def is_adapted(self) -> bool:
        return self.step is TryStep.ADAPTED
