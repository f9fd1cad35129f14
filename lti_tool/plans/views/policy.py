"""The administrator's page of what the district asks about declaring goals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext

from lti_tool.errors import InvalidInputError
from lti_tool.launch.acting import Acting, Right, guard
from lti_tool.people.queries import people_of_district
from lti_tool.plans.models import DeclarationRule, ExemptionReason
from lti_tool.plans.operations import MINIMUMS, end_exemption, exempt_person, set_policy
from lti_tool.plans.queries import exemptions_of, policy_of
from lti_tool.plans.schemas import ExemptionForm, PolicyForm
from lti_tool.plans.views.blueprint import bp
from lti_tool.standards.schemas import load_form

LONGEST_SEARCH = 200
REASON_WORDS = {
    ExemptionReason.SAFETY: lazy_gettext("Safety of a person"),
    ExemptionReason.HEALTH: lazy_gettext("Health"),
    ExemptionReason.LEGAL: lazy_gettext("A legal matter"),
    ExemptionReason.OTHER: lazy_gettext("Another reason"),
}
RULE_WORDS = {
    DeclarationRule.OFF: lazy_gettext("Goals are not shared here"),
    DeclarationRule.INVITED: lazy_gettext("Educators are invited to share"),
    DeclarationRule.EXPECTED: lazy_gettext("Educators are expected to share"),
    DeclarationRule.REQUIRED: lazy_gettext("A plan becomes active once its goals are shared"),
}


@bp.get("/policy")
@guard(Right.ADMINISTRATOR)
def show_policy(acting: Acting) -> ResponseReturnValue:
    """Show what the district asks, and who is exempt."""
    return _page(acting)


@bp.post("/policy")
@guard(Right.ADMINISTRATOR)
def save_policy(acting: Acting) -> ResponseReturnValue:
    """Set what the district asks."""
    try:
        asked = load_form(PolicyForm(), request.form)
        set_policy(acting.db, acting.person, asked["rule"], asked["minimum"])
    except InvalidInputError as error:
        return _page(acting, error.fields), error.status
    return redirect(url_for(".show_policy", notice="policy_saved"), 303)


@bp.post("/policy/exemptions")
@guard(Right.ADMINISTRATOR)
def save_exemption(acting: Acting) -> ResponseReturnValue:
    """Let somebody not declare."""
    try:
        asked = load_form(ExemptionForm(), request.form)
    except InvalidInputError as error:
        return _page(acting, error.fields), error.status
    exempt_person(acting.db, acting.person, asked["person_id"], asked["reason"])
    return redirect(url_for(".show_policy", notice="exempted"), 303)


@bp.post("/policy/exemptions/<int:exemption_id>/end")
@guard(Right.ADMINISTRATOR)
def drop_exemption(acting: Acting, exemption_id: int) -> ResponseReturnValue:
    """Let an exemption end."""
    end_exemption(acting.db, acting.person, exemption_id)
    return redirect(url_for(".show_policy", notice="exemption_ended"), 303)


def _page(acting: Acting, errors: Mapping[str, Any] | None = None) -> str:
    search = request.values.get("search", "").strip()[:LONGEST_SEARCH]
    found = people_of_district(acting.db, acting.person, search=search) if search else None
    return render_template(
        "plans/policy.html",
        policy=policy_of(acting.db, acting.person.district_id),
        exemptions=exemptions_of(acting.db, acting.person),
        found=found.people if found else [],
        search=search,
        minimums=MINIMUMS,
        rule_words=RULE_WORDS,
        reason_words=REASON_WORDS,
        errors=errors or {},
    )
