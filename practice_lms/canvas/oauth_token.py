"""Canvas's token endpoint for both kinds of key: REST tokens here, LTI tokens by `practice_lms.lti.token`.

Source: oauth2_provider_controller.rb#token, lib/canvas/oauth/grant_types/*.rb, request_error.rb. A refresh answers
without a new refresh token, and ends the access token before; a key that is unknown or wrong is 401 with
`WWW-Authenticate: Canvas OAuth 2.0`, the rest is 400.
"""

from __future__ import annotations

import secrets
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from practice_lms.canvas.api_keys import GLOBAL, TOKEN_LIFE, issue_refresh_token, issue_token, replace_token, revoke
from practice_lms.connections import ApiGrant, ApiKey
from practice_lms.current import lms
from practice_lms.lti import token as lti_token

CHALLENGE = {"WWW-Authenticate": "Canvas OAuth 2.0"}

bp = Blueprint("oauth_token", __name__)


class TokenError(Exception):
    """A refusal of the token endpoint."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.body = {"error": error, "error_description": description}
        self.status = status


@bp.post("/login/oauth2/token")
def token() -> ResponseReturnValue:
    """Exchange a code, a refresh token or an LTI client assertion for an access token."""
    grant_type = request.form.get("grant_type", "authorization_code")
    if grant_type == "client_credentials":
        return lti_token.answer()
    exchange = {"authorization_code": _exchange_code, "refresh_token": _refresh}.get(grant_type, _unknown_grant)
    try:
        with lms().lock:
            return exchange(_key()), 200, {"Cache-Control": "no-store"}
    except TokenError as refusal:
        return refusal.body, refusal.status, CHALLENGE if refusal.status == 401 else {}


def _key() -> ApiKey:
    basic = request.authorization
    given = basic if basic is not None and basic.type == "basic" else None
    client_id = (given.username if given else None) or request.form.get("client_id", "")
    secret = (given.password if given else None) or request.form.get("client_secret", "")
    key = lms().connections.api_keys.get(client_id)
    if key is None:
        raise TokenError("invalid_client", "unknown client", 401)
    if not key.active or not secrets.compare_digest(secret, key.secret):
        raise TokenError("invalid_client", "invalid client", 401)
    return key


def _unknown_grant(_key: ApiKey) -> dict[str, Any]:
    raise TokenError("unsupported_grant_type", "The grant_type you requested is not currently supported")


def _exchange_code(key: ApiKey) -> dict[str, Any]:
    code = request.form.get("code")
    if not code:
        raise TokenError("invalid_request", "You must provide the code parameter to exchange for an access token")
    grant = lms().connections.codes.get(code)
    if grant is None or (grant.expires_at is not None and grant.expires_at < lms().clock()):
        raise TokenError("invalid_grant", "authorization_code not found")
    _require_own(grant, key)
    if request.form.get("redirect_uri", key.redirect_uri) != key.redirect_uri:
        raise TokenError("invalid_grant", "redirect_uri does not match client settings")
    del lms().connections.codes[code]
    return _answer(grant, issue_token(lms(), grant)) | {"refresh_token": issue_refresh_token(lms(), grant)}


def _refresh(key: ApiKey) -> dict[str, Any]:
    given = request.form.get("refresh_token")
    if not given:
        raise TokenError("invalid_request", "You must provide the refresh_token parameter")
    grant = lms().connections.refresh_tokens.get(given)
    if grant is None:
        raise TokenError("invalid_request", "refresh_token not found")
    _require_own(grant, key)
    return _answer(grant, replace_token(lms(), grant))


def _require_own(grant: ApiGrant, key: ApiKey) -> None:
    if grant.client_id != key.client_id:
        raise TokenError("invalid_grant", "incorrect client")


def _answer(grant: ApiGrant, token: str) -> dict[str, Any]:
    user = lms().users[grant.user_id]
    return {
        "access_token": token,
        "token_type": "Bearer",
        "user": {"id": user.id, "name": user.name, "global_id": str(GLOBAL + user.id), "effective_locale": "en"},
        "canvas_region": "not_configured",
        "expires_in": int(TOKEN_LIFE.total_seconds()),
    }


@bp.delete("/login/oauth2/token")
def log_out() -> ResponseReturnValue:
    """End the integration that the token belongs to, its refresh token included."""
    bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
    with lms().lock:
        found = lms().connections.api_tokens.get(bearer)
        if found is None:
            return (
                {"errors": [{"message": "Invalid access token."}]},
                401,
                {"WWW-Authenticate": 'Bearer realm="canvas-lms"'},
            )
        revoke(lms(), found.grant)
    return {}
