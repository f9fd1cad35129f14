"""How the tool describes itself to an LMS: dynamic registration's JSON and Canvas's own configuration JSON."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from lti_tool.launch import names
from lti_tool.launch.addresses import LAUNCH_PATH
from lti_tool.lms.platform import Scope

TITLE = "Like Goals"
DESCRIPTION = "Growth plans, shared goals and professional learning that counts."
CLAIMS = ("iss", "sub", "name", "given_name", "family_name", "email", "locale")

CUSTOM = {"context_history": "$Context.id.history", "time_zone": "$Person.address.timezone"}
CANVAS_CUSTOM = {
    "canvas_user_id": "$Canvas.user.id",
    "canvas_global_user_id": "$Canvas.user.globalId",
    "canvas_course_id": "$Canvas.course.id",
    "canvas_course_end_at": "$Canvas.course.endAt",
    "canvas_is_root_admin": "$Canvas.user.isRootAccountAdmin",
    "canvas_api_base_url": "$Canvas.api.baseUrl",
}
"""Keys are lower case with underscores: Moodle sends any other key in two spellings."""

CANVAS_PLACEMENTS = {
    "course_navigation": names.MessageType.RESOURCE_LINK,
    "account_navigation": names.MessageType.RESOURCE_LINK,
    "link_selection": names.MessageType.DEEP_LINKING,
    "assignment_selection": names.MessageType.DEEP_LINKING,
}


def tool_registration(tool_url: str, login_key: str, *, for_canvas: bool, with_notices: bool) -> dict[str, Any]:
    """Return what is posted to a registration endpoint (Dynamic Registration 1.0, 3.4 and 3.5)."""
    scopes = tuple(Scope) if with_notices else names.ASKED_SCOPES
    return {
        "application_type": "web",
        "response_types": ["id_token"],
        "grant_types": ["implicit", "client_credentials"],
        "initiate_login_uri": f"{tool_url}/lti/login/{login_key}",
        "redirect_uris": [tool_url + LAUNCH_PATH],
        "client_name": TITLE,
        "client_uri": tool_url,
        "logo_uri": f"{tool_url}/static/icon.svg",
        "jwks_uri": f"{tool_url}/lti/jwks",
        "token_endpoint_auth_method": "private_key_jwt",
        "scope": " ".join(scopes),
        names.TOOL_CONFIGURATION: _tool_configuration(tool_url, for_canvas=for_canvas),
    }


def canvas_configuration(tool_url: str, login_key: str = "") -> dict[str, Any]:
    """Return Canvas's LTI key configuration (doc/api/lti_dev_key_config.md)."""
    login = f"{tool_url}/lti/login/{login_key}" if login_key else f"{tool_url}/lti/login"
    placements = [
        {
            "placement": placement,
            "message_type": message,
            "target_link_uri": tool_url + LAUNCH_PATH,
            "text": TITLE,
            "enabled": True,
            **({"default": "disabled"} if placement == "course_navigation" else {}),
        }
        for placement, message in CANVAS_PLACEMENTS.items()
    ]
    extension = {
        "domain": urlsplit(tool_url).netloc,
        "tool_id": "like-goals",
        "platform": "canvas.instructure.com",
        "privacy_level": "public",
        "settings": {"text": TITLE, "selection_height": 800, "selection_width": 800, "placements": placements},
    }
    return {
        "title": TITLE,
        "description": DESCRIPTION,
        "oidc_initiation_url": login,
        "target_link_uri": tool_url + LAUNCH_PATH,
        "scopes": list(Scope),
        "extensions": [extension],
        "public_jwk_url": f"{tool_url}/lti/jwks",
        "custom_fields": {**CUSTOM, **CANVAS_CUSTOM},
    }


def _tool_configuration(tool_url: str, *, for_canvas: bool) -> dict[str, Any]:
    launch_url = tool_url + LAUNCH_PATH
    configuration: dict[str, Any] = {
        "domain": urlsplit(tool_url).netloc,
        "target_link_uri": launch_url,
        "description": DESCRIPTION,
        "custom_parameters": {**CUSTOM, **(CANVAS_CUSTOM if for_canvas else {})},
        "claims": list(CLAIMS),
        "messages": [{"type": each, "target_link_uri": launch_url, "label": TITLE} for each in names.MessageType],
    }
    if for_canvas:
        configuration["messages"] = [_canvas_message(launch_url, *each) for each in CANVAS_PLACEMENTS.items()]
        configuration[f"{names.CANVAS}privacy_level"] = "public"
        configuration[f"{names.CANVAS}tool_id"] = "like-goals"
    return configuration


def _canvas_message(launch_url: str, placement: str, message: str) -> dict[str, Any]:
    described: dict[str, Any] = {
        "type": message,
        "target_link_uri": launch_url,
        "label": TITLE,
        "placements": [placement],
    }
    if placement == "course_navigation":
        described[f"{names.CANVAS}course_navigation/default_enabled"] = False
    return described
