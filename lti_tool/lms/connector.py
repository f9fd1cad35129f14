"""pylti1p3's service connector on the tool's own gateway, so that its AGS and NRPS services work as they are.

Mended here: tokens are shared and expire, next-page addresses keep their letters' case and their origin, a refused
token is renewed once, and errors are the tool's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

import requests
from pylti1p3.registration import Registration
from pylti1p3.service_connector import ServiceConnector, TServiceConnectorResponse

from lti_tool.errors import LMSRejectedError, LMSStrangeError, LMSWaitingError
from lti_tool.lms import canvas_errors, moodle_errors, other_errors
from lti_tool.lms.http import NOT_JSON, Answer, Rule, TokenRefusedError, gateway
from lti_tool.lms.platform import Platform
from lti_tool.lms.tokens import AccessTokens

RULES: dict[str, tuple[Rule, ...]] = {
    "canvas": canvas_errors.ADVANTAGE,
    "moodle": moodle_errors.ADVANTAGE,
    "other": other_errors.ADVANTAGE,
}
UNUSED_SESSION = requests.Session()
"""What pylti1p3 would make anew for each connector; all calls go through the gateway."""
STILL_REFUSED = (
    "The LMS gave the tool a new token and refuses it here (401). Let its administrator look whether the tool may use "
    "this service in this course; it is tried again by itself."
)


class Connector(ServiceConnector):
    """Calls the Advantage services of one platform."""

    def __init__(self, platform: Platform, tokens: AccessTokens) -> None:
        super().__init__(Registration(), UNUSED_SESSION)
        self._platform = platform
        self._tokens = tokens

    def get_access_token(self, scopes: Sequence[str]) -> str:
        return self._tokens.token_for(self._platform, scopes)

    def make_service_request(
        self,
        scopes: Sequence[str],
        url: str,
        is_post: bool = False,
        data: str | None = None,
        content_type: str = "application/json",
        accept: str = "application/json",
        case_insensitive_headers: bool = False,  # noqa: ARG002 - ours always are
    ) -> TServiceConnectorResponse:
        headers = {"Accept": accept, **({"Content-Type": content_type} if is_post else {})}
        answer = self.send("POST" if is_post else "GET", url, scopes, headers=headers, data=data)
        return {
            "headers": dict(answer.headers),
            "body": answer.json() if answer.body and not is_post else None,  # what a score is answered with is free
            "next_page_url": next_page(url, answer),
        }

    def send(
        self,
        method: str,
        url: str,
        scopes: Sequence[str],
        *,
        headers: dict[str, str],
        data: str | None = None,
        params: Iterable[tuple[str, str]] = (),
    ) -> Answer:
        """Return the answer to an authorised request; a token that is refused is renewed once.

        Where a new one is refused too, the LMS lets the tool in, only not to this: the others need not stop for it.
        """
        token = self.get_access_token(scopes)
        content: dict[str, Any] = {"data": data, "params": list(params)}
        try:
            return self._send_with(token, method, url, headers, content)
        except TokenRefusedError:
            self._tokens.forget(self._platform, token)
        try:
            return self._send_with(self.get_access_token(scopes), method, url, headers, content)
        except TokenRefusedError as error:
            raise LMSWaitingError(STILL_REFUSED, http_status=error.http_status) from None

    def _send_with(self, token: str, method: str, url: str, headers: dict[str, str], content: dict[str, Any]) -> Answer:
        answer = gateway(self._platform.private_hosts).send(
            method,
            url,
            headers={**headers, "Authorization": f"Bearer {token}"},
            rules=RULES.get(self._platform.family, ()),
            **content,
        )
        if answer.is_page:
            raise LMSStrangeError(NOT_JSON, http_status=answer.status)
        return answer


def next_page(url: str, answer: Answer) -> str | None:
    """Return the next page's address as it was given; refuse one of another origin, as the token would go there."""
    following = answer.next_url
    if following and not is_same_origin(url, following):
        raise LMSRejectedError("The LMS named a next page on another host. It is not followed.")
    return following


def is_same_origin(url: str, other: str) -> bool:
    """Return whether two addresses are of one host: only there may a token go that was meant for the first."""
    return _origin(url) == _origin(other)


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port
