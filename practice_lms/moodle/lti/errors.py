"""How Moodle says no: a page of its own with status 404, or JSON with the reason in the status line."""

from __future__ import annotations

from typing import NoReturn

from flask import Response, abort, make_response, render_template, request

from practice_lms.lti.answers import json_answer

SITE = "Practice Moodle"
SERVICES = "/mod/lti/services.php"


def error_page(message: str) -> Response:
    """Return Moodle's error page; developers' exceptions come with status 404 too (lib/setuplib.php)."""
    return make_response(render_template("lti/moodle_error.html", site=SITE, message=message), 404)


def invalid_request() -> NoReturn:
    """End the request with Moodle's page; the tool hears nothing of it (mod/lti/auth.php)."""
    abort(error_page("Invalid request"))


def refuse(status: int, reason: str) -> NoReturn:
    """End a service request with its reason, which also stands in the status line (mod/lti/services.php)."""
    asked = {"method": request.method, "url": request.full_path.rstrip("?")}
    if accept := request.headers.get("Accept"):
        asked["accept"] = accept
    if content_type := request.headers.get("Content-Type"):
        asked["contentType"] = content_type
    abort(json_answer({"status": status, "reason": reason, "request": asked}, f"{status} {reason.strip()}"))


def no_handler() -> NoReturn:
    """Refuse a request whose media types fit no resource of a service."""
    accept = request.headers.get("Accept", "")
    wanted = "" if accept == "*/*" else accept
    path = request.path.removeprefix(SERVICES)
    refuse(400, f"No handler found for {path} {wanted} {request.headers.get('Content-Type', '')}")
