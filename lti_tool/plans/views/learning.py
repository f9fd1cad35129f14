"""Pages of one thing to learn from: what it serves, which goals count it, and what its learner does with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.db import row_id, utc_now
from lti_tool.errors import InvalidInputError
from lti_tool.launch.acting import Acting, Right, guard
from lti_tool.launch.operations.completion_reads import Asking
from lti_tool.people.models import Opportunity
from lti_tool.plans import operations
from lti_tool.plans.finding import Found, Place
from lti_tool.plans.models import Activity, LookedInside
from lti_tool.plans.queries import (
    InsideOffer,
    Learning,
    Wish,
    activity_of,
    find_learning,
    learning_of,
    offers_for,
    opportunity_of,
    seeker_for,
)
from lti_tool.plans.schemas import FinishForm, LookedForm
from lti_tool.plans.views.blueprint import bp, mate_ids_of, own_goal
from lti_tool.plans.views.reasons import because, because_of_offer
from lti_tool.standards.models import Indicator
from lti_tool.standards.schemas import load_form

MOST_MATCHES = 5


@bp.get("/learning/<int:opportunity_id>")
@guard(Right.EDUCATOR)
def show_learning(acting: Acting, opportunity_id: int) -> ResponseReturnValue:
    """Show one thing to learn from: whom to ask, what it serves, and my goals and try-its with it."""
    return _learning_page(acting, opportunity_of(acting.db, acting.person, opportunity_id), {})


@bp.get("/course")
@guard(Right.EDUCATOR)
def show_course_goals(acting: Acting) -> ResponseReturnValue:
    """Show the same of the launch's course."""
    course = acting.course
    if course is None or not course.is_professional_learning:
        return render_template("plans/no_course.html")
    return _learning_page(acting, opportunity_of(acting.db, acting.person, course.id), {})


@bp.post("/goals/<int:goal_id>/learning/<int:opportunity_id>")
@guard(Right.EDUCATOR)
def take_up(acting: Acting, goal_id: int, opportunity_id: int) -> ResponseReturnValue:
    """Let something count toward a goal; of what is outside the page asks first who inside was looked for."""
    goal, opportunity = own_goal(acting, goal_id), opportunity_of(acting.db, acting.person, opportunity_id)
    try:
        operations.take_up(acting.db, acting.person, goal, opportunity, _looked_inside())
    except InvalidInputError as error:
        return _learning_page(acting, opportunity, error.fields), error.status
    return _back(opportunity_id, "learning_taken_up", goal_id)


@bp.post("/learning/<int:opportunity_id>/note")
@guard(Right.EDUCATOR)
def note_learning(acting: Acting, opportunity_id: int) -> ResponseReturnValue:
    """Keep that something is learned that serves no goal."""
    opportunity = opportunity_of(acting.db, acting.person, opportunity_id)
    try:
        operations.note_learning(acting.db, acting.person, opportunity, _looked_inside())
    except InvalidInputError as error:
        return _learning_page(acting, opportunity, error.fields), error.status
    return _back(opportunity_id, "learning_noted", None)


@bp.post("/activities/<int:activity_id>/link")
@guard(Right.EDUCATOR)
def link_activity(acting: Acting, activity_id: int) -> ResponseReturnValue:
    """Let learning that served no goal serve one."""
    goal = own_goal(acting, request.form.get("goal", 0, row_id))
    activity = _own_activity(acting, activity_id)
    operations.link_activity(acting.db, acting.person, activity, goal)
    return _back(activity.opportunity_id, "learning_linked", goal.id)


@bp.post("/activities/<int:activity_id>/remove")
@guard(Right.EDUCATOR)
def take_out(acting: Acting, activity_id: int) -> ResponseReturnValue:
    """Let learning no longer count."""
    activity = _own_activity(acting, activity_id)
    goal_id, opportunity_id = activity.goal_id, activity.opportunity_id
    operations.take_out(acting.db, acting.person, activity)
    return _back(opportunity_id, "learning_taken_out", goal_id)


@bp.post("/activities/<int:activity_id>/finish")
@guard(Right.EDUCATOR)
def finish_activity(acting: Acting, activity_id: int) -> ResponseReturnValue:
    """Take the owner's word that learning is finished."""
    activity = _own_activity(acting, activity_id)
    try:
        finished_on: date = load_form(FinishForm(), request.form)["finished_on"] or utc_now().date()
        operations.finish_activity(acting.db, acting.person, activity, finished_on)
    except InvalidInputError as error:
        return _learning_page(acting, activity.opportunity, error.fields), error.status
    return _back(activity.opportunity_id, "learning_finished", activity.goal_id)


@bp.post("/activities/<int:activity_id>/unfinish")
@guard(Right.EDUCATOR)
def unfinish_activity(acting: Acting, activity_id: int) -> ResponseReturnValue:
    """Take the owner's word back."""
    activity = _own_activity(acting, activity_id)
    operations.unfinish_activity(acting.db, acting.person, activity)
    return _back(activity.opportunity_id, "learning_not_finished", activity.goal_id)


@bp.post("/activities/<int:activity_id>/keep")
@guard(Right.EDUCATOR)
def keep_learning(acting: Acting, activity_id: int) -> ResponseReturnValue:
    """Take the owner's word that a course is finished although the LMS took that back."""
    activity = _own_activity(acting, activity_id)
    operations.keep_learning(acting.db, acting.person, activity)
    return _back(activity.opportunity_id, "learning_kept", activity.goal_id)


@bp.post("/activities/<int:activity_id>/try")
@guard(Right.EDUCATOR)
def open_try(acting: Acting, activity_id: int) -> ResponseReturnValue:
    """Open the try-it of a course whose completion the LMS cannot tell."""
    activity = _own_activity(acting, activity_id)
    operations.start_try(acting.db, acting.person, activity)
    return _back(activity.opportunity_id, "try_opened", activity.goal_id)


@bp.post("/activities/<int:activity_id>/ask", endpoint="ask_lms")
@guard(Right.EDUCATOR)
def ask_lms_now(acting: Acting, activity_id: int) -> ResponseReturnValue:
    """Have the LMS asked whether a course is finished."""
    activity = _own_activity(acting, activity_id)
    brings = operations.ask_lms(acting.db, acting.person, activity)
    notice = "completion_asked" if brings is Asking.ASKED else f"lms_{brings}"
    return _back(activity.opportunity_id, notice, activity.goal_id)


def _looked_inside() -> LookedInside | None:
    looked: LookedInside | None = load_form(LookedForm(), request.form)["looked_inside"]
    return looked


def _own_activity(acting: Acting, activity_id: int) -> Activity:
    return activity_of(acting.db, acting.person, activity_id, to_change=True)


def _learning_page(acting: Acting, opportunity: Opportunity, errors: Mapping[str, Sequence[str]]) -> str:
    learning = learning_of(acting.db, acting.person, opportunity)
    asks_inside = opportunity.is_outside and learning.is_on_offer
    offers, inside = _inside(acting, learning) if asks_inside else ([], [])
    return render_template(
        "plans/learning.html",
        learning=learning,
        opportunity=opportunity,
        course=opportunity.course,
        asks_inside=asks_inside,
        offers=offers,
        inside=inside,
        because=because,
        because_of_offer=because_of_offer,
        Looked=LookedInside,
        errors=errors,
    )


def _inside(acting: Acting, learning: Learning) -> tuple[list[InsideOffer], list[Found]]:
    """Return who and what inside the district serves the same as something outside."""
    seeker = seeker_for(acting.db, acting.person, mate_ids_of(acting), acting.launch.time_zone)
    served: dict[int, Indicator] = {each.indicator_id: each.indicator for each in learning.alignments}
    goals = [*learning.counting, *learning.others]
    wish = Wish(tuple((served or {each.id: each for goal in goals for each in goal.indicators}).values()))
    if not wish.indicators:
        return [], []
    page = find_learning(acting.db, seeker, wish)
    found = [each for each in page.serving if each.place < Place.COURSE]
    return offers_for(acting.db, acting.person, seeker, wish)[:MOST_MATCHES], found[:MOST_MATCHES]


def _back(opportunity_id: int, notice: str, goal_id: int | None) -> ResponseReturnValue:
    """Return to the page that the form stood on; without one to the goal, or to what is learned from."""
    match request.form.get("from"):
        case "course":
            return redirect(url_for(".show_course_goals", notice=notice), 303)
        case "plan":
            return redirect(url_for(".show_plan", notice=notice), 303)
        case "find" if goal_id:
            return redirect(url_for(".find_for_goal", goal_id=goal_id, notice=notice), 303)
        case "learning":
            return redirect(url_for(".show_learning", opportunity_id=opportunity_id, notice=notice), 303)
    if goal_id is None:
        return redirect(url_for(".show_learning", opportunity_id=opportunity_id, notice=notice), 303)
    return redirect(url_for(".show_goal", goal_id=goal_id, notice=notice), 303)
