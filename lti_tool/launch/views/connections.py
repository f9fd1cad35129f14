"""The administrator's pages of connections: what is registered, what it may do, and the key to its REST side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from marshmallow import EXCLUDE, Schema, ValidationError
from werkzeug.wrappers import Response

from lti_tool.errors import ConflictError, InvalidInputError, LMSError, NotFoundError
from lti_tool.launch.acting import Acting, Right, database, guard
from lti_tool.launch.addresses import LAUNCH_PATH
from lti_tool.launch.grants import granted_words, lost_scopes
from lti_tool.launch.key_sets import usable_keys
from lti_tool.launch.models import Deployment, DeploymentState, Family, Registration
from lti_tool.launch.operations.connections import (
    begin_authorization,
    forget_credentials,
    save_canvas_key,
    save_credentials,
)
from lti_tool.launch.operations.deployments import decide_deployment
from lti_tool.launch.operations.registrations import Admission, add_own_registration
from lti_tool.launch.operations.registrations import Platform as Described
from lti_tool.launch.queries import (
    courses_that_wait_for_themselves,
    deployment_of,
    platform_of,
    registration_of,
    registrations_of,
)
from lti_tool.launch.schemas import CanvasKeyForm, MoodleTokenForm, PlatformForm
from lti_tool.launch.views.blueprints import fetch_json, settings
from lti_tool.lms.canvas_oauth import SCOPES, authorize_url
from lti_tool.lms.http import gateway
from lti_tool.lms.platform import Platform, RestCredentials
from lti_tool.lms.rest import rest_side
from lti_tool.lms.vault import Vault

bp = Blueprint("connections", __name__)
CALLBACK_PATH = "/lms/canvas/callback"


@bp.get("/")
@guard(Right.ADMINISTRATOR)
def show_connections(acting: Acting) -> ResponseReturnValue:
    """List the LMSs of the district."""
    registrations = registrations_of(acting.db, acting.person)
    return render_template("launch/connections.html", registrations=registrations, lost=lost_scopes)


@bp.get("/new")
@guard(Right.ADMINISTRATOR)
def new_connection(acting: Acting) -> ResponseReturnValue:  # noqa: ARG001 - the guard gives it
    """Show the form for an LMS that is not registered by an invitation."""
    return _show_new({})


@bp.post("/new")
@guard(Right.ADMINISTRATOR, holds_transaction=False)
def add_connection(acting: Acting) -> ResponseReturnValue:
    """Keep an LMS whose values were carried over by hand, once its addresses hold."""
    given, errors = _form(PlatformForm())
    errors = errors or wrong_addresses(given)
    if errors:
        return _show_new(errors), 422
    admission = Admission(given["client_id"], given["deployment_id"])
    described = {field.name: given[field.name] for field in fields(Described) if field.name in given}
    try:
        with database().transaction() as db:
            registration = add_own_registration(
                db, acting.person, Described(**described), admission, staff_only=given["staff_only"]
            )
    except InvalidInputError as error:
        return _show_new(error.fields), 422
    return _back(registration.id, "lms_added")


@bp.get("/<int:registration_id>")
@guard(Right.ADMINISTRATOR)
def show_connection(acting: Acting, registration_id: int) -> ResponseReturnValue:
    """Show what one LMS granted, where the tool is installed in it, and its REST side."""
    return _show(acting, registration_of(acting.db, acting.person, registration_id))


@bp.post("/<int:registration_id>/deployments/<int:deployment_id>")
@guard(Right.ADMINISTRATOR)
def approve_deployment(acting: Acting, registration_id: int, deployment_id: int) -> ResponseReturnValue:
    """Let launches of a deployment in, or with `refuse` keep them out."""
    deployment = deployment_of(acting.db, acting.person, deployment_id)
    if deployment.registration_id != registration_id:
        raise NotFoundError
    refused = "refuse" in request.form
    if refused and deployment.id == acting.launch.deployment_id:
        raise ConflictError("You opened the tool from there: you would shut yourself out. Do it from another one.")
    decide_deployment(
        acting.db, acting.person, deployment, DeploymentState.REFUSED if refused else DeploymentState.APPROVED
    )
    return _back(registration_id, "deployment_refused" if refused else "deployment_approved")


@bp.post("/<int:registration_id>/moodle-token")
@guard(Right.ADMINISTRATOR, holds_transaction=False)
def save_moodle_token(acting: Acting, registration_id: int) -> ResponseReturnValue:
    """Try a web-service token at once, and keep it if Moodle takes it."""
    registration = _of_family(acting, registration_id, Family.MOODLE)
    given, errors = _form(MoodleTokenForm())
    if errors:
        return _show(acting, registration, errors=errors), 422
    credentials = RestCredentials(given["base_url"].rstrip("/"), given["token"])
    platform = platform_of(acting.db, registration, settings(), with_rest=False)
    acting.db.commit()  # nothing is open while the LMS is called
    try:
        name = check(platform, credentials)
    except LMSError as error:
        return _show(acting, registration, errors={"token": [error.message]}), 422
    with database().transaction() as db:
        vault = Vault(settings().secret_key)
        save_credentials(db, acting.person, registration, credentials, vault, name=name)
    return _back(registration_id, "rest_connected")


@bp.post("/<int:registration_id>/canvas-key", endpoint="save_canvas_key")
@guard(Right.ADMINISTRATOR)
def keep_canvas_key(acting: Acting, registration_id: int) -> ResponseReturnValue:
    """Keep the API key with which Canvas is asked for consent next."""
    registration = _of_family(acting, registration_id, Family.CANVAS)
    given, errors = _form(CanvasKeyForm())
    if errors:
        return _show(acting, registration, errors=errors), 422
    key = RestCredentials(
        given["base_url"].rstrip("/"), "", client_id=given["client_id"], client_secret=given["client_secret"]
    )
    save_canvas_key(acting.db, acting.person, registration, key, Vault(settings().secret_key))
    return _back(registration_id, "canvas_key_saved")


@bp.post("/<int:registration_id>/authorize")
@guard(Right.ADMINISTRATOR)
def authorize_canvas(acting: Acting, registration_id: int) -> ResponseReturnValue:
    """Show the way to Canvas's consent; it opens in a window of its own, because Canvas is not shown in a frame."""
    registration = _of_family(acting, registration_id, Family.CANVAS)
    access, state = begin_authorization(acting.db, acting.person, registration)
    address = authorize_url(
        access.base_url, client_id=access.client_id, redirect_uri=settings().tool_url + CALLBACK_PATH, state=state
    )
    return _show(acting, registration, consent_url=address)


@bp.post("/<int:registration_id>/disconnect")
@guard(Right.ADMINISTRATOR)
def disconnect(acting: Acting, registration_id: int) -> ResponseReturnValue:
    """Throw the key to the REST side away."""
    registration = registration_of(acting.db, acting.person, registration_id)
    forget_credentials(acting.db, acting.person, registration)
    return _back(registration_id, "rest_disconnected")


def check(platform: Platform, credentials: RestCredentials) -> str:
    """Return as whom the LMS lets the tool in with these credentials; raise an `LMSError` when it does not."""
    side = rest_side(replace(platform, rest=credentials))
    return side.check() if side else ""


def wrong_addresses(given: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return what is wrong with the addresses that the tool itself will call; the key set is fetched to see."""
    errors: dict[str, list[str]] = {}
    try:
        gateway(settings().lti_private_hosts).check_address(given["auth_token_url"])
    except LMSError as error:
        errors["auth_token_url"] = [error.message]
    try:
        if not usable_keys(fetch_json(given["key_set_url"])[0]):
            errors["key_set_url"] = [gettext("There are no keys at this address.")]
    except LMSError as error:
        errors["key_set_url"] = [error.message]
    return errors


def _show_new(errors: Mapping[str, Sequence[str]]) -> str:
    families = [(family.value, family.value.capitalize()) for family in Family]
    return render_template(
        "launch/new_connection.html", errors=errors, given=request.form, families=families, **_own_addresses("")
    )


def _own_addresses(login_key: str) -> dict[str, str]:
    """Return what an administrator enters in the LMS; without a key the login address that all LMSs share."""
    base = settings().tool_url
    return {
        "login_url": f"{base}/lti/login/{login_key}" if login_key else f"{base}/lti/login",
        "launch_url": base + LAUNCH_PATH,
        "jwks_url": f"{base}/lti/jwks",
    }


def _of_family(acting: Acting, registration_id: int, family: Family) -> Registration:
    registration = registration_of(acting.db, acting.person, registration_id)
    if registration.family is not family:
        raise NotFoundError
    return registration


def _form(schema: Schema) -> tuple[Mapping[str, Any], dict[str, list[str]]]:
    """Return what the form holds, or its errors by field."""
    given = {name: value.strip() for name, value in request.form.items()}
    try:
        return schema.load(given, unknown=EXCLUDE), {}
    except ValidationError as error:
        problems = error.messages
        return {}, problems if isinstance(problems, dict) else {"_schema": problems}


def _back(registration_id: int, notice: str) -> Response:
    return redirect(url_for("connections.show_connection", registration_id=registration_id, notice=notice), 303)


def _show(
    acting: Acting,
    registration: Registration,
    *,
    errors: Mapping[str, Sequence[str]] | None = None,
    consent_url: str = "",
) -> str:
    access = registration.rest_access
    return render_template(
        "launch/connection.html",
        registration=registration,
        deployments=sorted(registration.deployments, key=_pending_first),
        granted=granted_words(registration.scopes),
        lost=lost_scopes(registration.scopes),
        access=access,
        not_consented=access.lacks_of(SCOPES) if access and registration.family is Family.CANVAS else (),
        base_url=request.form.get("base_url") or _likely_base_url(acting, registration),
        circular=courses_that_wait_for_themselves(acting.db, registration),
        errors=errors or {},
        consent_url=consent_url,
        callback_url=settings().tool_url + CALLBACK_PATH,
        canvas_scopes=SCOPES,
        **_own_addresses(registration.login_key),
    )


def _likely_base_url(acting: Acting, registration: Registration) -> str:
    """Return where the REST side most likely is: what is kept, what the launch said, or where the LMS registered."""
    if registration.rest_access is not None:
        return registration.rest_access.base_url
    told = acting.launch.context.get("rest_base_url", "")
    if told and acting.launch.registration_id == registration.id:
        return str(told)
    others = [each for each in registration.frame_origins if not registration.issuer.startswith(each)]
    return (others or [registration.issuer])[0] if registration.family is Family.CANVAS else registration.issuer


def _pending_first(deployment: Deployment) -> tuple[bool, int]:
    return deployment.state is not DeploymentState.PENDING, deployment.id
