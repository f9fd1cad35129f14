"""Tables of declarations: what an owner shows of a goal and to whom, and what the district asks for."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, ForeignKey, String, and_, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.db import Base, text_enum, utc_now
from lti_tool.people.models import Person

if TYPE_CHECKING:
    from lti_tool.plans.models.goals import Goal


class Audience(StrEnum):
    """How far a goal is declared; it never widens without its owner's act."""

    PRIVATE = "private"
    REVIEWER = "reviewer"
    """Whoever supervises its owner, or reads the plan that it is in."""
    TEAM = "team"
    SCHOOL = "school"
    DISTRICT = "district"

    def reaches(self, other: Audience) -> bool:
        """Return whether this audience is as wide as another, or wider."""
        return WIDTH[self] >= WIDTH[other]


WIDTH = {audience: place for place, audience in enumerate(Audience)}


class ForAudience:
    """What its owner shows to an audience: of a school, to the one that they were at then and to no later one."""

    audience: Mapped[Audience] = mapped_column(text_enum(Audience), default=Audience.PRIVATE)
    school_id: Mapped[int | None] = mapped_column(ForeignKey("school.id", ondelete="SET NULL"), index=True)
    """The school whose people see it, where it is shown to a school: where its owner goes later is no act of theirs."""

    def show_to(self, audience: Audience, owner: Person) -> None:
        self.audience = audience
        self.school_id = owner.school_id if audience is Audience.SCHOOL else None

    def stayed_behind(self, owner: Person) -> bool:
        """Return whether its owner has gone to another school since it was shown to theirs."""
        return self.audience is Audience.SCHOOL and self.school_id != owner.school_id

    @classmethod
    def reaches_school_of(cls, viewer: Person) -> ColumnElement[bool]:
        """Say in SQL that it is shown to the school that this person is at."""
        if viewer.school_id is None:
            return false()
        return and_(cls.audience == Audience.SCHOOL, cls.school_id == viewer.school_id)


class Declaration(ForAudience, Base):
    """The short card by which an owner makes a goal known, apart from the plan."""

    __tablename__ = "declaration"

    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id", ondelete="CASCADE"), primary_key=True)
    next_step: Mapped[str] = mapped_column(String(280), default="")
    offer: Mapped[str] = mapped_column(String(280), default="")
    """What the owner can show others."""
    wish: Mapped[str] = mapped_column(String(280), default="")
    """What the owner is looking for."""
    declared_at: Mapped[datetime] = mapped_column(default=utc_now)

    goal: Mapped[Goal] = relationship(back_populates="declaration")


class DeclarationRule(StrEnum):
    """What a district asks of its educators about declaring their goals."""

    OFF = "off"
    """Goals are not shared here at all; cards that were shared before are shown to nobody."""
    INVITED = "invited"
    EXPECTED = "expected"
    REQUIRED = "required"
    """An approved plan becomes active once its goals are shared, or its owner is exempt."""


class DeclarationPolicy(Base):
    """What a district asks for, and how far a goal is to be shared at least."""

    __tablename__ = "declaration_policy"

    district_id: Mapped[int] = mapped_column(ForeignKey("district.id", ondelete="CASCADE"), primary_key=True)
    rule: Mapped[DeclarationRule] = mapped_column(text_enum(DeclarationRule))
    minimum: Mapped[Audience] = mapped_column(text_enum(Audience))
    changed_at: Mapped[datetime] = mapped_column(default=utc_now)

    @property
    def lets_share(self) -> bool:
        return self.rule is not DeclarationRule.OFF

    @property
    def asks_to_share(self) -> bool:
        return self.rule in {DeclarationRule.EXPECTED, DeclarationRule.REQUIRED}

    def minimum_for(self, owner: Person) -> Audience:
        """Return how far this person's goals are to be shared at least; without a known school, with the team."""
        return Audience.TEAM if self.minimum is Audience.SCHOOL and owner.school_id is None else self.minimum

    def is_met_by(self, goal: Goal) -> bool:
        """Return whether a goal is shared as far as the district asks."""
        card = goal.declaration
        return not self.asks_to_share or (card is not None and card.audience.reaches(self.minimum_for(goal.owner)))


class ExemptionReason(StrEnum):
    """Why somebody need not declare, as coarsely as can be; only administrators see it."""

    SAFETY = "safety"
    HEALTH = "health"
    LEGAL = "legal"
    OTHER = "other"


class DeclarationExemption(Base):
    """That a person need not declare their goals. Nobody but administrators can tell it from "not yet"."""

    __tablename__ = "declaration_exemption"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    reason: Mapped[ExemptionReason] = mapped_column(text_enum(ExemptionReason))
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    ended_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
