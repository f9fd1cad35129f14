"""The lists of a designer's page of teams: a part of each at first, and any of them page by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from lti_tool.paging import cut, following
from lti_tool.people.models import Person
from lti_tool.plans.models import Goal, GoalIndicator
from lti_tool.standards.models import Indicator
from lti_tool.teams.models import Team, TeamMember, TeamState
from lti_tool.teams.queries.teams import TEAM_WITH_MEMBERS
from lti_tool.teams.scopes import Scope

TEAMS_PAGE = 20
TARGETS_PAGE = 10
LISTED = (TeamState.PROPOSED, TeamState.INVITING, TeamState.FORMED)


@dataclass(frozen=True, slots=True)
class TeamList:
    """Some teams by name, how many there are in all, and after which the next page begins."""

    teams: list[Team]
    count: int = 0
    next_after: int | None = None


def teams_in(
    db: Session, scope: Scope, *, only: TeamState | None = None, after: int | None = None
) -> dict[TeamState, TeamList]:
    """Return the teams of a scope by where they stand: the first of each, or the next of one."""
    states = [only] if only else list(LISTED)
    counted = select(Team.state, func.count()).where(scope.holds(Team)).group_by(Team.state)
    counts = {state: count for state, count in db.execute(counted)}  # noqa: C416
    pages = [select(_page(scope, state, after).subquery().c.id) for state in states]
    wanted = select(Team).where(or_(*(Team.id.in_(page) for page in pages))).order_by(Team.name, Team.id)
    found = db.scalars(wanted.options(*TEAM_WITH_MEMBERS)).all()
    return {state: _listed([team for team in found if team.state is state], counts.get(state, 0)) for state in states}


def locked_alone(db: Session, scope: Scope) -> Sequence[Team]:
    """Return the first proposals of a scope in which somebody is locked and nobody else is left."""
    other = aliased(TeamMember)
    alone = select(TeamMember.team_id).join(TeamMember.team).where(scope.holds(Team), TeamMember.is_locked)
    has_company = exists().where(other.team_id == TeamMember.team_id, other.id != TeamMember.id)
    alone = alone.where(Team.state == TeamState.PROPOSED, ~has_company)
    wanted = select(Team).where(Team.id.in_(alone)).order_by(Team.name, Team.id).limit(TEAMS_PAGE)
    return db.scalars(wanted.options(*TEAM_WITH_MEMBERS)).all()


def _page(scope: Scope, state: TeamState, after: int | None) -> Select[int]:
    page = select(Team.id).where(scope.holds(Team), Team.state == state).order_by(Team.name, Team.id)
    return _after(page, scope, after).limit(TEAMS_PAGE + 1)


def _after(page: Select[int], scope: Scope, after: int | None) -> Select[int]:
    if after is None:
        return page
    last = select(Team).where(Team.id == after, Team.district_id == scope.district_id)
    return following(page, (Team.name, Team.id), last)


def _listed(teams: Sequence[Team], count: int, size: int = TEAMS_PAGE) -> TeamList:
    shown, last = cut(teams, size)
    return TeamList(shown, count, last.id if last else None)


def targets_for(
    db: Session, scope: Scope, member: TeamMember, *, words: str | None = None, after: int | None = None
) -> TeamList:
    """Return other proposals to which a member may be moved: the nearest first, or by name those that hold some words.

    Near is whose goals cite the same standards as the member's, then standards of the same component.
    """
    others = select(Team.id).where(scope.holds(Team), Team.state == TeamState.PROPOSED, Team.id != member.team_id)
    if words is None:
        page = _nearest(others, member.goal).limit(TARGETS_PAGE)
    else:
        named = others.where(_is_called(words)) if words else others
        page = _after(named.order_by(Team.name, Team.id), scope, after).limit(TARGETS_PAGE + 1)
    ids = list(db.scalars(page))
    teams = db.scalars(select(Team).where(Team.id.in_(ids)).options(*TEAM_WITH_MEMBERS)).all()
    return _listed(sorted(teams, key=lambda team: ids.index(team.id)), size=TARGETS_PAGE, count=len(ids))


def _nearest(others: Select[int], goal: Goal | None) -> Select[int]:
    own = {each.id for each in goal.indicators} if goal else set()
    parents = {each.parent_id for each in goal.indicators if each.parent_id} if goal else set()
    near = case((GoalIndicator.indicator_id.in_(own), 3), (Indicator.parent_id.in_(parents), 1), else_=0)
    others = others.outerjoin(TeamMember, TeamMember.team_id == Team.id)
    others = others.outerjoin(GoalIndicator, GoalIndicator.goal_id == TeamMember.goal_id)
    others = others.outerjoin(Indicator, Indicator.id == GoalIndicator.indicator_id)
    return others.group_by(Team.id, Team.name).order_by(func.avg(near).desc(), Team.name, Team.id)


def _is_called(words: str) -> ColumnElement[bool]:
    """Say in SQL that a team or somebody in it has a name that holds some words."""
    by_member = exists().where(
        TeamMember.team_id == Team.id,
        TeamMember.person_id == Person.id,
        Person.name.icontains(words, autoescape=True),
    )
    return or_(Team.name.icontains(words, autoescape=True), by_member)
