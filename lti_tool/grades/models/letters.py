"""Tables of letters: whom a district has told of troubles, and who asked to be reminded."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.db import Base, text_enum, utc_now


class AlertSettings(Base):
    """Whom a district has told when scores do not arrive; without a row, nobody."""

    __tablename__ = "alert_settings"

    district_id: Mapped[int] = mapped_column(
        ForeignKey("district.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    emails: Mapped[list[str]] = mapped_column(JSON, default=list)
    hook_url: Mapped[str] = mapped_column(String(1000), default="")
    locale: Mapped[str] = mapped_column(String(32), default="en")
    """In which language they are told."""
    saved_at: Mapped[datetime] = mapped_column(default=utc_now)

    @property
    def channels(self) -> list[str]:
        """How alerts go out: `mail`, `hook`, both or not at all."""
        return [name for name, target in (("mail", self.emails), ("hook", self.hook_url)) if target]


class Frequency(StrEnum):
    """How often somebody wants to be reminded."""

    WEEKLY = "weekly"
    MONTHLY = "monthly"


class Reminder(Base):
    """That an educator asked to be reminded of the own goals; without a row, nobody is."""

    __tablename__ = "reminder"
    __table_args__ = (Index(None, "due_at"),)

    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    frequency: Mapped[Frequency] = mapped_column(text_enum(Frequency))
    email: Mapped[str] = mapped_column(String(320), default="")
    confirmed_at: Mapped[datetime | None]
    """When whoever reads mail at the address said yes, or when the LMS's own address was taken."""
    confirm_nonce: Mapped[str] = mapped_column(String(32), default="")
    """What the one link holds that confirms the address; empty once it was used."""
    hook_url: Mapped[str] = mapped_column(String(1000), default="")
    locale: Mapped[str] = mapped_column(String(32), default="en")
    token: Mapped[str] = mapped_column(String(64), unique=True)
    """Whoever has it, from a reminder, can stop the reminders and nothing else."""
    due_at: Mapped[datetime]
    saved_at: Mapped[datetime] = mapped_column(default=utc_now)

    @property
    def waits_for_address(self) -> bool:
        """Whether nobody has confirmed the e-mail address yet, so that nothing is sent there."""
        return bool(self.email) and self.confirmed_at is None

    @property
    def channels(self) -> list[str]:
        """How reminders go out: `mail`, `hook`, both or not at all yet."""
        mail = "" if self.waits_for_address else self.email
        return [name for name, target in (("mail", mail), ("hook", self.hook_url)) if target]
