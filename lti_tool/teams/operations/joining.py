"""Joining and leaving a team.

Declining deletes the invitation, so that nobody can tell who declined from who was never asked.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from lti_tool.db import utc_now
from lti_tool.errors import ConflictError, NotFoundError
from lti_tool.people.models import AuditEvent, Person
from lti_tool.people.operations import record_audit
from lti_tool.plans.models import Goal
from lti_tool.teams.models import Asking, MemberState, Team, TeamEnding, TeamMember, TeamState
from lti_tool.teams.names import free_names
from lti_tool.teams.operations.admitting import check_can_join, check_can_start, check_has_room
from lti_tool.teams.operations.announcing import announce
from lti_tool.teams.operations.commitments import keep_what_is_agreed
from lti_tool.teams.operations.holding import forget_asked
from lti_tool.teams.operations.locking import lock_scope, names_taken
from lti_tool.teams.operations.room import close_questions_of, pass_turns_on
from lti_tool.teams.queries import (
    beginning_of,
    clashes_in,
    common_scopes,
    courses_joined,
    due_to_begin,
    goal_to_start_from,
    may_not_be_teamed,
    not_apart,
    open_to,
    seems_to_wait,
    team_of_district,
    team_of_member,
    wished_apart_from,
)
from lti_tool.teams.queries.shares import last_share
from lti_tool.teams.scopes import Scope

CLASH = "Two of those who joined must not be in one team: it can be formed once one of them is not in it any more."


def start_team(db: Session, person: Person, goal_id: int, colleague_goal_id: int) -> Team:
    """Ask a colleague with a like goal to team up; any educator may, once both have declared their goals."""
    mine, theirs = goal_to_start_from(db, person, goal_id), goal_to_start_from(db, person, colleague_goal_id)
    if mine.plan.person_id != person.id or theirs.plan.person_id == person.id:
        raise NotFoundError
    scope = _scope_for(db, person, mine, theirs)
    check_can_start(db, person, mine, theirs, scope)
    lock_scope(db, scope)
    check_has_room(db, person, scope.course.id if scope.course else None)
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


def _scope_for(db: Session, person: Person, mine: Goal, theirs: Goal) -> Scope:
    """Return where a team of both can be; where none can, the first that both have, and it is said why not there."""
    scopes = common_scopes(mine, theirs)
    together = not_apart(scopes, theirs.plan.person_id, wished_apart_from(db, person))
    joined = courses_joined(db, [person.id, theirs.plan.person_id])
    return next(iter(open_to(together, joined[person.id], joined[theirs.plan.person_id])), scopes[0])


def accept_team(db: Session, person: Person, team_id: int) -> Team:
    """Accept an invitation; the team is formed once enough have joined.

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
    check_can_join(db, member)
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
    go_on_unjoined(db, team, member)


def leave_team(db: Session, person: Person, team_id: int) -> None:
    """Leave a team; its LMS group follows."""
    team = team_of_member(db, person, team_id, to_change=True)
    member = team.membership_of(person.id)
    if member is None or member.state is not MemberState.ACCEPTED:
        raise ConflictError("You have not joined this team.")
    record_audit(db, person, "team_left", "team", team.id)
    go_on_without(db, person, team, member)


def go_on_without(db: Session, actor: Person, team: Team, member: TeamMember) -> None:
    """Let a team go on without somebody who had joined it: its group, its cycle and its last share."""
    close_questions_of(db, actor, team, member.person_id)
    team.shared_at = last_share(db, team)
    team.members.remove(member)
    pass_turns_on(db, team, member.person_id)
    forget_asked(db, team, member.person_id)
    _move_on(db, team)
    if team.state is TeamState.FORMED:
        keep_what_is_agreed(db, actor, team)


def go_on_unjoined(db: Session, team: Team, member: TeamMember | None) -> None:
    """Let a team go on without somebody who was asked, or had said no; the group of a formed team never had them."""
    if member is not None:
        team.members.remove(member)
    if team.state is not TeamState.FORMED or _is_alone(db, team):
        _move_on(db, team)


def form_team(db: Session, actor: Person, team_id: int) -> Team:
    """Form a team before everybody has answered; two must have accepted."""
    team = team_of_district(db, actor, team_id, to_change=True)
    if team.state is not TeamState.INVITING or len(team.accepted) < 2:
        raise ConflictError("Two people must have accepted before a team can be formed.")
    if not _may_be_one_team(db, team):
        raise ConflictError(CLASH)
    record_audit(db, actor, "team_formed", "team", team.id)
    _form(db, team)
    return team


def begin_due(db: Session, now: datetime) -> int:
    """Form the teams that two have joined by the time until which designers asked their people; return how many.

    Two of whom one has come to review the other wait until one of them leaves.
    """
    due = due_to_begin(now).order_by(Team.id).options(selectinload(Team.members), joinedload(Team.course))
    teams = db.scalars(due.with_for_update(of=Team, skip_locked=True)).all()
    clashes = clashes_in(db, teams)
    ready = [team for team in teams if team.id not in clashes]
    for team in ready:
        db.add(AuditEvent(district_id=team.district_id, action="team_formed", subject="team", subject_id=team.id))
        _form(db, team)
    return len(ready)


def sync_group(db: Session, actor: Person, team_id: int) -> None:
    """Have the LMS group compared with the team and put right, now."""
    team = team_of_district(db, actor, team_id, to_change=True)
    record_audit(db, actor, "group_sync_asked", "team", team.id)
    announce(db, team)


def dissolve_team(db: Session, team: Team) -> None:
    """End a team; one that has a group in the LMS stays as a record until the group is emptied."""
    had_group = bool(team.lms_group_id) or team.state is TeamState.FORMED
    tell_of_end(db, team, team.accepted)
    team.members.clear()
    team.state = TeamState.DISSOLVED
    team.ended_at = team.ended_at or utc_now()
    if had_group:
        announce(db, team)
    else:
        db.delete(team)


def tell_of_end(db: Session, team: Team, members: Iterable[TeamMember], *, taken_out: bool = False) -> None:
    """Tell these that a team ends, or goes on without them; one that was never formed leaves nothing but its name."""
    team_id = team.id if team.state is TeamState.FORMED else None
    db.add_all(
        TeamEnding(person_id=each.person_id, team_id=team_id, name=team.name, was_taken_out=taken_out)
        for each in members
    )


def _move_on(db: Session, team: Team) -> None:
    """Take the step that a change of members brings: form, announce, or end a team in which one would be alone."""
    if _is_alone(db, team):
        _fall_apart(db, team)
    elif team.state is TeamState.FORMED:
        announce(db, team)
    elif len(team.accepted) >= beginning_of(db, team).needed and _may_be_one_team(db, team):
        _form(db, team)


def _is_alone(db: Session, team: Team) -> bool:
    """Return whether one would be alone in a team; a formed one in which one is may still wait for somebody."""
    if team.state is not TeamState.FORMED:
        return len(team.members) < 2
    return not team.accepted or (len(team.accepted) < 2 and not seems_to_wait(db, team))


def _may_be_one_team(db: Session, team: Team) -> bool:
    """Return whether none of those who joined has come to review another since they were asked."""
    return not may_not_be_teamed(db, [each.person_id for each in team.accepted])


def _fall_apart(db: Session, team: Team) -> None:
    """End a team in which one would be alone; one that a designer sent stays on that designer's list as it is.

    If it went, one would know who said no. It goes when teams are proposed the next time.
    """
    was_sent = select(Asking.team_id).where(Asking.team_id == team.id).limit(1)
    if team.state is TeamState.INVITING and db.scalar(was_sent) is not None:
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
