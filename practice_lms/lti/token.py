"""The token endpoint for tools (1EdTech Security Framework 4.1): which flavour answers."""

from __future__ import annotations

from flask import Response, request

from practice_lms.canvas.lti import token as canvas_token
from practice_lms.current import lms
from practice_lms.moodle.lti import token as moodle_token
from practice_lms.state import Flavour


def answer() -> Response:
    """Answer a request with grant_type=client_credentials whose form is the current request's."""
    if lms().flavour is Flavour.MOODLE:
        return moodle_token.answer(lms(), request.form)
    return canvas_token.answer(lms(), request.form)
