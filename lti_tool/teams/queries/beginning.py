"""When a team begins: how many have to join it. A no, or no answer, makes no difference to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session

from lti_tool.db import utc_now
from lti_tool.teams.matching.request import Options
from lti_tool.teams.models import Asking, MemberState, Team, TeamMember, TeamState

ENOUGH_TO_BEGIN = Options().minimum
"""So many who have joined begin a team at any time."""
FEWEST = 2


@dataclass(frozen=True, slots=True)
class Beginning:
    """How many have to join a team for it to begin, and when two are enough; none where they are already."""

    needed: int
    two_are_enough_at: datetime | None = None


def beginning_of(db: Session, team: Team) -> Beginning:
    """Return how many have to join a team for it to begin, by whom designers asked to it and until when.

    Whom they asked is kept whatever the answer was; a team that an educator started begins with two.
    """
    asked, until = db.execute(select(func.count(), func.max(Asking.until)).where(Asking.team_id == team.id)).one()
    if until is None or until <= utc_now() or asked <= FEWEST:
        return Beginning(FEWEST)
    return Beginning(ENOUGH_TO_BEGIN, until)


def due_to_begin(now: datetime) -> Select[Team]:
    """Return the query for teams that two have joined, of whose people nobody is asked by designers any more."""
    joined = select(func.count(TeamMember.id)).where(
        TeamMember.team_id == Team.id, TeamMember.state == MemberState.ACCEPTED
    )
    asked = exists().where(Asking.team_id == Team.id)
    enough = joined.correlate(Team).scalar_subquery() >= FEWEST
    return select(Team).where(Team.state == TeamState.INVITING, enough, asked, ~asked.where(Asking.until > now))
