"""Pages of shared goals: the list, one of them, proposing, and making an own goal a part of one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.db import row_id
from lti_tool.errors import InvalidInputError
from lti_tool.launch.acting import Acting, Right, guard
from lti_tool.plans.cards import card_of
from lti_tool.plans.operations.shared_goals import (
    adopt_shared_goal,
    propose_shared_goal,
    retire_shared_goal,
    work_on_shared_goal,
)
from lti_tool.plans.queries import open_goals_of
from lti_tool.plans.queries.shared_goals import shared_goal_of, shared_goal_page, shared_goals_for
from lti_tool.plans.schemas.shared_goals import SharedGoalForm
from lti_tool.plans.views.blueprint import bp, mate_ids_of, own_goal
from lti_tool.standards.schemas import load_form


@bp.get("/shared-goals")
@guard(Right.EDUCATOR)
def show_shared_goals(acting: Acting) -> ResponseReturnValue:
    """Show what the school and the district work on together."""
    return _list_page(acting, {}, {})


@bp.post("/shared-goals", endpoint="propose_shared_goal")
@guard(Right.EDUCATOR)
def propose(acting: Acting) -> ResponseReturnValue:
    """Propose a goal to work on together."""
    try:
        said = load_form(SharedGoalForm(), request.form)
        shared = propose_shared_goal(
            acting.db, acting.person, said["headline"], said["words"], for_school=said["reach"] == "school"
        )
    except InvalidInputError as error:
        return _list_page(acting, request.form, error.fields), error.status
    return redirect(url_for(".show_shared_goal", shared_id=shared.id, notice="shared_goal_proposed"), 303)


@bp.get("/shared-goals/<int:shared_id>")
@guard(Right.EDUCATOR)
def show_shared_goal(acting: Acting, shared_id: int) -> ResponseReturnValue:
    """Show a shared goal and who works on it."""
    page = shared_goal_page(acting.db, acting.person, shared_id, mate_ids_of(acting))
    goals = open_goals_of(acting.db, acting.person)
    return render_template(
        "plans/shared_goal.html",
        page=page,
        shared=page.shared,
        cards=[card_of(each) for each in page.goals],
        mine=[each for each in goals if each.shared_goal_id == shared_id],
        others=[each for each in goals if each.shared_goal_id != shared_id and not each.plan.is_restricted],
        may_adopt=page.shared.is_adopted_by(acting.person),
        may_retire=page.shared.is_adopted_by(acting.person)
        or (page.shared.is_proposed_by(acting.person) and page.shared.adopted_at is None),
    )


@bp.post("/shared-goals/<int:shared_id>/adopt", endpoint="adopt_shared_goal")
@guard(Right.EDUCATOR)
def adopt(acting: Acting, shared_id: int) -> ResponseReturnValue:
    """Make it one of the school's or the district's own."""
    adopt_shared_goal(acting.db, acting.person, shared_goal_of(acting.db, acting.person, shared_id, to_change=True))
    return redirect(url_for(".show_shared_goal", shared_id=shared_id, notice="shared_goal_adopted"), 303)


@bp.post("/shared-goals/<int:shared_id>/retire", endpoint="retire_shared_goal")
@guard(Right.EDUCATOR)
def retire(acting: Acting, shared_id: int) -> ResponseReturnValue:
    """Take it out of the list."""
    retire_shared_goal(acting.db, acting.person, shared_goal_of(acting.db, acting.person, shared_id, to_change=True))
    return redirect(url_for(".show_shared_goals", notice="shared_goal_retired"), 303)


@bp.post("/shared-goals/<int:shared_id>/mine", endpoint="work_on_shared_goal")
@guard(Right.EDUCATOR)
def work_on(acting: Acting, shared_id: int) -> ResponseReturnValue:
    """Make an own goal a part of it, or take it out again."""
    shared = shared_goal_of(acting.db, acting.person, shared_id)
    goal = own_goal(acting, request.form.get("goal_id", 0, row_id))
    takes_out = request.form.get("do") == "leave"
    work_on_shared_goal(acting.db, acting.person, goal, None if takes_out else shared)
    notice = "shared_goal_left" if takes_out else "shared_goal_chosen"
    return redirect(url_for(".show_shared_goal", shared_id=shared_id, notice=notice), 303)


def _list_page(acting: Acting, typed: Mapping[str, Any], errors: Mapping[str, Any]) -> str:
    lines = shared_goals_for(acting.db, acting.person)
    return render_template("plans/shared_goals.html", lines=lines, typed=typed, errors=errors)
