"""Files that a browser keeps instead of showing them."""

from __future__ import annotations

from flask import Response


def as_download(answer: Response, name: str) -> Response:
    """Let the browser keep an answer as a file of this name, and keep no other copy of it."""
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def table_download(text: str, name: str) -> Response:
    """Return a table that the browser keeps as a file of this name."""
    return as_download(Response(text, mimetype="text/csv"), name)
