"""Moodle's token endpoint (mod/lti/token.php): lenient about who is addressed, strict about the clock.

Not checked: aud, iss, jti; exp is optional. The answer is JSON under `text/html`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import jwt
from flask import Response

from practice_lms.lti import tool_keys
from practice_lms.lti.gradebook import as_number
from practice_lms.lti.vocabulary import CLIENT_ASSERTION
from practice_lms.moodle.lti.access import LIFE, issue
from practice_lms.state import Lms, Tool


class RefusedError(Exception):
    """The tool gets no token; the text is Moodle's."""


def answer(lms: Lms, form: Mapping[str, str]) -> Response:
    """Return an access token for the scopes that the tool has, of those it asked for."""
    try:
        tool = _verified_tool(lms, form)
        scopes = _narrowed(tool, form.get("scope", ""))
    except RefusedError as refused:
        return _page(f'{{\r\n  "error" : "{refused}"\r\n}}', 400)
    with lms.lock:
        token = issue(lms, tool, scopes)
    return _page(_written(token, scopes), 200)


def _page(body: str, status: int) -> Response:
    return Response(body, status=status, content_type="text/html; charset=utf-8")


def _written(token: str, scopes: list[str]) -> str:
    fields = {
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": int(LIFE.total_seconds()),
        "scope": " ".join(scopes),
    }
    return json.dumps(fields, indent=2, separators=(",", " : ")).replace("\n", "\r\n")


def _narrowed(tool: Tool, asked: str) -> list[str]:
    # Unknown scopes are dropped; only when none is left does Moodle refuse.
    scopes = sorted(set(asked.split()) & set(tool.scopes))
    if not scopes:
        raise RefusedError("invalid_scope")
    return scopes


def _verified_tool(lms: Lms, form: Mapping[str, str]) -> Tool:
    assertion = form.get("client_assertion", "")
    right_kind = form.get("client_assertion_type") == CLIENT_ASSERTION
    if not assertion or not right_kind or form.get("grant_type") != "client_credentials" or not form.get("scope"):
        raise RefusedError("invalid_request")
    tool = _named_tool(lms, assertion)
    try:
        claims = verified_by_key_set(tool, assertion)
    except tool_keys.UnknownKeyError as error:
        raise RefusedError('"kid" invalid, unable to lookup correct key') from error
    except tool_keys.KeySetUnavailableError as error:
        raise RefusedError("No keyset returned") from error
    except tool_keys.BadSignatureError as error:
        raise RefusedError("Signature verification failed") from error
    check_times(lms, claims)
    return tool


def _named_tool(lms: Lms, assertion: str) -> Tool:
    try:
        client_id = jwt.decode(assertion, options={"verify_signature": False}).get("sub")
    except jwt.PyJWTError as error:
        raise RefusedError("invalid_request") from error
    for tool in list(lms.tools.values()):
        if tool.client_id == client_id:
            return tool
    raise RefusedError("invalid_client")


def verified_by_key_set(tool: Tool, token: str) -> dict[str, Any]:
    """Return a JWT's claims by the cached key set, or by a fresh one when that fails (lti_verify_with_keyset)."""
    if tool.past_key_set is not None:
        try:
            return tool_keys.signed_claims(tool.past_key_set, token)
        except (tool_keys.UnknownKeyError, tool_keys.BadSignatureError, tool_keys.KeySetUnavailableError):
            tool.past_key_set = None
    key_set = tool_keys.fetch_key_set(tool)
    claims = tool_keys.signed_claims(key_set, token)
    tool.past_key_set = key_set
    return claims


def check_times(lms: Lms, claims: Mapping[str, Any]) -> None:
    """Refuse a token from the future, without any leeway, or past its exp if it has one (php-jwt)."""
    now = lms.clock().timestamp()
    issued, expires = claims.get("iat"), claims.get("exp")
    if issued is not None and as_number(issued) > now:
        raise RefusedError(f"Cannot handle token with iat prior to {_stamp(as_number(issued))}")
    if expires is not None and as_number(expires) <= now:
        raise RefusedError("Expired token")


def _stamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")
