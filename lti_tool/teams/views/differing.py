"""What the designer does about a change that somebody made by hand in a team's LMS group."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from lti_tool.launch.acting import Acting, Right, guard
from lti_tool.teams.operations import differences
from lti_tool.teams.views.blueprint import bp, go_to, team_to_design


@bp.post("/<int:team_id>/group/differences/<int:difference_id>/put-back")
@guard(Right.DESIGNER)
def put_back(acting: Acting, team_id: int, difference_id: int) -> ResponseReturnValue:
    """Have the group made as the tool made it."""
    team_to_design(acting, team_id)
    differences.put_back(acting.db, acting.person, team_id, difference_id)
    return go_to("teams.show_team", "group_put_back", team_id=team_id)


@bp.post("/<int:team_id>/group/differences/<int:difference_id>/leave")
@guard(Right.DESIGNER)
def leave_difference(acting: Acting, team_id: int, difference_id: int) -> ResponseReturnValue:
    """Leave the group as somebody made it in the LMS."""
    team_to_design(acting, team_id)
    differences.leave_difference(acting.db, acting.person, team_id, difference_id)
    return go_to("teams.show_team", "group_left_so", team_id=team_id)
