"""The administrator's pages of connections: what is registered, what it may do, and the key to its REST side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import EXCLUDE, Schema, ValidationError
from werkzeug.wrappers import Response

from lti_tool.errors import LMSError, NotFoundError
from lti_tool.launch.acting import Acting, Right, database, guard
from lti_tool.launch.grants import granted_words, lost_scopes
from lti_tool.launch.models import Deployment, DeploymentState, Family, Registration
from lti_tool.launch.operations.connections import (
    begin_authorization,
    forget_credentials,
    save_canvas_key,
    save_credentials,
)
from lti_tool.launch.operations.deployments import decide_deployment
from lti_tool.launch.queries import deployment_of, platform_of, registration_of, registrations_of
from lti_tool.launch.schemas import CanvasKeyForm, MoodleTokenForm
from lti_tool.launch.views.blueprints import settings
from lti_tool.lms.canvas_oauth import authorize_url
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
    platform = platform_of(acting.db, registration, settings())
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
    return render_template(
        "launch/connection.html",
        registration=registration,
        deployments=sorted(registration.deployments, key=_pending_first),
        granted=granted_words(registration.scopes),
        lost=lost_scopes(registration.scopes),
        access=registration.rest_access,
        base_url=request.form.get("base_url") or _likely_base_url(acting, registration),
        errors=errors or {},
        consent_url=consent_url,
        callback_url=settings().tool_url + CALLBACK_PATH,
        login_url=f"{settings().tool_url}/lti/login/{registration.login_key}",
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
