"""Formed teams as a file that an LMS imports, for districts whose LMS gives the tool no access to groups.

Canvas: group set > Import (doc/api/group_category_csv.md): `canvas_user_id,group_name`.
Moodle: Upload users with "Match on email address": `email,firstname,lastname,course1,group1`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.launch.models import Family
from lti_tool.people.models import Course, Identity, Person
from lti_tool.teams.models import MemberState, Team, TeamMember, TeamState

CANVAS_COLUMNS = ("canvas_user_id", "user_id", "login_id", "group_name")
MOODLE_COLUMNS = ("email", "firstname", "lastname", "course1", "group1")


def groups_csv(db: Session, actor: Person, course: Course, family: Family) -> str:
    """Return the formed teams of a course in the import format of its LMS."""
    members = (
        select(Team.name, Person, Identity.lms_user_id)
        .join(TeamMember, TeamMember.team_id == Team.id)
        .join(Person, Person.id == TeamMember.person_id)
        .outerjoin(Identity, (Identity.person_id == Person.id) & (Identity.registration_id == course.registration_id))
        .where(
            Team.course_id == course.id,
            Team.district_id == actor.district_id,
            Team.state == TeamState.FORMED,
            TeamMember.state == MemberState.ACCEPTED,
        )
        .order_by(Team.name, Person.name, Person.id)
    )
    rows = db.execute(members)
    if family is Family.CANVAS:
        return _csv(CANVAS_COLUMNS, ((lms_id or "", "", "", team) for team, _, lms_id in rows))
    return _csv(MOODLE_COLUMNS, ((p.email, *_names(p.name), course.label, team) for team, p, _ in rows))


def _names(name: str) -> tuple[str, str]:
    given, _, family = name.partition(" ")
    return given, family


def _csv(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([_inert(value) for value in row] for row in rows)
    return text.getvalue()


def _inert(value: str) -> str:
    """Keep a spreadsheet from running a value as a formula."""
    return f"'{value}" if value.startswith(("=", "+", "-", "@", "\t", "\r")) else value
