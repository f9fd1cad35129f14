"""What somebody changed by hand in the LMS group of a team: noticed, and never undone by itself."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.db import Base, text_enum, utc_now


class DifferenceKind(StrEnum):
    """How a group differs from what the tool made of it."""

    DELETED = "deleted"
    RENAMED = "renamed"
    ADDED = "added"
    """Somebody is in it who is not in the team."""
    TAKEN_OUT = "taken_out"
    """Somebody of the team is not in it any more, and is still enrolled."""


class GroupDifference(Base):
    """One difference, for as long as it is there."""

    __tablename__ = "group_difference"
    __table_args__ = (UniqueConstraint("team_id", "kind", "what"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"))
    kind: Mapped[DifferenceKind] = mapped_column(text_enum(DifferenceKind))
    what: Mapped[str] = mapped_column(String(255))
    """The group's name now, or the LMS's id of the person or of the group."""
    noticed_at: Mapped[datetime] = mapped_column(default=utc_now)
    left_at: Mapped[datetime | None]
    """When the designer said to leave it so."""
