"""Among whose goals teams are proposed: a course's learners, a school's people, or everybody of the district."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, or_

from lti_tool.people.models import Course, School
from lti_tool.teams.models import ProposalRun, Team, TeamScope, TeamWish


@dataclass(frozen=True, slots=True)
class Scope:
    """A course, a school or a district for which teams are proposed."""

    kind: TeamScope
    district_id: int
    course: Course | None = None
    school: School | None = None

    @classmethod
    def of_course(cls, course: Course) -> Scope:
        """Return the scope of a course."""
        return cls(TeamScope.COURSE, course.district_id, course=course)

    @classmethod
    def of_school(cls, school: School) -> Scope:
        """Return the scope of a school."""
        return cls(TeamScope.SCHOOL, school.district_id, school=school)

    @classmethod
    def of_district(cls, district_id: int) -> Scope:
        """Return the scope of a whole district."""
        return cls(TeamScope.DISTRICT, district_id)

    @property
    def columns(self) -> dict[str, Any]:
        """Return what a row of this scope holds: a proposal, a run, a wish."""
        return {
            "district_id": self.district_id,
            "scope": self.kind,
            "course_id": self.course.id if self.course else None,
            "school_id": self.school.id if self.school else None,
        }

    @property
    def place(self) -> str:
        """Return the scope in an address or a form: `course`, `school:3`, `district`."""
        return f"{self.kind}:{self.school.id}" if self.school else str(self.kind)

    @property
    def subject(self) -> tuple[str, int]:
        """Return what an audit row of it is about."""
        within = self.course or self.school
        return self.kind.value, within.id if within else self.district_id

    def holds(self, table: type[Team | ProposalRun | TeamWish]) -> ColumnElement[bool]:
        """Say in SQL that a row is of this scope; a team is of the course whose group it becomes, too."""
        of_district = table.district_id == self.district_id
        if self.course is not None:
            return and_(of_district, table.course_id == self.course.id)
        if self.school is not None:
            return and_(of_district, table.scope == self.kind, table.school_id == self.school.id)
        return and_(of_district, table.scope == self.kind)


def held_by(scopes: Collection[Scope], table: type[TeamWish]) -> ColumnElement[bool]:
    """Say in SQL that a row is of one of these scopes, however many courses and schools are among them."""
    of_district = table.district_id.in_({scope.district_id for scope in scopes})
    courses = {scope.course.id for scope in scopes if scope.course}
    schools = {scope.school.id for scope in scopes if scope.school}
    districts = {scope.district_id for scope in scopes if scope.kind is TeamScope.DISTRICT}
    return and_(
        of_district,
        or_(
            table.course_id.in_(courses),
            and_(table.scope == TeamScope.SCHOOL, table.school_id.in_(schools)),
            and_(table.scope == TeamScope.DISTRICT, table.district_id.in_(districts)),
        ),
    )


def scopes_of(team: Team) -> set[Scope]:
    """Return whose wishes hold for a team: of where it was found, and of the course whose group it is, if any."""
    return {scope_of(team), Scope.of_course(team.course)} if team.course is not None else {scope_of(team)}


def scope_of(team: Team | TeamWish | ProposalRun) -> Scope:
    """Return among whose goals a team was found, for which proposals a wish holds, or what a run was about."""
    if team.scope is TeamScope.COURSE and team.course is not None:
        return Scope.of_course(team.course)
    if team.scope is TeamScope.SCHOOL and team.school is not None:
        return Scope.of_school(team.school)
    return Scope.of_district(team.district_id)
