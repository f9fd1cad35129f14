"""Who may call which address of Canvas's REST API, and how Canvas refuses.

Source: lib/authentication_methods.rb, doc/api/oauth.md: a 401 with `WWW-Authenticate` is about the token, a 401 without
it (or, by version, a 403) is about permission. A token acts as its person; LTI tokens open nothing here.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any, cast

from flask import Blueprint, g, jsonify, make_response, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from practice_lms.connections import ApiKey, ApiToken
from practice_lms.current import lms
from practice_lms.state import Course, Enrolment, User

STAFF = frozenset({Enrolment.TEACHER, Enrolment.ASSISTANT, Enrolment.DESIGNER})
GRADERS = frozenset({Enrolment.TEACHER, Enrolment.ASSISTANT})

bp = Blueprint("rest", __name__)


class ApiError(Exception):
    """A refusal of the REST API, with its body as Canvas words it."""

    def __init__(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        super().__init__(str(body))
        self.status = status
        self.body = body
        self.headers = headers or {}


@bp.errorhandler(ApiError)
def show_refusal(error: ApiError) -> ResponseReturnValue:
    """Answer with the refusal, as this address words it."""
    return jsonify(error.body), error.status, error.headers


def unauthenticated(body: dict[str, Any]) -> ApiError:
    """Return the refusal of a token: 401 with a challenge."""
    return ApiError(401, body, {"WWW-Authenticate": 'Bearer realm="canvas-lms"'})


def forbidden() -> ApiError:
    """Return the refusal of a person: 401 or 403 by version, never with a challenge."""
    message = "user not authorized to perform that action"
    return ApiError(lms().forbidden_status, {"status": "unauthorized", "errors": [{"message": message}]})


def not_found() -> ApiError:
    """Return what an unknown id gives."""
    return ApiError(404, {"errors": [{"message": "The specified resource does not exist."}]})


def invalid(attribute: str, kind: str, message: str) -> ApiError:
    """Return a model's validation error."""
    return ApiError(400, {"errors": {attribute: [{"attribute": attribute, "type": kind, "message": message}]}})


def endpoint(method: str, pattern: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Serve Canvas's address `pattern` (`/api/v1/courses/:course_id`), which with the method is its scope as well."""

    def register(view: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(view)
        def guarded(**references: str) -> ResponseReturnValue:
            with lms().lock:
                _admit(f"url:{method}|{pattern}")
                return make_response(view(**references))

        rule = re.sub(r":(\w+)", r"<\1>", pattern)
        bp.add_url_rule(rule, f"{method}_{view.__name__}", guarded, methods=[method])
        return view

    return register


def _admit(scope: str) -> None:
    token = _token()
    key = lms().connections.api_keys.get(token.grant.client_id)
    if key is None or not key.active:
        raise unauthenticated({"errors": [{"message": "Invalid access token."}]})
    g.caller = lms().users[token.grant.user_id]
    g.parameters = _read_parameters()
    if key.require_scopes:
        _confine(key, token, scope)


def _token() -> ApiToken:
    header = request.headers.get("Authorization", "")
    given = header.removeprefix("Bearer ") if header.startswith("Bearer ") else request.values.get("access_token", "")
    if not given:
        raise unauthenticated({"status": "unauthenticated", "errors": [{"message": "user authorization required"}]})
    token = lms().connections.api_tokens.get(given)
    if token is None:
        raise unauthenticated({"errors": [{"message": "Invalid access token."}]})
    if token.expires_at <= lms().clock():
        raise unauthenticated({"status": "unauthenticated", "errors": [{"message": "user authorization required"}]})
    return token


def _confine(key: ApiKey, token: ApiToken, scope: str) -> None:
    # lib/authentication_methods.rb validate_scopes: without the key's "Allow Include Parameters" they vanish silently.
    if scope not in token.grant.scopes:
        raise unauthenticated({"errors": [{"message": "Insufficient scopes on access token."}]})
    if not key.allow_includes:
        g.parameters.poplist("include")


def _read_parameters() -> MultiDict[str, str]:
    """Return query, form and JSON alike, `name[]` as `name`."""
    found: MultiDict[str, str] = MultiDict()
    for name, value in [*request.args.items(multi=True), *request.form.items(multi=True)]:
        found.add(name.removesuffix("[]"), value)
    if request.is_json:
        for name, value in _json_object().items():
            values = value if isinstance(value, list) else [value]
            found.setlist(name, ["" if each is None else str(each) for each in values])
    return found


def _json_object() -> dict[str, Any]:
    try:
        return dict(request.get_json())
    except (BadRequest, TypeError, ValueError) as error:
        raise ApiError(400, {"errors": [{"message": "The request body is not a JSON object."}]}) from error


def caller() -> User:
    """Return whom the token acts as."""
    return cast("User", g.caller)


def parameters() -> MultiDict[str, str]:
    """Return the request's parameters; a list's values come in their order."""
    return cast("MultiDict[str, str]", g.parameters)


def includes(name: str) -> bool:
    """Say whether `include[]` asks for this."""
    return name in parameters().getlist("include")


def find_user(reference: str) -> User:
    """Return a user by id, `self` or `sis_user_id:…`."""
    if reference == "self":
        return caller()
    sis_id = reference.removeprefix("sis_user_id:")
    for user in lms().users.values():
        if reference == str(user.id) or (sis_id != reference and sis_id == user.sis_id):
            return user
    raise not_found()


def find_course(reference: str) -> Course:
    """Return a course by id or `sis_course_id:…`, if the caller may read it."""
    sis_id = reference.removeprefix("sis_course_id:")
    for course in lms().courses.values():
        if reference == str(course.id) or (sis_id != reference and sis_id == course.sis_id):
            if not caller().administrator and caller().id not in course.enrolments:
                raise forbidden()
            return course
    raise not_found()


def require(course: Course, roles: frozenset[Enrolment]) -> None:
    """Raise unless the caller is an administrator or has one of these roles in the course."""
    if not caller().administrator and course.enrolments.get(caller().id) not in roles:
        raise forbidden()
