"""Pages of those who read plans: the queue, the words with what is said beside each field, and what they decide."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from lti_tool.db import row_id
from lti_tool.errors import InvalidInputError
from lti_tool.launch.acting import Acting, Right, guard
from lti_tool.plans.cards import card_of
from lti_tool.plans.models import CommentKind, GrowthPlan
from lti_tool.plans.operations import (
    CommentWords,
    agree_to_plan,
    answer_comment,
    answer_mid_year,
    ask_for_changes,
    comment_on,
    decline_to_read,
    open_plan,
    resolve_comment,
    return_end,
    sign_plan,
)
from lti_tool.plans.queries import (
    also_read_by,
    answered_for,
    comment_shown_to,
    evidence_for_readers,
    like_goals_of_plan,
    plan_shown_to,
    plan_to_read,
    queue_of,
    reads_hours_of,
    record_of,
    shown_of_plan,
    supervised_by,
)
from lti_tool.plans.schemas import CommentForm, LongText, ReaderForm
from lti_tool.plans.views.blueprint import as_reader_of, bp, open_teams_near
from lti_tool.standards.schemas import load_form

MOST_SUGGESTED = 4


@dataclass(frozen=True, slots=True)
class Typed:
    """What a form that came back held, and what is wrong with it; `place` is the form on the page."""

    place: str
    words: Mapping[str, str]
    errors: Mapping[str, Any]


@bp.get("/queue")
@guard(Right.EDUCATOR)
def show_queue(acting: Acting) -> ResponseReturnValue:
    """Show which plans wait for this reader, by date, what was answered to them, and all plans that they read."""
    return render_template(
        "plans/queue.html",
        queue=queue_of(acting.db, acting.person, after=request.args.get("after", type=row_id)),
        answered=answered_for(acting.db, acting.person),
        people=supervised_by(acting.db, acting.person),
        others=also_read_by(acting.db, acting.person, after=request.args.get("others", type=row_id)),
        as_reader=as_reader_of(acting),
    )


@bp.get("/<int:plan_id>/review")
@guard(Right.EDUCATOR)
def show_review(acting: Acting, plan_id: int) -> ResponseReturnValue:
    """Show the words that were handed in, with what is said beside each field."""
    return _review_page(acting, plan_shown_to(acting.db, acting.person, plan_id))


@bp.post("/<int:plan_id>/open", endpoint="open_plan")
@guard(Right.EDUCATOR)
def open_to_read(acting: Acting, plan_id: int) -> ResponseReturnValue:
    """Open what was handed in: from now on its owner cannot take it back."""
    plan = plan_to_read(acting.db, acting.person, plan_id, to_change=True)
    open_plan(acting.db, acting.person, plan)
    return _to_review(acting, plan)


@bp.post("/<int:plan_id>/decline")
@guard(Right.EDUCATOR)
def decline(acting: Acting, plan_id: int) -> ResponseReturnValue:
    """Say no to reading a colleague's plan; nobody is told."""
    plan = plan_to_read(acting.db, acting.person, plan_id, to_change=True)
    decline_to_read(acting.db, acting.person, plan)
    return redirect(url_for(".show_queue", notice="reading_declined"), 303)


@bp.post("/<int:plan_id>/comments")
@guard(Right.EDUCATOR)
def comment(acting: Acting, plan_id: int) -> ResponseReturnValue:
    """Say something beside a field."""
    plan = plan_to_read(acting.db, acting.person, plan_id, to_change=True)
    try:
        said = load_form(CommentForm(), request.form)
        comment_on(acting.db, acting.person, plan, said)
    except InvalidInputError as error:
        place = _place(request.form.get("goal_id"), request.form.get("field", ""))
        return _review_page(acting, plan, Typed(place, request.form, error.fields)), error.status
    place = _place(said.goal_id, said.field)
    return _to_review(acting, plan, notice="commented", _anchor=place)


@bp.post("/comments/<int:comment_id>/answer", endpoint="answer_comment")
@guard(Right.EDUCATOR)
def answer(acting: Acting, comment_id: int) -> ResponseReturnValue:
    """Answer a comment."""
    asked = comment_shown_to(acting.db, acting.person, comment_id)
    try:
        answer_comment(acting.db, acting.person, asked, load_form(LongText(), request.form)["words"])
    except InvalidInputError as error:
        typed = Typed(f"answer-{asked.id}", request.form, error.fields)
        return _review_page(acting, asked.plan, typed), error.status
    place = _place(asked.goal_id, asked.field)
    return _to_review(acting, asked.plan, notice="answered", _anchor=place)


@bp.post("/comments/<int:comment_id>/settle", endpoint="settle_comment")
@guard(Right.EDUCATOR)
def settle(acting: Acting, comment_id: int) -> ResponseReturnValue:
    """Say that what one asked is settled."""
    asked = comment_shown_to(acting.db, acting.person, comment_id)
    resolve_comment(acting.db, acting.person, asked)
    place = _place(asked.goal_id, asked.field)
    return _to_review(acting, asked.plan, notice="settled", _anchor=place)


@bp.post("/<int:plan_id>/ask-shared", endpoint="ask_for_shared")
@guard(Right.EDUCATOR)
def ask_for_shared_part(acting: Acting, plan_id: int) -> ResponseReturnValue:
    """Ask in one click that something of the plan is learned with others, with colleagues to think of."""
    plan = plan_to_read(acting.db, acting.person, plan_id, to_change=True)
    words = CommentWords(CommentKind.CHANGE, _suggestion(acting, plan), "shared_kind")
    comment_on(acting.db, acting.person, plan, words)
    return _to_review(acting, plan, notice="commented", _anchor="plan-shared_kind")


@bp.post("/<int:plan_id>/decide")
@guard(Right.EDUCATOR)
def decide(acting: Acting, plan_id: int) -> ResponseReturnValue:
    """Agree to a plan, answer at mid-year, sign its end, or ask for changes."""
    plan = plan_to_read(acting.db, acting.person, plan_id, to_change=True)
    try:
        form = load_form(ReaderForm(), request.form)
        _deciding(request.form.get("do", ""))(acting, plan, form)
    except InvalidInputError as error:
        return _review_page(acting, plan, Typed("decision", request.form, error.fields)), error.status
    return _to_review(acting, plan, notice="decided")


Decide = Callable[[Acting, GrowthPlan, Mapping[str, str]], None]


def _deciding(what: str) -> Decide:
    ways: dict[str, Decide] = {
        "agree": lambda acting, plan, _: agree_to_plan(acting.db, acting.person, plan),
        "changes": lambda acting, plan, form: ask_for_changes(acting.db, acting.person, plan, form["words"]),
        "answer": lambda acting, plan, form: answer_mid_year(acting.db, acting.person, plan, form["words"]),
        "sign": lambda acting, plan, form: sign_plan(
            acting.db, acting.person, plan, form["signed_name"], form["words"]
        ),
        "return": lambda acting, plan, form: return_end(acting.db, acting.person, plan, form["words"]),
    }
    if what not in ways:
        raise InvalidInputError(fields={"words": [gettext("Choose one of the buttons.")]})
    return ways[what]


def _suggestion(acting: Acting, plan: GrowthPlan) -> str:
    asked = gettext("Please say what of this plan you will learn with others: with whom, what for and how often.")
    like = like_goals_of_plan(acting.db, plan, viewer=acting.person)
    names = list(dict.fromkeys(each.goal.owner.name for each in like))[:MOST_SUGGESTED]
    teams = open_teams_near(acting, plan.person, like)[:MOST_SUGGESTED]
    who = gettext("Colleagues with like goals, of other schools too: %(names)s.", names=", ".join(names))
    which = gettext("Teams that work on like goals and have a seat: %(names)s.", names=", ".join(teams))
    ways = gettext("A team across schools, a mentor pair or an open-door exchange does as well.")
    return " ".join([asked, *([who] if names else []), *([which] if teams else []), ways])


def _to_review(acting: Acting, plan: GrowthPlan, **values: Any) -> ResponseReturnValue:
    """Return to the words of a plan, in the view in which this person reads it."""
    return redirect(url_for(".show_review", plan_id=plan.id, **values, **as_reader_of(acting, plan)), 303)


def _place(goal_id: object, field: str) -> str:
    return f"goal-{goal_id}-{field}" if goal_id else f"plan-{field}"


def _review_page(acting: Acting, plan: GrowthPlan, typed: Typed | None = None) -> str:
    record, is_own = record_of(acting.db, plan), plan.is_owned_by(acting.person)
    if plan.is_sealed_for(acting.person):
        return render_template("plans/unopened.html", plan=plan)
    return render_template(
        "plans/review.html",
        plan=plan,
        record=record,
        evidence=evidence_for_readers(acting.db, plan),
        is_own=is_own,
        as_reader=as_reader_of(acting, plan),
        sees_hours=not is_own and reads_hours_of(acting.db, acting.person, plan.person),
        cards=[] if is_own else [card_of(each) for each in shown_of_plan(acting.db, plan, acting.person)],
        news=[] if is_own else record.news_for(acting.person),
        typed=typed or Typed("", {}, {}),
        kinds=list(CommentKind),
    )
