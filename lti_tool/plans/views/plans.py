"""Pages of one's own plans: beginning one, what it says, handing it in, taking it back, giving it up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.errors import ConflictError, InvalidInputError, OverwrittenError
from lti_tool.launch.acting import Acting, Right, guard
from lti_tool.people.queries import people_of_district, person_of_district, supervisors_of
from lti_tool.plans.cards import card_of
from lti_tool.plans.models import ApprovalRule, GrowthPlan, SharedKind
from lti_tool.plans.operations import (
    begin_plan,
    describe_shared,
    go_on_elsewhere,
    install_starter_templates,
    name_reader,
    recall_plan,
    submit_plan,
    take_reader_out,
    withdraw_plan,
)
from lti_tool.plans.queries import (
    LikeGoal,
    committee_of,
    count_open_comments,
    drafts_beside,
    hours_in_plan,
    kept_drafts,
    lacks_readers,
    like_goals_of_plan,
    missing_to_hand_in,
    offered_versions,
    plan_of,
    plans_of,
    reading_of,
    record_of,
)
from lti_tool.plans.schemas import SharedForm
from lti_tool.plans.schemas.plans import SHARED_TEXTS
from lti_tool.plans.views.blueprint import (
    LONGEST_SEARCH,
    bp,
    chosen_version,
    mate_ids_of,
    open_teams_near,
    own_plan,
    person_id_of,
)
from lti_tool.plans.views.coherence import own_coherence
from lti_tool.plans.views.words import SHARED_WORDS
from lti_tool.standards.queries import has_standards
from lti_tool.standards.schemas import load_form, meet, shown_of


@bp.get("/")
@guard(Right.EDUCATOR)
def show_plan(acting: Acting) -> ResponseReturnValue:
    """Show the person's plans: those that go on with their goals, then those that have ended."""
    plans = plans_of(acting.db, acting.person)
    drafts = kept_drafts(acting.db, acting.person)
    newest = max(plans, key=lambda plan: (plan.school_year, plan.id), default=None)
    return render_template(
        "plans/plan.html",
        plans=plans,
        open_comments=count_open_comments(acting.db, plans),
        reading=reading_of(acting.db, acting.person),
        coherence=own_coherence(acting, newest),
        unfinished=[each for each in drafts if each.goal_id is None],
        beside=[each for each in drafts if each.goal_id is not None],
    )


@bp.get("/<int:plan_id>")
@guard(Right.EDUCATOR)
def show_one_plan(acting: Acting, plan_id: int) -> ResponseReturnValue:
    """Show one plan of one's own."""
    plan = plan_of(acting.db, acting.person, plan_id)
    return render_template(
        "plans/one_plan.html",
        plan=plan,
        hours=hours_in_plan(acting.db, plan),
        open_comments=count_open_comments(acting.db, [plan]),
        lacks_readers=lacks_readers(acting.db, plan),
        beside=drafts_beside(acting.db, acting.person, plan),
    )


@bp.route("/new", methods=["GET", "POST"])
@guard(Right.EDUCATOR)
def begin(acting: Acting) -> ResponseReturnValue:
    """Show the kinds of plans there are, and begin one."""
    if request.method == "GET":
        return render_template(
            "plans/begin.html", versions=offered_versions(acting.db, acting.person, is_restricted=False)
        )
    if "template" not in request.form:
        install_starter_templates(acting.db, acting.person)
        return redirect(url_for(".begin"), 303)
    plan = begin_plan(acting.db, acting.person, chosen_version(acting, is_restricted=False))
    return redirect(url_for(".show_one_plan", plan_id=plan.id, notice="plan_begun"), 303)


@bp.route("/<int:plan_id>/shared", methods=["GET", "POST"])
@guard(Right.EDUCATOR)
def describe_shared_part(acting: Acting, plan_id: int) -> ResponseReturnValue:
    """Ask what of the plan is learned with others, with colleagues who could be asked."""
    plan = own_plan(acting, plan_id)
    if request.method == "GET":
        return _shared_page(acting, plan, _saved_shared(plan))
    typed: Mapping[str, Any] = request.form.to_dict()
    try:
        typed = meet(request.form, typed, _saved_shared(plan), {"shared_kind": SHARED_WORDS})
        describe_shared(acting.db, acting.person, plan, load_form(SharedForm(), typed))
    except OverwrittenError as error:
        return _shared_page(acting, plan, error.typed, error.fields), error.status
    except InvalidInputError as error:
        return _shared_page(acting, plan, typed, error.fields), error.status
    return redirect(url_for(".show_one_plan", plan_id=plan.id, notice="shared_saved"), 303)


@bp.route("/<int:plan_id>/submit", methods=["GET", "POST"])
@guard(Right.EDUCATOR)
def submit(acting: Acting, plan_id: int) -> ResponseReturnValue:
    """Show what is still missing and who will read the plan, and hand it in."""
    plan = own_plan(acting, plan_id)
    if request.method == "GET":
        return _submit_page(acting, plan)
    try:
        submit_plan(acting.db, acting.person, plan)
    except InvalidInputError as error:
        return _submit_page(acting, plan, was_refused=True), error.status
    return redirect(url_for(".show_one_plan", plan_id=plan.id, notice="plan_submitted"), 303)


@bp.post("/<int:plan_id>/recall")
@guard(Right.EDUCATOR)
def recall(acting: Acting, plan_id: int) -> ResponseReturnValue:
    """Take back what no reader has opened yet."""
    plan = own_plan(acting, plan_id)
    recall_plan(acting.db, acting.person, plan)
    return redirect(url_for(".show_one_plan", plan_id=plan.id, notice="plan_recalled"), 303)


@bp.post("/<int:plan_id>/withdraw", endpoint="withdraw_plan")
@guard(Right.EDUCATOR)
def give_plan_up(acting: Acting, plan_id: int) -> ResponseReturnValue:
    """Give a plan up."""
    plan = own_plan(acting, plan_id)
    withdraw_plan(acting.db, acting.person, plan)
    return redirect(url_for(".show_one_plan", plan_id=plan.id, notice="plan_withdrawn"), 303)


@bp.post("/<int:plan_id>/elsewhere", endpoint="go_on_elsewhere")
@guard(Right.EDUCATOR)
def take_plan_elsewhere(acting: Acting, plan_id: int) -> ResponseReturnValue:
    """Say that one goes on with a plan in another district."""
    plan = own_plan(acting, plan_id)
    go_on_elsewhere(acting.db, acting.person, plan)
    return redirect(url_for(".show_one_plan", plan_id=plan.id, notice="plan_elsewhere"), 303)


@bp.route("/<int:plan_id>/readers", methods=["GET", "POST"])
@guard(Right.EDUCATOR)
def choose_readers(acting: Acting, plan_id: int) -> ResponseReturnValue:
    """Show whom the owner asked to read the plan and whom they could ask; ask somebody, or nobody longer."""
    plan = own_plan(acting, plan_id)
    if request.method == "GET":
        return _readers_page(acting, plan)
    person_id = person_id_of(request.form)
    if request.form.get("do") == "remove":
        take_reader_out(acting.db, acting.person, plan, person_id)
        return redirect(url_for(".choose_readers", plan_id=plan.id, notice="reader_out"), 303)
    colleague = person_of_district(acting.db, acting.person, person_id)
    try:
        name_reader(acting.db, acting.person, plan, colleague)
    except (InvalidInputError, ConflictError) as error:
        return _readers_page(acting, plan, problem=_first_sentence(error)), error.status
    return redirect(url_for(".choose_readers", plan_id=plan.id, notice="reader_named"), 303)


@bp.get("/<int:plan_id>/print")
@guard(Right.EDUCATOR)
def print_plan(acting: Acting, plan_id: int) -> ResponseReturnValue:
    """Show the whole plan on one page, to print or keep."""
    plan = plan_of(acting.db, acting.person, plan_id)
    return render_template("plans/print.html", plan=plan, record=record_of(acting.db, plan))


def _saved_shared(plan: GrowthPlan) -> dict[str, str]:
    kind = plan.shared_kind.value if plan.shared_kind else ""
    return {"shared_kind": kind, **{name: getattr(plan, name) for name in SHARED_TEXTS}}


def _like(acting: Acting, plan: GrowthPlan) -> list[LikeGoal]:
    return like_goals_of_plan(acting.db, plan, mate_ids_of(acting))


def _shared_page(
    acting: Acting, plan: GrowthPlan, typed: Mapping[str, Any], errors: Mapping[str, Any] | None = None
) -> str:
    like = _like(acting, plan)
    return render_template(
        "plans/shared.html",
        plan=plan,
        typed=typed,
        errors=errors or {},
        shown=shown_of(_saved_shared(plan)),
        kinds=list(SharedKind),
        like=[card_of(each.goal, reason=each.likeness) for each in like],
        teams=open_teams_near(acting, acting.person, like),
    )


def _submit_page(acting: Acting, plan: GrowthPlan, *, was_refused: bool = False) -> str:
    knows_standards = has_standards(acting.db, acting.person)
    lacks = missing_to_hand_in(acting.db, plan)
    lacks_shared = any(each.part == "shared" for each in lacks)
    like = _like(acting, plan) if lacks_shared else []
    return render_template(
        "plans/submit.html",
        plan=plan,
        lacks=lacks,
        beside=drafts_beside(acting.db, acting.person, plan),
        was_refused=was_refused,
        like=[card_of(each.goal, reason=each.likeness) for each in like],
        lacks_shared=lacks_shared,
        has_standards=knows_standards,
        readers=_readers(acting, plan),
    )


def _readers(acting: Acting, plan: GrowthPlan) -> list[str]:
    """Return the names of those who will read the plan."""
    if plan.is_restricted or plan.rules.needs_named_readers:
        return [each.person.name for each in plan.readers]
    match plan.rules.approval:
        case ApprovalRule.SUPERVISOR:
            return [each.name for each in supervisors_of(acting.db, acting.person)]
        case ApprovalRule.COMMITTEE:
            return [each.name for each in committee_of(acting.db, acting.person) if each.id != acting.person.id]
        case _:
            return []


def _readers_page(acting: Acting, plan: GrowthPlan, *, problem: str = "") -> str:
    search = request.args.get("search", "").strip()[:LONGEST_SEARCH]
    found = people_of_district(acting.db, acting.person, search=search).people if search else []
    taken = {acting.person.id, *(each.person_id for each in plan.readers)}
    return render_template(
        "plans/readers.html",
        plan=plan,
        search=search,
        found=[each for each in found if each.id not in taken],
        problem=problem,
    )


def _first_sentence(error: InvalidInputError | ConflictError) -> str:
    fields = getattr(error, "fields", {})
    return next((sentence for said in fields.values() for sentence in said), error.message)
