"""The district's review, and how completions come in."""

from __future__ import annotations

from lti_tool.grades.views import completions, differences, importing, paths, reminders, resending, review  # noqa: F401 - routes
from lti_tool.grades.views.blueprint import bp
from lti_tool.grades.views.reminders import public_bp

__all__ = ["bp", "public_bp"]
