"""Security headers of every answer: a strict content policy with nonces, and who may frame the page."""

from __future__ import annotations

import secrets

from flask import Flask, Response, current_app, g

from lti_tool.launch.addresses import origin_of


def init_app(app: Flask) -> None:
    """Set the headers after each request, and offer `csp_nonce()` to templates."""
    app.after_request(set_headers)
    app.context_processor(lambda: {"csp_nonce": csp_nonce})


def csp_nonce() -> str:
    """Return this request's nonce for script and style elements."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def allow_frames(*addresses: str) -> None:
    """Let the origins of these addresses frame the page of this request."""
    g.setdefault("frame_origins", set()).update(filter(None, map(origin_of, addresses)))


def allow_forms(*addresses: str) -> None:
    """Let a form of this page lead to these addresses; browsers hold redirects after a form to it too."""
    g.setdefault("form_origins", set()).update(filter(None, map(origin_of, addresses)))


def set_headers(response: Response) -> Response:
    """Add the headers; `frame-ancestors` is the LMS of the acting session and nobody else."""
    nonce = f"'nonce-{csp_nonce()}'"
    response.headers["Content-Security-Policy"] = "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' {nonce}",
            f"style-src 'self' {nonce}",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "base-uri 'none'",
            " ".join(["form-action 'self'", *sorted(g.get("form_origins", ()))]),
            f"frame-ancestors {' '.join(sorted(_frame_origins())) or chr(39) + 'none' + chr(39)}",
        )
    )
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    if current_app.extensions["settings"].is_production:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if response.mimetype == "text/html":
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _frame_origins() -> set[str]:
    """Return who may frame the page: a session's own LMS, the page it was opened from included."""
    acting = g.get("acting")
    if acting is None:
        return set(g.get("frame_origins", ()))
    return {*acting.launch.registration.frame_origins, origin_of(acting.launch.return_url)} - {""}
