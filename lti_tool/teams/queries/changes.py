"""Reads about teams that stand: who sits there, and what the last run would change of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from lti_tool.db import utc_now
from lti_tool.errors import NotFoundError
from lti_tool.people.models import Person
from lti_tool.plans.models import Goal
from lti_tool.teams.matching.request import may_see_each_other
from lti_tool.teams.models import Asking, ProposalRun, RunKind, Team, TeamChange, TeamMember, TeamState
from lti_tool.teams.queries.apart import may_not_be_teamed
from lti_tool.teams.queries.candidates import (
    GOAL_WITH_OWNER,
    achievements,
    can_be_matched,
    candidate_for,
    candidates_of,
    is_matched,
    is_unteamed,
    reaches,
)
from lti_tool.teams.queries.readiness import MOST_BY_HAND, OWN_SCHOOL_ONLY
from lti_tool.teams.queries.teams import TEAM_WITH_MEMBERS
from lti_tool.teams.queries.wishes import apart_wished, apart_wished_in
from lti_tool.teams.reasons import WhyTogether, why_together
from lti_tool.teams.scopes import Scope, scopes_of
from lti_tool.teams.seats import Seat

CHANGES_PAGE = 20
CHANGE_WITH_ALL = (
    joinedload(TeamChange.run).options(joinedload(ProposalRun.course), joinedload(ProposalRun.school)),
    joinedload(TeamChange.person).options(joinedload(Person.school), joinedload(Person.pause)),
    joinedload(TeamChange.goal).options(*GOAL_WITH_OWNER),
)


@dataclass(frozen=True, slots=True)
class ChangeNow:
    """A change as it is to be shown now, with what both teams would be like."""

    change: TeamChange
    team: Team
    leaves: Team | None
    mates: list[TeamMember]
    """Who has joined the team, by name."""
    reasons: WhyTogether | None
    """What would be said of the team with this person in it."""
    rest: WhyTogether | None
    """What would be said of the team that the person leaves; none where fewer than two stay there."""
    why_not: str = ""
    """In words, why nobody can be asked to make this change."""


@dataclass(frozen=True, slots=True)
class Look:
    """The last look for teams of a scope, and how many would join or move whom nobody asked yet."""

    run: ProposalRun | None = None
    joining: int = 0
    moving: int = 0


@dataclass(frozen=True, slots=True)
class ChangesNow:
    """Some changes that can still be made, and after which the next page begins."""

    changes: list[ChangeNow]
    next_after: int | None = None
    can_be_sent: bool = False
    """Whether anybody can be asked, on this page or on another."""


def seats_in(db: Session, scope: Scope) -> list[Seat]:
    """Return who sits in the formed teams of a scope, and for whom a seat is kept.

    Whom designers asked keeps one until a fixed time, whatever the answer was: a seat that came free would tell it.
    """
    formed = select(Team).where(scope.holds(Team), Team.state == TeamState.FORMED)
    teams = db.scalars(formed.order_by(Team.id).options(*TEAM_WITH_MEMBERS)).all()
    joined = [member for team in teams for member in team.accepted]
    able = achievements(db, {member.person_id for member in joined})
    sitting = [_seat(member, tuple(sorted(able[member.person_id]))) for member in joined]
    return [*sitting, *_kept_seats(db, teams)]


def _kept_seats(db: Session, teams: Sequence[Team]) -> list[Seat]:
    """Return the seats of those who have not joined: asked by designers not long ago, or by members and still open."""
    asked = select(Asking).where(Asking.team_id.in_([team.id for team in teams]))
    ordered = asked.order_by(Asking.team_id, Asking.person_id)
    asking = db.scalars(ordered.options(joinedload(Asking.person).joinedload(Person.school))).all()
    known = {(each.team_id, each.person_id) for each in asking}
    joined = {(each.team_id, each.person_id) for team in teams for each in team.accepted}
    now, invited = utc_now(), [each for team in teams for each in team.members if each not in team.accepted]
    waiting = [each for each in asking if each.until > now and (each.team_id, each.person_id) not in joined]
    of_members = [each for each in invited if (each.team_id, each.person_id) not in known]
    return [*map(_kept_seat, waiting), *map(_kept_seat, of_members)]


def _kept_seat(asked: Asking | TeamMember) -> Seat:
    return Seat(asked.team_id, asked.person_id, None, has_joined=False, school=_school(asked.person))


def _seat(member: TeamMember, achieved: tuple[str, ...]) -> Seat:
    goal = _goal_that_speaks(member)
    candidate = replace(candidate_for(goal), achieved=achieved) if goal else None
    return Seat(member.team_id, member.person_id, candidate, has_joined=True, school=_school(member.person))


def _school(person: Person) -> str:
    return person.school.name if person.school else ""


def _goal_that_speaks(member: TeamMember) -> Goal | None:
    """Return the goal of a member if it may still be matched, and all of the team may see it."""
    return member.goal if is_matched(member) and reaches(member, member.team.members) else None


def apart_for(db: Session, scope: Scope, kind: RunKind) -> set[frozenset[int]]:
    """Return the pairs that designers want apart where a look of this kind places people.

    A team that stands is of where it was found and of the course whose group it is: wishes of both hold.
    """
    if kind is RunKind.ANEW:
        return apart_wished(db, scope)
    formed = select(Team).where(scope.holds(Team), Team.state == TeamState.FORMED)
    teams = db.scalars(formed.options(joinedload(Team.course), joinedload(Team.school))).all()
    return apart_wished(db, scope, *{each for team in teams for each in scopes_of(team)})


def last_look(db: Session, scope: Scope) -> Look:
    """Return when teams of a scope were looked for last, and how many changes of that nobody was asked about yet."""
    count = select(func.count(TeamChange.id)).where(TeamChange.run_id == ProposalRun.id).correlate(ProposalRun)
    joining, moving = count.where(TeamChange.leaves_id.is_(None)), count.where(TeamChange.leaves_id.is_not(None))
    looked = select(ProposalRun, joining.scalar_subquery(), moving.scalar_subquery()).where(scope.holds(ProposalRun))
    found = db.execute(looked.order_by(ProposalRun.id.desc()).limit(1)).one_or_none()
    return Look(*found) if found else Look()


def changes_of(db: Session, scope: Scope, *, after: int = 0, limit: int | None = None) -> Sequence[TeamChange]:
    """Return the changes of a scope that nobody was asked about yet, in the order in which they were found."""
    wanted = _of_scope(scope).where(TeamChange.id > after).order_by(TeamChange.id).limit(limit)
    return db.scalars(wanted.options(*CHANGE_WITH_ALL)).all()


def change_of(db: Session, person: Person, change_id: int) -> TeamChange:
    """Return a change of the person's district; whether the person may decide about it is the caller's question."""
    is_this = (TeamChange.id == change_id, ProposalRun.district_id == person.district_id)
    change = db.scalar(select(TeamChange).join(TeamChange.run).where(*is_this).options(*CHANGE_WITH_ALL))
    if change is None:
        raise NotFoundError
    return change


def _of_scope(scope: Scope) -> Select[TeamChange]:
    return select(TeamChange).join(TeamChange.run).where(scope.holds(ProposalRun))


def changes_page(db: Session, scope: Scope, *, after: int = 0) -> ChangesNow:
    """Return a page of changes as they are to be shown now."""
    found = changes_of(db, scope, after=after, limit=CHANGES_PAGE + 1)
    shown = changes_now(db, scope, found[:CHANGES_PAGE])
    is_cut = len(found) > CHANGES_PAGE
    can_be_sent = _any_ready(shown) or (
        (is_cut or after > 0) and _any_ready(changes_now(db, scope, changes_of(db, scope)))
    )
    return ChangesNow(shown, found[CHANGES_PAGE - 1].id if is_cut else None, can_be_sent)


def _any_ready(changes: Sequence[ChangeNow]) -> bool:
    return any(not each.why_not for each in changes)


def changes_now(db: Session, scope: Scope, changes: Sequence[TeamChange]) -> list[ChangeNow]:
    """Return these changes without those that hold no more: somebody left, joined, paused or withdrew the goal."""
    ids = {each for change in changes for each in (change.team_id, change.leaves_id) if each}
    found = db.scalars(select(Team).where(Team.id.in_(ids)).options(*TEAM_WITH_MEMBERS))
    teams = {team.id: team for team in found}
    free = set(db.scalars(select(Person.id).where(Person.id.in_([c.person_id for c in changes]), is_unteamed(scope))))
    beside = _there_and_asked(db, teams.values())
    people = {person.id for there in beside.values() for person in there}
    never = may_not_be_teamed(db, people | {change.person_id for change in changes})
    apart = {team_id: never | wished for team_id, wished in apart_wished_in(db, teams.values()).items()}
    open_to = [change for change in changes if _holds(change, teams, free)]
    leaving = Counter(change.leaves_id for change in open_to if change.leaves_id)
    now = []
    for change in open_to:
        now.append(_now(change, teams, beside[change.team_id], apart[change.team_id], leaving))
        beside[change.team_id].append(change.person)
    return now


def _there_and_asked(db: Session, teams: Collection[Team]) -> dict[int, list[Person]]:
    """Return by team who has joined it, and whom designers asked to it not long ago, whatever the answer was."""
    found = {team.id: [each.person for each in team.accepted] for team in teams}
    asked = select(Asking).where(Asking.team_id.in_(found), Asking.until > utc_now()).options(joinedload(Asking.person))
    for each in db.scalars(asked.order_by(Asking.team_id, Asking.person_id)):
        found[each.team_id].append(each.person)
    return found


def _holds(change: TeamChange, teams: dict[int, Team], free: set[int]) -> bool:
    team, leaves = teams[change.team_id], teams.get(change.leaves_id or 0)
    if not can_be_matched(change.goal, change.person) or not team.lets_share or team.state is not TeamState.FORMED:
        return False
    if leaves is None:
        return change.person_id in free
    there = leaves.membership_of(change.person_id)
    return there in leaves.accepted and team.membership_of(change.person_id) not in team.accepted


def _now(
    change: TeamChange,
    teams: dict[int, Team],
    beside: Sequence[Person],
    apart: set[frozenset[int]],
    leaving: Counter[int],
) -> ChangeNow:
    team, leaves = teams[change.team_id], teams.get(change.leaves_id or 0)
    mates = sorted(team.accepted, key=lambda each: (each.person.name, each.person_id))
    staying = [each for each in leaves.accepted if each.person_id != change.person_id] if leaves else []
    comer = TeamMember(person_id=change.person_id, person=change.person, goal=change.goal)
    full = len(team.accepted) - leaving[team.id] >= MOST_BY_HAND
    return ChangeNow(
        change=change,
        team=team,
        leaves=leaves,
        mates=mates,
        reasons=why_together(candidates_of([*mates, comer])),
        rest=why_together(candidates_of(staying)) if leaves else None,
        why_not="That team is full." if full else _why_not(comer, team, beside, apart),
    )


def _why_not(comer: TeamMember, team: Team, beside: Sequence[Person], apart: set[frozenset[int]]) -> str:
    """Return what keeps somebody from a team with these people; of whom members asked it tells nothing."""
    for other in beside:
        if frozenset((comer.person_id, other.id)) in apart:
            return f"{comer.person.name} and {other.name} are kept apart."
    for member in team.accepted:
        goal = _goal_that_speaks(member)
        if goal and comer.goal and not may_see_each_other(candidate_for(goal), candidate_for(comer.goal)):
            return OWN_SCHOOL_ONLY
    return ""
