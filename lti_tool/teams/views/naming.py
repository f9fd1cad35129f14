"""Naming: another name for a team, and the course of one that was sent without."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from lti_tool.errors import InvalidInputError
from lti_tool.launch.acting import Acting, Right, guard
from lti_tool.people.models import Course
from lti_tool.standards.schemas import load_form
from lti_tool.teams.operations import naming
from lti_tool.teams.queries import courses_for, marked_course, not_enrolled, team_of_district, team_of_member
from lti_tool.teams.schemas import SendForm
from lti_tool.teams.views.blueprint import bp, designs_course, go_to, team_to_design


@bp.post("/<int:team_id>/rename")
@guard(Right.EDUCATOR)
def rename(acting: Acting, team_id: int) -> ResponseReturnValue:
    """Give a team another name."""
    team = team_of_district(acting.db, acting.person, team_id)
    designs = designs_course(acting, team.course_id)
    if not designs:
        team_of_member(acting.db, acting.person, team_id)
    naming.rename_team(acting.db, acting.person, team_id, designs=designs)
    return go_to("teams.show_team", "team_renamed", team_id=team_id)


@bp.get("/<int:team_id>/course")
@guard(Right.DESIGNER)
def show_courses(acting: Acting, team_id: int) -> ResponseReturnValue:
    """Show in which course the group of a team could be that was sent without one, and who of it is not enrolled."""
    team = team_to_design(acting, team_id)
    naming.check_has_no_course(team)
    asked = load_form(SendForm(), request.args)
    course = _course(acting, asked["course"])
    people = [member.person for member in team.accepted]
    return render_template(
        "teams/course.html",
        team=team,
        asked=asked,
        course=course,
        choices=courses_for(acting.db, acting.person, {each.id for each in people}, asked["q"]),
        people=people,
        missing=not_enrolled(acting.db, course, people) if course else [],
    )


@bp.post("/<int:team_id>/course")
@guard(Right.DESIGNER)
def name_course(acting: Acting, team_id: int) -> ResponseReturnValue:
    """Name the course in which the team has its group from now on."""
    team_to_design(acting, team_id)
    course = _course(acting, load_form(SendForm(), request.form)["course"])
    if course is None:
        raise InvalidInputError("Name a course for the group of this team.")
    naming.name_course(acting.db, acting.person, team_id, course)
    return go_to("teams.show_team", "course_named", team_id=team_id)


def _course(acting: Acting, asked: str) -> Course | None:
    return marked_course(acting.db, acting.person, int(asked)) if asked.isdecimal() else None
