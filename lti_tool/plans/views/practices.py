"""Pages of practices: what colleagues pass on, writing one, and telling that one tried it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from lti_tool.db import row_id
from lti_tool.errors import InvalidInputError, OverwrittenError
from lti_tool.launch.acting import Acting, Right, guard
from lti_tool.plans.models import PracticeCard
from lti_tool.plans.operations.practices import (
    SHARED_WITH,
    keep_practice,
    require_anothers,
    require_author,
    retire_practice,
    try_practice,
    write_practice,
)
from lti_tool.plans.queries import board_choices, goals_of, open_goals_of, visible_ids
from lti_tool.plans.queries.digest import digest_for
from lti_tool.plans.queries.practices import PracticeFilter, own_practices, practice_for, practices_for
from lti_tool.plans.schemas import typed_with_indicators
from lti_tool.plans.schemas.practices import PracticeForm, TryForm
from lti_tool.plans.views.blueprint import bp, mate_ids_of
from lti_tool.plans.views.wording import AUDIENCE_WORDS
from lti_tool.standards.schemas import load_form, meet, shown_of

LONGEST_SEARCH = 200


@bp.get("/practices")
@guard(Right.EDUCATOR)
def show_practices(acting: Acting) -> ResponseReturnValue:
    """Show what colleagues pass on: the own school's first."""
    narrowed = PracticeFilter(
        component_id=request.args.get("component", None, row_id),
        words=request.args.get("words", "").strip()[:LONGEST_SEARCH],
    )
    return render_template(
        "plans/practices.html",
        page=practices_for(acting.db, acting.person, narrowed, after=request.args.get("after", None, row_id)),
        own=own_practices(acting.db, acting.person),
        components=board_choices(acting.db, acting.person).components,
        narrowed=narrowed,
    )


@bp.get("/practices/lately")
@guard(Right.EDUCATOR)
def show_digest(acting: Acting) -> ResponseReturnValue:
    """Show what colleagues passed on lately, by indicator."""
    own = {each.id for goal in open_goals_of(acting.db, acting.person) for each in goal.indicators}
    return render_template("plans/digest.html", parts=digest_for(acting.db, acting.person, own))


@bp.route("/practices/new", methods=["GET", "POST"])
@guard(Right.EDUCATOR)
def new_practice(acting: Acting) -> ResponseReturnValue:
    """Write a card."""
    if request.method == "GET":
        return _form(acting, {"goal_id": request.args.get("goal", "")})
    return _save(acting, None)


@bp.get("/practices/<int:card_id>")
@guard(Right.EDUCATOR)
def show_practice(acting: Acting, card_id: int) -> ResponseReturnValue:
    """Show a card and what came of it elsewhere."""
    return _practice_page(acting, practice_for(acting.db, acting.person, card_id))


@bp.route("/practices/<int:card_id>/edit", methods=["GET", "POST"])
@guard(Right.EDUCATOR)
def edit_practice(acting: Acting, card_id: int) -> ResponseReturnValue:
    """Change the own card."""
    card = practice_for(acting.db, acting.person, card_id, to_change=request.method == "POST")
    require_author(acting.person, card)
    if request.method == "GET":
        return _form(acting, _saved(card), card)
    return _save(acting, card)


@bp.post("/practices/<int:card_id>/retire", endpoint="retire_practice")
@guard(Right.EDUCATOR)
def retire(acting: Acting, card_id: int) -> ResponseReturnValue:
    """Take the own card out of every list."""
    retire_practice(acting.db, acting.person, practice_for(acting.db, acting.person, card_id))
    return redirect(url_for(".show_practices", notice="practice_retired"), 303)


@bp.post("/practices/<int:card_id>/keep", endpoint="keep_practice")
@guard(Right.EDUCATOR)
def keep(acting: Acting, card_id: int) -> ResponseReturnValue:
    """Keep a practice for a goal, to be tried."""
    card = practice_for(acting.db, acting.person, card_id)
    require_anothers(acting.person, card)
    goal_id = request.form.get("goal_id", None, row_id)
    if goal_id is None:
        errors = {"goal_id": [gettext("Choose the goal for which you keep it.")]}
        return _practice_page(acting, card, errors=errors), 422
    keep_practice(acting.db, acting.person, card, goal_id)
    return redirect(url_for(".show_practice", card_id=card.id, notice="practice_kept"), 303)


@bp.post("/practices/<int:card_id>/try", endpoint="try_practice")
@guard(Right.EDUCATOR)
def tell_try(acting: Acting, card_id: int) -> ResponseReturnValue:
    """Tell the author that one tried it."""
    card = practice_for(acting.db, acting.person, card_id)
    require_anothers(acting.person, card)
    try:
        try_practice(acting.db, acting.person, card, load_form(TryForm(), request.form))
    except InvalidInputError as error:
        return _practice_page(acting, card, typed=request.form.to_dict(), errors=error.fields), error.status
    return redirect(url_for(".show_practice", card_id=card.id, notice="practice_tried"), 303)


def _save(acting: Acting, card: PracticeCard | None) -> ResponseReturnValue:
    typed: Mapping[str, Any] = typed_with_indicators(request.form)
    try:
        typed = meet(request.form, typed, _saved(card) if card else {}, _said(card))
        saved = write_practice(acting.db, acting.person, load_form(PracticeForm(), typed), card)
    except OverwrittenError as error:
        return _form(acting, error.typed, card, error.fields), error.status
    except InvalidInputError as error:
        return _form(acting, typed, card, error.fields), error.status
    return redirect(url_for(".show_practice", card_id=saved.id, notice="practice_shared"), 303)


def _saved(card: PracticeCard) -> dict[str, Any]:
    names = ("title", "did", "with_whom", "needed", "would_change", "goal_id")
    chosen = {"audience": card.audience.value, "indicator_ids": [str(each.id) for each in card.indicators]}
    return {name: getattr(card, name) for name in names} | chosen


def _said(card: PracticeCard | None) -> Mapping[str, Mapping[Any, Any]]:
    """Return what people read for what can be chosen on a card."""
    codes = {str(each.id): each.code for each in card.indicators} if card else {}
    return {"audience": AUDIENCE_WORDS, "indicator_ids": codes}


def _form(
    acting: Acting, typed: Mapping[str, Any], card: PracticeCard | None = None, errors: Mapping[str, Any] | None = None
) -> str:
    goals = goals_of(acting.db, acting.person)
    offered = [*(each for goal in goals for each in goal.indicators), *(card.indicators if card else [])]
    return render_template(
        "plans/practice_form.html",
        card=card,
        typed=typed,
        errors=errors or {},
        shown=shown_of(_saved(card)) if card else "",
        indicators=sorted(set(offered), key=lambda each: (each.framework_id, each.position)),
        goals=goals,
        audiences=SHARED_WITH,
    )


def _practice_page(
    acting: Acting, card: PracticeCard, typed: Mapping[str, Any] | None = None, errors: Mapping[str, Any] | None = None
) -> str:
    tried_on = [each.goal_id for each in card.tries if each.goal_id]
    return render_template(
        "plans/practice.html",
        card=card,
        is_mine=card.is_written_by(acting.person),
        mine=card.try_of(acting.person),
        seen_goals=visible_ids(acting.db, acting.person, tried_on, mate_ids_of(acting)),
        goals=[] if card.is_written_by(acting.person) else goals_of(acting.db, acting.person),
        typed=typed,
        errors=errors or {},
    )
