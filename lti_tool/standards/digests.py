"""Telling one text from another by a short text that keeps none of it."""

from __future__ import annotations

import hashlib
from typing import Any


def tidy(value: Any) -> Any:
    """Return what was typed without the space around it, however a browser ends lines; lists in a fixed order."""
    if isinstance(value, list | tuple):
        return sorted(map(str, value))
    return str(value).replace("\r\n", "\n").strip()


def digest(value: Any) -> str:
    """Return what tells one text from another and keeps none of it."""
    return hashlib.sha256(repr(tidy(value)).encode()).hexdigest()[:32]
