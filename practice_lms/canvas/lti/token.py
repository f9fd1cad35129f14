"""Canvas's token answers for tools (client_credentials_provider.rb, jwt_validator.rb): all scopes or none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jwt
from flask import Response

from practice_lms.canvas.lti import urls
from practice_lms.canvas.lti.access import LIFE, issue
from practice_lms.lti import tool_keys
from practice_lms.lti.answers import json_answer
from practice_lms.lti.gradebook import as_number
from practice_lms.lti.vocabulary import CLIENT_ASSERTION
from practice_lms.state import Lms, Tool

REQUIRED = ("sub", "aud", "exp", "iat", "jti")
OLDEST_SECONDS, AHEAD_SECONDS = 300, 30


class RefusedError(Exception):
    """The tool gets no token."""

    def __init__(self, description: str, error: str = "invalid_request") -> None:
        super().__init__(description)
        self.error = error


def answer(lms: Lms, form: Mapping[str, str]) -> Response:
    """Return an access token; one scope that the key lacks fails the whole request."""
    try:
        tool = _verified_tool(lms, form)
        scopes = _granted(tool, form.get("scope", ""))
    except RefusedError as refused:
        return json_answer({"error": refused.error, "error_description": str(refused)}, 400)
    said = {
        "access_token": issue(lms, tool, scopes),
        "token_type": "Bearer",
        "expires_in": int(LIFE.total_seconds()),
        "scope": " ".join(scopes),
    }
    return json_answer(said, headers={"Cache-Control": "no-store"})


def _granted(tool: Tool, asked: str) -> list[str]:
    scopes = asked.split()
    if not scopes or not set(scopes) <= set(tool.scopes):
        raise RefusedError(
            "A requested scope is invalid, unknown, malformed, or exceeds the scope granted.", "invalid_scope"
        )
    return scopes


def _verified_tool(lms: Lms, form: Mapping[str, str]) -> Tool:
    assertion = form.get("client_assertion", "")
    if form.get("client_assertion_type") != CLIENT_ASSERTION or not assertion:
        raise RefusedError("assertion method not supported for this grant_type")
    tool = _named_tool(lms, assertion)
    try:
        claims = tool_keys.signed_claims(tool_keys.fetch_key_set(tool), assertion)
    except tool_keys.KeySetUnavailableError as error:
        raise RefusedError(f"JWK Error: {error}") from error
    except (tool_keys.UnknownKeyError, tool_keys.BadSignatureError) as error:
        raise RefusedError("JWS signature invalid.") from error
    _check(lms, claims)
    return tool


def _named_tool(lms: Lms, assertion: str) -> Tool:
    # An unknown key reads like a bad signature.
    try:
        client_id = jwt.decode(assertion, options={"verify_signature": False}).get("sub")
    except jwt.PyJWTError as error:
        raise RefusedError("JWS signature invalid.") from error
    for tool in list(lms.tools.values()):
        if tool.client_id == client_id and tool.active:
            return tool
    raise RefusedError("JWS signature invalid.")


def _check(lms: Lms, claims: Mapping[str, Any]) -> None:
    if absent := [name for name in REQUIRED if not claims.get(name)]:
        raise RefusedError(f"the following assertions are missing: {','.join(absent)}")
    audience = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    if urls.token(lms) not in audience:
        raise RefusedError("the 'aud' is invalid")
    now = lms.clock().timestamp()
    expires, issued = as_number(claims["exp"]), as_number(claims["iat"])
    if expires < now:
        raise RefusedError("the JWT has expired")
    if issued < now - OLDEST_SECONDS:
        raise RefusedError("the 'iat' must be less than 5 minutes old")
    if issued > now + AHEAD_SECONDS:
        raise RefusedError("the 'iat' must not be in the future")
