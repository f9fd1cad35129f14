"""Dynamic registration the Moodle way.

Sources: mod/lti/openid-registration.php, classes/local/ltiopenid/registration_helper.php.
"""

from __future__ import annotations

import secrets
import string
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from practice_lms.current import current_user, hold_lock, lms
from practice_lms.lti.answers import json_answer
from practice_lms.lti.sealed import SealBrokenError, SealExpiredError, seal, unseal
from practice_lms.lti.vocabulary import AGS_SCOPES, PLATFORM_CONFIGURATION, TOOL_CONFIGURATION, VERSION, Message, Scope
from practice_lms.moodle.lti.errors import SITE, error_page
from practice_lms.moodle.lti.substitution import VARIABLES, sends_email, sends_names
from practice_lms.state import Tool

blueprint = hold_lock(Blueprint("moodle_registration", __name__))
CONFIGURATION = "/mod/lti/openid-configuration.php"
REGISTRATION = "/mod/lti/openid-registration.php"
TOKEN_LIFE = timedelta(hours=1)
BASIC_OUTCOME = "https://purl.imsglobal.org/spec/lti-bo/scope/basicoutcome"
TOOL_SETTING = "https://purl.imsglobal.org/spec/lti-ts/scope/toolsetting"
REQUIRED = (
    "response_types",
    "initiate_login_uri",
    "redirect_uris",
    "client_name",
    "jwks_uri",
    "token_endpoint_auth_method",
)
SIGNED_BY_KEY = ("private_key_jwt",)
ECHOED = (Scope.SCORE, Scope.RESULT_READ, Scope.LINE_ITEM_READ, Scope.LINE_ITEM)


class RefusedError(Exception):
    """The registration fails; the text is the whole body of the answer."""

    def __init__(self, text: str, status: int = 400) -> None:
        super().__init__(text)
        self.status = status


def start(url: str, *, new: bool) -> AnyResponse:
    """Send the administrator's frame to the tool; ask first when the domain has a tool already (moodle.md 1)."""
    if not current_user().administrator:
        return error_page("Sorry, but you do not currently have permissions to do that (Change site configuration).")
    domain = _without_www(urlsplit(url).netloc)
    same = [tool for tool in lms().tools.values() if tool.domain == domain]
    if same and not new:
        return Response(render_template("lti/moodle_choice.html", site=SITE, tools=same, url=url))
    client_id = "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(15))
    token = seal(lms(), TOKEN_LIFE, sub=client_id, scope="reg")
    given = {"openid_configuration": f"{lms().url}{CONFIGURATION}", "registration_token": token}
    return redirect(with_query(url, given))


def with_query(url: str, added: dict[str, str]) -> str:
    """Return the address with parameters added to those that it has."""
    return f"{url}{'&' if urlsplit(url).query else '?'}{urlencode(added)}"


@blueprint.get(CONFIGURATION)
def configuration() -> Response:
    """Return the platform's OpenID configuration."""
    base = f"{lms().url}/mod/lti"
    return json_answer(
        {
            "issuer": lms().issuer,
            "token_endpoint": f"{base}/token.php",
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": ["RS256"],
            "jwks_uri": f"{base}/certs.php",
            "authorization_endpoint": f"{base}/auth.php",
            "registration_endpoint": f"{lms().url}{REGISTRATION}",
            "scopes_supported": [BASIC_OUTCOME, *AGS_SCOPES, Scope.MEMBERSHIP_READ, TOOL_SETTING, "openid"],
            "response_types_supported": ["id_token"],
            "subject_types_supported": ["public", "pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "claims_supported": ["sub", "iss", "name", "given_name", "family_name", "email"],
            PLATFORM_CONFIGURATION: {
                "product_family_code": "moodle",
                "version": "4.5.6 (Build: 20250811)",
                "messages_supported": [
                    {"type": Message.RESOURCE_LINK},
                    {"type": Message.DEEP_LINKING, "placements": ["ContentArea"]},
                ],
                "variables": list(VARIABLES),
            },
        }
    )


@blueprint.post(REGISTRATION)
def register() -> Response:
    """Register a tool once per token; it stays pending until an administrator activates it. Success is a 200."""
    try:
        tool = _tool(_unused_client_id(), _checked(request.get_json(silent=True) or {}))
        lms().tools[tool.id] = tool
    except RefusedError as refused:
        return Response(str(refused), status=refused.status, content_type="text/html; charset=utf-8")
    except (SealBrokenError, SealExpiredError):
        return error_page("Exception - Invalid registration token")
    return json_answer(_echo(tool, request.get_json()))


def _unused_client_id() -> str:
    bearer = request.headers.get("Authorization", "")
    if not bearer.startswith("Bearer "):
        raise RefusedError("missing_registration_token", 401)
    client_id = str(unseal(lms(), bearer.removeprefix("Bearer "))["sub"])
    if any(tool.client_id == client_id for tool in lms().tools.values()):
        raise RefusedError("token_already_used", 401)
    return client_id


def _checked(asked: dict[str, Any]) -> dict[str, Any]:
    for name in REQUIRED:
        if not asked.get(name):
            raise RefusedError(f"missing required attribute {name}")
    if asked.get("application_type", "web") != "web":
        raise RefusedError("invalid_application_type")
    if "id_token" not in asked["response_types"]:
        raise RefusedError("invalid_response_types")
    if not {"implicit", "client_credentials"} <= set(asked.get("grant_types", ["implicit", "client_credentials"])):
        raise RefusedError("invalid_grant_types")
    if asked["token_endpoint_auth_method"] not in SIGNED_BY_KEY:
        raise RefusedError("invalid_token_endpoint_auth_method")
    _check_domain(asked)
    return asked


def _check_domain(asked: dict[str, Any]) -> None:
    # The domain includes the port; a leading www. counts for nothing.
    described = asked.get(TOOL_CONFIGURATION)
    if not described:
        raise RefusedError(f"missing required attribute {TOOL_CONFIGURATION}")
    if not described.get("domain"):
        raise RefusedError("missing_domain")
    target = urlsplit(described.get("target_link_uri", "")).netloc
    if target and _without_www(target) != _without_www(described["domain"]):
        raise RefusedError("domain_targetlinkuri_mismatch")


def _without_www(domain: str) -> str:
    return domain.removeprefix("www.")


def _granted(asked: str) -> list[str]:
    # "lineitem" grants all of AGS, any other of its scopes all but "lineitem" (gradesync 2 and 1).
    scopes = set(asked.split())
    ags = [scope for scope in AGS_SCOPES if scope != Scope.LINE_ITEM or Scope.LINE_ITEM in scopes]
    return [*(ags if scopes & set(AGS_SCOPES) else []), *({Scope.MEMBERSHIP_READ} & scopes)]


def _tool(client_id: str, asked: dict[str, Any]) -> Tool:
    described, number = asked[TOOL_CONFIGURATION], lms().new_id()
    launch = described.get("target_link_uri") or asked["redirect_uris"][0]
    linking = [each for each in described.get("messages", []) if each.get("type") == Message.DEEP_LINKING]
    tool = Tool(
        id=number,
        client_id=client_id,
        deployment_id=str(number),
        name=asked["client_name"],
        domain=_without_www(described["domain"]),
        initiate_login_uri=asked["initiate_login_uri"],
        target_link_uri=launch,
        redirect_uris=list(asked["redirect_uris"]),
        jwks_uri=asked["jwks_uri"],
        scopes=_granted(asked.get("scope", "")),
        claims=list(described.get("claims", [])),
        custom=dict(described.get("custom_parameters", {})),
        messages=[
            {"type": Message.DEEP_LINKING, "target_link_uri": each.get("target_link_uri", launch)} for each in linking
        ],
    )
    tool.deep_linking_uri = tool.messages[0]["target_link_uri"] if tool.messages else ""
    return tool


def _echo(tool: Tool, asked: dict[str, Any]) -> dict[str, Any]:
    # Labels, placements, contacts and the resource link message are dropped without a word.
    described = {
        "version": VERSION,
        "deployment_id": tool.deployment_id,
        "target_link_uri": tool.target_link_uri,
        "domain": tool.domain,
        "description": asked[TOOL_CONFIGURATION].get("description", ""),
        "custom_parameters": tool.custom,
        "claims": _echoed_claims(tool),
    }
    return {
        "client_id": tool.client_id,
        "response_types": ["id_token"],
        "jwks_uri": tool.jwks_uri,
        "initiate_login_uri": tool.initiate_login_uri,
        "grant_types": ["client_credentials", "implicit"],
        "redirect_uris": tool.redirect_uris,
        "application_type": "web",
        "token_endpoint_auth_method": "private_key_jwt",
        "client_name": tool.name,
        "logo_uri": asked.get("logo_uri", ""),
        "scope": " ".join(_echoed_scopes(tool, asked.get("scope", ""))),
        TOOL_CONFIGURATION: described | ({"messages": tool.messages} if tool.messages else {}),
    }


def _echoed_scopes(tool: Tool, asked: str) -> list[str]:
    # A slip in config_to_registration lists "lineitem" although only reading was granted.
    ags = list(ECHOED) if set(tool.scopes) & set(AGS_SCOPES) else []
    return [*ags, *({Scope.MEMBERSHIP_READ} & set(tool.scopes)), *({TOOL_SETTING} & set(asked.split()))]


def _echoed_claims(tool: Tool) -> list[str]:
    names = ["name", "family_name", "given_name"] if sends_names(tool) else []
    return ["sub", "iss", *names, *(["email"] if sends_email(tool) else [])]
