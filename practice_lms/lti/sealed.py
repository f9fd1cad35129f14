"""Short-lived texts that the LMS hands out and reads back: signed with its own secret, dated by its own clock."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import jwt

from practice_lms.lti.tool_keys import ONLY_THE_SIGNATURE
from practice_lms.state import Lms


class SealBrokenError(Exception):
    """Not ours, changed, or unreadable."""


class SealExpiredError(Exception):
    """Ours, but too old."""


def seal(lms: Lms, life: timedelta, **claims: Any) -> str:
    """Return the claims as a JWT that only this LMS can make and read."""
    now = lms.clock()
    dated = claims | {"iat": int(now.timestamp()), "exp": int((now + life).timestamp())}
    return jwt.encode(dated, lms.lti.secret, algorithm="HS256")


def unseal(lms: Lms, sealed: str) -> dict[str, Any]:
    """Return the claims again; raise SealBrokenError or SealExpiredError."""
    try:
        claims = dict(jwt.decode(sealed, lms.lti.secret, algorithms=["HS256"], options=ONLY_THE_SIGNATURE))
    except jwt.PyJWTError as error:
        raise SealBrokenError(str(error)) from error
    if claims.get("exp", 0) <= lms.clock().timestamp():
        raise SealExpiredError
    return claims
