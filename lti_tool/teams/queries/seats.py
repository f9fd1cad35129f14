"""Reads of teams that somebody could still join."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from lti_tool.people.models import Person
from lti_tool.teams.asking import LARGEST
from lti_tool.teams.models import Team, TeamMember, TeamState
from lti_tool.teams.queries.apart import kept_apart_from
from lti_tool.teams.queries.candidates import MOST_TEAMS, courses_joined


def teams_with_a_seat(db: Session, person: Person, goal_ids: Collection[int]) -> list[Team]:
    """Return the formed teams, by name, that one of these goals is in and that this person could join.

    A team has a seat until it is as large as one may be; it has none for whoever reviews a member, or the other way.
    """
    joined = courses_joined(db, [person.id])[person.id]
    if len(joined) >= MOST_TEAMS:
        return []
    with_goal = select(TeamMember.team_id).where(TeamMember.goal_id.in_(goal_ids))
    wanted = select(Team).where(
        Team.id.in_(with_goal), Team.district_id == person.district_id, Team.state == TeamState.FORMED
    )
    teams = db.scalars(wanted.options(joinedload(Team.members)).order_by(Team.name, Team.id)).unique().all()
    free = [team for team in teams if len(team.members) < LARGEST and team.membership_of(person.id) is None]
    apart = kept_apart_from(db, person, {each.person_id for team in free for each in team.members})
    return [team for team in free if apart.isdisjoint(each.person_id for each in team.members)]
