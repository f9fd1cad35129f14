"""Names of teams, and the course in whose groups they are read: always a colour and a bird, never twice in a course."""

from __future__ import annotations

from collections.abc import Sequence
from random import randrange

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from lti_tool.errors import ConflictError, NotAllowedError
from lti_tool.people.models import Course, Person
from lti_tool.people.operations import record_audit
from lti_tool.teams.models import DifferenceKind, GroupDifference, MemberState, Team, TeamMember, TeamState
from lti_tool.teams.names import HOW_MANY, free_names
from lti_tool.teams.operations.announcing import announce, announce_kept
from lti_tool.teams.operations.locking import lock_scope, names_taken
from lti_tool.teams.queries import LIVE, apart_wished, team_of_district
from lti_tool.teams.queries.room import kept_cycles
from lti_tool.teams.scopes import Scope


def rename_team(db: Session, actor: Person, team_id: int, *, designs: bool) -> Team:
    """Give a team another free name; its LMS group follows, unless a name of the LMS's own was left to it."""
    team = team_of_district(db, actor, team_id, to_change=True)
    member = team.membership_of(actor.id)
    if not designs and (member is None or member.state is not MemberState.ACCEPTED):
        raise NotAllowedError("Those who have joined a team, and its designer, give it another name.")
    if team.state not in LIVE:
        raise ConflictError("This team has ended, or was not sent yet.")
    if team.course is not None:
        lock_scope(db, Scope.of_course(team.course))
    there = Team.course_id == team.course_id if team.course_id else Team.district_id == team.district_id
    taken = set(db.scalars(select(Team.name).where(there)))
    team.name = next(free_names(taken, randrange(HOW_MANY)))  # noqa: S311 - any free one is as good
    record_audit(db, actor, "team_renamed", "team", team.id)
    if not _keeps_its_name(db, team):
        team.lms_group_name = ""
    _announce_formed(db, team)
    return team


def name_course(db: Session, actor: Person, team_id: int, course: Course) -> Team:
    """Say in which course a team that was sent without one has its group from now on."""
    team = team_of_district(db, actor, team_id, to_change=True)
    check_has_no_course(team)
    _check_free_in(db, team, course)
    bring_into_course(db, [team], course)
    record_audit(db, actor, "team_course_named", "team", team.id, course_id=course.id)
    _announce_formed(db, team)
    for cycle in db.scalars(kept_cycles(team)):  # kept before there was a gradebook to tell
        announce_kept(db, team, cycle)
    return team


def check_has_no_course(team: Team) -> None:
    """Raise where a team cannot be given a course: it was not sent yet, it has one, or it has ended."""
    if team.state not in LIVE or team.course_id is not None:
        raise ConflictError("This team has its group in a course already, or cannot be given one now.")


def bring_into_course(db: Session, teams: Sequence[Team], course: Course) -> None:
    """Say in which course these teams have their groups; where a name is taken there, a team gets another one."""
    lock_scope(db, Scope.of_course(course))
    taken = names_taken(db, Scope.of_course(course))
    names = free_names(taken | {team.name for team in teams}, course.id)
    for team in teams:
        team.course, team.course_id = course, course.id
        team.name = next(names) if team.name in taken else team.name


def _check_free_in(db: Session, team: Team, course: Course) -> None:
    """Refuse where somebody who joined is in another team of the course, or two are kept apart there.

    Nobody joins one meanwhile.
    """
    joined = [member.person_id for member in team.accepted]
    db.execute(select(Person.id).where(Person.id.in_(joined)).order_by(Person.id).with_for_update())
    there = select(TeamMember.id).join(TeamMember.team).where(Team.course_id == course.id, Team.state.in_(LIVE))
    there = there.where(TeamMember.state == MemberState.ACCEPTED, TeamMember.person_id.in_(joined)).limit(1)
    if db.scalar(there) is not None:
        raise ConflictError("Somebody of this team is in another team of that course already. Choose another course.")
    if any(pair.issubset(joined) for pair in apart_wished(db, Scope.of_course(course))):
        raise ConflictError("Two of this team are kept apart in that course. Choose another course.")


def _keeps_its_name(db: Session, team: Team) -> bool:
    """Return whether the designer left a name to the group that somebody gave it in the LMS."""
    left = exists().where(
        GroupDifference.team_id == team.id,
        GroupDifference.kind == DifferenceKind.RENAMED,
        GroupDifference.left_at.is_not(None),
    )
    return bool(db.scalar(select(left)))


def _announce_formed(db: Session, team: Team) -> None:
    if team.state is TeamState.FORMED:
        announce(db, team)
