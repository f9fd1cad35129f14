"""The LTI side of Moodle 4.5, with its sharp edges: each module names the PHP file that it follows."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, request

from practice_lms.current import lms
from practice_lms.lti.answers import json_answer
from practice_lms.moodle.lti import authorize, deep_linking, line_items, memberships, registration, scores, token

blueprint = Blueprint("moodle_lti", __name__)


@blueprint.get("/mod/lti/certs.php")
def certs() -> Response:
    """Return the platform's public keys."""
    return json_answer(lms().keys.key_set())


@blueprint.post("/mod/lti/token.php")
def access_token() -> Response:
    """Return an access token for the services."""
    return token.answer(lms(), request.form)


def init_app(app: Flask) -> None:
    """Add Moodle's LTI addresses."""
    for module in (authorize, deep_linking, line_items, memberships, registration, scores):
        app.register_blueprint(module.blueprint)
    app.register_blueprint(blueprint)
