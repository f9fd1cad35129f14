"""Asking one more colleague into the own team."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from lti_tool.launch.acting import Acting, Right, guard
from lti_tool.standards.schemas import load_form
from lti_tool.teams.operations import inviting
from lti_tool.teams.queries import team_of_member, who_could_join
from lti_tool.teams.schemas import GoalForm
from lti_tool.teams.views.blueprint import bp, go_to


@bp.get("/<int:team_id>/ask")
@guard(Right.EDUCATOR)
def show_asking(acting: Acting, team_id: int) -> ResponseReturnValue:
    """Show which colleagues a member could ask into the team, with why."""
    team = team_of_member(acting.db, acting.person, team_id)
    inviting.check_may_ask(acting.person, team)
    return render_template("teams/ask.html", team=team, found=who_could_join(acting.db, acting.person, team))


@bp.post("/<int:team_id>/ask")
@guard(Right.EDUCATOR)
def ask(acting: Acting, team_id: int) -> ResponseReturnValue:
    """Ask a colleague into the team."""
    team_of_member(acting.db, acting.person, team_id)
    goal_id = load_form(GoalForm(), request.form)["goal_id"]
    inviting.ask_colleague(acting.db, acting.person, team_id, goal_id)
    return go_to("teams.show_team", "team_asked", team_id=team_id)
