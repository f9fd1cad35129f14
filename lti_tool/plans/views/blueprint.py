"""The blueprint of plans, and the words that its templates share."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from flask import Blueprint, current_app, request
from flask.blueprints import BlueprintSetupState
from sqlalchemy.orm import Session

from lti_tool.db import row_id
from lti_tool.errors import InvalidInputError, NotAllowedError, NotFoundError
from lti_tool.launch.acting import Acting, Right
from lti_tool.people.models import OpportunityKind, Person
from lti_tool.plans.chain import chain_of
from lti_tool.plans.coherence import FinishedCourse
from lti_tool.plans.models import Goal, GrowthPlan, TemplateVersion
from lti_tool.plans.queries import LikeGoal, demand_of, goal_of, offered_versions, plan_of, reads_goal
from lti_tool.plans.views import wording
from lti_tool.plans.views.words import all_words
from lti_tool.standards.views import DEMAND

bp = Blueprint("plans", __name__)
LONGEST_SEARCH = 200

Mates = Callable[[Session, Person], Sequence[Person]]
"""Who is in a team with a person."""

MATES = "team_mates"
"""Where the application keeps its `Mates`: teams are known only to a layer above."""

OpenTeams = Callable[[Session, Person, Collection[int]], Sequence[str]]
"""The names of the teams that one of these goals is in and that a person could still join."""

OPEN_TEAMS = "open_teams"
"""Where the application keeps its `OpenTeams`."""

Finished = Callable[[Session, Person, int], Sequence[FinishedCourse]]
"""The courses that the LMS reports a person finished in a school year."""

FINISHED = "finished_courses"
"""Where the application keeps its `Finished`: what an LMS reports is known only to a layer above."""


@bp.record_once
def offer_demand(state: BlueprintSetupState) -> None:
    """Let the coverage of standards count the goals that cite an indicator."""
    state.app.extensions[DEMAND] = demand_of


bp.app_context_processor(all_words)


@bp.app_context_processor
def offer_words() -> dict[str, Any]:
    """Let templates say the words of plans."""
    return {
        "audience_words": wording.AUDIENCE_WORDS,
        "step_words": wording.STEP_WORDS,
        "goal_kind_words": wording.KIND_WORDS,
        "why_place_words": wording.PLACE_WORDS,
        "place_words": wording.LEARNING_PLACE_WORDS,
        "Kind": OpportunityKind,
        "source_words": wording.SOURCE_WORDS,
        "gap_words": wording.GAP_WORDS,
        "goal_chain_of": chain_of,
        "try_step_words": wording.TRY_STEP_WORDS,
    }


def mates_of(acting: Acting) -> Sequence[Person]:
    """Return who is in a team with the acting person."""
    mates: Mates = current_app.extensions[MATES]
    return mates(acting.db, acting.person)


def mate_ids_of(acting: Acting) -> frozenset[int]:
    """Return the ids of those in a team with the acting person, to whom cards for the team are shown."""
    return frozenset(each.id for each in mates_of(acting))


def open_teams_near(acting: Acting, person: Person, like: Iterable[LikeGoal]) -> Sequence[str]:
    """Return the names of the teams of these goals that a person could still join."""
    open_teams: OpenTeams = current_app.extensions[OPEN_TEAMS]
    return open_teams(acting.db, person, {each.goal.id for each in like})


def own_goal(acting: Acting, goal_id: int, *, with_all: bool = True) -> Goal:
    """Return a goal of the acting person's own; a form that was sent holds it until all is done.

    Whoever reads its plan is told that its words are its owner's; to everybody else it is not there.
    """
    try:
        return goal_of(acting.db, acting.person, goal_id, to_change=request.method == "POST", with_all=with_all)
    except NotFoundError:
        if reads_goal(acting.db, acting.person, goal_id):
            raise NotAllowedError("The words of a goal are its owner's. Comment beside them.") from None
        raise


def own_plan(acting: Acting, plan_id: int) -> GrowthPlan:
    """Return a plan of the acting person's own; a form that was sent holds it until all is done."""
    return plan_of(acting.db, acting.person, plan_id, to_change=request.method == "POST")


def as_reader_of(acting: Acting, plan: GrowthPlan | None = None) -> dict[str, Any]:
    """Return what keeps the supervisor's tabs on a page that owners and readers share."""
    is_own = plan is not None and plan.is_owned_by(acting.person)
    return {"as": Right.SUPERVISOR.value} if acting.is_supervisor and not is_own else {}


def chosen_version(acting: Acting, *, is_restricted: bool) -> TemplateVersion:
    """Return the rules that were chosen from those on offer."""
    offered = offered_versions(acting.db, acting.person, is_restricted=is_restricted)
    chosen = next((each for each in offered if str(each.template_id) == request.form.get("template")), None)
    if chosen is None:
        raise InvalidInputError("Choose one of the kinds of plans that are offered.")
    return chosen


def person_id_of(form: Mapping[str, str]) -> int:
    """Return the id of the person that a form names."""
    try:
        return row_id(form.get("person_id", ""))
    except ValueError:
        raise NotFoundError from None
