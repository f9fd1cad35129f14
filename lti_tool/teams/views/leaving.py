"""Taking people out of teams that were sent, the effect said first, and the invitations of members back."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from lti_tool.errors import NotFoundError
from lti_tool.launch.acting import Acting, Right, guard
from lti_tool.teams.operations import removing
from lti_tool.teams.queries import LIVE, asked_by_designers
from lti_tool.teams.views.blueprint import bp, go_to, team_to_design


@bp.get("/<int:team_id>/people")
@guard(Right.DESIGNER)
def show_people(acting: Acting, team_id: int) -> ResponseReturnValue:
    """Show whom a designer can take out of a team, and what becomes of the team then."""
    team = team_to_design(acting, team_id)
    if team.state not in LIVE:
        raise NotFoundError
    return render_template("teams/people.html", team=team, asked=asked_by_designers(acting.db, team))


@bp.post("/<int:team_id>/people/<int:person_id>/out")
@guard(Right.DESIGNER)
def take_out(acting: Acting, team_id: int, person_id: int) -> ResponseReturnValue:
    """Take somebody out of a team."""
    team_to_design(acting, team_id)
    removing.take_out(acting.db, acting.person, team_id, person_id)
    return go_to("teams.show_teams", "team_member_taken_out", **{"as": "designer"})


@bp.post("/<int:team_id>/members/<int:member_id>/take-back")
@guard(Right.EDUCATOR)
def take_back(acting: Acting, team_id: int, member_id: int) -> ResponseReturnValue:
    """Take back an invitation that is still open."""
    removing.take_back(acting.db, acting.person, team_id, member_id)
    return go_to("teams.show_teams", "team_invitation_taken_back", **{"as": "educator"})
