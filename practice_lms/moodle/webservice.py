"""Moodle's web services at /webservice/rest/server.php: every exception is HTTP 200, as seen on 4.5.6.

Source: webservice/rest/locallib.php, lib/external. Without `moodlewsrestformat=json` the answer is XML; a void
function answers `null`; with web services switched off all that comes is 403 without a body.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, Response, json, request
from flask.typing import ResponseReturnValue

from practice_lms.current import lms
from practice_lms.moodle import (
    webservice_completion,
    webservice_courses,
    webservice_groupings,
    webservice_groups,
    webservice_people,
)
from practice_lms.moodle.webservice_access import FUNCTIONS, Call
from practice_lms.moodle.webservice_errors import (
    WebServiceError,
    invalid_parameter,
    moodle_error,
    no_record,
    not_in_service,
)
from practice_lms.moodle.webservice_params import clean, nest
from practice_lms.moodle.webservice_xml import answer_xml, error_xml
from practice_lms.state import Lms

FUNCTION_MODULES = (
    webservice_completion,
    webservice_courses,
    webservice_groupings,
    webservice_groups,
    webservice_people,
)
"""Importing them registers their functions."""
OF_THE_PROTOCOL = ("wstoken", "wsfunction")
REAL_FUNCTIONS = ("core_", "mod_", "tool_", "gradereport_", "enrol_", "auth_")
"""What Moodle's own functions begin with; one that is not offered here exists there, only not in the service."""

bp = Blueprint("webservice", __name__)


@bp.route("/webservice/rest/server.php", methods=["GET", "POST"])
def serve() -> ResponseReturnValue:
    """Answer a web-service call as Moodle does: every refusal but that of the whole service is a 200."""
    practice = lms()
    if not practice.connections.web_services_enabled:
        return "", 403
    try:
        with practice.lock:
            return _render(_call(practice))
    except WebServiceError as error:
        return _render_error(error)


def _call(practice: Lms) -> Any:
    call = _authenticate(practice)
    name = request.values.get("wsfunction", "")
    if not name:
        raise invalid_parameter()
    if name not in FUNCTIONS and not name.startswith(REAL_FUNCTIONS):
        raise no_record("external_functions")
    if name not in call.functions:
        raise not_in_service()
    chosen = FUNCTIONS[name]
    return chosen.run(call, **clean(chosen.params, nest(_arguments())))


def _authenticate(practice: Lms) -> Call:
    token = practice.connections.web_service_tokens.get(request.values.get("wstoken", ""))
    if token is None:
        raise moodle_error("invalidtoken", "Invalid token - token not found")
    functions = tuple(each for each in FUNCTIONS if token.functions is None or each in token.functions)
    return Call(practice, practice.users[token.user_id], functions)


def _arguments() -> list[tuple[str, str]]:
    fields = [*request.args.items(multi=True), *request.form.items(multi=True)]
    return [(name, value) for name, value in fields if name not in OF_THE_PROTOCOL and not name.startswith("moodlews")]


def _wants_json() -> bool:
    return request.values.get("moodlewsrestformat") == "json"


def _render(value: Any) -> Response:
    if _wants_json():
        return Response(json.dumps(value), content_type="application/json")
    return Response(answer_xml(value), content_type="application/xml; charset=utf-8")


def _render_error(error: WebServiceError) -> Response:
    if _wants_json():
        return _render({"exception": error.exception, "errorcode": error.code, "message": error.message})
    return Response(error_xml(error), content_type="application/xml; charset=utf-8")


def init_app(app: Flask) -> None:
    """Serve the web services."""
    app.register_blueprint(bp)
