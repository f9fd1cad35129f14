"""Pages of one's own plan and goals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.errors import ConflictError, InvalidInputError
from lti_tool.launch.acting import Acting, Right, guard
from lti_tool.plans.cards import card_of
from lti_tool.plans.operations import meet_goal, reopen_goal
from lti_tool.plans.queries import companions_of, drafts_of, like_goals, replaced_indicators
from lti_tool.plans.queries.practices import trail_of
from lti_tool.plans.schemas import LongText
from lti_tool.plans.views.blueprint import bp, mate_ids_of, own_goal
from lti_tool.standards.schemas import load_form


@bp.get("/goals/<int:goal_id>")
@guard(Right.EDUCATOR)
def show_goal(acting: Acting, goal_id: int) -> ResponseReturnValue:
    """Show a goal as its chain."""
    goal = own_goal(acting, goal_id)
    like = like_goals(acting.db, goal, mate_ids_of(acting))
    cards = [card_of(each.goal, reason=each.likeness) for each in like]
    together = {"like": cards, "companions": companions_of(acting.db, goal), "trail": trail_of(acting.db, goal)}
    replaced = replaced_indicators(acting.db, goal)
    beside = drafts_of(acting.db, acting.person, goal)
    return render_template("plans/goal.html", goal=goal, replaced=replaced, beside=beside, **together)


@bp.route("/goals/<int:goal_id>/meet", methods=["GET", "POST"], endpoint="meet_goal")
@guard(Right.EDUCATOR)
def meet_goal_page(acting: Acting, goal_id: int) -> ResponseReturnValue:
    """Ask what came of a goal, and close it with that."""
    goal = own_goal(acting, goal_id)
    typed = request.form.get("words", goal.results_statement)
    if request.method == "GET":
        return render_template("plans/meet.html", goal=goal, typed=typed, errors={})
    try:
        meet_goal(acting.db, acting.person, goal, load_form(LongText(), request.form)["words"])
    except (InvalidInputError, ConflictError) as error:
        return render_template("plans/meet.html", goal=goal, typed=typed, errors=_said(error)), error.status
    return redirect(url_for(".show_goal", goal_id=goal.id, notice="goal_met"), 303)


@bp.post("/goals/<int:goal_id>/reopen", endpoint="reopen_goal")
@guard(Right.EDUCATOR)
def reopen_goal_page(acting: Acting, goal_id: int) -> ResponseReturnValue:
    """Open a goal again."""
    goal = own_goal(acting, goal_id)
    reopen_goal(acting.db, acting.person, goal)
    return redirect(url_for(".show_goal", goal_id=goal.id, notice="goal_reopened"), 303)


def _said(error: InvalidInputError | ConflictError) -> Mapping[str, Any]:
    """Return an error by field; these forms have a single one, `words`."""
    return {
        "words": [sentence for said in getattr(error, "fields", {}).values() for sentence in said] or [error.message]
    }
