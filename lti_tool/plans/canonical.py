"""One way to write a document down and to take its hash, so that two of them can be compared anywhere."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def canonical(document: Any) -> str:
    """Return a document as JSON of one form only: keys in order, no spaces, lists of objects in order of their text."""
    return _text(_ordered(document))


def content_hash(document: Any) -> str:
    """Return the SHA-256 of the canonical form, with its name before it."""
    return f"sha256:{hashlib.sha256(canonical(document).encode()).hexdigest()}"


def _ordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _ordered(each) for name, each in value.items()}
    if isinstance(value, list):
        found = [_ordered(each) for each in value]
        return sorted(found, key=_text) if any(isinstance(each, dict) for each in found) else found
    return value


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
