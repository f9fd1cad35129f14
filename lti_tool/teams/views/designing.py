"""The designer's work on the teams of a course: propose, look, change, send, follow up in the LMS."""

from __future__ import annotations

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from lti_tool.launch.acting import Acting, Right, guard
from lti_tool.teams.exports import groups_csv
from lti_tool.teams.matching import Options
from lti_tool.teams.models import TeamState
from lti_tool.teams.operations import joining, proposing
from lti_tool.teams.queries import people_without_team, team_now, teams_in_course
from lti_tool.teams.schemas import MoveForm, ProposeForm, load
from lti_tool.teams.views.blueprint import bp, course_to_design, go_to, team_to_design

AS_DESIGNER = {"as": "designer"}


def show_course_teams(acting: Acting) -> ResponseReturnValue:
    """Show the proposals and teams of the launch's course."""
    course = course_to_design(acting)
    teams = [team_now(team) for team in teams_in_course(acting.db, acting.person, course)]
    return render_template(
        "teams/course.html",
        course=course,
        family=acting.launch.registration.family,
        proposals=[each for each in teams if each.team.state is TeamState.PROPOSED],
        inviting=[each for each in teams if each.team.state is TeamState.INVITING],
        formed=[each for each in teams if each.team.state is TeamState.FORMED],
        alone=people_without_team(acting.db, course),
    )


@bp.post("/propose")
@guard(Right.DESIGNER)
def propose(acting: Acting) -> ResponseReturnValue:
    """Propose teams for the launch's course."""
    options = Options(within_schools=load(ProposeForm, request.form)["reach"] == "school")
    teams = proposing.propose_teams(acting.db, acting.person, course_to_design(acting), options)
    return go_to("teams.show_teams", "teams_proposed" if teams else "no_teams_found", **AS_DESIGNER)


@bp.get("/<int:team_id>/members/<int:member_id>/move")
@guard(Right.DESIGNER)
def choose_move(acting: Acting, team_id: int, member_id: int) -> ResponseReturnValue:
    """Show what moving a member would do to both teams, before it is done."""
    team = team_to_design(acting, team_id)
    member = proposing.member_of(team, member_id)
    others = [
        other
        for other in teams_in_course(acting.db, acting.person, team.course)
        if other.state is TeamState.PROPOSED and other.id != team.id
    ]
    return render_template(
        "teams/move.html",
        team=team,
        member=member,
        rest=proposing.reasons_without(team, member),
        choices=[
            (other, proposing.reasons_with(other, member), proposing.why_not_there(other, member)) for other in others
        ],
    )


@bp.post("/<int:team_id>/members/<int:member_id>/move")
@guard(Right.DESIGNER)
def move(acting: Acting, team_id: int, member_id: int) -> ResponseReturnValue:
    """Move a member of a proposal to another one, or out."""
    team_to_design(acting, team_id)
    target = load(MoveForm, request.form)["target"]
    target_id = None if target == "out" else team_to_design(acting, int(target)).id
    proposing.move_member(acting.db, acting.person, team_id, member_id, target_id)
    return go_to("teams.show_teams", "team_changed", **AS_DESIGNER)


@bp.post("/<int:team_id>/remove")
@guard(Right.DESIGNER)
def remove(acting: Acting, team_id: int) -> ResponseReturnValue:
    """Take an unsent proposal away, or end a team that was sent."""
    if team_to_design(acting, team_id).state is TeamState.PROPOSED:
        proposing.remove_proposal(acting.db, acting.person, team_id)
    else:
        proposing.withdraw_team(acting.db, acting.person, team_id)
    return go_to("teams.show_teams", "team_removed", **AS_DESIGNER)


@bp.post("/<int:team_id>/send")
@guard(Right.DESIGNER)
def send_proposal(acting: Acting, team_id: int) -> ResponseReturnValue:
    """Show a proposal to its members."""
    team_to_design(acting, team_id)
    proposing.send_proposal(acting.db, acting.person, team_id)
    return go_to("teams.show_teams", "team_sent", **AS_DESIGNER)


@bp.post("/send")
@guard(Right.DESIGNER)
def send_proposals(acting: Acting) -> ResponseReturnValue:
    """Show all proposals of the launch's course to their members."""
    proposing.send_proposals(acting.db, acting.person, course_to_design(acting))
    return go_to("teams.show_teams", "team_sent", **AS_DESIGNER)


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
    """Download the course's formed teams in the form that its LMS imports."""
    course = course_to_design(acting)
    text = groups_csv(acting.db, acting.person, course, acting.launch.registration.family)
    headers = {
        "Content-Disposition": f'attachment; filename="teams-course-{course.id}.csv"',
        "Cache-Control": "no-store",
    }
    return Response(text, mimetype="text/csv", headers=headers)
