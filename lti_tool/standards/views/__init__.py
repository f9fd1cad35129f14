"""Pages of standards: frameworks, the catalogue, what its opportunities serve, and the coverage of a framework."""

from __future__ import annotations

from lti_tool.standards.views import alignments, coverage, frameworks, grid, imports, opportunities
from lti_tool.standards.views.blueprint import DEMAND, bp

__all__ = [
    "DEMAND",
    "alignments",
    "bp",
    "coverage",
    "frameworks",
    "grid",
    "imports",
    "opportunities",
]
