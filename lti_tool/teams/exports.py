"""Formed teams as files that an LMS imports, for districts whose LMS gives the tool no access to groups.

Canvas: group set > Import (doc/api/group_category_csv.md): `canvas_user_id,group_name`; it takes students alone, and
passes over whom it does not know without a word. Moodle: first Participants > Groups > Import groups
(group/import.php): `groupname,groupidnumber,groupingname`, then Upload users with "Match on email address":
`email,firstname,lastname,course1,group1`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlalchemy.orm import Session

from lti_tool.launch.models import Family
from lti_tool.lms.rest import name_of_cycle
from lti_tool.people.models import Course, CourseRole, Identity, Membership, Person
from lti_tool.people.tables import csv_text
from lti_tool.teams.models import MemberState, Team, TeamCycle, TeamMember, TeamState
from lti_tool.teams.queries import account_in

CANVAS_COLUMNS = ("canvas_user_id", "user_id", "login_id", "group_name")
MOODLE_COLUMNS = ("email", "firstname", "lastname", "course1", "group1")
MOODLE_GROUP_COLUMNS = ("groupname", "groupidnumber", "groupingname")
SHOWN = 50


class WhyLeftOut(StrEnum):
    """Why somebody of a team is in no file."""

    NOT_ENROLLED = "not_enrolled"
    NOT_MATCHED = "not_matched"
    """Has never opened the tool from this LMS, which therefore knows no account of theirs."""
    NO_EMAIL = "no_email"
    NOT_STUDENT = "not_student"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Somebody of a team whom the file cannot name."""

    name: str
    team: str
    why: WhyLeftOut


def groups_csv(db: Session, actor: Person, course: Course, family: Family) -> str:
    """Return who is in which formed team of a course, in the import format of its LMS."""
    rows = db.execute(_members(actor, course, family, is_in_file=True)).all()
    if family is Family.CANVAS:
        return csv_text(CANVAS_COLUMNS, ((row.lms_user_id, "", "", row.team) for row in rows))
    return csv_text(MOODLE_COLUMNS, ((row.email, *_names(row.name), course.label, row.team) for row in rows))


def moodle_groups_csv(db: Session, actor: Person, course: Course) -> str:
    """Return the formed teams of a course as groups with the tool's own idnumbers, in the grouping of their cycle."""
    cycle = select(func.max(TeamCycle.number)).where(TeamCycle.team_id == Team.id).scalar_subquery()
    teams = select(Team, func.coalesce(cycle, 1)).where(*_are_formed(actor, course)).order_by(Team.name)
    rows = ((team.name, team.lms_idnumber, name_of_cycle(number)) for team, number in db.execute(teams))
    return csv_text(MOODLE_GROUP_COLUMNS, rows)


def left_out(db: Session, actor: Person, course: Course, family: Family) -> Sequence[LeftOut]:
    """Return whom the file leaves out and why, by name: as many as are shown, and one more."""
    rows = db.execute(_members(actor, course, family, is_in_file=False).limit(SHOWN + 1))
    return [LeftOut(row.name, row.team, WhyLeftOut(row.why)) for row in rows]


def _members(actor: Person, course: Course, family: Family, *, is_in_file: bool) -> Select[str, str, str, str, str]:
    why = _why_left_out(family)
    account = account_in(course, has_rest_id=family is Family.CANVAS)  # its file names people by these ids
    in_the_course = and_(Membership.person_id == Person.id, Membership.course_id == course.id, Membership.is_active)
    return (
        select(Team.name.label("team"), Person.name, Person.email, Identity.lms_user_id, why.label("why"))
        .join(TeamMember, TeamMember.team_id == Team.id)
        .join(Person, Person.id == TeamMember.person_id)
        .outerjoin(Identity, account)
        .outerjoin(Membership, in_the_course)
        .where(*_are_formed(actor, course), TeamMember.state == MemberState.ACCEPTED)
        .where(why == "" if is_in_file else why != "")
        .order_by(*((Team.name, Person.name) if is_in_file else (Person.name, Team.name)), Person.id)
    )


def _are_formed(actor: Person, course: Course) -> tuple[ColumnElement[bool], ...]:
    return Team.course_id == course.id, Team.district_id == actor.district_id, Team.state == TeamState.FORMED


def _why_left_out(family: Family) -> ColumnElement[str]:
    """Say in SQL why the LMS could not import somebody; empty where it can."""
    is_student, has_email = Membership.role == CourseRole.LEARNER, Person.email != ""
    is_canvas = family is Family.CANVAS
    return case(
        (Membership.id.is_(None), WhyLeftOut.NOT_ENROLLED.value),
        (Identity.id.is_(None), WhyLeftOut.NOT_MATCHED.value),
        (~is_student, WhyLeftOut.NOT_STUDENT.value) if is_canvas else (~has_email, WhyLeftOut.NO_EMAIL.value),
        else_="",
    )


def _names(name: str) -> tuple[str, str]:
    given, _, family = name.partition(" ")
    return given, family
