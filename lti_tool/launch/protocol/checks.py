"""The checks of a message's claims (Core 5.3 and 5.4, Deep Linking 4.4.1), each with a reason code of its own.

They look at types first: a claim of the wrong shape is refused like one that is missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lti_tool.errors import LaunchError
from lti_tool.launch import names
from lti_tool.launch.addresses import origin_of

LONGEST_ID = 255
Claims = Mapping[str, Any]


def check_audience(claims: Claims, client_id: str) -> None:
    """Refuse a token that is for somebody else, or for somebody else too (Security Framework 5.1.3, 401)."""
    audience = claims.get("aud")
    named = audience if isinstance(audience, list) else [audience]
    if client_id not in named:
        raise LaunchError("aud_wrong", "This launch was made for another tool.", status=401)
    if any(each != client_id for each in named):
        raise LaunchError("aud_untrusted", "This launch was made for other tools too.", status=401)
    if claims.get("azp", client_id) != client_id:
        raise LaunchError("azp_wrong", "This launch was made for another tool.", status=401)


def check_message(claims: Claims, *, target_link_uri: str, deployment_id: str) -> None:
    """Refuse a message that lacks a required claim, or differs from what its login announced."""
    require(claims.get(names.VERSION) == names.LTI_VERSION, "version_wrong")
    message_type = claims.get(names.MESSAGE_TYPE)
    require(isinstance(message_type, str) and message_type != "", "message_type_missing")
    require(message_type in set(names.MessageType), "message_type_unknown")
    require(is_id(claims.get("sub")), "sub_invalid")
    require(is_id(claims.get(names.DEPLOYMENT_ID)), "deployment_id_invalid")
    require(deployment_id in {"", claims[names.DEPLOYMENT_ID]}, "deployment_id_differs")
    require(claims.get(names.TARGET_LINK_URI) == target_link_uri, "target_link_uri_differs")
    require(_is_list_of_text(claims.get(names.ROLES)), "roles_invalid")
    _check_context(claims.get(names.CONTEXT))
    _CHECKS[names.MessageType(str(message_type))](claims)


def _check_context(context: Any) -> None:
    require(context is None or (isinstance(context, dict) and is_id(context.get("id"))), "context_invalid")


def _check_resource_link(claims: Claims) -> None:
    link = claims.get(names.RESOURCE_LINK)
    require(isinstance(link, dict) and is_id(link.get("id")), "resource_link_invalid")


def _check_deep_linking(claims: Claims) -> None:
    settings = claims.get(names.DEEP_LINKING_SETTINGS)
    require(isinstance(settings, dict), "deep_linking_settings_invalid")
    return_url = settings.get("deep_link_return_url") if isinstance(settings, dict) else None
    require(isinstance(return_url, str) and origin_of(return_url) != "", "deep_link_return_url_invalid")
    accepted = settings.get("accept_types") if isinstance(settings, dict) else None
    require(_is_list_of_text(accepted) and bool(accepted), "accept_types_invalid")


_CHECKS = {
    names.MessageType.RESOURCE_LINK: _check_resource_link,
    names.MessageType.DEEP_LINKING: _check_deep_linking,
}


def is_id(value: Any) -> bool:
    """Return whether a value can be an identifier (Core 5.3)."""
    return isinstance(value, str) and 0 < len(value) <= LONGEST_ID


def _is_list_of_text(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def require(holds: bool, reason: str) -> None:
    """Refuse for this reason what does not hold."""
    if not holds:
        raise LaunchError(reason)
