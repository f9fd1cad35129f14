"""Joining and leaving a team.

Declining deletes the invitation, so that nobody can tell who declined from who was never asked.
"""

from __future__ import annotations

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lti_tool.db import utc_now
from lti_tool.errors import ConflictError, NotFoundError
from lti_tool.people.models import Person
from lti_tool.people.operations import record_audit
from lti_tool.plans.models import Goal
from lti_tool.teams.likeness import may_see_each_other
from lti_tool.teams.matching.request import Options
from lti_tool.teams.models import MemberState, Team, TeamMember, TeamState
from lti_tool.teams.names import free_names
from lti_tool.teams.operations.announcing import announce
from lti_tool.teams.operations.commitments import keep_what_is_agreed
from lti_tool.teams.operations.locking import lock_scope, names_taken
from lti_tool.teams.operations.room import close_questions_of
from lti_tool.teams.queries import (
    MATCHED_AUDIENCES,
    MOST_TEAMS,
    candidate_for,
    count_teams,
    goal_to_start_from,
    kept_apart_from,
    team_of_district,
    team_of_member,
)
from lti_tool.teams.queries.shares import last_share
from lti_tool.teams.scopes import Scope

ENOUGH_TO_FORM = Options().minimum
"""So many who accept form a team while others have not answered yet."""
KEPT_APART = "You two cannot be in one team. Ask somebody else with a like goal."


def start_team(db: Session, person: Person, goal_id: int, colleague_goal_id: int) -> Team:
    """Ask a colleague with a like goal to team up; any educator may, once both have declared their goals."""
    mine, theirs = goal_to_start_from(db, person, goal_id), goal_to_start_from(db, person, colleague_goal_id)
    _check_can_start(db, person, mine, theirs)
    scope = _common_scope(mine, theirs)
    lock_scope(db, scope)
    _check_has_room(db, person, scope.course.id if scope.course else None)
    team = Team(
        **scope.columns,
        name=next(free_names(names_taken(db, scope), scope.subject[1])),
        state=TeamState.INVITING,
        created_by_id=person.id,
        members=[_accepted(TeamMember(person_id=person.id, goal=mine)), TeamMember(person=theirs.owner, goal=theirs)],
    )
    db.add(team)
    db.flush()  # its id is in the audit row and in the answer
    record_audit(db, person, "team_started", "team", team.id)
    return team


def _check_can_start(db: Session, person: Person, mine: Goal, theirs: Goal) -> None:
    declared = all(g.declaration is not None and g.declaration.audience in MATCHED_AUDIENCES for g in (mine, theirs))
    if mine.plan.person_id != person.id or theirs.plan.person_id == person.id or not declared:
        raise NotFoundError
    if theirs.owner.pause is not None or not may_see_each_other(candidate_for(mine), candidate_for(theirs)):
        raise NotFoundError
    if kept_apart_from(db, person, [theirs.plan.person_id]):
        raise ConflictError(KEPT_APART)
    if count_teams(db, [theirs.plan.person_id])[theirs.plan.person_id] >= MOST_TEAMS:
        raise ConflictError("This colleague is in two teams already, or has been asked to be.")


def _common_scope(mine: Goal, theirs: Goal) -> Scope:
    """Return the course that both goals count, in which the team's group will be; else among whose goals it is."""
    counted = {link.opportunity_id for link in theirs.courses}
    common = [link.course for link in mine.activities if link.course is not None and link.opportunity_id in counted]
    if common:
        return Scope.of_course(min(common, key=lambda course: course.id))
    candidates = candidate_for(mine), candidate_for(theirs)
    if all(each.across_schools for each in candidates) or theirs.owner.school is None:
        return Scope.of_district(mine.plan.district_id)
    return Scope.of_school(theirs.owner.school)


def accept_team(db: Session, person: Person, team_id: int) -> Team:
    """Accept an invitation; the team is formed once three have accepted, or all who are left.

    Whoever was asked to move leaves the other team by it.
    """
    _lock_both(db, person, team_id)
    team = team_of_member(db, person, team_id, to_change=True)
    member = team.membership_of(person.id)
    if member is None or member.state is MemberState.ACCEPTED:
        return team
    if member.leaves_id is not None:
        _leave_for_another(db, person, member.leaves_id)
        member.leaves_id = None
    _check_has_room(db, person, team.course_id)
    _check_may_be_with(db, person, team)
    _accepted(member)
    record_audit(db, person, "team_accepted", "team", team.id)
    _move_on(db, team)
    return team


def _lock_both(db: Session, person: Person, team_id: int) -> None:
    """Let one change come after another in the team and in the one that is left for it, always in one order."""
    left = select(TeamMember.leaves_id).where(TeamMember.team_id == team_id, TeamMember.person_id == person.id)
    both = select(Team.id).where(or_(Team.id == team_id, Team.id.in_(left)), Team.district_id == person.district_id)
    db.execute(both.order_by(Team.id).with_for_update())


def _leave_for_another(db: Session, person: Person, team_id: int) -> None:
    """Leave a team, if the person is still in it."""
    team = team_of_district(db, person, team_id, to_change=True)
    if team.membership_of(person.id) in team.accepted:
        leave_team(db, person, team_id)
        db.flush()  # the place is free before it is counted


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
    close_questions_of(db, person, team)
    team.shared_at = last_share(db, team)
    team.members.remove(member)
    record_audit(db, person, "team_left", "team", team.id)
    _move_on(db, team)
    if team.state is TeamState.FORMED:
        keep_what_is_agreed(db, person, team)


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


def _move_on(db: Session, team: Team) -> None:
    """Take the step that a change of members brings: form, announce, or end a team in which one would be alone."""
    if len(team.members) < 2:
        _fall_apart(db, team)
        return
    everybody = len(team.accepted) == len(team.members)
    if team.state is TeamState.FORMED:
        announce(db, team)
    elif len(team.accepted) >= ENOUGH_TO_FORM or (everybody and len(team.accepted) >= 2):
        _form(db, team)


def _fall_apart(db: Session, team: Team) -> None:
    """End a team in which one would be alone; one that a designer sent stays on that designer's list as it is.

    If it went, one would know who said no. It goes when teams are proposed the next time.
    """
    was_sent = team.created_by_id is None or team.membership_of(team.created_by_id) is None
    if team.state is TeamState.INVITING and was_sent:
        team.members = list(team.accepted)
    else:
        dissolve_team(db, team)


def _form(db: Session, team: Team) -> None:
    team.state = TeamState.FORMED
    team.formed_at = utc_now()
    announce(db, team)


def _accepted(member: TeamMember) -> TeamMember:
    member.state = MemberState.ACCEPTED
    member.accepted_at = utc_now()
    return member


def _check_may_be_with(db: Session, person: Person, team: Team) -> None:
    if kept_apart_from(db, person, [each.person_id for each in team.members]):
        raise ConflictError("Somebody in this team answers for your plan, or you for theirs: you cannot be in it.")


def _check_has_room(db: Session, person: Person, course_id: int | None) -> None:
    """Refuse a third team, or a second one of a course; one answer of a person at a time is looked at."""
    db.execute(select(Person.id).where(Person.id == person.id).with_for_update())
    accepted = select(Team.course_id).join(TeamMember, TeamMember.team_id == Team.id)
    accepted = accepted.where(TeamMember.person_id == person.id, TeamMember.state == MemberState.ACCEPTED)
    courses = db.scalars(accepted.where(Team.state != TeamState.DISSOLVED)).all()
    if course_id is not None and course_id in courses:
        raise ConflictError("You are in a team of this course already. Leave it first.")
    if len(courses) >= MOST_TEAMS:
        raise ConflictError("You are in two teams already. Leave one of them first.")
