"""A small LTI tool on another site than the LMS, for the tests of the pages in a browser.

It registers itself, logs in, shows who launched it, and returns one graded link when asked for content. It checks no
signature: the real tool does that, and the tests of the LTI side do.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

import jwt
import requests
from flask import Flask, redirect, request
from markupsafe import escape
from werkzeug.wrappers import Response

from practice_lms.keys import PlatformKeys
from tests.serving import serving

CLAIM = "https://purl.imsglobal.org/spec/lti/claim"
DEEP_LINKING = "https://purl.imsglobal.org/spec/lti-dl/claim"
CONFIGURATION = "https://purl.imsglobal.org/spec/lti-tool-configuration"
KEYS = PlatformKeys()
PAGE = '<!doctype html><html lang="en"><title>Small tool</title><main><h1>Small tool</h1>{}</main></html>'
CLOSE = '<script>parent.postMessage({ subject: "org.imsglobal.lti.close" }, "*");</script>'


class SmallTool:
    """The tool's pages; `platform` is what the LMS's OpenID configuration said."""

    def __init__(self) -> None:
        self.url = ""
        self.platform: dict[str, Any] = {}
        self.client_id = ""
        self.app = Flask(__name__)
        self.app.add_url_rule("/register", view_func=self.register)
        self.app.add_url_rule("/login", view_func=self.login, methods=["POST"])
        self.app.add_url_rule("/launch", view_func=self.launch, methods=["POST"])
        self.app.add_url_rule("/jwks", view_func=KEYS.key_set)

    def register(self) -> str:
        """Register with the LMS that opened this page, and say that it is done."""
        token = request.args["registration_token"]
        self.platform = requests.get(request.args["openid_configuration"], timeout=5).json()
        answer = requests.post(
            self.platform["registration_endpoint"],
            json=self._registration(),
            headers={"Authorization": f"Bearer {token}"},
            timeout=5,
        )
        self.client_id = answer.json()["client_id"]
        return PAGE.format("Registered" + CLOSE)

    def login(self) -> Response:
        """Answer a login initiation with an authentication request."""
        asked = {
            "scope": "openid",
            "response_type": "id_token",
            "response_mode": "form_post",
            "prompt": "none",
            "client_id": self.client_id,
            "redirect_uri": f"{self.url}/launch",
            "login_hint": request.form["login_hint"],
            "lti_message_hint": request.form["lti_message_hint"],
            "state": secrets.token_hex(8),
            "nonce": secrets.token_hex(8),
        }
        return redirect(f"{self.platform['authorization_endpoint']}?{urlencode(asked)}")

    def launch(self) -> str:
        """Show who launched, or the form that returns one link."""
        if "id_token" not in request.form:
            return PAGE.format(f'<p id="error">{escape(request.form.get("error", ""))}</p>')
        claims = jwt.decode(request.form["id_token"], options={"verify_signature": False})
        if claims[f"{CLAIM}/message_type"] == "LtiDeepLinkingRequest":
            return PAGE.format(self._selection(claims))
        roles = " ".join(role.rpartition("#")[2] for role in claims[f"{CLAIM}/roles"])
        return PAGE.format(f'<p id="name">{escape(claims["name"])}</p><p id="roles">{escape(roles)}</p>')

    def _registration(self) -> dict[str, Any]:
        messages = [
            {"type": "LtiDeepLinkingRequest", "placements": ["course_assignments_menu"]},
            {"type": "LtiResourceLinkRequest", "placements": ["course_navigation"]},
        ]
        return {
            "application_type": "web",
            "client_name": "Small tool",
            "grant_types": ["client_credentials", "implicit"],
            "response_types": ["id_token"],
            "initiate_login_uri": f"{self.url}/login",
            "redirect_uris": [f"{self.url}/launch"],
            "jwks_uri": f"{self.url}/jwks",
            "token_endpoint_auth_method": "private_key_jwt",
            "scope": "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem",
            CONFIGURATION: {
                "domain": self.url.removeprefix("http://"),
                "target_link_uri": f"{self.url}/launch",
                "claims": ["sub", "iss", "name", "given_name", "family_name", "email"],
                "messages": messages,
            },
        }

    def _selection(self, claims: dict[str, Any]) -> str:
        settings = claims[f"{DEEP_LINKING}/deep_linking_settings"]
        item = {"type": "ltiResourceLink", "title": "Goals here", "url": f"{self.url}/launch"}
        answer = {
            "iss": self.client_id,
            "aud": [claims["iss"]],
            "iat": int(time.time()),
            "exp": int(time.time()) + 60,
            "nonce": secrets.token_hex(8),
            f"{CLAIM}/deployment_id": claims[f"{CLAIM}/deployment_id"],
            f"{CLAIM}/message_type": "LtiDeepLinkingResponse",
            f"{CLAIM}/version": "1.3.0",
            f"{DEEP_LINKING}/content_items": [item | {"lineItem": {"scoreMaximum": 1, "label": "Goals here"}}],
            f"{DEEP_LINKING}/data": settings.get("data", ""),
        }
        return (
            f'<form method="post" action="{escape(settings["deep_link_return_url"])}">'
            f'<input type="hidden" name="JWT" value="{KEYS.sign(answer)}"><button>Choose this</button></form>'
        )


@contextmanager
def running_tool() -> Iterator[SmallTool]:
    """Serve the tool on `localhost`, which is another site than `127.0.0.1`."""
    tool = SmallTool()
    with serving(tool.app, "localhost") as tool.url:
        yield tool
