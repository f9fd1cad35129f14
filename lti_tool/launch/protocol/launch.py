"""The id_token of a launch, checked from signature to last claim (Security Framework 5.1.3, Core 5.3)."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Any, Self, cast

from pylti1p3.message_launch import MessageLaunch

from lti_tool.errors import LaunchError
from lti_tool.launch.key_sets import KeySets
from lti_tool.launch.models import Login, Registration
from lti_tool.launch.operations.sessions import digest
from lti_tool.launch.protocol.checks import check_audience, check_message
from lti_tool.launch.protocol.platforms import LtiRequest, NoCookies, OnePlatform, no_session
from lti_tool.launch.protocol.tokens import read_token, verify_token

NO_REQUESTS: Any = object()
"""Stands where pylti1p3 would make a session of requests for each launch; nothing is fetched through it."""


class _Launch(MessageLaunch[LtiRequest, OnePlatform, Any, NoCookies]):
    """pylti1p3's launch; each step of its `validate` is replaced by a stricter one bound to one login."""

    def __init__(
        self, parameters: Mapping[str, str], registration: Registration, login: Login, key_sets: KeySets
    ) -> None:
        request = LtiRequest(parameters)
        super().__init__(
            request, OnePlatform(registration), no_session(request), NoCookies(), requests_session=NO_REQUESTS
        )
        self._ours, self._login, self._key_sets = registration, login, key_sets

    @property
    def claims(self) -> dict[str, Any]:
        return cast("dict[str, Any]", self._jwt["body"])

    def _get_request_param(self, key: str) -> str:
        return self._request.get_param(key)

    def validate_state(self) -> Self:
        """The login was found by its state; here it only must belong to this registration."""
        if self._login.registration_id != self._ours.id:
            raise LaunchError("state_wrong")
        return self

    def validate_jwt_format(self) -> Self:
        header, body = read_token(self._get_request_param("id_token"))
        self._jwt = cast("Any", {"header": header, "body": body})
        return self

    def validate_nonce(self) -> Self:
        nonce = self.claims.get("nonce")
        if not isinstance(nonce, str) or not hmac.compare_digest(digest(nonce), self._login.nonce_hash):
            raise LaunchError("nonce_wrong", status=401)
        return self

    def validate_registration(self) -> Self:
        if self.claims.get("iss") != self._ours.issuer:
            raise LaunchError("iss_wrong", "This launch came from another LMS than its login.", status=401)
        check_audience(self.claims, self._ours.client_id)
        return self

    def validate_jwt_signature(self) -> Self:
        verify_token(self._get_request_param("id_token"), self._jwt["header"], self._ours, self._key_sets)
        return self

    def validate_deployment(self) -> Self:
        """Whether a deployment is let in is decided with the database, in `operations/deployments.py`."""
        return self

    def validate_message(self) -> Self:
        check_message(self.claims, target_link_uri=self._login.target_link_uri, deployment_id=self._login.deployment_id)
        return self

    def save_launch_data(self) -> Self:
        """Nothing is kept here: what a launch leaves is decided by who it brings."""
        return self


def verified_claims(
    parameters: Mapping[str, str], registration: Registration, login: Login, key_sets: KeySets
) -> dict[str, Any]:
    """Return the claims of a launch that passed every check but the browser's; raise `LaunchError` otherwise."""
    launch = _Launch(parameters, registration, login, key_sets)
    launch.validate()
    return launch.claims
