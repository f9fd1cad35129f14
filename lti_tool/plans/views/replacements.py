"""The answer of an owner to an indicator that was replaced by another one."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.errors import InvalidInputError
from lti_tool.launch.acting import Acting, Right, guard
from lti_tool.plans.operations import keep_indicator, move_to_successor
from lti_tool.plans.views.blueprint import bp, own_goal

ANSWERS = {"move": (move_to_successor, "indicator_moved"), "keep": (keep_indicator, "indicator_kept")}


@bp.post("/goals/<int:goal_id>/indicators/<int:indicator_id>/replaced")
@guard(Right.EDUCATOR)
def answer_replacement(acting: Acting, goal_id: int, indicator_id: int) -> ResponseReturnValue:
    """Move the goal to the indicator that came after, or keep it where it is."""
    goal = own_goal(acting, goal_id)
    if request.form.get("answer") not in ANSWERS:
        raise InvalidInputError("Choose whether your goal moves to the new indicator or stays as it is.")
    carry_out, code = ANSWERS[request.form["answer"]]
    carry_out(acting.db, acting.person, goal, indicator_id)
    return redirect(url_for(".show_goal", goal_id=goal.id, notice=code), 303)
