"""A platform notice, typed (Platform Notification Service 1.0, 4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lti_tool.launch import names


@dataclass(frozen=True, slots=True)
class Notice:
    """What one notice says; nobody is named in it."""

    id: str
    type: str
    nonce: str
    deployment_id: str
    context_id: str = ""
    origin_ids: tuple[str, ...] = ()
    """Of a context that was copied: the contexts that it is a copy of."""


def read_notice(claims: Mapping[str, Any]) -> Notice:
    """Return the notice of claims that passed the checks of `protocol/notices.py`."""
    context, origins = claims.get(names.CONTEXT), claims.get(names.ORIGIN_CONTEXTS)
    context_id = context.get("id") if isinstance(context, dict) else ""
    found = [each for each in origins if isinstance(each, str)] if isinstance(origins, list) else []
    return Notice(
        id=claims[names.NOTICE]["id"],
        type=claims[names.NOTICE]["type"],
        nonce=claims["nonce"],
        deployment_id=claims[names.DEPLOYMENT_ID],
        context_id=context_id if isinstance(context_id, str) and len(context_id) <= 255 else "",
        origin_ids=tuple(each for each in found if 0 < len(each) <= 255),
    )
