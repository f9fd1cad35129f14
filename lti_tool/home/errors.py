"""The page for everything that went wrong: what happened, what to do, and a reference that is in the log."""

from __future__ import annotations

import re
import secrets

from flask import Flask, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import LazyString, lazy_gettext
from werkzeug.exceptions import HTTPException, InternalServerError

from lti_tool.errors import (
    ConflictError,
    InvalidInputError,
    LaunchError,
    LMSError,
    NotAllowedError,
    NotFoundError,
    SessionExpiredError,
    ToolError,
)
from lti_tool.launch.access_log import SecretsFilter
from lti_tool.launch.acting import database
from lti_tool.launch.headers import allow_frames
from lti_tool.launch.operations.sessions import frames_of_session

TITLES: dict[type[ToolError], LazyString] = {
    NotFoundError: lazy_gettext("This page is not here"),
    NotAllowedError: lazy_gettext("This is for another role"),
    InvalidInputError: lazy_gettext("Something is not filled in right"),
    ConflictError: lazy_gettext("This has changed in the meantime"),
    SessionExpiredError: lazy_gettext("Please open Like Goals again"),
    LaunchError: lazy_gettext("This could not be opened"),
    LMSError: lazy_gettext("The LMS could not do this"),
}

ADVICE: dict[type[ToolError], LazyString] = {
    NotFoundError: lazy_gettext(
        "Go back to the page you came from. What is not shared with you looks as if it were not there."
    ),
    NotAllowedError: lazy_gettext("If it should be yours, ask the administrator of your district for the role."),
    InvalidInputError: lazy_gettext("Go back, correct it and send it again. Nothing was saved."),
    ConflictError: lazy_gettext(
        "Go back, reload the page and look at what is there now. Nothing of it was overwritten."
    ),
    SessionExpiredError: lazy_gettext(
        "Go to your course in the LMS and open Like Goals from there. What you saved is safe."
    ),
    LaunchError: lazy_gettext(
        "Go back to your course and open the link again. If this happens each time, tell your LMS administrator."
    ),
    LMSError: lazy_gettext("Nothing that you saved is lost. Try again in a few minutes."),
}


FROM_OUTSIDE = lazy_gettext("Like Goals opens inside your LMS: go to your course there and open its link.")


def init_app(app: Flask) -> None:
    """Show every error on one page."""
    app.logger.addFilter(SecretsFilter())  # Flask names the address of a page that broke
    app.register_error_handler(ToolError, show_tool_error)
    app.register_error_handler(HTTPException, show_http_error)


def show_tool_error(error: ToolError) -> ResponseReturnValue:
    """Show why the tool refused, with what to do."""
    reason = error.reason if isinstance(error, LaunchError) else ""
    reference = _log(f"{error.code} {reason}".strip(), error if error.status >= 500 else None)
    return _page(_of(TITLES, error), error.message, _of(ADVICE, error), reference, error.status)


def show_http_error(error: HTTPException) -> ResponseReturnValue:
    """Show what became of an address or a request, in the words of the tool."""
    cause = getattr(error, "original_exception", None) or (error if isinstance(error, InternalServerError) else None)
    reference = _log(error.name, cause)
    is_lost = error.code in {404, 405}
    known: ToolError = NotFoundError() if is_lost else ToolError()
    message = known.message if cause or is_lost else str(error.description)
    advice = _of(ADVICE, known) if not is_lost or _keeps_frame_of_session() else FROM_OUTSIDE
    return _page(_of(TITLES, known), message, advice, reference, error.code or 500)


def _keeps_frame_of_session() -> bool:
    """Let the LMS frame the answer to an address that no view has; return whether it lies within a session."""
    within = re.match("/s/([^/]+)/", request.path)
    if within is None:
        return False
    with database().reading() as db:
        allow_frames(*frames_of_session(db, within[1]))
    return True


def _of(sentences: dict[type[ToolError], LazyString], error: ToolError) -> LazyString:
    return next(
        (sentences[kind] for kind in type(error).__mro__ if kind in sentences),
        lazy_gettext("This did not work")
        if sentences is TITLES
        else lazy_gettext("Go back and try again. If it happens each time, ask your administrator for help."),
    )


def _log(what: str, cause: BaseException | None) -> str:
    """Log without the address, which holds the key of the session; return the reference shown to the person."""
    reference = secrets.token_hex(4).upper()
    current_app.logger.warning("error page %s: %s at %s", reference, what, request.endpoint, exc_info=cause)
    return reference


def _page(title: LazyString, message: str, advice: LazyString, reference: str, status: int) -> ResponseReturnValue:
    g.bar_is_hidden = status in {400, 401} or status >= 500
    typed = [words for words in request.form.values() if " " in words.strip()] if status in {401, 404, 409} else []
    page = render_template("error.html", title=title, message=message, advice=advice, reference=reference, typed=typed)
    return page, status
