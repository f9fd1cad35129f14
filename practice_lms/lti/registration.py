"""Where an administrator starts the registration of a tool by its URL (LTI Dynamic Registration 1.0)."""

from __future__ import annotations

from flask import Blueprint, Flask, abort, request
from werkzeug.wrappers import Response

from practice_lms.canvas.lti import registration as canvas_registration
from practice_lms.current import hold_lock, lms
from practice_lms.moodle.lti import registration as moodle_registration
from practice_lms.state import Flavour

blueprint = hold_lock(Blueprint("registration", __name__))


@blueprint.get("/launch/register")
def start() -> Response:
    """Redirect the frame to the tool with `openid_configuration` and `registration_token`."""
    url = request.args.get("url", "")
    if not url.startswith(("http://", "https://")):
        abort(400, "The tool's URL is missing.")
    if lms().flavour is Flavour.MOODLE:
        return moodle_registration.start(url, new=request.args.get("type") == "0")
    return canvas_registration.start(url)


def init_app(app: Flask) -> None:
    """Add the address that starts a registration."""
    app.register_blueprint(blueprint)
