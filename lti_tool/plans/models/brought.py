"""Tables of what came with a record from elsewhere, in the words that it came with."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.db import Base, text_enum, utc_now


class BroughtKind(StrEnum):
    """What a part of a record from elsewhere was there."""

    OPPORTUNITY = "opportunity"
    INDICATOR = "indicator"
    CREDIT_TYPE = "credit_type"
    TEAMS = "teams"
    COMPLETIONS = "completions"
    SCORES = "scores"
    PLACES = "places"


class Brought(Base):
    """Something that a record from elsewhere tells and this district has no row of its own for.

    Where a row had to be made to stand for it, that is named: the record is given on in its first words.
    """

    __tablename__ = "brought"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    kind: Mapped[BroughtKind] = mapped_column(text_enum(BroughtKind))
    opportunity_id: Mapped[int | None] = mapped_column(ForeignKey("opportunity.id", ondelete="CASCADE"), index=True)
    indicator_id: Mapped[int | None] = mapped_column(ForeignKey("indicator.id", ondelete="CASCADE"), index=True)
    credit_type_id: Mapped[int | None] = mapped_column(ForeignKey("credit_type.id", ondelete="CASCADE"), index=True)
    words: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
