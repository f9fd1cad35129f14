"""The shapes of answers that both flavours give: JSON with a media type, and a form that posts itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from flask import Response, render_template


def json_answer(
    body: object,
    status: int | str = 200,
    media_type: str = "application/json",
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return JSON under its exact media type; a text `status` carries its own reason phrase."""
    answer = Response(json.dumps(body), status=status, content_type=f"{media_type}; charset=utf-8")
    answer.headers.update(headers or {})
    return answer


def auto_post(action: str, fields: Mapping[str, Any]) -> Response:
    """Return the page that posts `fields` to `action` by itself (OpenID form_post, as in both LMSs)."""
    answer = Response(render_template("lti/auto_post.html", action=action, fields=fields))
    answer.headers["Cache-Control"] = "no-store"
    return answer


def number(value: float) -> float | int:
    """Return a whole number without its `.0`, as PHP and Ruby write it."""
    return int(value) if value == int(value) else value
