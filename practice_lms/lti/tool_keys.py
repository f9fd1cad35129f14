"""The tool's signatures: its key set fetched over HTTP, and its JWTs checked by it."""

from __future__ import annotations

from typing import Any

import jwt
import requests

from practice_lms.state import Tool

FETCH_SECONDS = 10


class KeySetUnavailableError(Exception):
    """The tool's key set could not be fetched or holds no usable key."""


class UnknownKeyError(Exception):
    """The `kid` of a JWT is not in the tool's key set."""


class BadSignatureError(Exception):
    """A JWT cannot be read, or its signature is not by the key that it names."""


def fetch_key_set(tool: Tool) -> dict[str, Any]:
    """Return what the tool publishes at its `jwks_uri`.

    Never called while the lock of the LMS is held: a tool may be in the middle of a request to this LMS.
    """
    try:
        answer = requests.get(tool.jwks_uri, timeout=FETCH_SECONDS)
        answer.raise_for_status()
        return dict(answer.json())
    except (requests.RequestException, ValueError, TypeError) as error:
        raise KeySetUnavailableError(str(error)) from error


def signed_claims(key_set: dict[str, Any], token: str) -> dict[str, Any]:
    """Return the claims of a JWT signed with RS256 by a key of the set; times and names are the caller's to check."""
    try:
        kid = jwt.get_unverified_header(token).get("kid")
        keys = {key.key_id: key for key in jwt.PyJWKSet.from_dict(key_set).keys}
    except jwt.PyJWKSetError as error:
        raise KeySetUnavailableError(str(error)) from error
    except jwt.PyJWTError as error:
        raise BadSignatureError(str(error)) from error
    if kid not in keys:
        raise UnknownKeyError(str(kid))
    return _checked(token, keys[kid])


def _checked(token: str, key: jwt.PyJWK) -> dict[str, Any]:
    try:
        return dict(jwt.decode(token, key, algorithms=["RS256"], options=ONLY_THE_SIGNATURE))
    except jwt.PyJWTError as error:
        raise BadSignatureError(str(error)) from error


ONLY_THE_SIGNATURE: Any = {f"verify_{claim}": False for claim in ("exp", "nbf", "iat", "aud", "iss", "sub", "jti")} | {
    "verify_signature": True
}
"""The LMS has a clock of its own, so times are compared by it and not by PyJWT."""
