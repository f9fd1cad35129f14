"""Sending proposals: from then on their members see them, and answer for themselves."""

from __future__ import annotations

from sqlalchemy.orm import Session

from lti_tool.errors import ConflictError
from lti_tool.people.models import Course, Person
from lti_tool.people.operations import record_audit
from lti_tool.teams.models import Team, TeamState
from lti_tool.teams.operations.explaining import forget_placements
from lti_tool.teams.operations.holding import note_asked
from lti_tool.teams.operations.locking import lock_scope
from lti_tool.teams.operations.naming import bring_into_course
from lti_tool.teams.operations.proposing import unsent_proposal
from lti_tool.teams.queries import Readiness, proposals_in, readiness
from lti_tool.teams.scopes import Scope, scope_of


def send_proposal(db: Session, actor: Person, team_id: int, course: Course | None = None) -> Team:
    """Show an unsent proposal to its members; one of a school or the district becomes a group of the course, if any."""
    team = unsent_proposal(db, actor, team_id)
    now = readiness(db, scope_of(team), [team], course)
    problem = now.why_not_sent(team)
    if problem:
        raise ConflictError(problem)
    _send(db, actor, [team], now, course)
    return team


def send_proposals(db: Session, actor: Person, scope: Scope, course: Course | None = None) -> tuple[int, int]:
    """Show to their members all unsent proposals of a scope that can be sent; return how many, and how many stay."""
    lock_scope(db, scope)
    teams = proposals_in(db, scope)
    now = readiness(db, scope, teams, course)
    ready = [team for team in teams if not now.why_not_sent(team)]
    _send(db, actor, ready, now, course)
    return len(ready), len(teams) - len(ready)


def _send(db: Session, actor: Person, teams: list[Team], now: Readiness, course: Course | None) -> None:
    if course is not None:
        bring_into_course(db, [team for team in teams if team.course_id is None], course)
    for team in teams:
        team.members = now.members_of(team)
        forget_placements(team)
        team.state = TeamState.INVITING
        note_asked(db, team, [each.person_id for each in team.members])
        record_audit(db, actor, "team_sent", "team", team.id, course_id=team.course_id)
