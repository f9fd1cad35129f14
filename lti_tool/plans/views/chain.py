"""The page of an indicator: what of my plan leads to it, and for designers what the district asks and has."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from lti_tool.launch.acting import Acting, Right, guard
from lti_tool.plans.queries import chain_to, indicator_of, supply_of
from lti_tool.plans.views.blueprint import bp


@bp.get("/indicators/<int:indicator_id>")
@guard(Right.EDUCATOR)
def show_indicator(acting: Acting, indicator_id: int) -> ResponseReturnValue:
    """Show an indicator with my goals on it, my learning that serves it, and what came of it."""
    indicator = indicator_of(acting.db, acting.person, indicator_id)
    return render_template(
        "plans/indicator.html",
        chain=chain_to(acting.db, acting.person, indicator),
        supply=supply_of(acting.db, indicator) if acting.is_designer else None,
    )
