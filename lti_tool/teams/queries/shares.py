"""What a team passes on to colleagues outside of it: one share for each cycle, owed by the team and by nobody in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time
from itertools import pairwise

from sqlalchemy import or_, select, union_all
from sqlalchemy.orm import Session

from lti_tool.people.models import OFFERED_BY_ANYBODY, Opportunity
from lti_tool.plans.models import PracticeCard
from lti_tool.teams.models import Team, TeamCycle, TeamMember


@dataclass(frozen=True, slots=True)
class Share:
    """Whether anybody of a team has passed something on: a practice, an open door, a session."""

    in_this_cycle: bool
    is_owed_from_before: bool
    """Whether the cycle before ended without one, and none has come since."""


def share_of(db: Session, team: Team) -> Share:
    """Return what a team owes to others now."""
    latest = select(TeamCycle).where(TeamCycle.team_id == team.id).order_by(TeamCycle.number.desc()).limit(3)
    cycles = db.scalars(latest).all()
    begun = [before.closed_at or _beginning(each) for each, before in pairwise(cycles)]
    begun += [_beginning(each) for each in cycles[-1:]] or ([team.formed_at] if team.formed_at else [])
    made = _last_share(db, team)
    in_this_cycle = made is not None and (not begun or made >= begun[0])
    before = len(begun) > 1 and (made is None or made < begun[1])
    return Share(in_this_cycle, is_owed_from_before=before)


def _beginning(cycle: TeamCycle) -> datetime:
    """Return when a cycle began; the day is all that is kept of the first."""
    return datetime.combine(cycle.starts_on, time(), UTC)


def _last_share(db: Session, team: Team) -> datetime | None:
    """Return when anybody of a team last passed something on."""
    people = [each.person_id for each in team.accepted]
    cards = select(PracticeCard.created_at).join(TeamMember, TeamMember.person_id == PracticeCard.person_id)
    cards = cards.where(TeamMember.team_id == team.id, TeamMember.person_id.in_(people))
    cards = cards.where(PracticeCard.retired_at.is_(None))
    cards = cards.where(or_(TeamMember.accepted_at.is_(None), PracticeCard.created_at >= TeamMember.accepted_at))
    hosted = select(Opportunity.created_at).where(
        Opportunity.host_id.in_(people), Opportunity.kind.in_(OFFERED_BY_ANYBODY)
    )
    shares = union_all(cards, hosted).subquery()
    return db.scalar(select(shares.c.created_at).order_by(shares.c.created_at.desc()).limit(1))
