"""The grid: many opportunities against some indicators, saved row by row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.db import row_id
from lti_tool.errors import ConflictError, InvalidInputError
from lti_tool.launch.acting import Acting, Right, guard
from lti_tool.people.models import OpportunityKind
from lti_tool.standards.models import Framework, Indicator
from lti_tool.standards.operations import align_row
from lti_tool.standards.queries import (
    GridChoice,
    GridRow,
    framework_of,
    frameworks_of,
    grid_indicators,
    grid_page,
    parts_of,
    rows_of,
)
from lti_tool.standards.schemas import (
    pack_state,
    read_alignments,
    read_state,
    typed_facets,
    typed_strengths,
    unpack_state,
)
from lti_tool.standards.views.blueprint import asked_framework, bp, opportunity_to_align, works_for_district

LONGEST_SEARCH = 200


@bp.get("/grid")
@guard(Right.DESIGNER)
def show_grid(acting: Acting) -> ResponseReturnValue:
    """Show a page of the grid."""
    frameworks = frameworks_of(acting.db, acting.person)
    return _grid_page(acting, asked_framework(acting, frameworks), frameworks)


@bp.post("/grid/<int:opportunity_id>")
@guard(Right.DESIGNER)
def save_row(acting: Acting, opportunity_id: int) -> ResponseReturnValue:
    """Save one row; the script of the page asks for that row alone, a browser without it for the whole page."""
    opportunity = opportunity_to_align(acting, opportunity_id)
    framework = framework_of(acting.db, acting.person, request.form.get("framework", 0, row_id))
    columns = grid_indicators(acting.db, framework, request.form.getlist("indicator", row_id))
    (row,) = rows_of(acting.db, [opportunity], columns)
    version = request.form.get("version", "")
    try:
        entries = _entries(row) if row.version == version else []
        align_row(acting.db, acting.person, opportunity, {each.id for each in columns}, entries, version=version)
    except (ConflictError, InvalidInputError) as error:
        return _row_came_back(acting, framework, columns, row, error), error.status
    if request.form.get("alone"):
        acting.db.flush()
        (saved,) = rows_of(acting.db, [opportunity], columns)
        return _row(framework, columns, saved, undo=row.state)
    undo = {} if "state" in request.form else {"saved": opportunity_id, "before": pack_state(row.state)}
    return redirect(_address(framework, opportunity_id, **undo, notice="row_saved"), 303)


def _entries(row: GridRow) -> list[Any]:
    state = request.form.get("state")
    return read_state(state) if state is not None else read_alignments(request.form, row.alignments)


def _row_came_back(
    acting: Acting,
    framework: Framework,
    columns: list[Indicator],
    row: GridRow,
    error: ConflictError | InvalidInputError,
) -> str:
    """Show what was typed beside what is saved; nothing of it is lost."""
    typed = {
        "strengths": typed_strengths(request.form),
        "facets": typed_facets(request.form),
        "errors": getattr(error, "fields", {}),
        "is_conflict": isinstance(error, ConflictError),
    }
    if request.form.get("alone"):
        return _row(framework, columns, row, typed=typed)
    return _grid_page(acting, framework, frameworks_of(acting.db, acting.person), came_back={row.opportunity.id: typed})


def _row(
    framework: Framework,
    columns: list[Indicator],
    row: GridRow,
    *,
    undo: str = "",
    typed: Mapping[str, Any] | None = None,
) -> str:
    return render_template(
        "standards/grid_row.html", framework=framework, columns=columns, row=row, undo=undo, typed=typed
    )


def _grid_page(
    acting: Acting,
    framework: Framework | None,
    frameworks: list[Framework],
    came_back: Mapping[int, Mapping[str, Any]] | None = None,
) -> str:
    choice = _choice(acting)
    return render_template(
        "standards/grid.html",
        frameworks=frameworks,
        framework=framework,
        parts=parts_of(acting.db, framework) if framework else [],
        choice=choice,
        grid=grid_page(acting.db, acting.person, framework, choice) if framework else None,
        came_back=came_back or {},
        undo=_undo(),
    )


def _undo() -> dict[int | None, str]:
    """Return what the row that was just saved had before, by its opportunity's id: the page offers to put it back."""
    return {request.args.get("saved", None, row_id): unpack_state(request.args.get("before", ""))}


def _choice(acting: Acting) -> GridChoice:
    kind = request.values.get("kind", "")
    return GridChoice(
        part_id=request.values.get("part", type=row_id),
        column_after=request.values.get("column", type=row_id),
        title=request.values.get("title", "").strip()[:LONGEST_SEARCH],
        kind=OpportunityKind(kind) if kind in set(OpportunityKind) else None,
        after=request.values.get("after", type=row_id),
        only_id=None if works_for_district(acting) else acting.launch.course_id or 0,
    )


def _address(framework: Framework, opportunity_id: int, **more: Any) -> str:
    kept: dict[str, Any] = {
        name: request.values.get(name) or None for name in ("part", "column", "title", "kind", "after")
    }
    return url_for(".show_grid", framework=framework.id, **kept, **more, _anchor=f"row-{opportunity_id}")
