"""The cookies of logins and sessions: each has its own, and all work in the frame of another site (CHIPS)."""

from __future__ import annotations

from datetime import timedelta

from flask import Response
from werkzeug.wrappers import Response as AnyResponse

from lti_tool.launch.operations.sessions import digest

COOKIES_WORK = "lg_seen"
"""Comes back with the next login where the browser keeps our cookies, so that it need not be asked again."""


def login_cookie(state: str) -> str:
    """Return the name of the cookie of one login, so that launches can run side by side."""
    return f"lg_login_{digest(state)[:16]}"


def set_cookie(response: Response | AnyResponse, name: str, value: str, *, path: str, max_age: timedelta) -> None:
    """Set a cookie that a framed page gets back; with no life left it is removed."""
    response.set_cookie(
        name, value, path=path, max_age=max_age, secure=True, httponly=True, samesite="None", partitioned=True
    )
