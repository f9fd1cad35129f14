"""Pages of one's own plan and goals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.errors import ConflictError, InvalidInputError
from lti_tool.launch.acting import Acting, Right, guard
from lti_tool.plans.cards import card_of
from lti_tool.plans.models import Goal
from lti_tool.plans.operations import GoalWords, change_goal, create_goal, meet_goal, reflect, reopen_goal
from lti_tool.plans.queries import goals_of, like_goals, try_of
from lti_tool.plans.schemas import GoalForm, LongText, typed_goal
from lti_tool.plans.views.blueprint import bp, own_goal
from lti_tool.standards.queries import trees_of
from lti_tool.standards.schemas import load_form


@bp.get("/")
@guard(Right.EDUCATOR)
def show_plan(acting: Acting) -> ResponseReturnValue:
    """Show the person's goals, this school year's first."""
    return render_template("plans/plan.html", goals=goals_of(acting.db, acting.person))


@bp.get("/goals/new")
@guard(Right.EDUCATOR)
def new_goal(acting: Acting) -> ResponseReturnValue:
    """Show an empty goal to write."""
    return _goal_form(acting, {})


@bp.post("/goals/new")
@guard(Right.EDUCATOR)
def save_new_goal(acting: Acting) -> ResponseReturnValue:
    """Save a new goal and go on to its courses."""
    try:
        goal = create_goal(acting.db, acting.person, load_form(GoalForm(), typed_goal(request.form)))
    except InvalidInputError as error:
        return _goal_form(acting, typed_goal(request.form), errors=error.fields), error.status
    return redirect(url_for(".choose_courses", goal_id=goal.id, notice="goal_saved"), 303)


@bp.get("/goals/<int:goal_id>")
@guard(Right.EDUCATOR)
def show_goal(acting: Acting, goal_id: int) -> ResponseReturnValue:
    """Show a goal as its chain."""
    goal = own_goal(acting, goal_id)
    like = [card_of(each.goal, reason=each.likeness) for each in like_goals(acting.db, goal)]
    return render_template("plans/goal.html", goal=goal, like=like)


@bp.get("/goals/<int:goal_id>/edit")
@guard(Right.EDUCATOR)
def edit_goal(acting: Acting, goal_id: int) -> ResponseReturnValue:
    """Show a goal's words to change them."""
    goal = own_goal(acting, goal_id)
    if not goal.can_be_edited_by(acting.person):
        return redirect(url_for(".show_goal", goal_id=goal.id), 303)
    return _goal_form(acting, _saved_words(goal), goal=goal)


@bp.post("/goals/<int:goal_id>/edit")
@guard(Right.EDUCATOR)
def save_goal(acting: Acting, goal_id: int) -> ResponseReturnValue:
    """Save a goal's words; when they were saved elsewhere in the meantime, show both versions and change nothing."""
    goal = own_goal(acting, goal_id)
    typed, version = typed_goal(request.form), request.form.get("version", 0, int)
    try:
        change_goal(acting.db, acting.person, goal, load_form(GoalForm(), typed), version)
    except InvalidInputError as error:
        return _goal_form(acting, typed, goal=goal, version=version, errors=error.fields), error.status
    except ConflictError as error:
        saved = own_goal(acting, goal_id)
        return _goal_form(acting, typed, goal=saved, conflict=error), error.status
    return redirect(url_for(".show_goal", goal_id=goal.id, notice="goal_saved"), 303)


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


@bp.route("/try-its/<int:try_id>", methods=["GET", "POST"], endpoint="reflect")
@guard(Right.EDUCATOR)
def reflect_page(acting: Acting, try_id: int) -> ResponseReturnValue:
    """Ask what was tried and what came of it."""
    attempt = try_of(acting.db, acting.person, try_id, to_change=request.method == "POST")
    typed = request.form.get("words", attempt.reflection)
    if request.method == "GET":
        return render_template("plans/reflect.html", attempt=attempt, typed=typed, errors={})
    try:
        reflect(acting.db, acting.person, attempt, load_form(LongText(), request.form)["words"])
    except (InvalidInputError, ConflictError) as error:
        return render_template("plans/reflect.html", attempt=attempt, typed=typed, errors=_said(error)), error.status
    return redirect(url_for(".show_goal", goal_id=attempt.goal_id, notice="reflected"), 303)


def _goal_form(
    acting: Acting,
    typed: Mapping[str, Any],
    *,
    goal: Goal | None = None,
    version: int | None = None,
    errors: Mapping[str, Any] | None = None,
    conflict: ConflictError | None = None,
) -> str:
    return render_template(
        "plans/goal_form.html",
        goal=goal,
        typed=typed,
        chosen={str(each) for each in typed.get("indicator_ids", [])},
        version=version or (goal.version if goal else None),
        errors=errors or {},
        conflict=conflict,
        overtaken=_overtaken(goal, typed) if goal and conflict else frozenset(),
        trees=trees_of(acting.db, acting.person),
    )


def _saved_words(goal: Goal) -> dict[str, Any]:
    words = {name: getattr(goal, name) for name in GoalWords.__slots__ if name != "indicator_ids"}
    return {**words, "indicator_ids": [each.id for each in goal.indicators]}


def _overtaken(goal: Goal, typed: Mapping[str, Any]) -> frozenset[str]:
    """Return the fields whose saved version differs from the typed one, however the browser ends lines."""
    saved = {name: str(value or "") for name, value in _saved_words(goal).items() if name != "indicator_ids"}
    differing = {
        name for name, words in saved.items() if words != str(typed.get(name, "")).replace("\r\n", "\n").strip()
    }
    same_indicators = {str(each.id) for each in goal.indicators} == set(typed["indicator_ids"])
    return frozenset(differing if same_indicators else differing | {"indicator_ids"})


def _said(error: InvalidInputError | ConflictError) -> Mapping[str, Any]:
    """Return an error by field; these forms have a single one, `words`."""
    return {
        "words": [sentence for said in getattr(error, "fields", {}).values() for sentence in said] or [error.message]
    }
