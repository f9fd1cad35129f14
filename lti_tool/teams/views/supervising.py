"""What supervisors see of teams: kept or under way, and nobody's name."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from lti_tool.db import row_id
from lti_tool.launch.acting import Acting, Right, guard
from lti_tool.teams.queries.supervised import teams_of_supervised
from lti_tool.teams.views.blueprint import bp


@bp.get("/supervised")
@guard(Right.SUPERVISOR)
def show_supervised_teams(acting: Acting) -> ResponseReturnValue:
    """Show the teams of those whom somebody supervises."""
    after = request.args.get("after", None, row_id)
    return render_template("teams/supervised.html", page=teams_of_supervised(acting.db, acting.person, after=after))
