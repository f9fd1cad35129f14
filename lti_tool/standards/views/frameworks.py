"""Pages of frameworks: the list, one as its tree, and what a designer does with one."""

from __future__ import annotations

import re

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.db import row_id
from lti_tool.errors import InvalidInputError
from lti_tool.launch.acting import Acting, Right, guard
from lti_tool.launch.downloads import as_download
from lti_tool.standards.case import write_package
from lti_tool.standards.models import Framework
from lti_tool.standards.operations import (
    install_sample_frameworks,
    license_framework,
    rename_framework,
    restore_framework,
    retire_framework,
)
from lti_tool.standards.queries import (
    branch_page,
    find_indicators,
    framework_lines,
    framework_of,
    open_imports,
    package_of_framework,
    search_framework,
    tree_of,
)
from lti_tool.standards.schemas import LicenceForm, TitleForm, load_form
from lti_tool.standards.statements import plain_statement
from lti_tool.standards.views.blueprint import bp, require_work_for_district, works_for_district


@bp.get("/")
@guard(Right.EDUCATOR)
def show_frameworks(acting: Acting) -> ResponseReturnValue:
    """Show the district's frameworks."""
    return frameworks_page(acting)


@bp.post("/samples")
@guard(Right.DESIGNER)
def install_samples(acting: Acting) -> ResponseReturnValue:
    """Bring the sample frameworks into the district."""
    require_work_for_district(acting)
    install_sample_frameworks(acting.db, acting.person.district_id, acting.person)
    return redirect(url_for(".show_frameworks", notice="frameworks_installed"), 303)


@bp.get("/frameworks/<int:framework_id>")
@guard(Right.EDUCATOR)
def show_framework(acting: Acting, framework_id: int) -> ResponseReturnValue:
    """Show a framework: as its tree, a branch of it where it is large, or what was searched for."""
    return _framework_page(acting, framework_of(acting.db, acting.person, framework_id))


@bp.get("/frameworks/<int:framework_id>/case.json")
@guard(Right.DESIGNER)
def export_framework(acting: Acting, framework_id: int) -> ResponseReturnValue:
    """Give a framework as a CASE package, to those who work for its district."""
    require_work_for_district(acting)
    framework = framework_of(acting.db, acting.person, framework_id)
    written = write_package(package_of_framework(acting.db, framework), framework.updated_at)
    name = re.sub(r"[^A-Za-z0-9]+", "-", framework.title).strip("-").lower()[:60] or "framework"
    private = "private-to-the-district-" if framework.is_private else ""
    return as_download(Response(written, mimetype="application/json"), f"{private}{name}.json")


@bp.post("/frameworks/<int:framework_id>/title", endpoint="rename_framework")
@guard(Right.DESIGNER)
def rename_framework_page(acting: Acting, framework_id: int) -> ResponseReturnValue:
    """Give a framework another title."""
    require_work_for_district(acting)
    framework = framework_of(acting.db, acting.person, framework_id)
    try:
        rename_framework(acting.db, acting.person, framework, load_form(TitleForm(), request.form)["title"])
    except InvalidInputError as error:
        return _framework_page(acting, framework, errors=error.fields), error.status
    return redirect(url_for(".show_framework", framework_id=framework.id, notice="framework_renamed"), 303)


@bp.post("/frameworks/<int:framework_id>/licence", endpoint="license_framework")
@guard(Right.DESIGNER)
def license_framework_page(acting: Acting, framework_id: int) -> ResponseReturnValue:
    """Say under which licence a framework may be used, and who wrote it."""
    require_work_for_district(acting)
    framework = framework_of(acting.db, acting.person, framework_id)
    try:
        license_framework(acting.db, acting.person, framework, **load_form(LicenceForm(), request.form))
    except InvalidInputError as error:
        return _framework_page(acting, framework, errors=error.fields), error.status
    return redirect(url_for(".show_framework", framework_id=framework.id, notice="framework_licensed"), 303)


@bp.post("/frameworks/<int:framework_id>/retire", endpoint="retire_framework")
@guard(Right.DESIGNER)
def retire_framework_page(acting: Acting, framework_id: int) -> ResponseReturnValue:
    """Offer a framework to new goals no more."""
    require_work_for_district(acting)
    framework = framework_of(acting.db, acting.person, framework_id)
    retire_framework(acting.db, acting.person, framework)
    return redirect(url_for(".show_framework", framework_id=framework.id, notice="framework_retired"), 303)


@bp.post("/frameworks/<int:framework_id>/restore", endpoint="restore_framework")
@guard(Right.DESIGNER)
def restore_framework_page(acting: Acting, framework_id: int) -> ResponseReturnValue:
    """Offer a retired framework to new goals again."""
    require_work_for_district(acting)
    framework = framework_of(acting.db, acting.person, framework_id)
    restore_framework(acting.db, acting.person, framework)
    return redirect(url_for(".show_framework", framework_id=framework.id, notice="framework_restored"), 303)


@bp.get("/indicators.json", endpoint="find_indicators")
@guard(Right.EDUCATOR)
def find_indicators_by_word(acting: Acting) -> ResponseReturnValue:
    """Give the indicators in which a word is found, for the form in which a goal is written."""
    found = find_indicators(acting.db, acting.person, request.args.get("q", "").strip())
    return {
        "found": [
            {
                "id": each.id,
                "code": each.code,
                "statement": plain_statement(each.statement),
                "under": plain_statement(each.parent.statement) if each.parent else "",
                "framework": each.framework.title,
            }
            for each in found
        ]
    }


def frameworks_page(acting: Acting, problem: str = "", typed: str = "") -> str:
    """Return the list of frameworks, with the form by which one is brought in for those who may."""
    can_add = works_for_district(acting)
    return render_template(
        "standards/frameworks.html",
        lines=framework_lines(acting.db, acting.person),
        imports=open_imports(acting.db, acting.person) if can_add else [],
        can_add=can_add,
        problem=problem,
        typed=typed,
    )


def _framework_page(acting: Acting, framework: Framework, errors: object = None) -> str:
    word = request.args.get("q", "").strip()
    page = tree = found = None
    if word:
        found = search_framework(acting.db, framework, word)
    elif framework.is_large:
        under, after = (request.args.get(name, None, row_id) for name in ("under", "after"))
        page = branch_page(acting.db, framework, under, after)
    else:
        tree = tree_of(acting.db, framework)
    return render_template(
        "standards/framework.html",
        framework=framework,
        word=word,
        found=found,
        page=page,
        tree=tree,
        can_change=works_for_district(acting),
        errors=errors or {},
    )
