"""Reads of a team's room, for its members alone: a designer, a supervisor or an administrator has no way in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, case, exists, func, or_, select, tuple_
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from lti_tool.db import utc_now
from lti_tool.errors import NotAllowedError, NotFoundError
from lti_tool.launch.models import LinkKind, ResourceLink
from lti_tool.people.models import Person
from lti_tool.plans.models import Audience, Declaration, Goal, GrowthPlan
from lti_tool.plans.queries import declared_goals
from lti_tool.teams.models import (
    Agreement,
    CheckIn,
    Commitment,
    HelpReply,
    HelpRequest,
    MemberState,
    StepKind,
    Team,
    TeamCycle,
    TeamMember,
    TeamSession,
    TeamState,
)
from lti_tool.teams.queries.apart import reviewed_by, reviews_any
from lti_tool.teams.queries.candidates import LIVE
from lti_tool.teams.queries.endings import Forgetting, next_forgetting
from lti_tool.teams.queries.goals import visible_goal
from lti_tool.teams.queries.learning import SharedLearning, learning_of_team
from lti_tool.teams.queries.shares import Share, share_of
from lti_tool.teams.queries.teams import team_of_member

SHOWN_SESSIONS = 20
SHOWN_CLOSED = 20
REVIEWS_SINCE = (
    "You review a teammate's plan by now, so that this room is closed to you. Leave the team on its page, or have "
    "somebody else review that plan."
)


@dataclass(frozen=True, slots=True)
class Room:
    """What the members of a team find in their room."""

    team: Team
    goals: Mapping[int, Goal | None]
    """What each member declared to whoever looks, by the membership's id."""
    agreement: Agreement | None
    sessions: Sequence[TeamSession]
    requests: Sequence[HelpRequest]
    last_said: Mapping[int, CheckIn]
    """Each member's latest check-in, by the person's id."""
    cycle: TeamCycle | None
    unsaid_before: frozenset[int]
    """Who said nothing in the cycle before, nor has in this one; by the person's id."""
    to_bring: Sequence[Goal]
    """Other goals that whoever looks could bring instead of the one that is here."""
    learning: Sequence[SharedLearning]
    """What the team chose to learn from; then what two or more of it take up already, to be chosen."""
    share: Share
    """What the team owes to the others."""
    forgetting: Forgetting | None
    """What of it is deleted next, and when."""
    has_gradebook: bool
    """Whether the course has a link whose gradebook column takes an entry of all members when a cycle is kept."""


def room_team(db: Session, person: Person, team_id: int, *, to_change: bool = False) -> Team:
    """Return a formed team that this person has joined; to everybody else its room is not there.

    Whoever has come to review a teammate since is told so, and reads nothing of it.
    """
    team = team_of_member(db, person, team_id, to_change=to_change)
    member = team.membership_of(person.id)
    if member is None or member.state is not MemberState.ACCEPTED or team.state is not TeamState.FORMED:
        raise NotFoundError
    if reviews_any(db, person, (each.person_id for each in team.accepted)):
        raise NotAllowedError(REVIEWS_SINCE)
    return team


def room_of(db: Session, person: Person, team_id: int) -> Room:
    """Return the room of a team that this person has joined; eighteen queries, however full it is."""
    team = room_team(db, person, team_id)
    cycle = db.scalar(cycle_under_way(team))
    goals = goals_shown(person, team)
    return Room(
        team=team,
        goals=goals,
        agreement=db.get(Agreement, team.id),
        sessions=_sessions(db, team),
        requests=_requests(db, team),
        last_said=_last_said(db, team),
        cycle=cycle,
        unsaid_before=_unsaid_before(db, cycle),
        to_bring=goals_to_bring(db, person, team),
        learning=learning_of_team(db, person, team, goals),
        share=share_of(db, team),
        forgetting=next_forgetting(db, team),
        has_gradebook=_has_gradebook(db, team),
    )


def goals_shown(person: Person, team: Team) -> Mapping[int, Goal | None]:
    """Return what each member declared to this teammate, by the membership's id."""
    return {each.id: visible_goal(each, person, as_teammate=True) for each in team.accepted}


def requests_waiting(db: Session, person: Person) -> Sequence[HelpRequest]:
    """Return the unanswered questions of the person's teams, the oldest first; the own ones among them."""
    waiting = select(HelpRequest).where(
        HelpRequest.team_id.in_(_open_rooms(person)), HelpRequest.answered_at.is_(None), HelpRequest.closed_at.is_(None)
    )
    return db.scalars(waiting.order_by(HelpRequest.id).options(joinedload(HelpRequest.person))).all()


def next_sessions(db: Session, person: Person) -> Sequence[TeamSession]:
    """Return the session that comes next in each of the person's teams, the nearest first."""
    earlier = aliased(TeamSession)
    is_ahead = TeamSession.starts_at > (now := utc_now())
    before = exists().where(
        earlier.team_id == TeamSession.team_id,
        earlier.starts_at > now,
        tuple_(earlier.starts_at, earlier.id) < tuple_(TeamSession.starts_at, TeamSession.id),
    )
    ahead = select(TeamSession).where(TeamSession.team_id.in_(_open_rooms(person)), is_ahead, ~before)
    return db.scalars(ahead.order_by(TeamSession.starts_at).options(joinedload(TeamSession.facilitator))).all()


def room_to_land_in(db: Session, person: Person, course_id: int | None) -> int | None:
    """Return the only team whose room is meant; none while an invitation waits for the person's answer. One query.

    From a course its own teams are meant, else those of no course; from no course all.
    """
    is_open, is_asked = Team.id.in_(_open_rooms(person)), TeamMember.state == MemberState.INVITED
    own = select(Team.id, Team.course_id, TeamMember.state).join(Team.members)
    own = own.where(TeamMember.person_id == person.id, Team.district_id == person.district_id)
    own = own.where(or_(is_open, and_(is_asked, Team.state.in_(LIVE))))
    if course_id is not None:
        own = own.where(or_(Team.course_id == course_id, Team.course_id.is_(None)))
    teams = db.execute(own).all()
    if any(state is MemberState.INVITED for _, _, state in teams):
        return None
    here = [team_id for team_id, of_course, _ in teams if of_course == course_id]
    found = here if here and course_id is not None else [team_id for team_id, _, _ in teams]
    return found[0] if len(found) == 1 else None


def _open_rooms(person: Person) -> Select[int]:
    """Return the query for the teams whose room is open to a person: not while the person reviews somebody in it."""
    mate = aliased(TeamMember)
    reviewed = exists().where(
        mate.team_id == TeamMember.team_id,
        mate.state == MemberState.ACCEPTED,
        mate.person_id.in_(reviewed_by(person.id)),
    )
    return (
        select(TeamMember.team_id)
        .join(TeamMember.team)
        .where(
            TeamMember.person_id == person.id,
            TeamMember.state == MemberState.ACCEPTED,
            Team.state == TeamState.FORMED,
            Team.district_id == person.district_id,
            ~reviewed,
        )
    )


def cycle_under_way(team: Team) -> Select[TeamCycle]:
    """Return the query for the cycle that a team is in; none before its first one was needed."""
    latest = select(TeamCycle).where(TeamCycle.team_id == team.id, TeamCycle.closed_at.is_(None))
    return (
        latest.order_by(TeamCycle.number.desc())
        .limit(1)
        .options(
            selectinload(TeamCycle.commitments).options(
                joinedload(Commitment.goal), joinedload(Commitment.confirmed_by)
            )
        )
    )


def kept_cycles(team: Team) -> Select[TeamCycle]:
    """Return the query for the cycles that a team has kept, the first one first."""
    kept = select(TeamCycle).where(TeamCycle.team_id == team.id, TeamCycle.kept_at.is_not(None))
    return kept.order_by(TeamCycle.number).options(selectinload(TeamCycle.commitments))


def is_kept_by(team: Team, cycle: TeamCycle) -> bool:
    """Return whether each member's goal is met or has a next step, each confirmed by a teammate."""
    said = [cycle.commitment_of(member.person_id) for member in team.accepted]
    return bool(said) and all(each is not None and each.counts for each in said)


def ended_before(cycle: TeamCycle) -> Select[datetime | None]:
    """Return the query for when the cycle before this one ended; none where this is the first."""
    before = select(TeamCycle.closed_at).where(TeamCycle.team_id == cycle.team_id, TeamCycle.closed_at.is_not(None))
    return before.where(TeamCycle.number < cycle.number).order_by(TeamCycle.number.desc()).limit(1)


def goals_to_bring(db: Session, person: Person, team: Team) -> Sequence[Goal]:
    """Return the person's open goals that are shared with teammates at least, by headline; without the one there."""
    member = team.membership_of(person.id)
    shared = [each for each in Audience if each.reaches(Audience.TEAM)]
    wanted = declared_goals(person.district_id).where(GrowthPlan.person_id == person.id)
    wanted = wanted.where(Declaration.audience.in_(shared), Goal.id != (member.goal_id if member else 0))
    return db.scalars(wanted.order_by(Goal.headline, Goal.id)).all()


def _unsaid_before(db: Session, cycle: TeamCycle | None) -> frozenset[int]:
    """Return who said nothing in the cycle before, nor has in this one."""
    if cycle is None:
        return frozenset()
    before = select(Commitment.person_id).join(Commitment.cycle).where(Commitment.step == StepKind.UNSAID)
    unsaid = db.scalars(before.where(TeamCycle.team_id == cycle.team_id, TeamCycle.number == cycle.number - 1))
    return frozenset(each for each in unsaid if cycle.commitment_of(each) is None)


def _sessions(db: Session, team: Team) -> Sequence[TeamSession]:
    """Return the team's sessions: those ahead, the next one first, then those behind, the last one first."""
    is_ahead, own = TeamSession.starts_at > utc_now(), select(TeamSession).where(TeamSession.team_id == team.id)
    ordered = own.order_by(~is_ahead, case((is_ahead, TeamSession.starts_at)), TeamSession.starts_at.desc())
    with_people = (joinedload(TeamSession.facilitator), selectinload(TeamSession.attendances))
    return db.scalars(ordered.limit(SHOWN_SESSIONS).options(*with_people)).all()


def _requests(db: Session, team: Team) -> Sequence[HelpRequest]:
    """Return the team's questions: those that wait first, then the open ones, then the newest of the closed.

    However many are open, all are there: each member's home points at those that wait.
    """
    asked = select(HelpRequest.id).where(HelpRequest.team_id == team.id)
    newest = asked.where(HelpRequest.closed_at.is_not(None)).order_by(HelpRequest.id.desc()).limit(SHOWN_CLOSED)
    shown = or_(HelpRequest.closed_at.is_(None), HelpRequest.id.in_(newest.scalar_subquery()))
    ordered = select(HelpRequest).where(HelpRequest.team_id == team.id, shown)
    ordered = ordered.order_by(
        HelpRequest.closed_at.is_not(None), HelpRequest.answered_at.is_not(None), HelpRequest.id.desc()
    )
    with_people = (joinedload(HelpRequest.person), selectinload(HelpRequest.replies).joinedload(HelpReply.person))
    return db.scalars(ordered.options(*with_people)).all()


def _last_said(db: Session, team: Team) -> Mapping[int, CheckIn]:
    newest = select(func.max(CheckIn.id)).where(CheckIn.team_id == team.id).group_by(CheckIn.person_id)
    return {each.person_id: each for each in db.scalars(select(CheckIn).where(CheckIn.id.in_(newest)))}


def _has_gradebook(db: Session, team: Team) -> bool:
    placed = exists().where(ResourceLink.course_id == team.course_id, ResourceLink.kind == LinkKind.TEAM_CYCLE)
    return bool(db.scalar(select(placed)))
