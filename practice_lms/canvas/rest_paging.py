"""Canvas's paging: 10 a page unless `per_page` says otherwise, 100 at most, a Link header whose addresses are opaque.

Source: lib/api.rb, doc/api/pagination.md. `rel="last"` is never given here, as for a course's users there; the page
token is case-sensitive.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from flask import Response, jsonify, request

from practice_lms.canvas.rest_access import not_found, parameters
from practice_lms.current import lms

DEFAULT_SIZE = 10
LARGEST_SIZE = 100


def page_of(records: Sequence[Any]) -> tuple[Response, int, dict[str, str]]:
    """Return the page asked for, with the header that leads on from it."""
    size = page_size()
    start = _start(parameters().get("page", "first"))
    links = [_link("current", start, size), _link("first", 0, size)]
    if start + size < len(records):
        links.insert(1, _link("next", start + size, size))
    return jsonify(records[start : start + size]), 200, {"Link": ",".join(links)}


def page_size() -> int:
    """Return how many records a page has."""
    given = parameters().get("per_page", "")
    wanted = int(given) if given.isdigit() else DEFAULT_SIZE
    return min(wanted, LARGEST_SIZE) or DEFAULT_SIZE


def _start(page: str) -> int:
    if page in ("first", "1"):
        return 0
    try:
        return int(json.loads(base64.urlsafe_b64decode(page.removeprefix("bookmark:")))["After"])
    except (ValueError, KeyError, TypeError) as error:
        raise not_found() from error


def _link(relation: str, start: int, size: int) -> str:
    token = "bookmark:" + base64.urlsafe_b64encode(json.dumps({"After": start}).encode()).decode()
    kept = [pair for pair in request.args.items(multi=True) if pair[0] not in ("page", "per_page", "access_token")]
    query = urlencode([*kept, ("page", token if start else "first"), ("per_page", str(size))])
    return f'<{lms().url}{request.path}?{query}>; rel="{relation}"'
