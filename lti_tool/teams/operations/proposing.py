"""Proposals: made by matching, edited by designers, unseen by anybody else until they are sent."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lti_tool.errors import ConflictError, InvalidInputError, NotFoundError
from lti_tool.people.models import Course, Person
from lti_tool.people.operations import record_audit
from lti_tool.teams.likeness import may_see_each_other
from lti_tool.teams.matching import DEFAULTS, Options, match
from lti_tool.teams.models import Team, TeamMember, TeamState
from lti_tool.teams.names import free_names
from lti_tool.teams.operations.joining import dissolve_team, lock_teams_of
from lti_tool.teams.queries import candidate_for, candidates_of, free_candidates, is_matched, team_of_district
from lti_tool.teams.reasons import explain_if_any

MOST_BY_HAND = 8
"""Matching stops at six; a designer may go to eight."""


def propose_teams(
    db: Session,
    actor: Person,
    course: Course,
    options: Options = DEFAULTS,
    *,
    apart: Collection[frozenset[int]] = (),
) -> list[Team]:
    """Propose teams for all who declared a goal that counts this course; earlier unsent proposals are replaced."""
    lock_teams_of(db, course)
    _drop_unsent(db, course)
    matching = match(free_candidates(db, course), options, apart=apart)
    names = free_names(set(db.scalars(select(Team.name).where(Team.course_id == course.id))), course.id)
    teams = [
        Team(
            district_id=course.district_id,
            course=course,
            name=next(names),
            created_by_id=actor.id,
            members=[TeamMember(person_id=each.person_id, goal_id=each.goal_id) for each in proposal.members],
        )
        for proposal in matching.teams
    ]
    db.add_all(teams)
    record_audit(db, actor, "teams_proposed", "course", course.id, teams=len(teams))
    db.flush()  # whoever asked wants their ids
    return teams


def _drop_unsent(db: Session, course: Course) -> None:
    unsent = select(Team.id).where(Team.course_id == course.id, Team.state == TeamState.PROPOSED)
    db.execute(delete(TeamMember).where(TeamMember.team_id.in_(unsent)))
    db.execute(delete(Team).where(Team.course_id == course.id, Team.state == TeamState.PROPOSED))


def move_member(db: Session, actor: Person, team_id: int, member_id: int, target_id: int | None) -> Team:
    """Move a member of an unsent proposal to another one of the same course, or out of it."""
    team = _unsent(db, actor, team_id)
    member = member_of(team, member_id)
    if target_id is not None:
        _put_into(db, actor, member, team, target_id)
    team.members.remove(member)
    if not team.members:
        db.delete(team)
    record_audit(db, actor, "team_edited", "team", team_id)
    return team


def _put_into(db: Session, actor: Person, member: TeamMember, team: Team, target_id: int) -> None:
    target = _unsent(db, actor, target_id)
    if target.course_id != team.course_id or target.id == team.id:
        raise InvalidInputError("Choose another proposal of the same course.")
    problem = why_not_there(target, member)
    if problem:
        raise ConflictError(problem)
    target.members.append(TeamMember(person=member.person, goal=member.goal))


def remove_proposal(db: Session, actor: Person, team_id: int) -> None:
    """Take an unsent proposal away; nobody in it ever saw it."""
    db.delete(_unsent(db, actor, team_id))
    record_audit(db, actor, "team_removed", "team", team_id)


def withdraw_team(db: Session, actor: Person, team_id: int) -> None:
    """End a team that was sent: the invitations are gone, and its LMS group is emptied of whom the tool put in."""
    team = team_of_district(db, actor, team_id, to_change=True)
    dissolve_team(db, team)
    record_audit(db, actor, "team_withdrawn", "team", team_id)


def send_proposal(db: Session, actor: Person, team_id: int) -> Team:
    """Show an unsent proposal to its members, who accept or decline."""
    team = _unsent(db, actor, team_id)
    team.members = [member for member in team.members if is_matched(member)]
    if len(team.members) < 2:
        raise ConflictError("A team needs at least two people. Move somebody into it, or remove it.")
    team.state = TeamState.INVITING
    record_audit(db, actor, "team_sent", "team", team.id)
    return team


def send_proposals(db: Session, actor: Person, course: Course) -> int:
    """Show all unsent proposals of a course to their members; return how many there were."""
    wanted = select(Team.id).where(Team.course_id == course.id, Team.state == TeamState.PROPOSED)
    team_ids = db.scalars(wanted.where(Team.district_id == actor.district_id)).all()
    for team_id in team_ids:
        send_proposal(db, actor, team_id)
    return len(team_ids)


def member_of(team: Team, member_id: int) -> TeamMember:
    """Return a member of this team."""
    member = next((each for each in team.members if each.id == member_id), None)
    if member is None:
        raise NotFoundError
    return member


def why_not_there(target: Team, member: TeamMember) -> str:
    """Return in words why this member cannot come to a team; empty when nothing stands in the way."""
    if len(target.members) >= MOST_BY_HAND:
        return "That team is full."
    if not is_matched(member):
        return "This goal was withdrawn. Remove the person from the proposal."
    own, *others = (candidate_for(each.goal) for each in (member, *target.members) if each.goal and is_matched(each))
    if not all(may_see_each_other(own, other) for other in others):
        return "One of these goals is shared with its own school only."
    return ""


def reasons_without(team: Team, member: TeamMember) -> tuple[str, ...]:
    """Return what would be said of the team if this member left it."""
    return explain_if_any(candidates_of(each for each in team.members if each is not member))


def reasons_with(team: Team, member: TeamMember) -> tuple[str, ...]:
    """Return what would be said of the team if this member came to it."""
    return explain_if_any(candidates_of([*team.members, member]))


def _unsent(db: Session, actor: Person, team_id: int) -> Team:
    team = team_of_district(db, actor, team_id, to_change=True)
    if team.state is not TeamState.PROPOSED:
        raise ConflictError("This proposal was sent: its members decide now.")
    return team
