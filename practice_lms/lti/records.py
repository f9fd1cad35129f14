"""What the LTI side remembers between two requests: launches under way, access tokens, items waiting to be saved."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from practice_lms.lti.vocabulary import Message


@dataclass(frozen=True, slots=True)
class Launch:
    """One launch between its login initiation and its id_token; an account's has neither course nor group."""

    tool_id: int
    user_id: int
    target_link_uri: str
    course_id: int | None = None
    activity_id: int | None = None
    group_id: int | None = None
    message: Message = Message.RESOURCE_LINK
    placement: str = ""
    new_window: bool = False
    session_key: str = ""


@dataclass(frozen=True, slots=True)
class AccessToken:
    """What a Moodle-like token stands for; Canvas's carry it inside."""

    tool_id: int
    scopes: frozenset[str]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Selection:
    """What a tool returned by deep linking and a Moodle teacher has not saved yet."""

    tool_id: int
    course_id: int
    items: list[dict[str, Any]]


@dataclass(slots=True)
class LtiRecords:
    """All of it, by the key under which it is found again."""

    launches: dict[str, Launch] = field(default_factory=dict)
    access_tokens: dict[str, AccessToken] = field(default_factory=dict)
    selections: dict[str, Selection] = field(default_factory=dict)
    notice_handlers: dict[tuple[int, str], str] = field(default_factory=dict)
    """By (tool id, notice type)."""
    secret: str = field(default_factory=lambda: secrets.token_hex(32))
    """Signs what only this LMS reads back: hints, Canvas's access tokens, the data of a deep link."""
