"""Dynamic registration: an administrator pastes the invitation's URL into the LMS, and the LMS opens it here."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template, request
from flask.typing import ResponseReturnValue

from lti_tool.db import Database
from lti_tool.errors import LaunchError
from lti_tool.launch.acting import database, public
from lti_tool.launch.addresses import origin_of
from lti_tool.launch.configuration import canvas_configuration
from lti_tool.launch.exchange import IssuerDiffersError, fetch_platform, request_admission
from lti_tool.launch.grants import lost_scopes, scope_words
from lti_tool.launch.headers import allow_frames
from lti_tool.launch.models import Invitation, Registration
from lti_tool.launch.operations.registrations import (
    find_invitation,
    give_back_invitation,
    new_login_key,
    save_registration,
    use_up_invitation,
)
from lti_tool.launch.views.blueprints import log_launch, lti_bp, settings
from lti_tool.lms.http import gateway


@dataclass(frozen=True, slots=True)
class _Request:
    """What the LMS put into the address when it opened the page."""

    invitation: str
    openid_configuration: str
    registration_token: str
    confirmed_issuer: str = ""


@lti_bp.get("/register")
@public
def register() -> ResponseReturnValue:
    """Show what the LMS will be asked for, with one button; nothing is called or changed yet."""
    asked = _read_request()
    with database().reading() as db:
        invitation = find_invitation(db, asked.invitation)
        return _show(asked, district=invitation.district.name, staff_only=invitation.staff_only)


@lti_bp.post("/register")
@public
def complete_registration() -> ResponseReturnValue:
    """Do the registration exchange and show what came of it; a failed one leaves the invitation usable."""
    asked = _read_request()
    try:
        registration = _registered(database(), asked)
    except IssuerDiffersError as difference:
        with database().reading() as db:
            invitation = find_invitation(db, asked.invitation)
            return _show(
                asked, district=invitation.district.name, staff_only=invitation.staff_only, issuer=difference.issuer
            )
    log_launch("registration", "registered", registration=registration.id)
    missing = lost_scopes(registration.scopes)
    return render_template("launch/registered.html", registration=registration, missing=missing)


@lti_bp.get("/canvas.json", endpoint="canvas_configuration")
@public
def show_canvas_configuration() -> ResponseReturnValue:
    """Give Canvas's LTI key configuration, for whoever enters it by URL."""
    return canvas_configuration(settings().tool_url)


def _read_request() -> _Request:
    asked = _Request(
        request.values.get("invitation", ""),
        request.values.get("openid_configuration", ""),
        request.values.get("registration_token", ""),
        request.form.get("confirmed_issuer", ""),
    )
    if not origin_of(asked.openid_configuration):
        raise LaunchError(
            "configuration_missing",
            "This address registers the tool with an LMS. Paste it into the LMS where tools are added by URL.",
        )
    allow_frames(asked.openid_configuration)
    return asked


def _show(asked: _Request, **details: object) -> ResponseReturnValue:
    host = origin_of(asked.openid_configuration)
    return render_template("launch/register.html", asked=asked, host=host, scopes=scope_words(), **details)


def _registered(database: Database, asked: _Request) -> Registration:
    """Take the invitation, talk to the LMS with no transaction open, keep what was agreed on."""
    with database.transaction() as db:
        invitation = use_up_invitation(db, asked.invitation)
    try:
        return _exchange(database, asked, invitation.id)
    except Exception:
        with database.transaction() as db:
            give_back_invitation(db, invitation.id)
        raise


def _exchange(database: Database, asked: _Request, invitation_id: int) -> Registration:
    outside, login_key, token = gateway(settings().lti_private_hosts), new_login_key(), asked.registration_token
    platform = fetch_platform(outside, asked.openid_configuration, token, confirmed_issuer=asked.confirmed_issuer)
    admission = request_admission(outside, platform, token, tool_url=settings().tool_url, login_key=login_key)
    with database.transaction() as db:
        invitation = db.get_one(Invitation, invitation_id)
        return save_registration(db, invitation, platform, admission, login_key=login_key)
