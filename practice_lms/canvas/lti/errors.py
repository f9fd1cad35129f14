"""How Canvas says no: a page of its own, or JSON errors with a type and a message (lib advantage_errors.rb)."""

from __future__ import annotations

from typing import NoReturn

from flask import abort, make_response, render_template

from practice_lms.lti.answers import json_answer


def reject(message: str) -> NoReturn:
    """End the request with Canvas's error page; the tool hears nothing (authentication_controller.rb reject!)."""
    abort(make_response(render_template("lti/canvas_error.html", message=message), 400))


def refuse(status: int, kind: str, message: str) -> NoReturn:
    """End a service request with Canvas's error body."""
    abort(json_answer({"errors": {"type": kind, "message": message}}, status))


def unauthorized(message: str) -> NoReturn:
    """End a service request with 401; Canvas does so even for a missing scope."""
    refuse(401, "unauthorized", message)


def unprocessable(message: str) -> NoReturn:
    """End a service request with 422."""
    refuse(422, "unprocessable_entity", message)


def bad_request(message: str) -> NoReturn:
    """End a service request with 400."""
    refuse(400, "bad_request", message)


def missing() -> NoReturn:
    """End a request for something that is not there."""
    abort(json_answer({"errors": [{"message": "The specified resource does not exist."}]}, 404))
