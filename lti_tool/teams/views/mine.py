"""An educator's teams: invitations, the own team, colleagues with like goals."""

from __future__ import annotations

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from lti_tool.launch.acting import Acting, Right, guard
from lti_tool.standards.schemas import load_form
from lti_tool.teams.models import MemberState, Team, TeamMember, TeamState
from lti_tool.teams.operations import joining
from lti_tool.teams.queries import (
    Invitation,
    beginning_of,
    clashes_in,
    courses_joined,
    differences_of,
    has_a_seat,
    invitation_of,
    invited_by_members,
    like_goals,
    own_rare_goal,
    reviews_any,
    team_now,
    team_of_district,
    team_of_member,
    team_seen_from_outside,
    teams_of,
    told_achievements,
    visible_goal,
)
from lti_tool.teams.queries.room import next_sessions
from lti_tool.teams.queries.shares import share_of
from lti_tool.teams.schemas import StartForm
from lti_tool.teams.views.blueprint import bp, designs_course, designs_district, district_to_design, go_to, page_of
from lti_tool.teams.views.designing import show_course_teams


@bp.get("/")
@guard(Right.EDUCATOR)
def show_teams(acting: Acting) -> ResponseReturnValue:
    """Show a designer the teams of the launch's course, anybody else the own ones."""
    wanted = request.args.get("as") or ("designer" if acting.is_designer and acting.course else "educator")
    if wanted != "educator" and acting.is_designer and acting.course is not None:
        return show_course_teams(acting)
    if wanted == "designer" and designs_district(acting):
        return redirect(page_of(district_to_design(acting)), 303)
    teams = teams_of(acting.db, acting.person)
    mine = {team.id: member for team in teams if (member := team.membership_of(acting.person.id))}
    joined = {team.id: team.course_id for team in teams if mine[team.id] in team.accepted}
    return render_template(
        "teams/mine.html",
        invitations=[(team_now(team), invitation_of(mine[team.id], joined)) for team in teams if team.id not in joined],
        teams=[team_now(team) for team in teams if team.id in joined],
        likes=like_goals(acting.db, acting.person, teams),
        rare=own_rare_goal(acting.db, acting.person),
        person=acting.person,
    )


@bp.get("/<int:team_id>")
@guard(Right.EDUCATOR)
def show_team(acting: Acting, team_id: int) -> ResponseReturnValue:
    """Show a team to those in it and to the designer of its course."""
    team = team_of_district(acting.db, acting.person, team_id)
    designs = designs_course(acting, team.course_id)
    if not designs:
        team = team_of_member(acting.db, acting.person, team_id)
    is_within = team.membership_of(acting.person.id) is not None or team.state is TeamState.PROPOSED
    me = team.membership_of(acting.person.id) if team.state is not TeamState.PROPOSED else None
    able = told_achievements(acting.db, [each.person_id for each in team.members])
    return render_template(
        "teams/team.html",
        team=team,
        now=team_now(team, able) if is_within else team_seen_from_outside(team, able),
        is_within=is_within,
        me=me,
        invitation=_invitation(me, acting),
        cards=_cards(team, acting),
        designs=designs,
        has_a_seat=has_a_seat(team),
        to_take_back=invited_by_members(acting.db, team) if me in team.accepted else [],
        differences=differences_of(acting.db, team) if designs else [],
        beginning=beginning_of(acting.db, team) if team.state is TeamState.INVITING else None,
        clashes=clashes_in(acting.db, [team]),
        share=share_of(acting.db, team) if is_within and team.state is TeamState.FORMED else None,
        next_session=next((each for each in next_sessions(acting.db, acting.person) if each.team_id == team.id), None),
        TeamState=TeamState,
        MemberState=MemberState,
    )


def _invitation(me: TeamMember | None, acting: Acting) -> Invitation | None:
    if me is None or me.state is not MemberState.INVITED:
        return None
    return invitation_of(me, courses_joined(acting.db, [acting.person.id])[acting.person.id])


def _cards(team: Team, acting: Acting) -> dict[int, object]:
    """Return by member what of the declared goals this viewer may read."""
    me = team.membership_of(acting.person.id)
    joined = me is not None and me.state is MemberState.ACCEPTED
    as_teammate = joined and not reviews_any(acting.db, acting.person, (each.person_id for each in team.accepted))
    return {m.id: visible_goal(m, acting.person, as_teammate=as_teammate) for m in team.members}


@bp.post("/<int:team_id>/accept")
@guard(Right.EDUCATOR)
def accept(acting: Acting, team_id: int) -> ResponseReturnValue:
    """Accept an invitation."""
    team = joining.accept_team(acting.db, acting.person, team_id)
    return go_to(
        "teams.show_team", "team_formed" if team.state is TeamState.FORMED else "team_accepted", team_id=team_id
    )


@bp.post("/<int:team_id>/decline")
@guard(Right.EDUCATOR)
def decline(acting: Acting, team_id: int) -> ResponseReturnValue:
    """Decline an invitation without a trace."""
    joining.decline_team(acting.db, acting.person, team_id)
    return go_to("teams.show_teams", "team_declined", **{"as": "educator"})


@bp.post("/<int:team_id>/leave")
@guard(Right.EDUCATOR)
def leave(acting: Acting, team_id: int) -> ResponseReturnValue:
    """Leave a team."""
    joining.leave_team(acting.db, acting.person, team_id)
    return go_to("teams.show_teams", "team_left", **{"as": "educator"})


@bp.post("/start")
@guard(Right.EDUCATOR)
def start(acting: Acting) -> ResponseReturnValue:
    """Ask a colleague with a like goal to team up."""
    asked = load_form(StartForm(), request.form)
    team = joining.start_team(acting.db, acting.person, asked["goal_id"], asked["colleague_goal_id"])
    return go_to("teams.show_team", "team_asked", team_id=team.id)
