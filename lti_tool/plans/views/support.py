"""Pages of those who lead somebody: beginning a support plan, and passing it on."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.errors import NotFoundError
from lti_tool.launch.acting import Acting, Right, guard
from lti_tool.people.queries import leaders_of, person_of_district
from lti_tool.plans.operations import begin_support_plan, hand_support_plan_over
from lti_tool.plans.queries import offered_versions, plan_to_read, supervises
from lti_tool.plans.views.blueprint import as_reader_of, bp, chosen_version, person_id_of


@bp.route("/support/<int:person_id>", methods=["GET", "POST"], endpoint="begin_support_plan")
@guard(Right.EDUCATOR)
def begin_support(acting: Acting, person_id: int) -> ResponseReturnValue:
    """Say what a support plan is, and begin one for somebody whom one supervises or administers."""
    owner = person_of_district(acting.db, acting.person, person_id)
    may_begin = acting.is_administrator or supervises(acting.db, acting.person, owner)
    if owner.id == acting.person.id or not may_begin:
        raise NotFoundError
    if request.method == "GET":
        versions = offered_versions(acting.db, acting.person, is_restricted=True)
        return render_template("plans/support.html", owner=owner, versions=versions)
    begin_support_plan(acting.db, acting.person, owner, chosen_version(acting, is_restricted=True))
    return redirect(url_for(".show_queue", notice="support_plan_begun"), 303)


@bp.route("/<int:plan_id>/hand-over", methods=["GET", "POST"])
@guard(Right.EDUCATOR)
def hand_over(acting: Acting, plan_id: int) -> ResponseReturnValue:
    """Ask who reads a support plan from now on, and let them read it in one's place."""
    plan = plan_to_read(acting.db, acting.person, plan_id, to_change=request.method == "POST")
    if not plan.is_restricted:
        raise NotFoundError
    if request.method == "GET":
        leading = [each for each in leaders_of(acting.db, plan.person) if each.id != acting.person.id]
        return render_template("plans/hand_over.html", plan=plan, leading=leading, as_reader=as_reader_of(acting))
    successor = person_of_district(acting.db, acting.person, person_id_of(request.form))
    hand_support_plan_over(acting.db, acting.person, plan, successor)
    return redirect(url_for(".show_queue", notice="support_plan_handed_over", **as_reader_of(acting)), 303)
