"""The page on which one opportunity is attached to the indicators of a framework."""

from __future__ import annotations

from collections.abc import Mapping

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.db import row_id
from lti_tool.errors import ConflictError, InvalidInputError, NotFoundError
from lti_tool.launch.acting import Acting, Right, guard
from lti_tool.people.models import Opportunity
from lti_tool.standards.facets import facets_of, usual_facets
from lti_tool.standards.models import Alignment, Framework
from lti_tool.standards.operations import align_opportunity, name_provider, set_facets
from lti_tool.standards.queries import (
    alignments_of,
    branch_page,
    framework_of,
    frameworks_of,
    indicators_of,
    row_version,
    search_framework,
    tree_of,
)
from lti_tool.standards.schemas import (
    FacetsForm,
    ProviderForm,
    load_form,
    read_alignments,
    typed_facets,
    typed_strengths,
)
from lti_tool.standards.views.blueprint import asked_framework, bp, opportunity_to_align

BRANCHES = {"open", "after"}
LOOKS = {"find_indicators", *BRANCHES}
"""Buttons by which one looks further in a large framework: nothing is saved, and nothing that was chosen is lost."""
LONGEST_SEARCH = 100


@bp.get("/opportunities/<int:opportunity_id>/alignment")
@guard(Right.EDUCATOR)
def show_alignment(acting: Acting, opportunity_id: int) -> ResponseReturnValue:
    """Show the indicators of one framework, to choose those that an opportunity serves."""
    opportunity = opportunity_to_align(acting, opportunity_id)
    alignments = alignments_of(acting.db, opportunity)
    typed: dict[int, str | None] = {each.indicator_id: each.strength.value for each in alignments}
    wanted = request.args.get("take", type=row_id)
    if wanted is not None:
        typed.setdefault(wanted, None)
    framework = _chosen_framework(acting, alignments)
    return _alignment_page(acting, opportunity, framework, alignments, typed)


@bp.post("/opportunities/<int:opportunity_id>/alignment")
@guard(Right.EDUCATOR)
def save_alignment(acting: Acting, opportunity_id: int) -> ResponseReturnValue:
    """Save what the opportunity serves within the framework that was shown."""
    opportunity = opportunity_to_align(acting, opportunity_id)
    framework = framework_of(acting.db, acting.person, request.form.get("framework", 0, row_id))
    alignments, typed = alignments_of(acting.db, opportunity), typed_strengths(request.form)
    if LOOKS.intersection(request.form):
        return _alignment_page(acting, opportunity, framework, alignments, typed)
    try:
        entries = read_alignments(request.form, _within(alignments, framework))
        said = load_form(ProviderForm(), {"provider": request.form.get("provider", opportunity.provider).strip()})
        version = request.form.get("version")
        align_opportunity(acting.db, acting.person, opportunity, framework, entries, version=version)
        name_provider(acting.db, acting.person, opportunity, said["provider"])
    except (InvalidInputError, ConflictError) as error:
        return _alignment_page(acting, opportunity, framework, alignments, typed, error=error), error.status
    page = url_for(".show_alignment", opportunity_id=opportunity_id, framework=framework.id, notice="alignments_saved")
    return redirect(page, 303)


@bp.get("/opportunities/<int:opportunity_id>/alignment/<int:indicator_id>")
@guard(Right.EDUCATOR)
def show_facets(acting: Acting, opportunity_id: int, indicator_id: int) -> ResponseReturnValue:
    """Show for whom one indicator is served, to say it apart from the others."""
    alignment = _alignment(acting, opportunity_id, indicator_id)
    return render_template("standards/facets_form.html", alignment=alignment, facets=facets_of(alignment), errors={})


@bp.post("/opportunities/<int:opportunity_id>/alignment/<int:indicator_id>")
@guard(Right.EDUCATOR)
def save_facets(acting: Acting, opportunity_id: int, indicator_id: int) -> ResponseReturnValue:
    """Save for whom one indicator is served."""
    alignment, typed = _alignment(acting, opportunity_id, indicator_id), typed_facets(request.form)
    try:
        set_facets(acting.db, acting.person, alignment, load_form(FacetsForm(), typed))
    except InvalidInputError as error:
        page = render_template("standards/facets_form.html", alignment=alignment, facets=typed, errors=error.fields)
        return page, error.status
    framework_id = alignment.indicator.framework_id
    page = url_for(".show_alignment", opportunity_id=opportunity_id, framework=framework_id, notice="alignments_saved")
    return redirect(page, 303)


def _alignment(acting: Acting, opportunity_id: int, indicator_id: int) -> Alignment:
    opportunity = opportunity_to_align(acting, opportunity_id)
    found = [each for each in alignments_of(acting.db, opportunity) if each.indicator_id == indicator_id]
    if not found:
        raise NotFoundError
    return found[0]


def _within(alignments: list[Alignment], framework: Framework) -> dict[int, Alignment]:
    return {each.indicator_id: each for each in alignments if each.indicator.framework_id == framework.id}


def _chosen_framework(acting: Acting, alignments: list[Alignment]) -> Framework | None:
    """Return the framework asked for, else the one that there are alignments to already, else the first."""
    if alignments and "framework" not in request.args:
        return framework_of(acting.db, acting.person, alignments[0].indicator.framework_id)
    return asked_framework(acting, frameworks_of(acting.db, acting.person))


def _alignment_page(
    acting: Acting,
    opportunity: Opportunity,
    framework: Framework | None,
    alignments: list[Alignment],
    typed: Mapping[int, str | None],
    *,
    error: InvalidInputError | ConflictError | None = None,
) -> str:
    here = _within(alignments, framework) if framework else {}
    usual = usual_facets(here.values() or alignments)
    is_sent, is_conflict = request.method == "POST", isinstance(error, ConflictError)
    return render_template(
        "standards/alignment.html",
        opportunity=opportunity,
        frameworks=frameworks_of(acting.db, acting.person),
        framework=framework,
        typed=typed,
        provider=request.form.get("provider", opportunity.provider),
        saved=here,
        own={each for each, kept in here.items() if facets_of(kept) != usual},
        facets=typed_facets(request.form) if is_sent else usual,
        version=request.form.get("version") if is_sent and not is_conflict else row_version(here.values()),
        errors=getattr(error, "fields", {}),
        is_conflict=is_conflict,
        **(_offered(acting, framework, typed) if framework else {}),
    )


def _offered(acting: Acting, framework: Framework, typed: Mapping[int, str | None]) -> dict[str, object]:
    """Return the whole tree, or of a large framework what is chosen and the branch or the word that is looked at."""
    if not framework.is_large:
        return {"tree": tree_of(acting.db, framework)}
    chosen = [each for each in indicators_of(acting.db, acting.person, typed) if each.framework_id == framework.id]
    opens = BRANCHES.intersection(request.form)
    word = "" if opens else request.form.get("find", "").strip()[:LONGEST_SEARCH]
    under = request.form.get("open" if "open" in opens else "under", None, row_id)
    after = request.form.get("after", None, row_id)
    return {
        "chosen": chosen,
        "word": word,
        "found": search_framework(acting.db, framework, word) if word else None,
        "page": None if word else branch_page(acting.db, framework, under, after),
    }
