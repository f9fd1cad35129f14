"""The LTI side of Canvas, with its sharp edges: each module names the Ruby file that it follows."""

from __future__ import annotations

from flask import Blueprint, Flask, Response

from practice_lms.canvas.lti import (
    authorize,
    deep_linking,
    line_items,
    memberships,
    notices,
    registration,
    scores,
)
from practice_lms.current import lms
from practice_lms.lti.answers import json_answer

blueprint = Blueprint("canvas_lti", __name__)


@blueprint.get("/api/lti/security/jwks")
def jwks() -> Response:
    """Return the platform's public keys, which may be kept for a while (security_controller.rb)."""
    return json_answer(lms().keys.key_set(), headers={"Cache-Control": "max-age=864000, public"})


def init_app(app: Flask) -> None:
    """Add Canvas's LTI addresses; the token endpoint is shared with its OAuth2."""
    for module in (authorize, deep_linking, line_items, memberships, notices, registration, scores):
        app.register_blueprint(module.blueprint)
    app.register_blueprint(blueprint)
