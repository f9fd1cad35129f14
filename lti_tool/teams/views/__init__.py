"""Pages of teams: an educator's own, and the designer's work on those of a course."""

from __future__ import annotations

from lti_tool.teams.views import designing, mine
from lti_tool.teams.views.blueprint import bp

__all__ = ["bp", "designing", "mine"]
