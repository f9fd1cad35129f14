"""Pages of the catalogue: the list, one opportunity, and offering, changing and retiring it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.db import row_id
from lti_tool.errors import InvalidInputError, NotAllowedError, OverwrittenError
from lti_tool.launch.acting import Acting, Right, guard
from lti_tool.people.models import Opportunity, OpportunityKind
from lti_tool.standards import operations
from lti_tool.standards.operations.opportunities import NOT_YOURS
from lti_tool.standards.queries import CatalogueFilter, alignments_of, catalogue, indicator_of, opportunity_of
from lti_tool.standards.schemas import (
    DateForm,
    fields_of,
    load_form,
    meet,
    read_opportunity,
    shown_of,
    typed_opportunity,
)
from lti_tool.standards.views.blueprint import bp, designs_course_of_launch, works_for_district

LONGEST_SEARCH = 200


@bp.get("/opportunities")
@guard(Right.EDUCATOR)
def show_opportunities(acting: Acting) -> ResponseReturnValue:
    """Show what the district offers for learning, of one kind or of all."""
    narrowed = CatalogueFilter(
        kind=_kind(request.args.get("kind", "")),
        search=request.args.get("search", "").strip()[:LONGEST_SEARCH],
        mine=request.args.get("show") == "mine",
        retired=request.args.get("show") == "retired",
    )
    return render_template(
        "standards/opportunities.html",
        page=catalogue(acting.db, acting.person, narrowed, after=request.args.get("after", type=row_id)),
        narrowed=narrowed,
        works_for_district=works_for_district(acting),
        may_offer=_offered_kinds(acting),
    )


@bp.get("/opportunities/new")
@guard(Right.EDUCATOR)
def new_opportunity(acting: Acting) -> ResponseReturnValue:
    """Ask what is offered: first the kind, then what that kind needs."""
    kind = _kind(request.args.get("kind", ""))
    if kind is not None and not operations.may_offer(acting.person, kind):
        raise NotAllowedError("Designers of the district add this kind.")
    return _form_page(acting, kind, None, {}, indicator_id=request.args.get("indicator", type=row_id))


@bp.post("/opportunities/new")
@guard(Right.EDUCATOR)
def save_new_opportunity(acting: Acting) -> ResponseReturnValue:
    """Offer something, and go on to what it serves."""
    indicator_id = request.form.get("indicator", type=row_id)
    try:
        opportunity = operations.add_opportunity(acting.db, acting.person, read_opportunity(request.form.to_dict()))
    except InvalidInputError as error:
        kind = _kind(request.form.get("kind", ""))
        return _form_page(acting, kind, None, request.form, indicator_id, error.fields), error.status
    indicator = indicator_of(acting.db, acting.person, indicator_id)
    take: dict[str, Any] = {"take": indicator.id, "framework": indicator.framework_id} if indicator else {}
    page = url_for(".show_alignment", opportunity_id=opportunity.id, notice="opportunity_added", **take)
    return redirect(page, 303)


@bp.get("/opportunities/<int:opportunity_id>")
@guard(Right.EDUCATOR)
def show_opportunity(acting: Acting, opportunity_id: int) -> ResponseReturnValue:
    """Show one opportunity and what it serves."""
    return _opportunity_page(acting, opportunity_of(acting.db, acting.person, opportunity_id))


@bp.get("/opportunities/<int:opportunity_id>/edit")
@guard(Right.EDUCATOR)
def edit_opportunity(acting: Acting, opportunity_id: int) -> ResponseReturnValue:
    """Show the form of an opportunity, to change it."""
    opportunity = _own(acting, opportunity_id)
    return _form_page(acting, opportunity.kind, opportunity, typed_opportunity(opportunity))


@bp.post("/opportunities/<int:opportunity_id>/edit")
@guard(Right.EDUCATOR)
def save_opportunity(acting: Acting, opportunity_id: int) -> ResponseReturnValue:
    """Save what was changed."""
    opportunity = _own(acting, opportunity_id, to_change=True)
    typed: Mapping[str, Any] = request.form.to_dict()
    try:
        typed = meet(request.form, typed, _saved(acting, opportunity))
        words = read_opportunity(typed, opportunity.kind)
        operations.change_opportunity(acting.db, acting.person, opportunity, words)
    except OverwrittenError as error:
        return _form_page(acting, opportunity.kind, opportunity, error.typed, None, error.fields), error.status
    except InvalidInputError as error:
        return _form_page(acting, opportunity.kind, opportunity, typed, None, error.fields), error.status
    return _shown(opportunity_id, "opportunity_changed")


@bp.post("/opportunities/<int:opportunity_id>/retire")
@guard(Right.EDUCATOR)
def retire_opportunity(acting: Acting, opportunity_id: int) -> ResponseReturnValue:
    """Offer it to nobody from a day on."""
    opportunity = _own(acting, opportunity_id)
    try:
        on = load_form(DateForm(), request.form.to_dict())["on"]
        operations.retire_opportunity(acting.db, acting.person, opportunity, on)
    except InvalidInputError as error:
        return _opportunity_page(acting, opportunity, error.fields), error.status
    return _shown(opportunity_id, "opportunity_retired")


@bp.post("/opportunities/<int:opportunity_id>/offer-again")
@guard(Right.EDUCATOR)
def offer_again(acting: Acting, opportunity_id: int) -> ResponseReturnValue:
    """Take the retirement back."""
    operations.offer_again(acting.db, acting.person, _own(acting, opportunity_id))
    return _shown(opportunity_id, "opportunity_offered_again")


@bp.post("/opportunities/<int:opportunity_id>/refreshed")
@guard(Right.EDUCATOR)
def note_refreshed(acting: Acting, opportunity_id: int) -> ResponseReturnValue:
    """Note that the content was brought up to date today."""
    operations.note_refreshed(acting.db, acting.person, _own(acting, opportunity_id))
    return _shown(opportunity_id, "opportunity_refreshed")


def _saved(acting: Acting, opportunity: Opportunity) -> dict[str, Any]:
    """Return what the fields are filled with that this person is asked for."""
    asked = fields_of(opportunity.kind, names_host=works_for_district(acting))
    return {name: value for name, value in typed_opportunity(opportunity).items() if name in asked}


def _own(acting: Acting, opportunity_id: int, *, to_change: bool = False) -> Opportunity:
    opportunity = opportunity_of(acting.db, acting.person, opportunity_id, to_change=to_change)
    if not opportunity.can_be_changed_by(acting.person):
        raise NotAllowedError(NOT_YOURS)
    return opportunity


def _shown(opportunity_id: int, notice: str) -> ResponseReturnValue:
    return redirect(url_for(".show_opportunity", opportunity_id=opportunity_id, notice=notice), 303)


def _kind(said: str) -> OpportunityKind | None:
    return OpportunityKind(said) if said in set(OpportunityKind) else None


def _offered_kinds(acting: Acting) -> list[OpportunityKind]:
    return [kind for kind in OpportunityKind if operations.may_offer(acting.person, kind)]


def _opportunity_page(acting: Acting, opportunity: Opportunity, errors: Mapping[str, Any] | None = None) -> str:
    can_change = opportunity.can_be_changed_by(acting.person)
    return render_template(
        "standards/opportunity.html",
        opportunity=opportunity,
        alignments=alignments_of(acting.db, opportunity),
        can_change=can_change,
        can_align=can_change or designs_course_of_launch(acting, opportunity.id),
        is_host=opportunity.host_id == acting.person.id,
        fields=fields_of(opportunity.kind, names_host=True),
        errors=errors or {},
    )


def _form_page(
    acting: Acting,
    kind: OpportunityKind | None,
    opportunity: Opportunity | None,
    typed: Mapping[str, Any],
    indicator_id: int | None = None,
    errors: Mapping[str, Any] | None = None,
) -> str:
    return render_template(
        "standards/opportunity_form.html",
        kind=kind,
        kinds=_offered_kinds(acting),
        fields=fields_of(kind, names_host=works_for_district(acting)) if kind else {},
        opportunity=opportunity,
        typed=typed,
        shown=shown_of(_saved(acting, opportunity)) if opportunity else "",
        indicator=indicator_of(acting.db, acting.person, indicator_id),
        errors=errors or {},
    )
