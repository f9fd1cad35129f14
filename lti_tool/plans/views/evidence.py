"""Pages on which an owner adds evidence to a goal, changes and removes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext

from lti_tool.db import utc_now
from lti_tool.errors import InvalidInputError, OverwrittenError
from lti_tool.launch.acting import Acting, Right, guard
from lti_tool.plans.models import Evidence, EvidenceKind, Goal
from lti_tool.plans.operations import add_evidence, change_evidence, remove_evidence
from lti_tool.plans.queries import evidence_of
from lti_tool.plans.schemas import EvidenceForm, typed_with_indicators
from lti_tool.plans.views.blueprint import bp, own_goal
from lti_tool.plans.views.wording import AUDIENCE_WORDS
from lti_tool.standards.schemas import load_form, meet, shown_of

KIND_WORDS = {
    EvidenceKind.WORDS: lazy_gettext("Words: what I saw and did"),
    EvidenceKind.LINK: lazy_gettext("A link to something I made or used"),
    EvidenceKind.OBSERVATION: lazy_gettext("What a colleague said after coming to see"),
    EvidenceKind.STUDENT_WORK: lazy_gettext("What my students' work shows as a whole"),
}


@bp.app_context_processor
def offer_kind_words() -> dict[str, Any]:
    """Let templates say what a piece of evidence is."""
    return {"evidence_words": KIND_WORDS}


@bp.route("/goals/<int:goal_id>/evidence", methods=["GET", "POST"], endpoint="add_evidence")
@guard(Right.EDUCATOR)
def add_evidence_page(acting: Acting, goal_id: int) -> ResponseReturnValue:
    """Ask for a piece of evidence, and keep it with the goal."""
    goal = own_goal(acting, goal_id)
    if request.method == "GET":
        return _form(goal, {"dated_on": utc_now().date(), "kind": "words", "audience": "private"}, {})
    typed = typed_with_indicators(request.form)
    try:
        add_evidence(acting.db, acting.person, goal, load_form(EvidenceForm(), typed))
    except InvalidInputError as error:
        return _form(goal, typed, error.fields), error.status
    return _to_goal(goal, "evidence_saved")


@bp.route("/evidence/<int:evidence_id>", methods=["GET", "POST"], endpoint="change_evidence")
@guard(Right.EDUCATOR)
def change_evidence_page(acting: Acting, evidence_id: int) -> ResponseReturnValue:
    """Show a piece of evidence to change it."""
    evidence = evidence_of(acting.db, acting.person, evidence_id, to_change=request.method == "POST")
    if request.method == "GET":
        return _form(evidence.goal, _saved(evidence), {}, evidence)
    typed: Mapping[str, Any] = typed_with_indicators(request.form)
    try:
        typed = meet(request.form, typed, _saved(evidence), _said(evidence.goal))
        change_evidence(acting.db, acting.person, evidence, load_form(EvidenceForm(), typed))
    except OverwrittenError as error:
        return _form(evidence.goal, error.typed, error.fields, evidence), error.status
    except InvalidInputError as error:
        return _form(evidence.goal, typed, error.fields, evidence), error.status
    return _to_goal(evidence.goal, "evidence_saved")


@bp.post("/evidence/<int:evidence_id>/remove", endpoint="remove_evidence")
@guard(Right.EDUCATOR)
def remove_evidence_now(acting: Acting, evidence_id: int) -> ResponseReturnValue:
    """Remove a piece of evidence."""
    evidence = evidence_of(acting.db, acting.person, evidence_id, to_change=True)
    goal = evidence.goal
    remove_evidence(acting.db, acting.person, evidence)
    return _to_goal(goal, "evidence_removed")


def _to_goal(goal: Goal, notice: str) -> ResponseReturnValue:
    return redirect(url_for(".show_goal", goal_id=goal.id, notice=notice, _anchor="evidence"), 303)


def _form(goal: Goal, typed: Mapping[str, Any], errors: Mapping[str, Any], evidence: Evidence | None = None) -> str:
    chosen = {str(each) for each in typed.get("indicator_ids", [])}
    return render_template(
        "plans/evidence_form.html",
        goal=goal,
        evidence=evidence,
        typed=typed,
        chosen=chosen,
        errors=errors,
        shown=shown_of(_saved(evidence)) if evidence else "",
    )


def _saved(evidence: Evidence) -> dict[str, Any]:
    names = ("title", "dated_on", "url", "reflection", "holds_students", "activity_id")
    return {
        **{name: getattr(evidence, name) for name in names},
        "kind": evidence.kind.value,
        "audience": evidence.audience.value,
        "is_attested": evidence.attested_at is not None,
        "indicator_ids": [each.id for each in evidence.indicators],
    }


def _said(goal: Goal) -> Mapping[str, Mapping[Any, Any]]:
    """Return what people read for what can be chosen of a piece of evidence."""
    ticked = {"yes": gettext("yes")}
    return {
        "kind": KIND_WORDS,
        "audience": AUDIENCE_WORDS,
        "activity_id": {str(each.id): each.opportunity.title for each in goal.activities},
        "indicator_ids": {str(each.id): each.code for each in goal.indicators},
        "holds_students": ticked,
        "is_attested": ticked,
    }
