"""Where Canvas sends an administrator back to after the consent to its API (OAuth2 authorisation code)."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template, request
from flask.typing import ResponseReturnValue

from lti_tool.errors import LaunchError, LMSError
from lti_tool.launch.acting import database, public
from lti_tool.launch.models import Registration
from lti_tool.launch.operations.connections import note_problem, save_credentials, take_state
from lti_tool.launch.queries import platform_of
from lti_tool.launch.views.blueprints import lms_bp, log_launch, settings
from lti_tool.launch.views.connections import CALLBACK_PATH, check
from lti_tool.lms.canvas_oauth import SCOPES, exchange_code, words_of_refusal
from lti_tool.lms.platform import Platform, RestCredentials
from lti_tool.lms.vault import Vault
from lti_tool.people.models import Person


@dataclass(frozen=True, slots=True)
class _Consent:
    """An authorisation on its way back: all that the calls to Canvas need."""

    registration: Registration
    person: Person
    platform: Platform
    key: RestCredentials


@lms_bp.get("/canvas/callback")
@public
def canvas_callback() -> ResponseReturnValue:
    """Turn the code into tokens, check them, keep them sealed, and say how it went; used from outside any session."""
    consent = _consent(request.args.get("state", ""))
    if "code" not in request.args:
        said = words_of_refusal(request.args.get("error", ""), request.args.get("error_description", ""))
        return _failed(consent, said)
    try:
        credentials = _exchanged(consent, request.args["code"])
        name = check(consent.platform, credentials)
    except LMSError as error:
        return _failed(consent, error.message)
    with database().transaction() as db:
        vault = Vault(settings().secret_key)
        save_credentials(db, consent.person, consent.registration, credentials, vault, name=name, scopes=SCOPES)
    log_launch("canvas_consent", "connected", registration=consent.registration.id)
    return render_template("launch/connected.html", name=name, problem="")


@lms_bp.errorhandler(LaunchError)
def show_refusal(error: LaunchError) -> ResponseReturnValue:
    """Say why the answer is not taken."""
    return render_template("launch/refused.html", message=error.message, reason=error.reason), error.status


def _consent(state: str) -> _Consent:
    vault = Vault(settings().secret_key)
    with database().transaction() as db:
        access, person = take_state(db, state)
        secret = vault.open(access.client_secret) if access.client_secret else ""
        key = RestCredentials(access.base_url, "", client_id=access.client_id, client_secret=secret)
        registration = db.get_one(Registration, access.registration_id)
        return _Consent(registration, person, platform_of(db, registration, settings(), with_rest=False), key)


def _exchanged(consent: _Consent, code: str) -> RestCredentials:
    return exchange_code(
        consent.key.base_url,
        client_id=consent.key.client_id,
        client_secret=consent.key.client_secret,
        code=code,
        redirect_uri=settings().tool_url + CALLBACK_PATH,
        private_hosts=settings().lti_private_hosts,
    )


def _failed(consent: _Consent, problem: str) -> ResponseReturnValue:
    with database().transaction() as db:
        note_problem(db, consent.registration, problem)
    log_launch("canvas_consent", "failed", registration=consent.registration.id)
    return render_template("launch/connected.html", name="", problem=problem), 422
