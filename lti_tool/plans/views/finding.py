"""Pages on which learning is found: for one goal, or for all of them; what is inside the district first."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from lti_tool.db import row_id
from lti_tool.launch.acting import Acting, Right, guard
from lti_tool.people.models import OpportunityKind
from lti_tool.plans.cards import card_of
from lti_tool.plans.finding import Seeker
from lti_tool.plans.models import Goal
from lti_tool.plans.queries import (
    InsideOffer,
    LearningPage,
    Wish,
    find_learning,
    indicators_called,
    like_goals,
    offers_for,
    open_goals_of,
    seeker_for,
    taken_up,
)
from lti_tool.plans.queries.practices import InsidePractice, practices_found
from lti_tool.plans.views.blueprint import bp, mate_ids_of, own_goal
from lti_tool.plans.views.reasons import because, because_of_offer, because_of_practice, caveat
from lti_tool.standards.models import Indicator

LONGEST_SEARCH = 200


@bp.get("/learning", endpoint="find_learning")
@guard(Right.EDUCATOR)
def show_all_learning(acting: Acting) -> ResponseReturnValue:
    """Show what can be learned from, that first which serves the person's open goals."""
    goals = open_goals_of(acting.db, acting.person)
    indicators = {each.id: each for goal in goals for each in goal.indicators}
    wish, after, seeker = _wish(acting, tuple(indicators.values())), _after(), _seeker(acting)
    return _page(
        find_learning(acting.db, seeker, wish, after=after),
        offers_for(acting.db, acting.person, seeker, wish) if _shows_offers(wish, after) else [],
        wish,
        practices=practices_found(acting.db, acting.person, seeker, wish) if _shows_offers(wish, after) else [],
        goals=goals,
        taken=taken_up(acting.db, acting.person),
    )


@bp.get("/goals/<int:goal_id>/learning")
@guard(Right.EDUCATOR)
def find_for_goal(acting: Acting, goal_id: int) -> ResponseReturnValue:
    """Show what can be learned from for one goal: what serves its indicators first, with the reason."""
    goal = own_goal(acting, goal_id, with_all=False)
    wish, after, seeker = _wish(acting, tuple(goal.indicators)), _after(), _seeker(acting)
    like = like_goals(acting.db, goal, seeker.mate_ids)
    offers = [] if goal.plan.is_restricted and not wish.words else offers_for(acting.db, acting.person, seeker, wish)
    return _page(
        find_learning(acting.db, seeker, wish, after=after),
        offers if _shows_offers(wish, after) else [],
        wish,
        practices=practices_found(acting.db, acting.person, seeker, wish) if _shows_offers(wish, after) else [],
        goal=goal,
        taken={each.opportunity_id for each in goal.activities},
        like=[card_of(each.goal, reason=each.likeness) for each in like],
    )


def _page(
    page: LearningPage,
    offers: list[InsideOffer],
    wish: Wish,
    *,
    practices: list[InsidePractice],
    goal: Goal | None = None,
    **shown: object,
) -> str:
    shown_places = {each.place for each in offers} | {each.place for each in page.serving}
    shown_places |= {each.place for each in practices}
    return render_template(
        "plans/find.html",
        page=page,
        offers=offers,
        practices=practices,
        places=sorted(shown_places),
        wish=wish,
        goal=goal,
        because=because,
        because_of_offer=because_of_offer,
        because_of_practice=because_of_practice,
        caveat=caveat,
        **shown,
    )


def _wish(acting: Acting, indicators: tuple[Indicator, ...]) -> Wish:
    words = request.args.get("words", "").strip()[:LONGEST_SEARCH]
    called = indicators_called(acting.db, acting.person, words) if words else ()
    return Wish(indicators, words, request.args.get("kind", None, OpportunityKind), called)


def _after() -> int | None:
    return request.args.get("after", None, row_id)


def _seeker(acting: Acting) -> Seeker:
    return seeker_for(acting.db, acting.person, mate_ids_of(acting), acting.launch.time_zone)


def _shows_offers(wish: Wish, after: int | None) -> bool:
    """Return whether colleagues' cards are a part of what is asked for: they are of no kind, and stand on page one."""
    return after is None and wish.kind is None
