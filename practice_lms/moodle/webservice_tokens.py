"""Tokens of Moodle's web services: each acts as one person, within the functions of one service."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from practice_lms.connections import WebServiceToken
from practice_lms.state import Lms, User


def create_web_service_token(lms: Lms, user: User, functions: Iterable[str] | None = None) -> str:
    """Return a new token that acts as this person; `functions` limits it to those of a custom service."""
    token = secrets.token_hex(16)
    allowed = None if functions is None else frozenset(functions)
    lms.connections.web_service_tokens[token] = WebServiceToken(user.id, allowed)
    return token
