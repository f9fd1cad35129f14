"""What a supervisor is told of teams: whether a cycle is kept or under way, and never of whom it waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from lti_tool.paging import cut, following
from lti_tool.people.models import Course, Person, Supervision
from lti_tool.teams.models import MemberState, Team, TeamCycle, TeamMember, TeamState

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class TeamFact:
    """A team as its members' supervisors see it: nothing of what any one of them said or did."""

    id: int
    name: str
    course: str | None
    cycles_kept: int
    is_kept: bool
    """Whether the cycle that the team is in now is kept."""


@dataclass(frozen=True, slots=True)
class TeamFactPage:
    """Some teams by name, and after which one the next page begins."""

    teams: Sequence[TeamFact]
    next_after: int | None


def teams_of_supervised(db: Session, person: Person, *, after: int | None = None) -> TeamFactPage:
    """Return the formed teams in which anybody is whom this person supervises now, by name."""
    supervised = select(Supervision.person_id).where(
        Supervision.supervisor_id == person.id, Supervision.ended_at.is_(None)
    )
    theirs = exists().where(
        TeamMember.team_id == Team.id,
        TeamMember.state == MemberState.ACCEPTED,
        TeamMember.person_id.in_(supervised),
    )
    kept = (TeamCycle.team_id == Team.id, TeamCycle.kept_at.is_not(None))
    wanted = (
        select(
            Team.id,
            Team.name,
            Course.title,
            select(func.count(TeamCycle.id)).where(*kept).scalar_subquery(),
            exists().where(*kept, TeamCycle.closed_at.is_(None)),
        )
        .outerjoin(Course, Course.id == Team.course_id)
        .where(Team.district_id == person.district_id, Team.state == TeamState.FORMED, theirs)
    )
    order = (Team.name, Team.id)
    if after is not None:
        last = select(Team).where(Team.id == after, Team.district_id == person.district_id)
        wanted = following(wanted, order, last)
    found = [TeamFact(*row) for row in db.execute(wanted.order_by(*order).limit(PAGE_SIZE + 1))]
    teams, last_shown = cut(found, PAGE_SIZE)
    return TeamFactPage(teams, last_shown.id if last_shown else None)
