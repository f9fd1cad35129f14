"""Pages of the middle and the end of a plan, of its history, and of going on with what is open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.errors import InvalidInputError
from lti_tool.launch.acting import Acting, Right, guard
from lti_tool.plans.models import GrowthPlan, PlanOutcome
from lti_tool.plans.operations import acknowledge_review, carry_over, hand_in_end, hand_in_mid_year
from lti_tool.plans.queries import difference_between, missing_at_end, offered_versions, plan_shown_to, record_of
from lti_tool.plans.schemas import EndForm, LongText, MidYearForm
from lti_tool.plans.views.blueprint import as_reader_of, bp, chosen_version, own_plan
from lti_tool.standards.schemas import load_form

LONGEST_NUMBER = 6


@bp.route("/<int:plan_id>/mid-year", methods=["GET", "POST"])
@guard(Right.EDUCATOR)
def come_to_mid_year(acting: Acting, plan_id: int) -> ResponseReturnValue:
    """Ask how it goes in the middle of the plan."""
    plan = own_plan(acting, plan_id)
    if request.method == "GET":
        return render_template("plans/mid_year.html", plan=plan, typed=plan.mid_year_words, errors={})
    try:
        hand_in_mid_year(acting.db, acting.person, plan, load_form(MidYearForm(), request.form)["words"])
    except InvalidInputError as error:
        typed = request.form.get("words", "")
        return render_template("plans/mid_year.html", plan=plan, typed=typed, errors=error.fields), error.status
    return redirect(url_for(".show_one_plan", plan_id=plan.id, notice="mid_year_handed_in"), 303)


@bp.route("/<int:plan_id>/end", methods=["GET", "POST"])
@guard(Right.EDUCATOR)
def come_to_end(acting: Acting, plan_id: int) -> ResponseReturnValue:
    """Ask what came of the whole plan."""
    plan = own_plan(acting, plan_id)
    if request.method == "GET":
        outcome = plan.outcome.value if plan.outcome else ""
        return _end_page(acting, plan, {"results_statement": plan.results_statement, "outcome": outcome})
    try:
        form = load_form(EndForm(), request.form)
        hand_in_end(acting.db, acting.person, plan, form["results_statement"], form["outcome"])
    except InvalidInputError as error:
        return _end_page(acting, plan, request.form, error.fields), error.status
    return redirect(url_for(".show_one_plan", plan_id=plan.id, notice="end_handed_in"), 303)


@bp.route("/<int:plan_id>/acknowledge", methods=["GET", "POST"])
@guard(Right.EDUCATOR)
def acknowledge(acting: Acting, plan_id: int) -> ResponseReturnValue:
    """Show the signed review; its owner says that it was read, and answers if they like."""
    plan = own_plan(acting, plan_id)
    if request.method == "POST":
        try:
            acknowledge_review(acting.db, acting.person, plan, load_form(LongText(), request.form)["words"])
        except InvalidInputError as error:
            return _acknowledge_page(acting, plan, request.form.get("words", ""), error.fields), error.status
        return redirect(url_for(".show_one_plan", plan_id=plan.id, notice="plan_closed"), 303)
    return _acknowledge_page(acting, plan, plan.response, {})


@bp.route("/<int:plan_id>/carry-over", methods=["GET", "POST"], endpoint="carry_over")
@guard(Right.EDUCATOR)
def go_on(acting: Acting, plan_id: int) -> ResponseReturnValue:
    """Ask in which kind of plan to go on with what is open, and begin it."""
    plan = own_plan(acting, plan_id)
    if request.method == "GET":
        versions = offered_versions(acting.db, acting.person, is_restricted=False)
        return render_template("plans/carry_over.html", plan=plan, versions=versions)
    following = carry_over(acting.db, acting.person, plan, chosen_version(acting, is_restricted=False))
    return redirect(url_for(".show_one_plan", plan_id=following.id, notice="carried_over"), 303)


@bp.get("/<int:plan_id>/history")
@guard(Right.EDUCATOR)
def show_history(acting: Acting, plan_id: int) -> ResponseReturnValue:
    """Show each step of a plan, and the difference between any two versions of its words."""
    plan = plan_shown_to(acting.db, acting.person, plan_id)
    if plan.is_sealed_for(acting.person):
        return redirect(url_for(".show_review", plan_id=plan.id, **as_reader_of(acting, plan)), 303)
    record, is_own = record_of(acting.db, plan), plan.is_owned_by(acting.person)
    before, after = _version("before"), _version("after")
    if before is None and after is None and record.snapshots:
        before = record.snapshots[-1 if is_own or len(record.snapshots) == 1 else -2].number
    return render_template(
        "plans/history.html",
        plan=plan,
        record=record,
        is_own=is_own,
        as_reader=as_reader_of(acting, plan),
        before=before,
        after=after,
        differences=difference_between(record, plan, before, after, with_now=is_own),
    )


def _version(name: str) -> int | None:
    """Return the number of a version that the address names, if it can be one."""
    typed = request.args.get(name, "")
    return int(typed) if typed.isdecimal() and len(typed) <= LONGEST_NUMBER else None


def _end_page(
    acting: Acting, plan: GrowthPlan, typed: Mapping[str, str], errors: Mapping[str, Any] | None = None
) -> str:
    return render_template(
        "plans/end.html",
        plan=plan,
        typed=typed,
        errors=errors or {},
        lacks=missing_at_end(acting.db, plan),
        outcomes=list(PlanOutcome),
    )


def _acknowledge_page(acting: Acting, plan: GrowthPlan, typed: str, errors: Mapping[str, Any]) -> str:
    record = record_of(acting.db, plan)
    return render_template("plans/acknowledge.html", plan=plan, record=record, typed=typed, errors=errors)
