"""Teams that are made at the same time: one after another, and each with a name of its own."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.people.models import Course, District, School
from lti_tool.teams.models import Team
from lti_tool.teams.scopes import Scope


def lock_scope(db: Session, scope: Scope) -> None:
    """Let one transaction at a time make teams of a scope: each then sees the names that the others took."""
    of_district = select(District.id).where(District.id == scope.district_id)
    of_school = select(School.id).where(School.id == scope.school.id) if scope.school else of_district
    row = select(Course.id).where(Course.id == scope.course.id) if scope.course else of_school
    db.execute(row.with_for_update())


def names_taken(db: Session, scope: Scope) -> set[str]:
    """Return the names that a new team must not have; one without a course keeps clear of the whole district's."""
    there = Team.course_id == scope.course.id if scope.course else Team.district_id == scope.district_id
    return set(db.scalars(select(Team.name).where(there)))
