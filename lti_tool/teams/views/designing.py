"""The designer's work on the teams of a course, a school or the district: propose, look, follow up in the LMS."""

from __future__ import annotations

from collections.abc import Sequence

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from lti_tool.errors import InvalidInputError
from lti_tool.launch.acting import Acting, Right, guard
from lti_tool.launch.downloads import table_download
from lti_tool.people.queries import schools_of_district
from lti_tool.standards.schemas import load_form
from lti_tool.teams.exports import SHOWN, LeftOut, groups_csv, left_out, moodle_groups_csv
from lti_tool.teams.models import TeamScope, TeamState
from lti_tool.teams.operations import joining, proposing
from lti_tool.teams.queries import (
    LIVE,
    TeamList,
    clashes_in,
    last_look,
    locked_alone,
    matching_of,
    people_without_team,
    rare_goals,
    readiness,
    teams_in,
)
from lti_tool.teams.queries.wishes import count_in_courses
from lti_tool.teams.schemas import ListForm, ProposeForm
from lti_tool.teams.scopes import Scope, scope_of
from lti_tool.teams.views.blueprint import (
    bp,
    course_to_design,
    designs_district,
    district_to_design,
    go_to,
    page_of,
    school_to_design,
    scope_to_design,
    team_to_design,
)

NONE = TeamList([])
ALONE = "alone"


def show_course_teams(acting: Acting) -> ResponseReturnValue:
    """Show the proposals and teams of the launch's course."""
    return show_scope(acting, Scope.of_course(course_to_design(acting)))


@bp.get("/district")
@guard(Right.DESIGNER)
def show_district_teams(acting: Acting) -> ResponseReturnValue:
    """Show the proposals and teams that were found among the goals of the whole district."""
    return show_scope(acting, district_to_design(acting))


@bp.get("/schools/<int:school_id>")
@guard(Right.DESIGNER)
def show_school_teams(acting: Acting, school_id: int) -> ResponseReturnValue:
    """Show the proposals and teams that were found among the goals of a school."""
    return show_scope(acting, school_to_design(acting, school_id))


def show_scope(acting: Acting, scope: Scope, problem: str = "") -> str:
    """Show the beginning of each list, or a page of the one that is asked for; above them what was refused, if so."""
    try:
        asked = load_form(ListForm(), request.args)
    except InvalidInputError:
        asked = {"list": "", "after": None}
    only = TeamState(asked["list"]) if asked["list"] not in {"", ALONE} else None
    lists = teams_in(acting.db, scope, only=only, after=asked["after"]) if asked["list"] != ALONE else {}
    unsent = lists.get(TeamState.PROPOSED, NONE)
    held = locked_alone(acting.db, scope) if unsent.count else []
    ready = readiness(acting.db, scope, [*unsent.teams, *held])
    last = last_look(acting.db, scope)
    shows_alone = asked["list"] in {"", ALONE}
    alone = people_without_team(acting.db, scope, last.run, after=asked["after"]) if shows_alone else None
    return render_template(
        "teams/scope.html",
        problem=problem,
        scope=scope,
        page=page_of(scope),
        only=asked["list"],
        designs_district=designs_district(acting),
        course=acting.course,
        schools=schools_of_district(acting.db, acting.person) if scope.kind is not TeamScope.COURSE else [],
        family=acting.launch.registration.family,
        unsent=unsent,
        proposals=[ready.now(team) for team in unsent.teams],
        held_alone=ready.alone_in(held),
        inviting=lists.get(TeamState.INVITING, NONE),
        formed=lists.get(TeamState.FORMED, NONE),
        clashes=clashes_in(acting.db, [team for state in LIVE if state in lists for team in lists[state].teams]),
        not_in_file=_not_in_file(acting, scope) if lists.get(TeamState.FORMED, NONE).teams else [],
        names_shown=SHOWN,
        alone=alone,
        rare=rare_goals(acting.db, last.run, alone.people) if alone and alone.people else {},
        wishes=ready.wishes,
        kept_in_courses=count_in_courses(acting.db, acting.person) if scope.kind is TeamScope.DISTRICT else 0,
        not_kept=ready.not_kept,
        matching=matching_of(acting.db, scope),
        last=last,
    )


def _not_in_file(acting: Acting, scope: Scope) -> Sequence[LeftOut]:
    """Return whom the file for the LMS leaves out."""
    if scope.course is None:
        return []
    return left_out(acting.db, acting.person, scope.course, acting.launch.registration.family)


@bp.post("/propose")
@guard(Right.DESIGNER)
def propose(acting: Acting) -> ResponseReturnValue:
    """Have teams proposed for a course, a school or the district; the page shows them once the worker is done."""
    asked = load_form(ProposeForm(), request.form)
    scope = scope_to_design(acting, asked["place"])
    within_schools = asked["reach"] == "school"
    proposing.ask_for_teams(acting.db, acting.person, scope, within_schools=within_schools, kind=asked["kind"])
    return redirect(page_of(scope), 303)


@bp.post("/<int:team_id>/remove")
@guard(Right.DESIGNER)
def remove(acting: Acting, team_id: int) -> ResponseReturnValue:
    """Take an unsent proposal away, or end a team that was sent."""
    team = team_to_design(acting, team_id)
    scope = scope_of(team) if designs_district(acting) else Scope.of_course(course_to_design(acting))
    page = page_of(scope, "team_removed")
    if team.state is TeamState.PROPOSED:
        proposing.remove_proposal(acting.db, acting.person, team_id)
    else:
        proposing.withdraw_team(acting.db, acting.person, team_id)
    return redirect(page, 303)


@bp.post("/<int:team_id>/form")
@guard(Right.DESIGNER)
def form(acting: Acting, team_id: int) -> ResponseReturnValue:
    """Form a team of those who have accepted so far."""
    team_to_design(acting, team_id)
    joining.form_team(acting.db, acting.person, team_id)
    return go_to("teams.show_team", "team_formed", team_id=team_id)


@bp.post("/<int:team_id>/group")
@guard(Right.DESIGNER)
def sync_group(acting: Acting, team_id: int) -> ResponseReturnValue:
    """Have the LMS group compared with the team and put right."""
    team_to_design(acting, team_id)
    joining.sync_group(acting.db, acting.person, team_id)
    return go_to("teams.show_team", "group_asked", team_id=team_id)


@bp.get("/groups.csv")
@guard(Right.DESIGNER)
def export_groups(acting: Acting) -> ResponseReturnValue:
    """Download who is in the course's formed teams in the form that its LMS imports."""
    course = course_to_design(acting)
    text = groups_csv(acting.db, acting.person, course, acting.launch.registration.family)
    return table_download(text, f"teams-course-{course.id}.csv")


@bp.get("/moodle-groups.csv")
@guard(Right.DESIGNER)
def export_moodle_groups(acting: Acting) -> ResponseReturnValue:
    """Download the course's formed teams as groups with idnumbers, which Moodle imports before their members."""
    course = course_to_design(acting)
    return table_download(moodle_groups_csv(acting.db, acting.person, course), f"groups-course-{course.id}.csv")
