"""Tables of visits: who comes to a colleague's open door, or thinks a problem through with them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.db import Base, utc_now
from lti_tool.people.models import Opportunity, OpportunityKind, Person

VISITED = frozenset({OpportunityKind.OPEN_DOOR, OpportunityKind.SOLVE_TOGETHER})
"""What colleagues come to; whoever reviews its host does not."""


class Visit(Base):
    """That somebody comes, and what they noted there: once, and from then on it is the host's alone."""

    __tablename__ = "visit"
    __table_args__ = (UniqueConstraint("opportunity_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    opportunity_id: Mapped[int] = mapped_column(ForeignKey("opportunity.id", ondelete="CASCADE"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    joined_at: Mapped[datetime] = mapped_column(default=utc_now)
    note: Mapped[str] = mapped_column(Text, default="")
    noted_at: Mapped[datetime | None]

    opportunity: Mapped[Opportunity] = relationship()
    person: Mapped[Person | None] = relationship()
