"""Pages on which an owner decides who sees a goal's card."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.errors import ConflictError, InvalidInputError, OverwrittenError
from lti_tool.launch.acting import Acting, Right, guard
from lti_tool.plans.cards import CardWords, card_of
from lti_tool.plans.models import Audience, Goal
from lti_tool.plans.operations import declare_goal, withdraw_declaration
from lti_tool.plans.queries import policy_of, reach_of
from lti_tool.plans.schemas import CardForm
from lti_tool.plans.views.blueprint import bp, own_goal
from lti_tool.plans.views.wording import AUDIENCE_WORDS
from lti_tool.standards.schemas import load_form, meet, shown_of


@bp.route("/goals/<int:goal_id>/declare", methods=["GET", "POST"])
@guard(Right.EDUCATOR)
def declare(acting: Acting, goal_id: int) -> ResponseReturnValue:
    """Show the card to write, with the card exactly as others will see it; share it, or only show the preview."""
    goal = own_goal(acting, goal_id)
    if request.method == "GET" and (not goal.is_live or goal.plan.is_restricted):
        return redirect(url_for(".show_goal", goal_id=goal.id), 303)
    if not policy_of(acting.db, acting.person.district_id).lets_share:
        raise ConflictError("Your district does not share goals here. Your goal stays with you.")
    if request.method == "GET":
        return _card_page(acting, goal, _saved_card(goal))
    typed: Mapping[str, Any] = request.form.to_dict()
    try:
        typed = meet(request.form, typed, _saved_card(goal), {"audience": AUDIENCE_WORDS})
        words = load_form(CardForm(), typed)
        if request.form.get("do") != "preview":
            declare_goal(acting.db, acting.person, goal, words)
            return redirect(url_for(".show_goal", goal_id=goal.id, notice=_notice(words)), 303)
    except OverwrittenError as error:
        return _card_page(acting, goal, error.typed, errors=error.fields), error.status
    except InvalidInputError as error:
        return _card_page(acting, goal, typed, errors=error.fields), error.status
    return _card_page(acting, goal, typed)


@bp.post("/goals/<int:goal_id>/withdraw")
@guard(Right.EDUCATOR)
def withdraw(acting: Acting, goal_id: int) -> ResponseReturnValue:
    """Show the card to nobody any more."""
    goal = own_goal(acting, goal_id)
    withdraw_declaration(acting.db, acting.person, goal)
    return redirect(url_for(".show_goal", goal_id=goal.id, notice="withdrawn"), 303)


def _notice(words: CardWords) -> str:
    return "kept_private" if words.audience is Audience.PRIVATE else "declared"


def _saved_card(goal: Goal) -> dict[str, str]:
    card = goal.declaration
    if card is None:
        return {"audience": "", "next_step": "", "offer": "", "wish": ""}
    return {"audience": card.audience.value, "next_step": card.next_step, "offer": card.offer, "wish": card.wish}


def _card_page(acting: Acting, goal: Goal, typed: Mapping[str, Any], errors: Mapping[str, Any] | None = None) -> str:
    said = {name: typed.get(name, "") for name in ("next_step", "offer", "wish")}
    return render_template(
        "plans/declare.html",
        goal=goal,
        typed=typed,
        errors=errors or {},
        shown=shown_of(_saved_card(goal)),
        card=card_of(goal, words=CardWords(Audience.PRIVATE, **said)),
        reach=reach_of(acting.db, acting.person),
        policy=policy_of(acting.db, acting.person.district_id),
    )
