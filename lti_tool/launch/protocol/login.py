"""The authentication request that answers a login initiation (Security Framework 5.1.1, steps 1 and 2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pylti1p3.exception import OIDCException
from pylti1p3.oidc_login import OIDCLogin
from pylti1p3.redirect import Redirect

from lti_tool.errors import LaunchError
from lti_tool.launch.addresses import with_query
from lti_tool.launch.models import Registration
from lti_tool.launch.protocol.platforms import LtiRequest, NoCookies, OnePlatform, no_session


class _Login(OIDCLogin[LtiRequest, OnePlatform, Any, NoCookies, str]):
    """pylti1p3's login with state and nonce from our own table, and an address that may have a query."""

    def __init__(self, parameters: Mapping[str, str], registration: Registration, state: str, nonce: str) -> None:
        request = LtiRequest(parameters)
        super().__init__(request, OnePlatform(registration), no_session(request), NoCookies())
        self._state, self._nonce = state, nonce

    def get_redirect(self, url: str) -> Redirect[str]:
        raise NotImplementedError("The view redirects.")

    def address(self, launch_url: str) -> str:
        return self._prepare_redirect_url(launch_url)

    def _prepare_redirect_url(self, launch_url: str) -> str:
        registration = self.validate_oidc_login()
        parameters = {
            "scope": "openid",
            "response_type": "id_token",
            "response_mode": "form_post",
            "prompt": "none",
            "client_id": registration.get_client_id() or "",
            "redirect_uri": launch_url,
            "state": self._state,
            "nonce": self._nonce,
            "login_hint": self._get_request_param("login_hint"),
        }
        hint = self._get_request_param("lti_message_hint")
        if hint:
            parameters["lti_message_hint"] = hint
        return with_query(registration.get_auth_login_url() or "", parameters)


def authentication_address(
    parameters: Mapping[str, str], registration: Registration, *, launch_url: str, state: str, nonce: str
) -> str:
    """Return where the browser goes to be recognised by its LMS; raise `LaunchError` if the request lacks something."""
    try:
        return _Login(parameters, registration, state, nonce).address(launch_url)
    except OIDCException as error:
        raise LaunchError("login_invalid", "The LMS began a login without saying all that is needed.") from error
