"""Dynamic registration the Canvas way.

Sources: dynamic_registration_controller.rb, security_controller.rb, lti/ims/registration.rb.
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, abort, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from practice_lms.canvas.lti import urls
from practice_lms.canvas.lti.deep_linking_settings import PLACEMENTS
from practice_lms.canvas.lti.messages import NOTICE_TYPES
from practice_lms.canvas.lti.substitution import ACCOUNT, OF_ACCOUNT, OF_ACTIVITY, OF_COURSE, OF_PERSON, global_id
from practice_lms.current import current_user, hold_lock, lms
from practice_lms.lti.answers import json_answer
from practice_lms.lti.launches import placements_of
from practice_lms.lti.sealed import SealBrokenError, SealExpiredError, seal, unseal
from practice_lms.lti.vocabulary import CANVAS, PLATFORM_CONFIGURATION, TOOL_CONFIGURATION, Message, Scope
from practice_lms.state import Tool

blueprint = hold_lock(Blueprint("canvas_registration", __name__))
CONFIGURATION = "/api/lti/security/openid-configuration"
REGISTRATIONS = "/api/lti/registrations"
TOKEN_LIFE = timedelta(hours=1)
PUBLIC_SCOPES = (
    *Scope,
    f"{CANVAS}public_jwk/scope/update",
    f"{CANVAS}account_lookup/scope/show",
    "https://canvas.instructure.com/lti-ags/progress/scope/show",
    f"{CANVAS}page_content/show",
)
LINK_PLACEMENTS = ("account_navigation", "course_navigation", "global_navigation", "user_navigation", "link_selection")
IMS_PLACEMENTS = {"ContentArea": "link_selection", "RichTextEditor": "editor_button"}
TOKEN_CONTENTS = (
    "user_id",
    "initiated_at",
    "root_account_global_id",
    "root_account_domain",
    "exp",
    "uuid",
    "registration_url",
)


def start(url: str) -> AnyResponse:
    """Send the administrator's frame to the tool; the configuration's address carries the token too."""
    if not current_user().administrator:
        abort(403)
    token = seal(
        lms(),
        TOKEN_LIFE,
        user_id=global_id(current_user().id),
        initiated_at=lms().clock().isoformat(),
        root_account_global_id=global_id(ACCOUNT),
        root_account_domain=urlsplit(lms().url).netloc,
        uuid=str(uuid.uuid4()),
        registration_url=url,
    )
    configured = f"{lms().url}{CONFIGURATION}?{urlencode({'registration_token': token})}"
    given = urlencode({"openid_configuration": configured, "registration_token": token})
    return redirect(f"{url}{'&' if urlsplit(url).query else '?'}{given}")


@blueprint.get(CONFIGURATION)
def configuration() -> Response:
    """Return the platform's configuration to whoever holds a registration token, taken from the query."""
    if "registration_token" not in request.args:
        return json_answer({"error": "Access token missing (You must include the registration_token parameter)."}, 401)
    if _token(request.args["registration_token"]) is None:
        return json_answer({"errorMessage": "JWT did not include expected contents"}, 401)
    return json_answer(
        {
            "issuer": lms().issuer,
            "authorization_endpoint": f"{lms().url}/api/lti/authorize_redirect",
            "registration_endpoint": f"{lms().url}{REGISTRATIONS}",
            "jwks_uri": f"{lms().url}/api/lti/security/jwks",
            "token_endpoint": urls.token(lms()),
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": ["RS256"],
            "scopes_supported": list(PUBLIC_SCOPES),
            "response_types_supported": ["id_token"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "claims_supported": ["sub", "picture", "email", "name", "given_name", "family_name", "locale"],
            "subject_types_supported": ["public"],
            "authorization_server": urlsplit(lms().url).netloc,
            PLATFORM_CONFIGURATION: _platform(),
        }
    )


def _platform() -> dict[str, Any]:
    return {
        "product_family_code": "canvas",
        "version": "OpenSource",
        "messages_supported": [
            {"type": Message.RESOURCE_LINK, "placements": list(LINK_PLACEMENTS)},
            {"type": Message.DEEP_LINKING, "placements": list(PLACEMENTS)},
        ],
        "notice_types_supported": list(NOTICE_TYPES),
        "variables": [*OF_PERSON, *OF_ACCOUNT, *OF_COURSE, *OF_ACTIVITY],
        f"{CANVAS}account_name": "Practice Canvas",
        f"{CANVAS}account_lti_guid": f"{lms().opaque_id('account', ACCOUNT)}:canvas-lms",
    }


def _token(sealed: str) -> dict[str, Any] | None:
    try:
        claims = unseal(lms(), sealed)
    except (SealBrokenError, SealExpiredError):
        return None
    return claims if all(name in claims for name in TOKEN_CONTENTS) else None


@blueprint.post(REGISTRATIONS)
def register() -> Response:
    """Register a tool; its key starts off, its deployment may be unknown until the first launch. Success is 200."""
    if _token(request.headers.get("Authorization", "").removeprefix("Bearer ")) is None:
        return json_answer({"errorMessage": "JWT did not include expected contents"}, 401)
    sent = request.get_json(force=True, silent=True)
    asked = sent if isinstance(sent, dict) else {}
    if errors := _errors(asked):
        return json_answer({"errors": errors}, 422)
    tool = _tool(asked)
    lms().tools[tool.id] = tool
    return json_answer(_echo(tool, asked))


def _errors(asked: dict[str, Any]) -> list[str]:
    described = asked.get(TOOL_CONFIGURATION) or {}
    needed = {
        "client_name": asked.get("client_name"),
        "initiate_login_uri": asked.get("initiate_login_uri"),
        "jwks_uri": asked.get("jwks_uri"),
        "redirect_uris": asked.get("redirect_uris"),
        "scope": asked.get("scope") is not None,
        "domain": described.get("domain"),
        "claims": described.get("claims") is not None,
        "messages": described.get("messages") is not None,
        "target_link_uri": described.get("target_link_uri"),
    }
    found = [f"The '{name}' property is required" for name, value in needed.items() if not value]
    if not {"client_credentials", "implicit"} <= set(asked.get("grant_types", [])):
        found.append("Must include grant_types client_credentials and implicit")
    if "id_token" not in asked.get("response_types", []):
        found.append("Must include response_types id_token")
    if asked.get("token_endpoint_auth_method") != "private_key_jwt":
        found.append("Must use token_endpoint_auth_method private_key_jwt")
    if asked.get("application_type") != "web":
        found.append("Must use application_type web")
    return [*found, *(f"Invalid scope: {scope}" for scope in _scopes(asked) if scope not in PUBLIC_SCOPES)]


def _scopes(asked: dict[str, Any]) -> list[str]:
    return [scope for scope in str(asked.get("scope") or "").split() if scope != "openid"]


def _tool(asked: dict[str, Any]) -> Tool:
    described, number = asked[TOOL_CONFIGURATION], lms().new_id()
    messages = [_known_message(each) for each in described["messages"]]
    linking = [each for each in messages if each.get("type") == Message.DEEP_LINKING]
    return Tool(
        id=number,
        client_id=str(global_id(number)),
        deployment_id=f"{number}:{lms().opaque_id('account', ACCOUNT)}",
        name=asked["client_name"],
        domain=described["domain"],
        initiate_login_uri=asked["initiate_login_uri"],
        target_link_uri=described["target_link_uri"],
        redirect_uris=list(asked["redirect_uris"]),
        jwks_uri=asked["jwks_uri"],
        scopes=_scopes(asked),
        claims=list(described["claims"]),
        custom=dict(described.get("custom_parameters") or {}),
        messages=messages,
        deep_linking_uri=linking[0].get("target_link_uri", "") if linking else "",
        privacy_level=described.get(f"{CANVAS}privacy_level") or _privacy_level(set(described["claims"])),
    )


def _known_message(message: dict[str, Any]) -> dict[str, Any]:
    # Placements that Canvas does not know are dropped without a word; without any it is link_selection.
    known = [*LINK_PLACEMENTS, *PLACEMENTS]
    named = [IMS_PLACEMENTS.get(name, name) for name in placements_of(message)]
    return message | {"placements": [name for name in named if name in known] if named else ["link_selection"]}


def _privacy_level(claims: set[str]) -> str:
    named = bool(claims & {"name", "given_name", "family_name"})
    if "picture" in claims or (named and "email" in claims):
        return "public"
    return "name_only" if named else "email_only" if "email" in claims else "anonymous"


def _echo(tool: Tool, asked: dict[str, Any]) -> dict[str, Any]:
    said = {
        "application_type": "web",
        "grant_types": ["client_credentials", "implicit"],
        "response_types": ["id_token"],
        "token_endpoint_auth_method": "private_key_jwt",
        "client_id": tool.client_id,
        "client_name": tool.name,
        "client_uri": asked.get("client_uri"),
        "logo_uri": asked.get("logo_uri"),
        "initiate_login_uri": tool.initiate_login_uri,
        "redirect_uris": tool.redirect_uris,
        "jwks_uri": tool.jwks_uri,
        "scope": " ".join([*tool.scopes, "openid"]),
        "registration_client_uri": f"{lms().url}{REGISTRATIONS}/{tool.client_id}",
        "deployment_id": tool.deployment_id if lms().names_deployment else None,
        TOOL_CONFIGURATION: asked[TOOL_CONFIGURATION]
        | {f"{CANVAS}registration_config_url": f"{lms().url}{REGISTRATIONS}/{tool.client_id}/view"},
    }
    return {name: value for name, value in said.items() if value is not None}
