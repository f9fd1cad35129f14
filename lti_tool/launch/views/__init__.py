"""The LTI endpoints, and the pages of connections, courses and deep linking."""

from __future__ import annotations

from lti_tool.launch.views import canvas_callback, launches, logins, notices, registrations  # noqa: F401 - routes
from lti_tool.launch.views.blueprints import lms_bp, lti_bp
from lti_tool.launch.views.connections import bp
from lti_tool.launch.views.courses import courses_bp
from lti_tool.launch.views.deep_linking import deep_linking_bp

__all__ = ["bp", "courses_bp", "deep_linking_bp", "lms_bp", "lti_bp"]
