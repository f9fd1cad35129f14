"""The start of every launch: the LMS asks for a login, the browser is sent back to be recognised."""

from __future__ import annotations

from flask import make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from lti_tool.errors import LaunchError
from lti_tool.launch.acting import database, public
from lti_tool.launch.addresses import LAUNCH_PATH, is_launch_address, origin_of
from lti_tool.launch.cookies import COOKIES_WORK, login_cookie, set_cookie
from lti_tool.launch.headers import allow_forms, allow_frames
from lti_tool.launch.models import Registration
from lti_tool.launch.operations.logins import LOGIN_LIFE, LoginSecrets, begin_login
from lti_tool.launch.protocol.checks import LONGEST_ID
from lti_tool.launch.protocol.login import authentication_address
from lti_tool.launch.queries import registration_for_login
from lti_tool.launch.views.blueprints import is_framed, lti_bp, parameter, settings

LOGIN_PARAMETERS = (
    "iss", "login_hint", "target_link_uri", "lti_message_hint", "lti_deployment_id", "deployment_id", "client_id",
    "lti_storage_target",
)  # fmt: skip
LONGEST_PARAMETER = 1000


@lti_bp.route("/login", methods=["GET", "POST"])
@lti_bp.route("/login/<login_key>", methods=["GET", "POST"])
@public
def login(login_key: str = "") -> ResponseReturnValue:
    """Begin a login (Security Framework 5.1.1) and send the browser to its LMS, tied to this browser."""
    target, deployment_id = _checked_target(), _deployment_id()
    with database().transaction() as db:
        registration = registration_for_login(
            db,
            login_key=login_key.replace("\0", ""),
            issuer=parameter("iss"),
            client_id=parameter("client_id"),
            deployment_id=deployment_id,
        )
        given = begin_login(
            db,
            registration,
            target_link_uri=target,
            deployment_id=deployment_id,
            storage_target=parameter("lti_storage_target")[:255],
        )
    return _answer(registration, given)


def _checked_target() -> str:
    target = parameter("target_link_uri")
    if len(target) > LONGEST_PARAMETER or not is_launch_address(target, settings().tool_url):
        raise LaunchError("target_link_uri_foreign", "The LMS wants to open an address that is not this tool's.")
    return target


def _deployment_id() -> str:
    """Return the deployment of a login initiation; Canvas leaves out the prefix that Core 4.1.2 gives it."""
    given = parameter("lti_deployment_id") or parameter("deployment_id")
    if len(given) > LONGEST_ID:
        raise LaunchError("deployment_id_invalid")
    return given


def _answer(registration: Registration, given: LoginSecrets) -> Response:
    parameters = {name: parameter(name) for name in LOGIN_PARAMETERS if parameter(name)}
    address = authentication_address(
        parameters, registration, launch_url=settings().tool_url + LAUNCH_PATH, state=given.state, nonce=given.nonce
    )
    response = _page(registration, given, address, parameters) if _may_lack_cookies() else redirect(address)
    set_cookie(response, login_cookie(given.state), given.browser, path=LAUNCH_PATH, max_age=LOGIN_LIFE)
    return response


def _may_lack_cookies() -> bool:
    """Return whether the browser has to be asked first: in a frame, and no cookie of ours came back yet."""
    return is_framed() and COOKIES_WORK not in request.cookies


def _page(registration: Registration, given: LoginSecrets, address: str, parameters: dict[str, str]) -> Response:
    allow_frames(*registration.frame_origins, request.headers.get("Origin", ""))
    allow_forms(address, *registration.frame_origins)
    return make_response(
        render_template(
            "launch/login.html",
            address=address,
            storage_key=f"state_{given.state}",
            storage_value=given.browser,
            storage_origin=origin_of(address),
            storage_target=parameters.get("lti_storage_target", ""),
            parameters=parameters,
        )
    )
