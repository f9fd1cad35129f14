"""Reads about teams that have ended, for whoever was in them, and about how long the words of a room are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool.db import utc_now
from lti_tool.people.models import Person
from lti_tool.teams.models import WORDS_KEPT_FOR, Team, TeamCycle, TeamEnding

TOLD_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Forgetting:
    """That what was said in a room until some moment goes."""

    said_until: datetime

    @property
    def at(self) -> datetime:
        return self.said_until + WORDS_KEPT_FOR


def next_forgetting(db: Session, team: Team) -> Forgetting | None:
    """Return what of a team that goes on is deleted next; nothing where no cycle has closed not long ago."""
    closed = select(func.min(TeamCycle.closed_at)).where(TeamCycle.team_id == team.id)
    said_until = db.scalar(closed.where(TeamCycle.closed_at > utc_now() - WORDS_KEPT_FOR))
    return Forgetting(said_until) if said_until else None


def endings_told_to(db: Session, person: Person) -> Sequence[TeamEnding]:
    """Return which teams a person was in not long ago and is not any more, the last one first.

    Of those that never came to have a room only the last: whoever goes on asking colleagues needs no list of it.
    """
    recent = select(TeamEnding).where(TeamEnding.person_id == person.id, TeamEnding.ended_at > utc_now() - TOLD_FOR)
    told = db.scalars(recent.order_by(TeamEnding.ended_at.desc(), TeamEnding.id.desc())).all()
    without_room = [each for each in told if not each.had_room]
    return [each for each in told if each.had_room or each is without_room[0]]
