"""What a team learns from together: found, chosen, and taken into each member's own goal."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.db import row_id
from lti_tool.launch.acting import Acting, Right, guard
from lti_tool.plans.queries import Wish, find_learning, indicators_called, opportunity_of, seeker_for
from lti_tool.plans.views.blueprint import LONGEST_SEARCH, mate_ids_of
from lti_tool.plans.views.reasons import because, caveat
from lti_tool.teams.operations import learning
from lti_tool.teams.queries.learning import chosen_by, indicators_of_team
from lti_tool.teams.queries.room import goals_shown, room_team
from lti_tool.teams.views.blueprint import bp, go_to


@bp.get("/<int:team_id>/learning")
@guard(Right.EDUCATOR)
def find_for_team(acting: Acting, team_id: int) -> ResponseReturnValue:
    """Show what could serve the goals of the team, to choose from."""
    team = room_team(acting.db, acting.person, team_id)
    words = request.args.get("words", "").strip()[:LONGEST_SEARCH]
    called = indicators_called(acting.db, acting.person, words) if words else ()
    wish = Wish(indicators_of_team(goals_shown(acting.person, team)), words, called=called)
    seeker = seeker_for(acting.db, acting.person, mate_ids_of(acting), acting.launch.time_zone)
    return render_template(
        "teams/learning.html",
        team=team,
        words=words,
        page=find_learning(acting.db, seeker, wish, after=request.args.get("after", None, row_id)),
        chosen={each.id for each in chosen_by(acting.db, team)},
        because=because,
        caveat=caveat,
    )


@bp.post("/<int:team_id>/learning/<int:opportunity_id>/choose")
@guard(Right.EDUCATOR)
def choose_learning(acting: Acting, team_id: int, opportunity_id: int) -> ResponseReturnValue:
    """Choose something for the team."""
    learning.choose_learning(acting.db, acting.person, team_id, opportunity_id)
    return go_to("teams.show_room", "team_learning_chosen", team_id=team_id, _anchor="learning-title")


@bp.post("/<int:team_id>/learning/<int:opportunity_id>/drop")
@guard(Right.EDUCATOR)
def drop_learning(acting: Acting, team_id: int, opportunity_id: int) -> ResponseReturnValue:
    """Take something out of what the team chose."""
    learning.drop_learning(acting.db, acting.person, team_id, opportunity_id)
    return go_to("teams.show_room", "team_learning_dropped", team_id=team_id, _anchor="learning-title")


@bp.post("/<int:team_id>/learning/<int:opportunity_id>/take")
@guard(Right.EDUCATOR)
def take_into_goal(acting: Acting, team_id: int, opportunity_id: int) -> ResponseReturnValue:
    """Count something toward the own goal; what is outside of the district is asked about on its own page."""
    opportunity = opportunity_of(acting.db, acting.person, opportunity_id)
    if opportunity.is_outside:
        return redirect(url_for("plans.show_learning", opportunity_id=opportunity_id), 303)
    learning.take_into_goal(acting.db, acting.person, team_id, opportunity)
    return go_to("teams.show_room", "learning_taken_up", team_id=team_id, _anchor="learning-title")
