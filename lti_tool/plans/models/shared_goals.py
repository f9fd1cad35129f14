"""Tables of shared goals: what a school or a district works on together, each educator with a goal of their own."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.db import Base, utc_now
from lti_tool.people.models import Person, Role, School


class SharedGoal(Base):
    """A goal with several owners: each has a goal of their own in it, with own actions and evidence."""

    __tablename__ = "shared_goal"
    __table_args__ = (Index(None, "district_id", "headline", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id", ondelete="CASCADE"))
    school_id: Mapped[int | None] = mapped_column(ForeignKey("school.id", ondelete="CASCADE"), index=True)
    """The school whose it is; empty for the whole district."""
    headline: Mapped[str] = mapped_column(String(140))
    words: Mapped[str] = mapped_column(Text, default="")
    """Why it is worth working on together."""
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    proposed_at: Mapped[datetime] = mapped_column(default=utc_now)
    adopted_at: Mapped[datetime | None]
    """When leaders made it one of the school's or the district's own; it can be worked on before."""
    retired_at: Mapped[datetime | None]

    proposed_by: Mapped[Person | None] = relationship()
    school: Mapped[School | None] = relationship()

    def is_proposed_by(self, person: Person) -> bool:
        return self.proposed_by_id == person.id

    def is_adopted_by(self, person: Person) -> bool:
        """Whether this person speaks for the district, or supervises in the school whose it is."""
        if person.has_role(Role.ADMINISTRATOR):
            return True
        return person.has_role(Role.SUPERVISOR) and self.school_id is not None and self.school_id == person.school_id
