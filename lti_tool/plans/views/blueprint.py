"""The blueprint of plans, and the words that its templates share."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request
from flask.blueprints import BlueprintSetupState
from flask_babel import lazy_gettext

from lti_tool.launch.acting import Acting
from lti_tool.plans.chain import Step, chain_of
from lti_tool.plans.models import Audience, Goal
from lti_tool.plans.queries import demand_of, goal_of
from lti_tool.standards.views import DEMAND

bp = Blueprint("plans", __name__)

AUDIENCE_WORDS = {
    Audience.PRIVATE: lazy_gettext("Only me"),
    Audience.TEAM: lazy_gettext("My team"),
    Audience.SCHOOL: lazy_gettext("My school"),
    Audience.DISTRICT: lazy_gettext("My district"),
}

STEP_WORDS = {
    Step.WHY: lazy_gettext("Why"),
    Step.INDICATOR: lazy_gettext("Indicator"),
    Step.CHANGE: lazy_gettext("What I will change"),
    Step.LEARNING: lazy_gettext("Learning"),
    Step.TRY: lazy_gettext("Try-it"),
    Step.RESULT: lazy_gettext("What came of it"),
}


@bp.record_once
def offer_demand(state: BlueprintSetupState) -> None:
    """Let the coverage of standards count the goals that cite an indicator."""
    state.app.extensions[DEMAND] = demand_of


@bp.app_context_processor
def offer_words() -> dict[str, Any]:
    """Let templates say the words of plans."""
    return {"audience_words": AUDIENCE_WORDS, "step_words": STEP_WORDS, "goal_chain_of": chain_of}


def own_goal(acting: Acting, goal_id: int) -> Goal:
    """Return a goal of the acting person's own; a form that was sent holds it until all is done."""
    return goal_of(acting.db, acting.person, goal_id, to_change=request.method == "POST")
