"""The practice LMS's own pages: what people see of it, and what scripts may read of it."""

from __future__ import annotations

from importlib import import_module

from flask import Flask
from flask_bootstrap import Bootstrap5

from practice_lms.pages.blueprint import pages

MODULES = ("people", "courses", "activities", "gradebook", "members", "groups", "tools", "frames", "connections")
MODULES_FOR_TRIALS = ("fault_form", "state_json")


def init_app(app: Flask) -> None:
    """Add every page; all that a page loads comes from this server."""
    app.config["BOOTSTRAP_SERVE_LOCAL"] = True
    Bootstrap5(app)
    for name in (*MODULES, *MODULES_FOR_TRIALS):
        import_module(f"practice_lms.pages.{name}")
    app.register_blueprint(pages)
