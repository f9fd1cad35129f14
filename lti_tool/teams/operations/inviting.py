"""Asking one more colleague into a team that has a seat: its members do, without any designer."""

from __future__ import annotations

from sqlalchemy.orm import Session

from lti_tool.errors import ConflictError, NotAllowedError
from lti_tool.people.models import Person
from lti_tool.people.operations import record_audit
from lti_tool.teams.models import Team, TeamMember
from lti_tool.teams.operations.admitting import NOT_FREE
from lti_tool.teams.queries import has_a_seat, team_of_member, who_could_join


def ask_colleague(db: Session, person: Person, team_id: int, goal_id: int) -> Team:
    """Invite the owner of a goal into the person's team; the answer is theirs alone, as it is to any invitation."""
    team = team_of_member(db, person, team_id, to_change=True)
    check_may_ask(person, team)
    asked = next((each.goal for each in who_could_join(db, person, team) if each.goal.id == goal_id), None)
    if asked is None:
        raise ConflictError(NOT_FREE)
    team.members.append(TeamMember(person=asked.owner, goal=asked))
    record_audit(db, person, "team_colleague_asked", "team", team.id)
    return team


def check_may_ask(person: Person, team: Team) -> None:
    """Raise where somebody has not joined the team, or it has no seat."""
    if team.membership_of(person.id) not in team.accepted:
        raise NotAllowedError("Join the team first. Then you can ask colleagues.")
    if not has_a_seat(team):
        raise ConflictError("This team has as many people as a team should have.")
