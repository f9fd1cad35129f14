"""The page of a try-it: plan a try, try it, say what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.errors import ConflictError, InvalidInputError
from lti_tool.launch.acting import Acting, Right, guard
from lti_tool.plans.models import TryIt
from lti_tool.plans.operations import plan_try
from lti_tool.plans.operations import reflect as keep_reflection
from lti_tool.plans.queries import like_goals, try_of
from lti_tool.plans.schemas import ReflectionForm, TryPlanForm
from lti_tool.plans.views.blueprint import bp, mates_of
from lti_tool.standards.schemas import load_form, meet, shown_of


@bp.get("/try-its/<int:try_id>", endpoint="reflect")
@guard(Right.EDUCATOR)
def show_try(acting: Acting, try_id: int) -> ResponseReturnValue:
    """Show a try-it: what is planned with whom, and what came of it."""
    attempt = try_of(acting.db, acting.person, try_id)
    return _try_page(acting, attempt, {}, {})


@bp.post("/try-its/<int:try_id>")
@guard(Right.EDUCATOR)
def save_reflection(acting: Acting, try_id: int) -> ResponseReturnValue:
    """Keep what was tried and what came of it."""
    attempt = try_of(acting.db, acting.person, try_id, to_change=True)
    typed: Mapping[str, Any] = request.form.to_dict()
    try:
        typed = meet(request.form, typed, _saved(attempt))
        form = load_form(ReflectionForm(), typed)
        keep_reflection(acting.db, acting.person, attempt, form["words"], form["tried_on"])
    except (InvalidInputError, ConflictError) as error:
        return _try_page(acting, attempt, typed, _said(error)), error.status
    return redirect(url_for(".show_goal", goal_id=attempt.goal_id, notice="reflected"), 303)


@bp.post("/try-its/<int:try_id>/plan")
@guard(Right.EDUCATOR)
def save_try_plan(acting: Acting, try_id: int) -> ResponseReturnValue:
    """Keep what is to be tried, and with whose support."""
    attempt = try_of(acting.db, acting.person, try_id, to_change=True)
    typed: Mapping[str, Any] = request.form.to_dict()
    try:
        names = {"support_id": {str(each): name for each, name in _colleagues(acting, attempt).items()}}
        typed = meet(request.form, typed, _saved(attempt), names)
        words = load_form(TryPlanForm(), typed)
        plan_try(acting.db, acting.person, attempt, words, _colleagues(acting, attempt).keys())
    except (InvalidInputError, ConflictError) as error:
        return _try_page(acting, attempt, typed, _said(error)), error.status
    return redirect(url_for(".reflect", try_id=try_id, notice="try_planned"), 303)


def _try_page(acting: Acting, attempt: TryIt, typed: Mapping[str, Any], errors: Mapping[str, Any]) -> str:
    saved = _saved(attempt)
    return render_template(
        "plans/reflect.html",
        attempt=attempt,
        typed={**saved, **typed},
        shown_before=shown_of({name: saved[name] for name in ("plan", "support_id")}),
        shown_after=shown_of({name: saved[name] for name in ("tried_on", "words")}),
        errors=errors,
        colleagues=_colleagues(acting, attempt),
    )


def _saved(attempt: TryIt) -> dict[str, Any]:
    return {
        "plan": attempt.plan,
        "support_id": attempt.support_id,
        "tried_on": attempt.tried_on,
        "words": attempt.reflection,
    }


def _colleagues(acting: Acting, attempt: TryIt) -> dict[int, str]:
    """Return by id the names of those who may be asked for support: team mates, and owners of like goals."""
    mates = {each.id: each.name for each in mates_of(acting)}
    like = {each.goal.owner.id: each.goal.owner.name for each in like_goals(acting.db, attempt.goal, mates)}
    named = {attempt.support.id: attempt.support.name} if attempt.support else {}
    return dict(sorted({**mates, **like, **named}.items(), key=lambda each: (each[1], each[0])))


def _said(error: InvalidInputError | ConflictError) -> Mapping[str, Any]:
    """Return an error by the field it stands at; what is wrong with the goal stands at the words."""
    fields = dict(getattr(error, "fields", {}))
    if "reflection" in fields:
        fields["words"] = fields.pop("reflection")
    return fields or {"words": [error.message]}
