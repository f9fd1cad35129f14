"""Pages of plan templates: the list, one with its versions, and the draft of the next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from lti_tool.errors import InvalidInputError, NotAllowedError, OverwrittenError
from lti_tool.launch.acting import Acting, Right, guard
from lti_tool.plans.models import RATIONALE_SLOTS, ApprovalRule, Collaboration, PlanTemplate
from lti_tool.plans.models.starters import standard_rules
from lti_tool.plans.models.templates import RULES
from lti_tool.plans.operations import (
    choose_default,
    create_template,
    install_starter_templates,
    offer_template,
    publish_template,
    save_next_version,
)
from lti_tool.plans.queries import count_plans_by_version, template_of, templates_of
from lti_tool.plans.schemas import TemplateForm, typed_rules
from lti_tool.plans.views.blueprint import bp
from lti_tool.plans.views.words import APPROVAL_WORDS, COLLABORATION_WORDS, SLOT_WORDS
from lti_tool.standards.schemas import load_form, meet, shown_of
from lti_tool.standards.views.blueprint import works_for_district


@bp.get("/templates")
@guard(Right.DESIGNER)
def show_templates(acting: Acting) -> ResponseReturnValue:
    """Show the district's plan templates."""
    templates = templates_of(acting.db, acting.person)
    return render_template("plans/templates.html", templates=templates, can_change=works_for_district(acting))


@bp.post("/templates/starters")
@guard(Right.DESIGNER)
def install_templates(acting: Acting) -> ResponseReturnValue:
    """Bring the templates that ship into the district."""
    _require_work_for_district(acting)
    install_starter_templates(acting.db, acting.person)
    return redirect(url_for(".show_templates", notice="templates_installed"), 303)


@bp.get("/templates/<int:template_id>")
@guard(Right.DESIGNER)
def show_template(acting: Acting, template_id: int) -> ResponseReturnValue:
    """Show a template's rules, version by version."""
    template = template_of(acting.db, acting.person, template_id)
    return render_template(
        "plans/template.html",
        template=template,
        plans=count_plans_by_version(acting.db, template),
        can_change=works_for_district(acting),
    )


@bp.route("/templates/new", methods=["GET", "POST"])
@guard(Right.DESIGNER)
def new_template(acting: Acting) -> ResponseReturnValue:
    """Ask for the rules of a template of the district's own."""
    _require_work_for_district(acting)
    if request.method == "GET":
        usual = standard_rules()
        return _form(None, {**{name: getattr(usual, name) for name in RULES}, "name": "", "description": ""})
    try:
        template = create_template(acting.db, acting.person, load_form(TemplateForm(), typed_rules(request.form)))
    except InvalidInputError as error:
        return _form(None, typed_rules(request.form), error.fields), error.status
    return redirect(url_for(".show_template", template_id=template.id, notice="template_drafted"), 303)


@bp.route("/templates/<int:template_id>/edit", methods=["GET", "POST"])
@guard(Right.DESIGNER)
def edit_template(acting: Acting, template_id: int) -> ResponseReturnValue:
    """Write the draft of a template's next version; what is published stays."""
    _require_work_for_district(acting)
    template = template_of(acting.db, acting.person, template_id, to_change=request.method == "POST")
    if request.method == "GET":
        return _form(template, _saved(template))
    typed: Mapping[str, Any] = typed_rules(request.form)
    try:
        typed = meet(request.form, typed, _saved(template), _said())
        save_next_version(acting.db, acting.person, template, load_form(TemplateForm(), typed))
    except OverwrittenError as error:
        return _form(template, error.typed, error.fields), error.status
    except InvalidInputError as error:
        return _form(template, typed, error.fields), error.status
    return redirect(url_for(".show_template", template_id=template.id, notice="template_drafted"), 303)


@bp.post("/templates/<int:template_id>/publish", endpoint="publish_template")
@guard(Right.DESIGNER)
def publish(acting: Acting, template_id: int) -> ResponseReturnValue:
    """Let new plans follow the draft."""
    _require_work_for_district(acting)
    publish_template(acting.db, acting.person, template_of(acting.db, acting.person, template_id, to_change=True))
    return redirect(url_for(".show_template", template_id=template_id, notice="template_published"), 303)


@bp.post("/templates/<int:template_id>/offer", endpoint="offer_template")
@guard(Right.DESIGNER)
def offer(acting: Acting, template_id: int) -> ResponseReturnValue:
    """Make a template the usual one, offer it, or offer it no longer."""
    _require_work_for_district(acting)
    template = template_of(acting.db, acting.person, template_id, to_change=True)
    if request.form.get("as") == "usual":
        choose_default(acting.db, acting.person, template)
    else:
        offer_template(acting.db, acting.person, template, is_offered=request.form.get("as") == "choice")
    return redirect(url_for(".show_template", template_id=template.id, notice="template_offered"), 303)


def _require_work_for_district(acting: Acting) -> None:
    if not works_for_district(acting):
        raise NotAllowedError("Plan templates belong to the district; its designers and administrators write them.")


def _saved(template: PlanTemplate) -> dict[str, Any]:
    return {name: getattr(template.newest, name) for name in RULES}


def _said() -> Mapping[str, Mapping[Any, Any]]:
    """Return what people read for what can be chosen in a template."""
    ticked = {"yes": gettext("yes")}
    return {
        "approval": APPROVAL_WORDS,
        "collaboration": COLLABORATION_WORDS,
        "rationale_slots": SLOT_WORDS,
        **dict.fromkeys(("has_mid_year", "try_it_required", "is_restricted"), ticked),
    }


def _form(template: PlanTemplate | None, typed: Mapping[str, Any], errors: Mapping[str, Any] | None = None) -> str:
    return render_template(
        "plans/template_form.html",
        template=template,
        typed=typed,
        errors=errors or {},
        shown=shown_of(_saved(template)) if template else "",
        approvals=list(ApprovalRule),
        collaborations=list(Collaboration),
        slots=RATIONALE_SLOTS,
    )
