"""Reads of standards: frameworks as trees, what is offered, what it is aligned to, and where nothing is offered."""

from __future__ import annotations

from lti_tool.standards.queries.alignments import alignments_of, indicator_of
from lti_tool.standards.queries.coverage import (
    Coverage,
    CoverageChoice,
    CoverageRow,
    coverage,
    disciplines_of,
    unsaid_opportunities,
)
from lti_tool.standards.queries.differences import Difference, compare, framework_like
from lti_tool.standards.queries.exports import package_of_framework
from lti_tool.standards.queries.frameworks import (
    Branch,
    branch_page,
    find_indicators,
    framework_lines,
    framework_of,
    frameworks_of,
    search_framework,
    tree_of,
    trees_of,
)
from lti_tool.standards.queries.grid import (
    GridChoice,
    GridRow,
    grid_indicators,
    grid_page,
    parts_of,
    row_version,
    rows_of,
)
from lti_tool.standards.queries.imports import import_of, open_imports
from lti_tool.standards.queries.indicators import has_standards, indicators_of
from lti_tool.standards.queries.opportunities import CatalogueFilter, catalogue, opportunity_of

__all__ = [
    "Branch",
    "CatalogueFilter",
    "Coverage",
    "CoverageChoice",
    "CoverageRow",
    "Difference",
    "GridChoice",
    "GridRow",
    "alignments_of",
    "branch_page",
    "catalogue",
    "compare",
    "coverage",
    "disciplines_of",
    "find_indicators",
    "framework_like",
    "framework_lines",
    "framework_of",
    "frameworks_of",
    "grid_indicators",
    "grid_page",
    "has_standards",
    "import_of",
    "indicator_of",
    "indicators_of",
    "open_imports",
    "opportunity_of",
    "package_of_framework",
    "parts_of",
    "row_version",
    "rows_of",
    "search_framework",
    "tree_of",
    "trees_of",
    "unsaid_opportunities",
]
