"""Signed tokens of a platform, of launches and notices: form, signature, times (Security Framework 5.1.3)."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from lti_tool.errors import LaunchError
from lti_tool.launch.key_sets import KeySets
from lti_tool.launch.models import Registration

LEEWAY = 60
"""Seconds by which two clocks may differ."""
OLDEST = 3600
"""Seconds after which a token is too old, however long it says it lives; Canvas's live an hour."""
LONGEST_TOKEN = 64 * 1024
ALGORITHM = "RS256"


def read_token(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the header and the claims of a token, of which nothing is believed yet."""
    if not token or len(token) > LONGEST_TOKEN:
        raise LaunchError("id_token_missing" if not token else "id_token_too_long")
    try:
        header, body = (json.loads(jwt.utils.base64url_decode(part)) for part in token.split(".")[:2])
    except (ValueError, RecursionError) as error:
        raise LaunchError("id_token_malformed", status=401) from error
    if not isinstance(header, dict) or not isinstance(body, dict) or not _can_be_stored(body):
        raise LaunchError("id_token_malformed", status=401)
    return header, body


def verify_token(token: str, header: Mapping[str, Any], registration: Registration, key_sets: KeySets) -> None:
    """Refuse a token that this platform did not sign for this tool within the last hour."""
    kid = header.get("kid")
    if not isinstance(kid, str) or not kid:
        raise LaunchError("kid_missing", status=401)
    if header.get("alg") != ALGORITHM:
        raise LaunchError("alg_wrong", status=401)
    key = key_sets.find(registration.key_set_url, kid)
    if key is None:
        raise LaunchError("kid_unknown", status=401)
    claims = _decode(token, key, registration)
    if not isinstance(claims["iat"], int | float) or claims["iat"] < time.time() - OLDEST - LEEWAY:
        raise LaunchError("iat_too_old", "This launch is too old. Open the link again.", status=401)


def _decode(token: str, key: RSAPublicKey, registration: Registration) -> dict[str, Any]:
    try:
        return jwt.decode(
            token,
            key,
            algorithms=[ALGORITHM],
            audience=registration.client_id,
            issuer=registration.issuer,
            leeway=LEEWAY,
            options={"require": ["exp", "iat"], "verify_sub": False, "verify_jti": False},
        )
    except jwt.InvalidSignatureError as error:
        raise LaunchError("signature_wrong", status=401) from error
    except (jwt.ExpiredSignatureError, jwt.ImmatureSignatureError) as error:
        raise LaunchError("token_expired", "This launch is too old. Open the link again.", status=401) from error
    except (jwt.InvalidTokenError, TypeError, OverflowError) as error:
        raise LaunchError("token_invalid", status=401) from error


def _can_be_stored(body: dict[str, Any]) -> bool:
    """Return whether all text in it is text to a database: no NUL, no half of a character."""
    try:
        return b"\\u0000" not in json.dumps(body, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
