"""Dynamic registration's exchange with an LMS (Dynamic Registration 1.0, 3.3 to 3.6). No transaction is open."""

from __future__ import annotations

import json
from typing import Any

from marshmallow import ValidationError

from lti_tool.errors import LaunchError
from lti_tool.launch.addresses import origin_of
from lti_tool.launch.configuration import tool_registration
from lti_tool.launch.models import Family
from lti_tool.launch.operations.registrations import Admission, Platform
from lti_tool.launch.schemas import read_admission, read_platform
from lti_tool.lms.http import Gateway

SHARED_ISSUERS = frozenset(f"https://canvas.{name}instructure.com" for name in ("", "beta.", "test."))
"""Issuers of Instructure's cloud: each school registers at its own host (doc/api/lti_dev_key_config.md)."""


class IssuerDiffersError(LaunchError):
    """The LMS goes by another address than the one it was opened at."""

    def __init__(self, issuer: str) -> None:
        super().__init__("issuer_differs")
        self.issuer = issuer


def fetch_platform(gateway: Gateway, configuration_url: str, token: str, *, confirmed_issuer: str = "") -> Platform:
    """Return the LMS behind an OpenID configuration; its address is called as it was given, query and all.

    Raises `IssuerDiffersError` until the administrator confirmed an issuer at another origin, `LaunchError` when
    the document is no configuration, `LMSError` when it cannot be had.
    """
    document = gateway.get_json(configuration_url, headers=_bearer(token))
    try:
        platform = read_platform(document)
    except ValidationError as error:
        raise LaunchError("configuration_invalid", "The LMS does not say all that a registration needs.") from error
    asked = origin_of(configuration_url)
    if origin_of(platform.registration_url) != asked:
        raise LaunchError("registration_endpoint_elsewhere", "The LMS wants to be registered at another address.")
    if origin_of(platform.issuer) != asked and not _is_known(platform) and platform.issuer != confirmed_issuer:
        raise IssuerDiffersError(platform.issuer)
    return platform


def request_admission(gateway: Gateway, platform: Platform, token: str, *, tool_url: str, login_key: str) -> Admission:
    """Register the tool with the LMS and return what it gave."""
    is_canvas = platform.family is Family.CANVAS
    asked = tool_registration(tool_url, login_key, for_canvas=is_canvas, with_notices=platform.offers_notices)
    headers = {"Content-Type": "application/json", "Accept": "application/json", **_bearer(token)}
    answer = gateway.send("POST", platform.registration_url, headers=headers, data=json.dumps(asked))
    try:
        return read_admission(_document(answer.json()))
    except ValidationError as error:
        raise LaunchError("registration_answer_invalid", "The LMS did not say what it registered.") from error


def _is_known(platform: Platform) -> bool:
    return platform.family is Family.CANVAS and platform.issuer in SHARED_ISSUERS


def _document(answer: Any) -> dict[str, Any]:
    return answer if isinstance(answer, dict) else {}


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}
