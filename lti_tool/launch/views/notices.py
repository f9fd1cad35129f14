"""Platform notices (Platform Notification Service 1.0): what an LMS tells the tool without anybody's launch."""

from __future__ import annotations

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from lti_tool.errors import LaunchError
from lti_tool.launch.acting import database, public
from lti_tool.launch.names import DEPLOYMENT_ID
from lti_tool.launch.operations.notices import receive_notice
from lti_tool.launch.protocol.notices import verified_notice
from lti_tool.launch.protocol.tokens import read_token
from lti_tool.launch.queries import registration_for_notice
from lti_tool.launch.schemas import read_notices
from lti_tool.launch.views.blueprints import key_sets, log_launch, lti_bp


@lti_bp.post("/notices")
@public
def notices() -> ResponseReturnValue:
    """Take each notice on its own; whatever is wrong with one is said after the others were taken."""
    refusals = [refusal for token in _tokens() if (refusal := _take(token))]
    if refusals:
        raise refusals[0]
    return "", 200


def _tokens() -> list[str]:
    try:
        return read_notices(request.get_json(force=True, silent=True))
    except (ValidationError, RecursionError) as error:
        raise LaunchError("notices_malformed", "This is no list of notices.") from error


def _take(token: str) -> LaunchError | None:
    try:
        _, claims = read_token(token)
        with database().reading() as db:
            registration = registration_for_notice(db, **_addressee(claims))
        notice = verified_notice(token, registration, key_sets())
        with database().transaction() as db:
            is_new = receive_notice(db, registration, notice)
    except LaunchError as error:
        return error
    log_launch("notice", "taken" if is_new else "known", registration=registration.id)
    return None


def _addressee(claims: dict[str, Any]) -> dict[str, str]:
    """Return for whom a notice says it is; one for several is refused later."""
    audience = claims.get("aud")
    client_id = claims.get("azp") or (audience[0] if isinstance(audience, list) and audience else audience)
    named = {"issuer": claims.get("iss"), "client_id": client_id, "deployment_id": claims.get(DEPLOYMENT_ID)}
    if not all(isinstance(each, str) for each in named.values()):
        raise LaunchError("notice_invalid", status=401)
    return {name: str(value) for name, value in named.items()}
