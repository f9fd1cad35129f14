"""The map of coverage: what is offered for each indicator, and for whom."""

from __future__ import annotations

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue

from lti_tool.db import row_id
from lti_tool.launch.acting import Acting, Right, guard
from lti_tool.standards.facets import FACETS, VALUES
from lti_tool.standards.queries import (
    CoverageChoice,
    CoverageRow,
    coverage,
    disciplines_of,
    frameworks_of,
    unsaid_opportunities,
)
from lti_tool.standards.views.blueprint import DEMAND, asked_framework, bp, works_for_district

PAGE_SIZE = 100
SHOWN_GAPS = 12
SHOWN_UNSAID = 10
LONGEST_VALUE = 100
MEASURES = ("count", "hours", "refreshed_on")


@bp.get("/coverage")
@guard(Right.DESIGNER)
def show_coverage(acting: Acting) -> ResponseReturnValue:
    """Show what is offered for each indicator, gaps first."""
    frameworks = frameworks_of(acting.db, acting.person)
    framework = asked_framework(acting, frameworks)
    if framework is None:
        return render_template("standards/coverage.html", framework=None)
    choice = _choice()
    demand = current_app.extensions[DEMAND](acting.db, acting.person.district_id)
    found = coverage(acting.db, framework, demand, choice)
    rows, next_after = _page(found.rows, request.args.get("after", type=row_id))
    measure = request.args.get("measure", "")
    return render_template(
        "standards/coverage.html",
        frameworks=frameworks,
        framework=framework,
        choice=choice,
        measure=measure if measure in MEASURES else MEASURES[0],
        coverage=found,
        gaps=(found.gaps + found.partial)[:SHOWN_GAPS],
        rows=rows,
        works_for_district=works_for_district(acting),
        next_after=next_after,
        unsaid=unsaid_opportunities(acting.db, framework, SHOWN_UNSAID),
        choices={**VALUES, "disciplines": disciplines_of(acting.db, framework.district_id)},
    )


def _choice() -> CoverageChoice:
    columns = request.args.get("columns", "")
    only = {name: request.args.get(name, "").strip()[:LONGEST_VALUE] for name in FACETS}
    known = {name: value for name, value in only.items() if value in VALUES.get(name, (value,))}
    return CoverageChoice(columns if columns in FACETS else FACETS[0], known)


def _page(rows: list[CoverageRow], after: int | None) -> tuple[list[CoverageRow], int | None]:
    """Return the rows that come after an indicator, as many as a page carries, and where the next page begins."""
    begins = next((place for place, row in enumerate(rows, start=1) if row.item.id == after), 0)
    ends = begins + PAGE_SIZE
    return rows[begins:ends], rows[ends - 1].item.id if len(rows) > ends else None
