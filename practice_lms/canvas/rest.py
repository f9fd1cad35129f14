"""Canvas's REST API under /api/v1: its addresses, and the throttle that guards them."""

from __future__ import annotations

from flask import Flask

from practice_lms.canvas import (
    rest_groups,
    rest_import,
    rest_jobs,
    rest_memberships,
    rest_progress,
    rest_users,
    throttle,
)
from practice_lms.canvas.rest_access import bp

ADDRESSES = (rest_users, rest_progress, rest_groups, rest_memberships, rest_import, rest_jobs)
"""Importing them registers their addresses."""


def init_app(app: Flask) -> None:
    """Serve the REST API."""
    throttle.init_app(app)
    app.register_blueprint(bp)
