"""Joining and leaving a team.

Declining deletes the invitation, so that nobody can tell who declined from who was never asked.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.db import utc_now
from lti_tool.errors import ConflictError, NotFoundError
from lti_tool.outbox.operations import enqueue
from lti_tool.people.models import Course, Person
from lti_tool.people.operations import record_audit
from lti_tool.plans.models import Goal
from lti_tool.teams.likeness import may_see_each_other
from lti_tool.teams.matching import DEFAULTS
from lti_tool.teams.models import MemberState, Team, TeamMember, TeamState
from lti_tool.teams.names import free_names
from lti_tool.teams.queries import (
    MATCHED_AUDIENCES,
    MOST_TEAMS,
    candidate_for,
    count_teams,
    goal_to_start_from,
    team_of_district,
    team_of_member,
)


def start_team(db: Session, person: Person, goal_id: int, colleague_goal_id: int) -> Team:
    """Ask a colleague with a like goal to team up; any educator may, once both have declared their goals."""
    mine, theirs = goal_to_start_from(db, person, goal_id), goal_to_start_from(db, person, colleague_goal_id)
    _check_can_start(db, person, mine, theirs)
    course = _common_course(mine, theirs)
    lock_teams_of(db, course)
    _check_has_room(db, person, course.id)
    names = free_names(set(db.scalars(select(Team.name).where(Team.course_id == course.id))), course.id)
    team = Team(
        district_id=person.district_id,
        course=course,
        name=next(names),
        state=TeamState.INVITING,
        created_by_id=person.id,
        members=[_accepted(TeamMember(person_id=person.id, goal=mine)), TeamMember(person=theirs.owner, goal=theirs)],
    )
    db.add(team)
    db.flush()  # its id is in the audit row and in the answer
    record_audit(db, person, "team_started", "team", team.id)
    return team


def lock_teams_of(db: Session, course: Course) -> None:
    """Let one transaction at a time add teams to a course: each then sees the names that the others took."""
    db.execute(select(Course.id).where(Course.id == course.id).with_for_update())


def _check_can_start(db: Session, person: Person, mine: Goal, theirs: Goal) -> None:
    declared = all(g.declaration is not None and g.declaration.audience in MATCHED_AUDIENCES for g in (mine, theirs))
    if mine.plan.person_id != person.id or theirs.plan.person_id == person.id or not declared:
        raise NotFoundError
    if not may_see_each_other(candidate_for(mine), candidate_for(theirs)):
        raise NotFoundError
    if count_teams(db, [theirs.plan.person_id])[theirs.plan.person_id] >= MOST_TEAMS:
        raise ConflictError("This colleague is in two teams already, or has been asked to be.")


def _common_course(mine: Goal, theirs: Goal) -> Course:
    """Return the course in which the team's group will be: one that both goals count."""
    counted = {link.course_id for link in theirs.courses}
    common = [link.course for link in mine.courses if link.course_id in counted]
    if not common:
        raise ConflictError("Both goals must count the same course first: its group is where a team meets.")
    return min(common, key=lambda course: course.id)


def accept_team(db: Session, person: Person, team_id: int) -> Team:
    """Accept an invitation; the team is formed once three have accepted, or all who are left."""
    team = team_of_member(db, person, team_id, to_change=True)
    member = team.membership_of(person.id)
    if member is None or member.state is MemberState.ACCEPTED:
        return team
    _check_has_room(db, person, team.course_id)
    _accepted(member)
    record_audit(db, person, "team_accepted", "team", team.id)
    _move_on(db, team)
    return team


def decline_team(db: Session, person: Person, team_id: int) -> None:
    """Decline an invitation without a trace: no row, no audit, no count."""
    team = team_of_member(db, person, team_id, to_change=True)
    member = team.membership_of(person.id)
    if member is None or member.state is MemberState.ACCEPTED:
        raise ConflictError("You are in this team. Leave it instead.")
    team.members.remove(member)
    if team.state is not TeamState.FORMED:  # the group of a formed team never had this person
        _move_on(db, team)


def leave_team(db: Session, person: Person, team_id: int) -> None:
    """Leave a team; its LMS group follows."""
    team = team_of_member(db, person, team_id, to_change=True)
    member = team.membership_of(person.id)
    if member is None or member.state is not MemberState.ACCEPTED:
        raise ConflictError("You have not joined this team.")
    team.members.remove(member)
    record_audit(db, person, "team_left", "team", team.id)
    _move_on(db, team)


def form_team(db: Session, actor: Person, team_id: int) -> Team:
    """Form a team before everybody has answered; two must have accepted."""
    team = team_of_district(db, actor, team_id, to_change=True)
    if team.state is not TeamState.INVITING or len(team.accepted) < 2:
        raise ConflictError("Two people must have accepted before a team can be formed.")
    record_audit(db, actor, "team_formed", "team", team.id)
    _form(db, team)
    return team


def sync_group(db: Session, actor: Person, team_id: int) -> None:
    """Have the LMS group compared with the team and put right, now."""
    team = team_of_district(db, actor, team_id, to_change=True)
    record_audit(db, actor, "group_sync_asked", "team", team.id)
    announce(db, team)


def dissolve_team(db: Session, team: Team) -> None:
    """End a team; one that has a group in the LMS stays as a record until the group is emptied."""
    had_group = bool(team.lms_group_id) or team.state is TeamState.FORMED
    team.members.clear()
    team.state = TeamState.DISSOLVED
    if had_group:
        announce(db, team)
    else:
        db.delete(team)


def announce(db: Session, team: Team) -> None:
    """Have the team's LMS group made to match the team."""
    enqueue(
        db,
        kind="group",
        key=f"group:{team.id}",
        district_id=team.district_id,
        payload={"team_id": team.id},
        lane=f"groups:{team.course.registration_id}",
    )


def _move_on(db: Session, team: Team) -> None:
    """Take the step that a change of members brings: form, announce, or end the team."""
    if not team.members or (team.state is TeamState.FORMED and len(team.members) < 2):
        dissolve_team(db, team)
        return
    everybody = len(team.accepted) == len(team.members)
    if team.state is TeamState.FORMED:
        announce(db, team)
    elif len(team.accepted) >= DEFAULTS.minimum or (everybody and len(team.accepted) >= 2):
        _form(db, team)


def _form(db: Session, team: Team) -> None:
    team.state = TeamState.FORMED
    team.formed_at = utc_now()
    announce(db, team)


def _accepted(member: TeamMember) -> TeamMember:
    member.state = MemberState.ACCEPTED
    member.accepted_at = utc_now()
    return member


def _check_has_room(db: Session, person: Person, course_id: int) -> None:
    accepted = select(Team.course_id).join(TeamMember, TeamMember.team_id == Team.id)
    accepted = accepted.where(TeamMember.person_id == person.id, TeamMember.state == MemberState.ACCEPTED)
    courses = db.scalars(accepted.where(Team.state != TeamState.DISSOLVED)).all()
    if course_id in courses:
        raise ConflictError("You are in a team of this course already. Leave it first.")
    if len(courses) >= MOST_TEAMS:
        raise ConflictError("You are in two teams already. Leave one of them first.")
