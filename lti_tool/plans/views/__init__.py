"""Pages of plans: my plan and its goals, declaring them, the goals board, and the goals of a course."""

from __future__ import annotations

from lti_tool.plans.views import board, courses, declarations, goals
from lti_tool.plans.views.blueprint import bp

__all__ = ["board", "bp", "courses", "declarations", "goals"]
