"""Reads about teams that have ended, for whoever was in them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.db import utc_now
from lti_tool.people.models import Person
from lti_tool.teams.models import TeamEnding

TOLD_FOR = timedelta(days=30)


def endings_told_to(db: Session, person: Person) -> Sequence[TeamEnding]:
    """Return which teams of a person have ended not long ago, the last one first."""
    recent = select(TeamEnding).where(TeamEnding.person_id == person.id, TeamEnding.ended_at > utc_now() - TOLD_FOR)
    return db.scalars(recent.order_by(TeamEnding.ended_at.desc(), TeamEnding.id)).all()
