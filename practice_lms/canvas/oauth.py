"""Canvas's OAuth2: consent at /login/oauth2/auth, tokens at /login/oauth2/token.

Source: app/controllers/oauth2_provider_controller.rb, lib/canvas/oauth/request_error.rb, doc/api/oauth_endpoints.md.
A wrong key or redirect address is answered on the spot; what comes after that goes back to the redirect address.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Flask, abort, redirect, render_template, request, session
from flask.typing import ResponseReturnValue

from practice_lms.canvas import oauth_token
from practice_lms.canvas.api_keys import grant_code
from practice_lms.connections import ApiKey
from practice_lms.current import current_user, lms, signed_in_user

UNGRANTED = (
    "A requested scope is invalid, unknown, malformed, or exceeds the scope granted by the resource owner. "
    "The following scopes were requested, but not granted: "
)

bp = Blueprint("oauth", __name__)


@bp.get("/login/oauth2/auth")
def authorize() -> ResponseReturnValue:
    """Ask the signed-in person to let the API key act as them."""
    key = lms().connections.api_keys.get(request.args.get("client_id", ""))
    if key is None:
        return {"error": "invalid_client", "error_description": "unknown client"}, 401
    if request.args.get("redirect_uri", "") != key.redirect_uri:
        description = "redirect_uri does not match client settings"
        return {"error": "invalid_request", "error_description": description}, 400
    return _refuse(key) or _ask(key)


def _refuse(key: ApiKey) -> ResponseReturnValue | None:
    scopes = _scopes()
    ungranted = [each for each in scopes if each not in key.scopes]
    if not key.active:
        return _back("unauthorized_client", "Client does not have access to the specified Canvas account.")
    if request.args.get("response_type") != "code":
        return _back("unsupported_response_type", "Only response_type=code is permitted")
    if key.require_scopes and (ungranted or not scopes):
        return _back("invalid_scope", UNGRANTED + " ".join(ungranted))
    if request.args.get("prompt") == "none":
        reason = "login_required" if signed_in_user() is None else "interaction_required"
        return _back(reason, f"prompt=none but {reason.replace('_', ' ')}")
    return None


def _scopes() -> list[str]:
    return request.args.get("scope", "").split()


def _back(error: str, description: str) -> ResponseReturnValue:
    fields = {"error": error, "error_description": description}
    return _return_to(request.args["redirect_uri"], fields, request.args.get("state"))


def _return_to(redirect_uri: str, fields: dict[str, str], state: str | None) -> ResponseReturnValue:
    fields = fields if state is None else {**fields, "state": state}
    return redirect(f"{redirect_uri}{'&' if '?' in redirect_uri else '?'}{urlencode(fields)}")


def _ask(key: ApiKey) -> ResponseReturnValue:
    user = current_user()
    session["oauth2"] = {"client_id": key.client_id, "scopes": _scopes(), "state": request.args.get("state")}
    return render_template("oauth_authorize.html", key=key, user=user, scopes=_scopes())


def _pending() -> tuple[ApiKey, dict[str, Any]]:
    wanted: dict[str, Any] = session.pop("oauth2", None) or {}
    key = lms().connections.api_keys.get(wanted.get("client_id", ""))
    if key is None:
        abort(400, "There is no request to answer. Start again from the tool.")
    return key, wanted


@bp.post("/login/oauth2/accept")
def accept() -> ResponseReturnValue:
    """Let it: back to the tool with a code."""
    key, wanted = _pending()
    with lms().lock:
        code = grant_code(lms(), key, current_user(), wanted["scopes"])
    return _return_to(key.redirect_uri, {"code": code}, wanted["state"])


@bp.get("/login/oauth2/deny")
def deny() -> ResponseReturnValue:
    """Do not: back to the tool with access_denied."""
    key, wanted = _pending()
    fields = {
        "error": "access_denied",
        "error_description": "The resource owner or authorization server denied the request.",
    }
    return _return_to(key.redirect_uri, fields, wanted["state"])


def init_app(app: Flask) -> None:
    """Serve consent and tokens."""
    app.register_blueprint(bp)
    app.register_blueprint(oauth_token.bp)
