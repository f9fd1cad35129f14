"""Who acts in a request, and the guard that every page has.

A guarded view gets an `Acting`: the person, the launch session and an open transaction. It commits when the
view returns an answer below 400 and is rolled back otherwise. Safe methods only read.
"""

from __future__ import annotations

import functools
import hmac
import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast

from flask import Flask, Response, current_app, g, make_response, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.routing import IntegerConverter, Map

from lti_tool.db import LARGEST_ID, Database, is_storable
from lti_tool.errors import ConflictError, InvalidInputError, NotAllowedError, SessionExpiredError
from lti_tool.launch import access_log
from lti_tool.launch.cookies import session_cookie, session_proof, set_session_cookie
from lti_tool.launch.headers import allow_frames
from lti_tool.launch.models import LaunchSession
from lti_tool.launch.operations.sessions import frames_of_session, remember_cookie, resume_session
from lti_tool.people.models import Course, Person, Role

logger = logging.getLogger(__name__)

SESSION_PREFIX = "/s/<session_key>"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Right(StrEnum):
    """What a page asks of whoever opens it."""

    PUBLIC = "public"
    EDUCATOR = "educator"
    DESIGNER = "designer"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Acting:
    """The acting person with the session they work in."""

    db: Session
    launch: LaunchSession
    person: Person

    @property
    def course(self) -> Course | None:
        return self.launch.course

    @property
    def is_administrator(self) -> bool:
        return self.person.has_role(Role.ADMINISTRATOR)

    @property
    def is_designer(self) -> bool:
        """Whether the person designs this course, or any course of the district."""
        return self.launch.is_course_designer or self.person.has_role(Role.DESIGNER) or self.is_administrator

    @property
    def is_supervisor(self) -> bool:
        """Whether the person has the role or supervises somebody; only the latter lets them read plans."""
        return self.person.has_role(Role.SUPERVISOR) or self.launch.supervises_somebody

    def has(self, right: Right) -> bool:
        match right:
            case Right.PUBLIC | Right.EDUCATOR:
                return True
            case Right.DESIGNER:
                return self.is_designer
            case Right.SUPERVISOR:
                return self.is_supervisor
            case Right.ADMINISTRATOR:
                return self.is_administrator


View = Callable[..., ResponseReturnValue]
WHY_NOT = {
    Right.DESIGNER: "This page is for the designers of professional learning.",
    Right.SUPERVISOR: "This page is for supervisors.",
    Right.ADMINISTRATOR: "This page is for the district's administrators.",
}


def guard(right: Right, *, holds_transaction: bool = True, largest: int | None = None) -> Callable[[View], View]:
    """Let only people with this right open the view, and give it `acting` as its first argument.

    A view that calls an LMS while the person waits asks for `holds_transaction=False`: `acting.db` then only
    reads, nothing is open while the view runs, and it opens transactions of its own before and after the call.
    One that takes large files says how many bytes are the `largest` to be sent.
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def guarded(**arguments: Any) -> Response:
            if largest is not None:
                request.max_content_length = largest
            with _lost_race_told(), _session_for_request(holds_transaction=holds_transaction) as db:
                try:
                    acting = _acting(db, right, holds_transaction=holds_transaction)
                    _refuse_too_large(largest)
                    _refuse_unstorable()
                    response = make_response(view(acting, **arguments))
                except Exception:
                    db.expunge_all()  # a roll-back would empty what the error page and the headers still read
                    raise
                if response.status_code >= 400:
                    db.expunge_all()
                    db.rollback()
            if g.gives_cookie:
                set_session_cookie(response, g.session_key)
            return response

        guarded.guard = right  # type: ignore[attr-defined]  # read by the test that walks all routes
        return guarded

    return decorate


def public(view: View) -> View:
    """Mark a view that needs no launch: the LTI endpoints, keys, health."""
    view.guard = Right.PUBLIC  # type: ignore[attr-defined]
    return view


def database() -> Database:
    """Return the database of this application."""
    return cast("Database", current_app.extensions["database"])


class RowIdConverter(IntegerConverter):
    """Takes the numbers that can be the id of a row out of an address; any other leads nowhere."""

    regex = r"\d{1,10}"

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, min=1, max=LARGEST_ID)


def init_app(app: Flask) -> None:
    """Take the session's key out of each address, and put it into each address that a page makes."""
    access_log.install()
    app.url_map.converters["int"] = RowIdConverter

    @app.url_value_preprocessor
    def pull_session_key(_endpoint: str | None, values: dict[str, Any] | None) -> None:
        g.session_key = (values or {}).pop("session_key", None)

    @app.url_defaults
    def push_session_key(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint in app.view_functions and app.url_map.is_endpoint_expecting(endpoint, "session_key"):
            values.setdefault("session_key", g.get("session_key"))

    @app.context_processor
    def offer_acting() -> dict[str, Any]:
        return {"acting": g.get("acting")}


def _session_for_request(*, holds_transaction: bool) -> AbstractContextManager[Session]:
    writes = holds_transaction and request.method not in SAFE_METHODS
    return database().transaction() if writes else database().reading()


@contextmanager
def _lost_race_told() -> Iterator[None]:
    """Turn what the database's rules refused, because somebody else was faster, into words for the person."""
    try:
        yield
    except (IntegrityError, StaleDataError) as error:
        logger.warning("a change at %s lost a race: %s", request.endpoint, type(getattr(error, "orig", error)).__name__)
        raise ConflictError from error


def _refuse_too_large(largest: int | None) -> None:
    """Say how large a file may be, where there is a page that says it."""
    if largest is not None and (request.content_length or 0) > largest:
        raise InvalidInputError(
            f"This file is larger than {largest // 2**20} MB. Choose a smaller one, or a part of it."
        )


def _refuse_unstorable() -> None:
    """Refuse text that one database keeps and another does not."""
    if not all(is_storable(value) for _, value in request.values.items(multi=True)):
        raise InvalidInputError("The text holds a character that cannot be kept. Type it anew and send it again.")


def _acting(db: Session, right: Right, *, holds_transaction: bool) -> Acting:
    holds_cookie = _holds_cookie()
    try:
        launch = resume_session(db, g.session_key, is_same_browser=holds_cookie or _follows_own_link())
    except SessionExpiredError:
        allow_frames(*frames_of_session(db, g.session_key))
        raise
    g.acting = acting = Acting(db, launch, launch.person)
    if not acting.has(right):
        raise NotAllowedError(WHY_NOT[right])
    if not holds_transaction:
        db.commit()  # ends the reading; what was loaded stays
    g.gives_cookie = launch.cookie_seen and not holds_cookie
    if holds_cookie and not launch.cookie_seen:
        _bind_to_cookie(db, launch, holds_transaction=holds_transaction)
    return acting


def _holds_cookie() -> bool:
    held = request.cookies.get(session_cookie(g.session_key), "")
    return hmac.compare_digest(held.encode(), session_proof(g.session_key).encode())


def _follows_own_link() -> bool:
    """Return whether the browser says that one of our pages opened this one in a tab or window of its own.

    A Partitioned cookie stays in the frame of the LMS, so that tab holds none yet. An address that was pasted, or
    follows from another site, says something else (Fetch Metadata: Sec-Fetch-Site, -Mode and -Dest).
    """
    said = tuple(request.headers.get(f"Sec-Fetch-{name}") for name in ("Site", "Mode", "Dest"))
    return request.method in SAFE_METHODS and said == ("same-origin", "navigate", "document")


def _bind_to_cookie(db: Session, launch: LaunchSession, *, holds_transaction: bool) -> None:
    if holds_transaction and request.method not in SAFE_METHODS:
        remember_cookie(db, launch.id)
        return
    with database().transaction() as own:
        remember_cookie(own, launch.id)
