"""The end of every launch: the id_token is checked, and the person lands on the page that was meant."""

from __future__ import annotations

import hmac
from datetime import timedelta

from flask import current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from lti_tool.errors import LaunchError
from lti_tool.launch.acting import database, public
from lti_tool.launch.addresses import LAUNCH_PATH, origin_of
from lti_tool.launch.cookies import COOKIES_WORK, login_cookie, set_cookie, set_session_cookie
from lti_tool.launch.headers import allow_frames
from lti_tool.launch.keys import tool_keys
from lti_tool.launch.message import LaunchMessage, read_message
from lti_tool.launch.models import LinkKind, Login, Registration
from lti_tool.launch.operations.arrivals import Arrival, Outcome, arrive
from lti_tool.launch.operations.sessions import SESSION_LIFE, digest
from lti_tool.launch.protocol.launch import verified_claims
from lti_tool.launch.queries import login_of_state
from lti_tool.launch.views.blueprints import OWN_ROOM, key_sets, log_launch, lti_bp, parameter, settings

LANDINGS = {
    LinkKind.PLAN: "home.show_home",
    LinkKind.COURSE_GOALS: "plans.show_course_goals",
    LinkKind.CHECKPOINT: "home.show_home",
    LinkKind.TEAM: "teams.show_teams",
    LinkKind.TEAM_CYCLE: "teams.show_teams",
}
PLAIN_PAGES = {
    Outcome.NOT_PROFESSIONAL_LEARNING: ("launch/outside.html", 200),
    Outcome.DEPLOYMENT_PENDING: ("launch/pending.html", 403),
    Outcome.DEPLOYMENT_REFUSED: ("launch/pending.html", 403),
}
WHAT_THE_LMS_SAID = {
    "login_required": "You are not signed in to your LMS any more. Sign in there and open the link again.",
    "access_denied": "Your LMS does not let you open this link.",
    "unauthorized_client": "Your LMS does not let this tool be used here. Tell its administrator.",
    "launch_no_longer_valid": "This launch was used before. Go back to your course and open the link again.",
}


@lti_bp.post("/launch")
@public
def launch() -> ResponseReturnValue:
    """Check the authentication response (Security Framework 5.1.3) and open a session."""
    if "error" in request.form:
        raise _refusal_of_lms()
    with database().reading() as db:
        login, registration = login_of_state(db, parameter("state"))
    allow_frames(*registration.frame_origins, request.headers.get("Origin", ""))
    claims = verified_claims(request.form, registration, login, key_sets())
    message = read_message(claims)
    allow_frames(message.return_url)
    if not _is_same_browser(login):
        return _ask_browser(login, registration, message)
    arrival = _arrive(registration, login, message)
    log_launch("launch", arrival.outcome.value, registration=registration.id, login=login.id)
    return _land(arrival, message)


@lti_bp.get("/launch")
@public
def launch_again() -> ResponseReturnValue:
    """Say what to do to somebody who reloads or bookmarks the address of launches."""
    raise LaunchError("launch_reloaded", "This page cannot be reloaded. Go back to your course and open the link.")


@lti_bp.get("/jwks")
@public
def jwks() -> ResponseReturnValue:
    """Give the tool's public keys (RFC 7517)."""
    return tool_keys(settings()).public_set(), {"Cache-Control": "public, max-age=3600"}


def _refusal_of_lms() -> LaunchError:
    """Return what the LMS said instead of a launch (Security Framework, authentication error response)."""
    code = request.form["error"]
    known = code if code in WHAT_THE_LMS_SAID else "other"
    return LaunchError(f"lms_{known}", WHAT_THE_LMS_SAID.get(code, "Your LMS refused this launch."))


def _is_same_browser(login: Login) -> bool:
    """Return whether the browser holds what the login gave it: the cookie, or what platform storage kept."""
    held = request.cookies.get(login_cookie(parameter("state"))) or parameter("storage_value")
    return hmac.compare_digest(digest(held), login.browser_hash)


def _ask_browser(login: Login, registration: Registration, message: LaunchMessage) -> ResponseReturnValue:
    """Have the page ask platform storage and come back, or say how to go on without cookies; nothing is used up."""
    if login.storage_target and "storage_value" not in request.form:
        return render_template(
            "launch/storage.html",
            id_token=parameter("id_token"),
            state=parameter("state"),
            storage_origin=origin_of(registration.auth_login_url),
            storage_target=login.storage_target,
        )
    log_launch("launch", "browser_unknown", registration=registration.id, login=login.id)
    return render_template("launch/no_cookies.html", return_url=message.return_url), 401


def _arrive(registration: Registration, login: Login, message: LaunchMessage) -> Arrival:
    """Write what the launch leaves; of two first launches of one person at a time, the second tries again."""
    keeps_cookies, own_room = login_cookie(parameter("state")) in request.cookies, current_app.extensions[OWN_ROOM]
    try:
        with database().transaction() as db:
            return arrive(db, registration, login.id, message, keeps_cookies=keeps_cookies, own_room=own_room)
    except IntegrityError:
        with database().transaction() as db:
            return arrive(db, registration, login.id, message, keeps_cookies=keeps_cookies, own_room=own_room)


def _land(arrival: Arrival, message: LaunchMessage) -> ResponseReturnValue:
    if not arrival.session_key:
        template, status = PLAIN_PAGES[arrival.outcome]
        return render_template(template, outcome=arrival.outcome.value, return_url=message.return_url), status
    return _opened(arrival.session_key, _landing(arrival))


def _landing(arrival: Arrival) -> str:
    """Return the address of the page that was meant: of a team's link, the own team's room if there is one."""
    if arrival.is_deep_linking:
        return url_for("deep_linking.choose", session_key=arrival.session_key)
    if arrival.team_id is not None:
        return url_for("teams.show_room", session_key=arrival.session_key, team_id=arrival.team_id)
    return url_for(LANDINGS[arrival.kind], session_key=arrival.session_key)


def _opened(session_key: str, address: str) -> Response:
    response = make_response(redirect(address, 303))
    if login_cookie(parameter("state")) in request.cookies:
        set_cookie(response, COOKIES_WORK, "1", path="/lti/login", max_age=SESSION_LIFE)
    set_cookie(response, login_cookie(parameter("state")), "", path=LAUNCH_PATH, max_age=timedelta())
    set_session_cookie(response, session_key)
    return response
