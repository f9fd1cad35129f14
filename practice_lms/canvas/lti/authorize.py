"""Canvas's authorization endpoint (app/controllers/lti/ims/authentication_controller.rb)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from practice_lms.canvas.lti.errors import reject
from practice_lms.canvas.lti.messages import claims, login_hint, storage_target
from practice_lms.current import hold_lock, lms, signed_in_user
from practice_lms.lti.answers import auto_post
from practice_lms.lti.sealed import SealBrokenError, SealExpiredError, unseal
from practice_lms.state import Tool

blueprint = hold_lock(Blueprint("canvas_authorize", __name__))
REQUIRED = (
    "client_id",
    "login_hint",
    "lti_message_hint",
    "nonce",
    "prompt",
    "redirect_uri",
    "response_mode",
    "response_type",
    "scope",
)
KNOWN = (*REQUIRED, "state")


@blueprint.route("/api/lti/authorize_redirect", methods=["GET", "POST"])
def authorize_redirect() -> AnyResponse:
    """Send the browser from the host that all schools share to this school's own host."""
    _hint(request.values)
    asked = {name: request.values[name] for name in KNOWN if name in request.values}
    return redirect(f"{lms().url}/api/lti/authorize?{urlencode(asked)}")


@blueprint.get("/api/lti/authorize")
def authorize() -> Response:
    """Answer an authentication request: the launch, an error posted to the tool, or Canvas's own page."""
    asked = request.args
    hint = _hint(asked)
    tool = next((each for each in lms().tools.values() if each.client_id == asked.get("client_id")), None)
    if tool is None or not _is_registered(tool, asked.get("redirect_uri", "")):
        reject("Invalid redirect_uri")
    fields = _error(asked, tool) or _launch(asked, hint, tool)
    state = {"state": asked["state"]} if "state" in asked else {}
    return auto_post(asked["redirect_uri"], fields | state)


@blueprint.get("/courses/<int:course_id>/external_content/success/external_tool_redirect")
def back(course_id: int) -> AnyResponse:
    """Take somebody who leaves the tool to the course (external_content_controller.rb)."""
    return redirect(url_for("pages.course", course_id=course_id))


@blueprint.get("/groups/<int:group_id>/external_content/success/external_tool_redirect")
def back_to_group(group_id: int) -> AnyResponse:
    """Take somebody who leaves the tool to the groups of the course."""
    return redirect(url_for("pages.groups", course_id=lms().groups[group_id].course_id))


@blueprint.get("/accounts/<int:_account_id>/external_content/success/external_tool_redirect")
def back_to_account(_account_id: int) -> AnyResponse:
    """Take an administrator who leaves the tool to the account's tools."""
    return redirect(url_for("pages.tools"))


def _hint(asked: Mapping[str, str]) -> dict[str, Any]:
    try:
        return unseal(lms(), asked.get("lti_message_hint", ""))
    except (SealBrokenError, SealExpiredError):
        reject("Invalid lti_message_hint")


def _is_registered(tool: Tool, asked: str) -> bool:
    # Exact up to the "?"; a registered URI with a query requires these parameters to be there.
    base, _, query = asked.partition("?")
    for uri in tool.redirect_uris:
        registered, question, required = uri.partition("?")
        if not question and uri == base:
            return True
        if question and registered == base and set(parse_qsl(required)) <= set(parse_qsl(query)):
            return True
    return False


def _error(asked: Mapping[str, str], tool: Tool) -> dict[str, str]:
    # Canvas runs every check; the last one that fails is the one that the tool hears of.
    user, error = signed_in_user(), dict[str, str]()
    if absent := [name for name in REQUIRED if name not in asked]:
        error = _named("invalid_request_object", f"The following parameters are missing: {','.join(absent)}")
    if asked.get("scope") != "openid":
        error = _named("invalid_request_object", "The 'scope' must be 'openid'")
    if user is None or asked.get("login_hint") != login_hint(lms(), user.id):
        error = _named("login_required", "Must have an active user session")
    if not tool.active:
        error = _named("unauthorized_client", "Client not authorized in requested context")
    return error


def _named(error: str, description: str) -> dict[str, str]:
    return {"error": error, "error_description": description}


def _launch(asked: Mapping[str, str], hint: dict[str, Any], tool: Tool) -> dict[str, str]:
    launch = lms().lti.launches.pop(hint["verifier"], None)
    if launch is None or launch.tool_id != tool.id:
        return _named("launch_no_longer_valid", "The launch has either expired or already been consumed")
    return {"id_token": lms().keys.sign(claims(lms(), launch, asked["nonce"])), **storage_target()}
