"""What a team passes on to colleagues outside of it: one share for each cycle, owed by the team and by nobody in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time
from itertools import pairwise

from sqlalchemy import Select, SQLColumnExpression, and_, case, func, or_, select, union_all
from sqlalchemy.orm import Session

from lti_tool.db import utc_now
from lti_tool.people.models import OFFERED_BY_ANYBODY, Opportunity
from lti_tool.plans.models import PracticeCard
from lti_tool.teams.models import MemberState, Team, TeamCycle, TeamMember


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
    made = last_share(db, team)
    in_this_cycle = made is not None and (not begun or made >= begun[0])
    before = len(begun) > 1 and (made is None or made < begun[1])
    return Share(in_this_cycle, is_owed_from_before=before)


def _beginning(cycle: TeamCycle) -> datetime:
    """Return when a cycle began; the day is all that is kept of the first."""
    return datetime.combine(cycle.starts_on, time(), UTC)


def last_share(db: Session, team: Team) -> datetime | None:
    """Return when anybody of a team, or who has left it since, last passed something on as a member of it."""
    shares = union_all(_cards(team), _offers(team)).subquery()
    made = db.scalar(select(shares.c.made_at).order_by(shares.c.made_at.desc()).limit(1))
    return max(filter(None, (made, team.shared_at)), default=None)


def _cards(team: Team) -> Select[datetime]:
    made_at = PracticeCard.created_at.label("made_at")
    cards = select(made_at).join(TeamMember, TeamMember.person_id == PracticeCard.person_id)
    return _as_member(team, cards.where(PracticeCard.retired_at.is_(None)), PracticeCard.created_at)


def _offers(team: Team) -> Select[datetime]:
    """Return the query for when what members host was held, or else offered; without what was taken back before."""
    held = and_(Opportunity.starts_at > Opportunity.created_at, Opportunity.starts_at <= utc_now())
    made_at = case((held, Opportunity.starts_at), else_=Opportunity.created_at)
    was_held = and_(held, func.date(Opportunity.starts_at) <= Opportunity.retired_on)
    offers = select(made_at.label("made_at")).join(TeamMember, TeamMember.person_id == Opportunity.host_id)
    offers = offers.where(Opportunity.kind.in_(OFFERED_BY_ANYBODY), or_(Opportunity.retired_on.is_(None), was_held))
    return _as_member(team, offers, made_at)


def _as_member(team: Team, shares: Select[datetime], made_at: SQLColumnExpression[datetime]) -> Select[datetime]:
    """Keep the shares that were made by who had joined the team by then."""
    joined = or_(TeamMember.accepted_at.is_(None), made_at >= TeamMember.accepted_at)
    return shares.where(TeamMember.team_id == team.id, TeamMember.state == MemberState.ACCEPTED, joined)
