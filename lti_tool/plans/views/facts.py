"""Facts about the district's plans, of which nobody can be picked out."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from lti_tool.launch.acting import Acting, Right, guard
from lti_tool.plans.queries import shared_fact
from lti_tool.plans.views.blueprint import bp


@bp.get("/facts")
@guard(Right.ADMINISTRATOR)
def show_facts(acting: Acting) -> ResponseReturnValue:
    """Show how many educators learn a part of their plan with others."""
    return render_template("plans/facts.html", shared=shared_fact(acting.db, acting.person))
