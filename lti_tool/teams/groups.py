"""A team as a group of its LMS course: what is to be there, and what was found there.

The two halves of a delivery that touch the database; the call to the LMS stands between them (`tasks.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session, joinedload

from lti_tool.db import utc_now
from lti_tool.errors import LMSError, LMSUnavailableError
from lti_tool.launch.models import Registration
from lti_tool.lms.rest import GroupRead, GroupSpec
from lti_tool.people.models import Course, Identity, Person
from lti_tool.teams.models import DifferenceKind, GroupDifference, MemberState, Team, TeamCycle, TeamMember, TeamState
from lti_tool.teams.operations.announcing import announce_whom
from lti_tool.teams.queries import account_in

NOT_KNOWN = "has not opened the tool from this LMS yet"
MISSING = "Not enrolled in the course: {names}. Enrol them, and the group follows by itself."
ELSEWHERE = (
    "In another group of the same set: {names}. Canvas lets nobody be in two. Take them out of that group, and they "
    "come into this one by themselves."
)
REFUSED = (
    "The LMS did not take into the group: {names}. See there whether it is full, or for one section alone; they follow "
    "by themselves."
)
DELETED = "The group was deleted in the LMS."
RENAMED = "The group was renamed in the LMS."
NOT_RENAMED = (
    "The LMS did not let the tool rename the group, which is called “{name}” there. Give it the team's name there, or "
    "let the tool rename groups: it tries again every day."
)
SPOILING = {DifferenceKind.DELETED, DifferenceKind.RENAMED, DifferenceKind.TAKEN_OUT}
"""Differences with which a group is not right; who is there beside the team does no harm."""
Found = set[tuple[DifferenceKind, str]]


@dataclass(frozen=True, slots=True)
class GroupPlan:
    """What a team's group should be, and whom the LMS cannot be told of."""

    registration: Registration
    course_id: str
    spec: GroupSpec
    unknown: tuple[str, ...]
    """Names of members who have no account of this LMS that the tool knows."""


def plan_group(db: Session, team_id: int) -> GroupPlan | None:
    """Return how the LMS group of a team should look; None when there is nothing to do, or nothing that can be done.

    Whom the tool is about to put in is kept first: where the LMS acts and its answer is lost, they can be taken out.
    """
    team = _team(db, team_id)
    if team is None or not (team.state is TeamState.FORMED or team.lms_group_id or team.lms_member_ids):
        return None
    course = team.course
    if course is None or not team.group_follows:
        return None
    rows = db.execute(_accepted_with_lms_ids(team, course)).all()
    spec = _spec_of(db, team, _known(rows))
    team.lms_member_ids = sorted({*team.lms_member_ids, *spec.members})
    unknown = tuple(name for name, lms_id in rows if not lms_id)
    registration = db.get_one(Registration, course.registration_id)
    return GroupPlan(registration, course.lms_course_id or course.context_id, spec, unknown)


def _team(db: Session, team_id: int) -> Team | None:
    """Return a team that nobody else changes until the transaction ends."""
    return db.scalar(select(Team).where(Team.id == team_id).options(joinedload(Team.course)).with_for_update(of=Team))


def _spec_of(db: Session, team: Team, members: tuple[str, ...]) -> GroupSpec:
    return GroupSpec(
        idnumber=team.lms_idnumber,
        name=team.name,
        members=members,
        previous_members=tuple(team.lms_member_ids),
        group_id=team.lms_group_id,
        set_id=team.lms_group_set_id,
        given_name=team.lms_group_name,
        seen=tuple(team.lms_seen_ids),
        cycle=_cycle(db, team),
        may_be_made=team.state is TeamState.FORMED,
    )


def _cycle(db: Session, team: Team) -> int:
    return db.scalar(select(func.max(TeamCycle.number)).where(TeamCycle.team_id == team.id)) or 1


def _accepted_with_lms_ids(team: Team, course: Course) -> Select[str, str]:
    accepted = select(Person.name, Identity.lms_user_id).join(TeamMember, TeamMember.person_id == Person.id)
    accepted = accepted.outerjoin(Identity, account_in(course)).where(TeamMember.team_id == team.id)
    return accepted.where(TeamMember.state == MemberState.ACCEPTED).order_by(Person.name, Person.id)


def _known(rows: Iterable[Row[str, str]]) -> tuple[str, ...]:
    return tuple(lms_id for _, lms_id in rows if lms_id)


def note_group(db: Session, team_id: int, plan: GroupPlan, read: GroupRead) -> str:
    """Keep what was read back; return in words what somebody has to mend in the LMS, or nothing."""
    team = _team(db, team_id)
    if team is None:
        return ""
    if not read.is_gone:
        _keep_read(db, team, plan.spec, read)
    is_open = _note_differences(db, team, _differences(team, read) if team.state is TeamState.FORMED else set())
    problem = "" if read.is_gone else _problem(db, plan, read)
    team.lms_compared_at = utc_now()
    falls_short = bool(problem) or read.is_gone or _is_name_refused(plan.spec, read)
    is_right = not (falls_short or is_open) and _is_as_planned(db, team, plan.spec)
    team.lms_confirmed_at = team.lms_compared_at if is_right else None
    team.lms_note = " ".join(part for part in (problem, *_changes(team, plan.spec, read)) if part)
    announce_whom(db, team, plan.spec.leavers)
    return problem


def _is_as_planned(db: Session, team: Team, spec: GroupSpec) -> bool:
    """Return whether nobody joined or left, and no name was changed, while the LMS was asked."""
    if team.course is None or team.name != spec.name:
        return False
    return _known(db.execute(_accepted_with_lms_ids(team, team.course))) == spec.members


def _keep_read(db: Session, team: Team, spec: GroupSpec, read: GroupRead) -> None:
    """Keep what the group is now; what somebody asked for during the call stands and is done next."""
    if spec.cycle == _cycle(db, team):
        team.lms_group_id, team.lms_group_set_id = read.group_id, read.set_id
    team.lms_member_ids = sorted({*read.members, *set(team.lms_member_ids).intersection(read.others)})
    team.lms_seen_ids = sorted({*read.members, *set(team.lms_seen_ids).intersection(read.removed)})
    is_given = not spec.given_name or read.group_id != spec.group_id
    if _is_name_refused(spec, read) or (is_given and team.name != spec.name):
        team.lms_group_name = ""  # still to be given: the next sync tries again
    elif is_given:
        team.lms_group_name = read.name if _is_named(read.name, spec.name) else spec.name


def _is_name_refused(spec: GroupSpec, read: GroupRead) -> bool:
    """Return whether the group was to get the team's name, and the LMS left it as it was."""
    return not (read.is_gone or spec.given_name or _is_named(read.name, spec.name))


def _is_named(name: str, given: str) -> bool:
    """Return whether a group has the name that it was given, with a number perhaps where that was taken."""
    return re.fullmatch(rf"{re.escape(given)}( \(\d+\))?", name) is not None


def _differences(team: Team, read: GroupRead) -> Found:
    if read.is_gone:
        return {(DifferenceKind.DELETED, read.group_id)}
    found = {(DifferenceKind.TAKEN_OUT, each) for each in read.removed}
    found |= {(DifferenceKind.ADDED, each) for each in _by_hand(team, read)}
    is_renamed = team.lms_group_name and not _is_named(read.name, team.lms_group_name)
    return found | ({(DifferenceKind.RENAMED, read.name[:255])} if is_renamed else set())


def _by_hand(team: Team, read: GroupRead) -> list[str]:
    return [each for each in read.others if each not in team.lms_member_ids]


def _note_differences(db: Session, team: Team, found: Found) -> bool:
    """Keep the differences that there are now; return whether one that does harm was not left so by the designer."""
    kept = db.scalars(select(GroupDifference).where(GroupDifference.team_id == team.id)).all()
    known = {(each.kind, each.what): each for each in kept}
    for key in known.keys() - found:
        db.delete(known[key])
    for kind, what in sorted(found - known.keys()):
        db.add(GroupDifference(team_id=team.id, kind=kind, what=what))
    return any(key[0] in SPOILING and (key not in known or known[key].left_at is None) for key in found)


def _changes(team: Team, spec: GroupSpec, read: GroupRead) -> Iterable[str]:
    """Yield in words what somebody changed in the LMS, and what the tool could not."""
    kinds = {kind for kind, _ in _differences(team, read)} if team.state is TeamState.FORMED else set()
    if DifferenceKind.DELETED in kinds:
        yield DELETED
    if DifferenceKind.RENAMED in kinds:
        yield RENAMED
    if _is_name_refused(spec, read):
        yield NOT_RENAMED.format(name=read.name)
    if read.removed:
        yield f"{_people(len(read.removed), '')} taken out of the group in the LMS by hand."
    if by_hand := _by_hand(team, read):
        yield f"{_people(len(by_hand), 'more ')} put into the group in the LMS by hand and left there."


def _people(count: int, more: str) -> str:
    return f"1 {more}person was" if count == 1 else f"{count} {more}people were"


def note_failure(db: Session, team_id: int, error: LMSError) -> None:
    """Keep why the group could not be read or made, for the page of the team; what is tried again soon says nothing."""
    team = db.get(Team, team_id)
    if team is not None and not isinstance(error, LMSUnavailableError):
        team.lms_note, team.lms_confirmed_at = error.message, None


def _problem(db: Session, plan: GroupPlan, read: GroupRead) -> str:
    sentences = [f"{name} {NOT_KNOWN}." for name in plan.unknown]
    for words, lms_ids in ((MISSING, read.missing), (ELSEWHERE, read.elsewhere), (REFUSED, read.refused)):
        if lms_ids:
            sentences.append(words.format(names=", ".join(_names(db, plan.registration, lms_ids))))
    return " ".join(sentences)


def _names(db: Session, registration: Registration, lms_ids: tuple[str, ...]) -> list[str]:
    known = select(Person.name).join(Identity, Identity.person_id == Person.id)
    known = known.where(Identity.registration_id == registration.id, Identity.lms_user_id.in_(lms_ids))
    return sorted(db.scalars(known))
