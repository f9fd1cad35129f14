"""Writing a new goal in four short steps; what is typed is kept as a draft until its writer saves the goal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.db import row_id
from lti_tool.errors import ConflictError, InvalidInputError, NotFoundError
from lti_tool.launch.acting import Acting, Right, guard
from lti_tool.plans.cards import card_of
from lti_tool.plans.models import Company, Goal, GoalDraft, GrowthPlan
from lti_tool.plans.operations import (
    Sheet,
    Spot,
    adapt_goal,
    autosave_draft,
    carry_on_alone,
    discard_draft,
    finish_draft,
    join_goal,
    reconsider_company,
    save_draft,
)
from lti_tool.plans.queries import draft_of, goal_saved_from, like_goals_on, plan_of, unfinished_goals, visible_goal
from lti_tool.plans.schemas import GoalForm, sheet_of, typed_words
from lti_tool.plans.views.blueprint import bp, mate_ids_of
from lti_tool.plans.views.sheets import (
    AUTOSAVE,
    EMPTY,
    FIND,
    LAST_STEP,
    STEP_FIELDS,
    choice_errors,
    chosen_ids,
    errors_in,
    field_values,
    kept,
    sheet_values,
    step_key,
    step_of,
)
from lti_tool.plans.words import Typed
from lti_tool.standards.schemas import load_form

MOST_CARDS = 6


@bp.get("/goals/new")
@guard(Right.EDUCATOR)
def new_goal(acting: Acting) -> ResponseReturnValue:
    """Show the first step of a new goal, and goals that were begun before."""
    return _step_page(acting, 1, EMPTY, unfinished=unfinished_goals(acting.db, acting.person))


@bp.post("/goals/new")
@guard(Right.EDUCATOR)
def begin_goal(acting: Acting) -> ResponseReturnValue:
    """Keep the first words of a new goal as a draft, and go on."""
    return _save_step(acting, 1, None)


@bp.get("/drafts/<int:draft_id>/<int:step>")
@guard(Right.EDUCATOR)
def show_step(acting: Acting, draft_id: int, step: int) -> ResponseReturnValue:
    """Show a step of a goal that is being written."""
    draft = draft_of(acting.db, acting.person, draft_id)
    if step not in STEP_FIELDS:
        raise NotFoundError
    if draft.goal_id is not None:
        return redirect(url_for(".edit_goal", goal_id=draft.goal_id, draft=draft.id), 303)
    words = {**EMPTY, **draft.words}
    errors = _errors(acting, step, words) if request.args.get("check") else {}
    return _step_page(acting, step, words, draft=draft, errors=errors)


@bp.post("/drafts/<int:draft_id>/<int:step>")
@guard(Right.EDUCATOR)
def save_step(acting: Acting, draft_id: int, step: int) -> ResponseReturnValue:
    """Keep the words of a step; go on, choose company, or save the goal."""
    if step not in STEP_FIELDS:
        raise NotFoundError
    return _save_step(acting, step, draft_id)


@bp.post("/drafts/<int:draft_id>/discard", endpoint="discard_draft")
@guard(Right.EDUCATOR)
def discard_draft_now(acting: Acting, draft_id: int) -> ResponseReturnValue:
    """Let go of words that were never saved."""
    goal = draft_of(acting.db, acting.person, draft_id).goal
    discard_draft(acting.db, acting.person, draft_id)
    back = url_for(".show_goal", goal_id=goal.id, notice="draft_discarded") if goal else None
    return redirect(back or url_for(".show_plan", notice="draft_discarded"), 303)


def _save_step(acting: Acting, step: int, draft_id: int | None) -> ResponseReturnValue:
    sheet, do = sheet_of(request.form), request.form.get("do", "next")
    done = goal_saved_from(acting.db, acting.person, sheet.key)
    if done is not None and do != AUTOSAVE:
        return redirect(url_for(".show_goal", goal_id=done, notice="goal_saved"), 303)
    try:
        words = typed_words(request.form, STEP_FIELDS[step])
    except InvalidInputError as error:
        shown = {
            **EMPTY,
            **{name: request.form.get(name, EMPTY[name]) for name in STEP_FIELDS[step]},
            "indicator_ids": [],
        }
        draft = draft_of(acting.db, acting.person, draft_id) if draft_id else None
        return _step_page(acting, step, shown, draft=draft, errors=error.fields), error.status
    if FIND in request.form:
        draft = draft_of(acting.db, acting.person, draft_id) if draft_id else None
        return _step_page(acting, step, {**EMPTY, **words}, draft=draft)
    spot = Spot(draft_id, plan=_plan_of_address(acting))
    if do == AUTOSAVE:
        draft = autosave_draft(acting.db, acting.person, words, sheet, spot)
        return _kept(acting, draft, step, words, draft_id)
    return _go_on(acting, save_draft(acting.db, acting.person, words, sheet, spot), step, do, sheet)


def _plan_of_address(acting: Acting) -> GrowthPlan | None:
    """Return the own plan that the address names, for the goal to be in; without one it is the current one."""
    plan_id = request.args.get("plan", None, row_id)
    if not plan_id:
        return None
    plan = plan_of(acting.db, acting.person, plan_id)
    if not plan.lets_words_change:
        raise ConflictError("This plan is with its readers, or it has ended. It takes no other goal now.")
    return plan


def _kept(
    acting: Acting, draft: GoalDraft | None, step: int, words: Typed, draft_id: int | None
) -> ResponseReturnValue:
    begins = url_for(".new_goal", plan=request.args.get("plan"))
    page = url_for(".show_step", draft_id=draft.id, step=step) if draft else begins
    is_divided = draft is not None and draft_id is not None and draft.id != draft_id
    key = step_key(acting.person.id, draft.id if draft else None, step)
    return kept(draft, words, action=page, key=key, is_divided=is_divided)


def _go_on(acting: Acting, draft: GoalDraft, step: int, do: str, sheet: Sheet) -> ResponseReturnValue:
    """Go where the button that was pressed leads; forward only where the step has no mistake in it."""
    if do == "back":
        return _to_step(draft, max(step - 1, 1))
    if step == LAST_STEP and (chosen := _choose_company(acting, draft, do)) is not None:
        return chosen
    if _errors(acting, step, {**EMPTY, **draft.words}):
        return _to_step(draft, step, check=1)
    return _to_step(draft, step + 1) if step < LAST_STEP else _finish(acting, draft, do, sheet)


def _choose_company(acting: Acting, draft: GoalDraft, do: str) -> ResponseReturnValue | None:
    """Note what the writer chose when told of like goals; None when another button was pressed."""
    choice, _, number = do.partition(":")
    if choice in {"join", "adapt"}:
        theirs = _colleagues_goal(acting, number)
        if theirs is None:
            return _to_step(draft, LAST_STEP, notice="card_gone")
        if choice == "adapt":
            adapt_goal(draft, theirs)
            return _to_step(draft, step_of("headline"), notice="goal_adapted")
        join_goal(draft, theirs)
        return _to_step(draft, LAST_STEP, notice="goal_joined")
    if choice == "alone":
        carry_on_alone(draft)
        return _to_step(draft, LAST_STEP, notice="goes_alone")
    if choice == "reconsider":
        reconsider_company(draft)
        return _to_step(draft, LAST_STEP)
    return None


def _colleagues_goal(acting: Acting, number: str) -> Goal | None:
    try:
        return visible_goal(acting.db, acting.person, row_id(number), mate_ids_of(acting))
    except ValueError:
        return None


def _finish(acting: Acting, draft: GoalDraft, do: str, sheet: Sheet) -> ResponseReturnValue:
    """Make a goal of the draft, or lead to the first step that has a mistake in it."""
    draft_id = draft.id
    try:
        words = load_form(GoalForm(), draft.words)
        goal = finish_draft(acting.db, acting.person, draft, words, sheet, mate_ids_of(acting))
    except InvalidInputError as error:
        step = min(map(step_of, error.fields), default=LAST_STEP)
        return redirect(url_for(".show_step", draft_id=draft_id, step=step, check=1), 303)
    pages = {"declare": ".declare", "courses": ".find_for_goal"}
    return redirect(url_for(pages.get(do, ".show_goal"), goal_id=goal.id, notice="goal_saved"), 303)


def _to_step(draft: GoalDraft, step: int, **values: Any) -> ResponseReturnValue:
    return redirect(url_for(".show_step", draft_id=draft.id, step=step, kept=1, **values), 303)


def _errors(acting: Acting, step: int, words: Typed) -> dict[str, Sequence[str]]:
    return {**errors_in(words, STEP_FIELDS[step]), **choice_errors(acting, words, step)}


def _step_page(
    acting: Acting,
    step: int,
    words: Typed,
    *,
    draft: GoalDraft | None = None,
    errors: Mapping[str, Any] | None = None,
    unfinished: Sequence[GoalDraft] = (),
) -> str:
    begins = url_for(".begin_goal", plan=request.args.get("plan"))
    is_alone = step != LAST_STEP or bool(draft and draft.plan and draft.plan.is_restricted)
    like = None if is_alone else like_goals_on(acting.db, acting.person, chosen_ids(words), mate_ids_of(acting))
    return render_template(
        "plans/writing/step.html",
        step=step,
        draft=draft,
        action=url_for(".save_step", draft_id=draft.id, step=step) if draft else begins,
        key=step_key(acting.person.id, draft.id if draft else None, step),
        errors=errors or {},
        unfinished=unfinished,
        like=[card_of(each.goal, reason=each.likeness) for each in like.nearest[:MOST_CARDS]] if like else [],
        colleagues=like.colleagues if like else 0,
        company=Company(words.get("company", Company.UNDECIDED)),
        **field_values(acting, words, with_trees=step == step_of("indicator_ids")),
        **sheet_values(words, STEP_FIELDS[step]),
    )
