"""The practice LMS as a Flask application: wiring and nothing else."""

from __future__ import annotations

import secrets
from importlib import import_module

from flask import Flask

from practice_lms.state import Flavour, Lms

COMMON = (
    "practice_lms.lti.oidc",
    "practice_lms.lti.registration",
    "practice_lms.lti.deep_linking",
    "practice_lms.pages",
)
PER_FLAVOUR = {
    Flavour.MOODLE: ("practice_lms.moodle.lti", "practice_lms.moodle.webservice"),
    Flavour.CANVAS: ("practice_lms.canvas.lti", "practice_lms.canvas.oauth", "practice_lms.canvas.rest"),
}


def create_app(lms: Lms) -> Flask:
    """Return the application of one practice LMS; each module named above has an `init_app(app)`."""
    app = Flask(__name__)
    app.extensions["lms"] = lms
    app.config.update(
        SECRET_KEY=secrets.token_hex(16),
        SESSION_COOKIE_NAME=f"practice_{lms.flavour}",
        SESSION_COOKIE_SAMESITE="None",
        SESSION_COOKIE_SECURE=True,
        PLATFORM_STORAGE="on",
    )
    for name in ("practice_lms.faults", *COMMON, *PER_FLAVOUR[lms.flavour]):
        import_module(name).init_app(app)
    return app
