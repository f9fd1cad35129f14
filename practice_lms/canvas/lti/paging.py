"""Pages of Canvas's LTI services by number, with their Link header (lib/api.rb)."""

from __future__ import annotations

from typing import TypeVar
from urllib.parse import urlencode

from flask import request

from practice_lms.current import lms

DEFAULT, MOST = 10, 100
Record = TypeVar("Record")


def page(found: list[Record]) -> tuple[list[Record], dict[str, str]]:
    """Return the records of the page that the request asks for, and its Link header."""
    size = min(request.args.get("limit", 0, int) or request.args.get("per_page", 0, int) or DEFAULT, MOST)
    current = max(request.args.get("page", 1, int), 1)
    last = max(-(-len(found) // size), 1)
    numbers = {"current": current, "prev": current - 1, "next": current + 1, "first": 1, "last": last}
    links = [f'<{_address(at, size)}>; rel="{name}"' for name, at in numbers.items() if 1 <= at <= last]
    return found[(current - 1) * size : current * size], {"Link": ",".join(links)}


def _address(at: int, size: int) -> str:
    kept = [
        (name, value) for name, value in request.args.items(multi=True) if name not in ("page", "limit", "per_page")
    ]
    return f"{lms().url}{request.path}?{urlencode([*kept, ('page', at), ('per_page', size)])}"
