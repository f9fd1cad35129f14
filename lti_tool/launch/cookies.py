"""The cookies of logins and sessions: each has its own, and all work in the frame of another site (CHIPS)."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta

from flask import Response, current_app
from werkzeug.wrappers import Response as AnyResponse

from lti_tool.launch.operations.sessions import SESSION_LIFE, digest

COOKIES_WORK = "lg_seen"
"""Comes back with the next login where the browser keeps our cookies, so that it need not be asked again."""


def login_cookie(state: str) -> str:
    """Return the name of the cookie of one login, so that launches can run side by side."""
    return f"lg_login_{digest(state)[:16]}"


def session_cookie(session_key: str) -> str:
    """Return the name of the cookie of one session, so that two can live side by side."""
    return f"lg_{session_key[:12]}"


def session_proof(session_key: str) -> str:
    """Return the value of a session's cookie: only this tool can make it from the key."""
    secret = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(secret, b"session cookie " + session_key.encode(), hashlib.sha256).hexdigest()


def set_session_cookie(response: Response | AnyResponse, session_key: str) -> None:
    """Give the browser what shows that it is the one in which the session was opened."""
    path = f"/s/{session_key}"
    set_cookie(response, session_cookie(session_key), session_proof(session_key), path=path, max_age=SESSION_LIFE)


def set_cookie(response: Response | AnyResponse, name: str, value: str, *, path: str, max_age: timedelta) -> None:
    """Set a cookie that a framed page gets back; with no life left it is removed."""
    response.set_cookie(
        name, value, path=path, max_age=max_age, secure=True, httponly=True, samesite="None", partitioned=True
    )
