"""A team as a group of its LMS course: what is to be there, and what was found there.

The two halves of a delivery that touch the database; the call to the LMS stands between them (`tasks.py`).
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from lti_tool.db import utc_now
from lti_tool.launch.models import Registration
from lti_tool.lms.rest import GroupRead, GroupSpec
from lti_tool.people.models import Course, Identity, Person
from lti_tool.teams.models import MemberState, Team, TeamMember, TeamState

NOT_KNOWN = "has not opened the tool from this LMS yet"


@dataclass(frozen=True, slots=True)
class GroupPlan:
    """What a team's group should be, and whom the LMS cannot be told of."""

    registration: Registration
    course_id: str
    spec: GroupSpec
    unknown: tuple[str, ...]
    """Names of members who have no account of this LMS that the tool knows."""


def plan_group(db: Session, team_id: int) -> GroupPlan | None:
    """Return how the LMS group of a team should look; None when there is nothing to do any more."""
    team = db.scalar(select(Team).where(Team.id == team_id).options(joinedload(Team.course)))
    if team is None or (team.state is not TeamState.FORMED and not team.lms_group_id):
        return None
    course = team.course
    rows = db.execute(_accepted_with_lms_ids(team, course)).all()
    spec = GroupSpec(
        idnumber=f"like-goals-team-{team.id}",
        name=team.name,
        members=tuple(lms_id for _, lms_id in rows if lms_id),
        previous_members=tuple(team.lms_member_ids),
        group_id=team.lms_group_id,
        set_id=team.lms_group_set_id,
    )
    unknown = tuple(name for name, lms_id in rows if not lms_id)
    registration = db.get_one(Registration, course.registration_id)
    return GroupPlan(registration, course.lms_course_id or course.context_id, spec, unknown)


def _accepted_with_lms_ids(team: Team, course: Course) -> Select[str, str]:
    of_this_lms = (Identity.person_id == Person.id) & (Identity.registration_id == course.registration_id)
    accepted = select(Person.name, Identity.lms_user_id).join(TeamMember, TeamMember.person_id == Person.id)
    accepted = accepted.outerjoin(Identity, of_this_lms).where(TeamMember.team_id == team.id)
    return accepted.where(TeamMember.state == MemberState.ACCEPTED).order_by(Person.name, Person.id)


def note_group(db: Session, team_id: int, plan: GroupPlan, read: GroupRead) -> str:
    """Keep what was read back; return in words what somebody has to mend in the LMS, or nothing."""
    team = db.get(Team, team_id)
    if team is None:
        return ""
    problem = _problem(db, plan, read)
    team.lms_group_id, team.lms_group_set_id = read.group_id, read.set_id
    team.lms_member_ids = sorted(set(read.members))
    team.lms_confirmed_at = None if problem else utc_now()
    team.lms_note = " ".join(part for part in (problem, _others(read)) if part)
    return problem


def note_failure(db: Session, team_id: int, message: str) -> None:
    """Keep why the group could not be made, for the page of the team."""
    team = db.get(Team, team_id)
    if team is not None:
        team.lms_note = message


def _problem(db: Session, plan: GroupPlan, read: GroupRead) -> str:
    sentences = [f"{name} {NOT_KNOWN}." for name in plan.unknown]
    if read.missing:
        names = _names(db, plan.registration, read.missing)
        sentences.append(
            f"Not enrolled in the course: {', '.join(names)}. Enrol them, and the group follows by itself."
        )
    return " ".join(sentences)


def _others(read: GroupRead) -> str:
    if not read.others:
        return ""
    count = len(read.others)
    people = "1 more person was" if count == 1 else f"{count} more people were"
    return f"{people} put into the group in the LMS by hand and left there."


def _names(db: Session, registration: Registration, lms_ids: tuple[str, ...]) -> list[str]:
    known = select(Person.name).join(Identity, Identity.person_id == Person.id)
    known = known.where(Identity.registration_id == registration.id, Identity.lms_user_id.in_(lms_ids))
    return sorted(db.scalars(known))
