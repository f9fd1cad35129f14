"""Reads about teams. What is shown of a goal is what its owner declared to whoever looks."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from lti_tool.errors import NotFoundError
from lti_tool.people.models import Person
from lti_tool.plans.models import Activity, Declaration, Goal, GoalState, GrowthPlan
from lti_tool.plans.queries import declared_goals, is_for_others, works_near
from lti_tool.standards.models import Indicator
from lti_tool.teams.likeness import Candidate, inner_product, likeness, standards_vector
from lti_tool.teams.matching.request import may_see_each_other
from lti_tool.teams.models import MemberState, Team, TeamMember, TeamState
from lti_tool.teams.queries.apart import kept_apart_from, reviewed_by
from lti_tool.teams.queries.candidates import (
    GOAL_WITH_OWNER,
    LIVE,
    MATCHED_AUDIENCES,
    Joined,
    candidate_for,
    candidates_of,
    courses_joined,
    is_matched,
    is_not_paused,
)
from lti_tool.teams.queries.common import ApartIn, common_scopes, not_apart, open_to
from lti_tool.teams.queries.wishes import wished_apart_from
from lti_tool.teams.reasons import WhyTogether, why_together

MOST_COMPARED = 300
Able = Mapping[int, Collection[str]]
"""By person, the standards of what each has achieved or offers to show, as far as whoever looks may know."""
NOBODY_ABLE: Able = {}
TEAM_WITH_MEMBERS = (
    joinedload(Team.course),
    joinedload(Team.school),
    selectinload(Team.members).options(
        joinedload(TeamMember.leaves),
        joinedload(TeamMember.placement),
        joinedload(TeamMember.person).options(joinedload(Person.school), joinedload(Person.pause)),
        joinedload(TeamMember.goal).options(
            *GOAL_WITH_OWNER, selectinload(Goal.indicators).joinedload(Indicator.framework)
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class TeamNow:
    """A team as it is to be shown now: a goal that was withdrawn since no longer speaks for anything."""

    team: Team
    members: list[TeamMember]
    reasons: WhyTogether | None
    why_not_sent: str = ""
    """In words, why a proposal cannot be sent as it is."""


@dataclass(frozen=True, slots=True)
class LikeGoal:
    """A colleague's declared goal beside the own one that it is like."""

    mine: Goal
    theirs: Goal
    shared: tuple[str, ...]
    """Codes of the indicators that both cite, or of the nearest standard above them."""
    can_ask: bool
    """Whether a team of both can be: neither is in as many as one may be, nor in one of each course that both count.

    What a colleague was invited to says nothing here.
    """
    choices: tuple[Goal, ...] = ()
    """The own goals by which a team of both can be, the nearest first."""


def team_of_member(db: Session, person: Person, team_id: int, *, to_change: bool = False) -> Team:
    """Return a team that this person was invited to or is in; anybody else's is not there."""
    team = _team(db, person, team_id, to_change=to_change)
    member = team.membership_of(person.id)
    if member is None or team.state not in LIVE:
        raise NotFoundError
    return team


def team_of_district(db: Session, person: Person, team_id: int, *, to_change: bool = False) -> Team:
    """Return any team of the person's district; whether the person may see it is the caller's question."""
    return _team(db, person, team_id, to_change=to_change)


def _team(db: Session, person: Person, team_id: int, *, to_change: bool) -> Team:
    """Return a team; `to_change` lets one change after another, so that each sees what the others answered."""
    is_this = (Team.id == team_id, Team.district_id == person.district_id)
    if to_change:
        db.execute(select(Team.id).where(*is_this).with_for_update())
    team = db.scalar(select(Team).where(*is_this).options(*TEAM_WITH_MEMBERS))
    if team is None:
        raise NotFoundError
    return team


def teams_of(db: Session, person: Person) -> Sequence[Team]:
    """Return the teams that this person was invited to or is in, by name."""
    own = select(TeamMember.team_id).where(TeamMember.person_id == person.id)
    wanted = select(Team).where(Team.id.in_(own), Team.district_id == person.district_id, Team.state.in_(LIVE))
    return db.scalars(wanted.order_by(Team.name, Team.id).options(*TEAM_WITH_MEMBERS)).all()


def mates_of(db: Session, person: Person) -> Sequence[Person]:
    """Return who is in a formed team with the person, both having joined, by name; nobody whom the person reviews."""
    mine, theirs = aliased(TeamMember), aliased(TeamMember)
    together = (
        select(theirs.person_id)
        .join(Team, Team.id == theirs.team_id)
        .join(mine, mine.team_id == Team.id)
        .where(Team.district_id == person.district_id, Team.state == TeamState.FORMED)
        .where(mine.person_id == person.id, mine.state == MemberState.ACCEPTED)
        .where(theirs.person_id != person.id, theirs.state == MemberState.ACCEPTED)
        .where(theirs.person_id.not_in(reviewed_by(person.id)))
    )
    return db.scalars(select(Person).where(Person.id.in_(together)).order_by(Person.name, Person.id)).all()


def goal_to_start_from(db: Session, person: Person, goal_id: int) -> Goal:
    """Return an open goal of the district with all that starting a team needs to know of it."""
    wanted = select(Goal).join(Goal.plan).where(Goal.id == goal_id, GrowthPlan.district_id == person.district_id)
    wanted = wanted.where(Goal.state == GoalState.OPEN, is_for_others())
    with_courses = selectinload(Goal.activities).joinedload(Activity.course)
    goal = db.scalar(wanted.options(*GOAL_WITH_OWNER, with_courses))
    if goal is None:
        raise NotFoundError
    return goal


def team_now(team: Team, able: Able = NOBODY_ABLE) -> TeamNow:
    """Return a team with who is in it by name, and why; without those invited who withdrew their goal."""
    return _now(team, [each for each in team.members if each.state is MemberState.ACCEPTED or is_matched(each)], able)


def team_seen_from_outside(team: Team, able: Able = NOBODY_ABLE) -> TeamNow:
    """Return a team that was sent as those see it who are not in it: who joined, and nothing of who did not."""
    return _now(team, team.accepted, able)


def _now(team: Team, members: Sequence[TeamMember], able: Able) -> TeamNow:
    shown = sorted(members, key=lambda each: (each.person.name, each.person_id))
    names = {each.person_id: each.person.name for each in shown}
    goals = [replace(each, achieved=tuple(sorted(able.get(each.person_id, ())))) for each in candidates_of(shown)]
    return TeamNow(team, shown, why_together(goals, names))


def like_goals(db: Session, person: Person, teams: Sequence[Team], *, limit: int = 12) -> list[LikeGoal]:
    """Return colleagues' declared goals that are like the person's own, the nearest first.

    Those with whom the person is in one of these `teams` are left out, and whoever must not be in a team with them.
    """
    mates = {member.person_id for team in teams for member in team.members}
    mine = [(goal, candidate_for(goal)) for goal in _open_declared(db, person, GrowthPlan.person_id == person.id)]
    if not mine:
        return []
    own = [indicator for goal, _ in mine for indicator in goal.indicators]
    others = (GrowthPlan.person_id.not_in({person.id, *mates}), is_not_paused())
    theirs = _open_declared(db, person, *others, works_near(own))
    apart = kept_apart_from(db, person, {goal.plan.person_id for goal in theirs})
    free = [goal for goal in theirs if goal.plan.person_id not in apart]
    wished = wished_apart_from(db, person)
    joined = courses_joined(db, {person.id, *(goal.plan.person_id for goal in free)})
    found = [pair for goal in free if (pair := _nearest(mine, goal, joined, wished))]
    found.sort(key=lambda pair: (-pair[0], pair[1].theirs.owner.name, pair[1].theirs.id))
    return [like for _, like in found[:limit]]


def _open_declared(db: Session, person: Person, *conditions: ColumnElement[bool]) -> Sequence[Goal]:
    wanted = declared_goals(person.district_id).where(Declaration.audience.in_(MATCHED_AUDIENCES), *conditions)
    nearest = wanted.order_by(Person.name, Goal.id).limit(MOST_COMPARED)
    return db.scalars(nearest.options(selectinload(Goal.activities).joinedload(Activity.course))).all()


def _nearest(
    mine: list[tuple[Goal, Candidate]], goal: Goal, joined: Joined, wished: ApartIn
) -> tuple[float, LikeGoal] | None:
    """Return which of the own goals this one is most like, those first by which its owner can be asked."""
    candidate = candidate_for(goal)
    likes = [like for own, known in mine if (like := _like(own, known, goal, candidate, joined, wished))]
    if not likes:
        return None
    near, best = max(likes, key=lambda like: (like[1].can_ask, like[0]))
    by_nearness = sorted(likes, key=lambda like: -like[0])
    return near, replace(best, choices=tuple(like.mine for _, like in by_nearness if like.can_ask))


def _like(
    own: Goal, known: Candidate, goal: Goal, candidate: Candidate, joined: Joined, wished: ApartIn
) -> tuple[float, LikeGoal] | None:
    """Return how like an own goal another one is, if both share a component at least and nothing keeps them apart."""
    shared = _shared_codes(known, candidate)
    if not shared or not may_see_each_other(known, candidate):
        return None
    scopes = not_apart(common_scopes(own, goal), goal.plan.person_id, wished)
    if not scopes:
        return None
    standards = inner_product(standards_vector(known.indicators), standards_vector(candidate.indicators))
    can_ask = bool(open_to(scopes, joined[known.person_id], joined[candidate.person_id]))
    return likeness(known, candidate, standards), LikeGoal(own, goal, shared, can_ask)


def _shared_codes(one: Candidate, other: Candidate) -> tuple[str, ...]:
    """Return the codes of common indicators, or else of common components."""
    exact = set(one.indicators) & set(other.indicators)
    near = {path.rsplit("/", 1)[0] for path in one.indicators if path.count("/") > 1}
    near &= {path.rsplit("/", 1)[0] for path in other.indicators if path.count("/") > 1}
    return tuple(sorted(node.rsplit("/", 1)[-1].rsplit(":", 1)[-1] for node in exact or near))
