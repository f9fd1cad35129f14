"""Tables of hours: the kinds of credit that a district counts, what each person earned, and what they need."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, Numeric, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.db import Base, text_enum, utc_now


class CreditType(Base):
    """A kind of credit that a district counts, and how many hours one unit of it is."""

    __tablename__ = "credit_type"
    __table_args__ = (UniqueConstraint("district_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(80))
    unit: Mapped[str] = mapped_column(String(40))
    """What one counts: clock hours, CEU, semester hours."""
    hours_per_unit: Mapped[Decimal] = mapped_column(Numeric(8, 2))
    yearly_cap: Mapped[Decimal | None] = mapped_column(Numeric(8, 2))
    """The most units that count in one school year, where there is a most."""
    is_default: Mapped[bool] = mapped_column(default=False)
    """Whether finished learning is added as this by itself."""
    retired_at: Mapped[datetime | None]
    """Since when nothing new is added as this; what was earned stays."""
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class EntrySource(StrEnum):
    """How an entry came into the ledger."""

    ACTIVITY = "activity"
    AWARD = "award"
    """A fixed number of hours for a plan that was completed."""
    BY_HAND = "by_hand"
    SESSION = "session"
    """Being at a session of a team."""


class LedgerEntry(Base):
    """Hours that a person earned, once, with the title of what for; it stays when that is deleted."""

    __tablename__ = "ledger_entry"
    __table_args__ = (
        UniqueConstraint("person_id", "opportunity_id"),
        UniqueConstraint("person_id", "session_key"),
        Index(
            None,
            "person_id",
            "plan_id",
            unique=True,
            sqlite_where=text("source = 'award'"),
            postgresql_where=text("source = 'award'"),
        ),
        Index(None, "person_id", "earned_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    credit_type_id: Mapped[int] = mapped_column(ForeignKey("credit_type.id"), index=True)
    quantity: Mapped[Decimal] = mapped_column(Numeric(8, 2))
    """In units of the credit type."""
    hours: Mapped[Decimal] = mapped_column(Numeric(8, 2))
    """By what a unit was on the day when it was added."""
    earned_on: Mapped[date]
    source: Mapped[EntrySource] = mapped_column(text_enum(EntrySource))
    opportunity_id: Mapped[int | None] = mapped_column(ForeignKey("opportunity.id", ondelete="SET NULL"), index=True)
    activity_id: Mapped[int | None] = mapped_column(ForeignKey("activity.id", ondelete="SET NULL"), index=True)
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("growth_plan.id", ondelete="SET NULL"), index=True)
    session_key: Mapped[str | None] = mapped_column(String(64), index=True)
    """Which session of a team, by what its team calls it; nothing else has one."""
    title: Mapped[str] = mapped_column(String(300))
    note: Mapped[str] = mapped_column(Text, default="")
    proof_url: Mapped[str] = mapped_column(String(1000), default="")
    attested_at: Mapped[datetime | None]
    """When the person said that this is so, of what they added themselves."""
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    withdrawn_at: Mapped[datetime | None]
    brought_at: Mapped[datetime | None]
    """When it came here with a record from elsewhere; what is said of its source was said there."""

    credit_type: Mapped[CreditType] = relationship()

    @property
    def is_by_hand(self) -> bool:
        return self.source is EntrySource.BY_HAND


class LicenceCycle(Base):
    """The time in which a person needs so much credit for a licence, as they say themselves."""

    __tablename__ = "licence_cycle"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    credit_type_id: Mapped[int] = mapped_column(ForeignKey("credit_type.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    needed: Mapped[Decimal] = mapped_column(Numeric(8, 2))
    """In units of the credit type."""
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    credit_type: Mapped[CreditType] = relationship()
