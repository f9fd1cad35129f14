"""What lets another program into the LMS beside LTI, for the administrator: tokens (Moodle) and API keys (Canvas)."""

from __future__ import annotations

from flask import abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from practice_lms.canvas.api_keys import create_api_key
from practice_lms.current import lms
from practice_lms.moodle.webservice_tokens import create_web_service_token
from practice_lms.pages.access import administrator
from practice_lms.pages.blueprint import pages
from practice_lms.state import Flavour


@pages.get("/connections")
def connections() -> str:
    """Show the tokens or the API keys, and a form to make one."""
    administrator()
    return render_template("pages/connections.html", connections=lms().connections, moodle=_is_moodle())


@pages.post("/connections/tokens")
def add_token() -> Response:
    """Make a web service token that acts as the chosen person (Moodle only)."""
    administrator()
    user = lms().users.get(request.form.get("user_id", 0, int))
    if user is None or not _is_moodle():
        abort(400, "Choose a person of this Moodle.")
    create_web_service_token(lms(), user)
    return redirect(url_for("pages.connections"))


@pages.post("/connections/api-keys")
def add_api_key() -> Response:
    """Make an API key with a redirect address (Canvas only)."""
    administrator()
    name, redirect_uri = request.form.get("name", "").strip(), request.form.get("redirect_uri", "").strip()
    if not (name and redirect_uri) or _is_moodle():
        abort(400, "An API key of this Canvas needs a name and a redirect address.")
    create_api_key(lms(), name, redirect_uri)
    return redirect(url_for("pages.connections"))


def _is_moodle() -> bool:
    return lms().flavour is Flavour.MOODLE
