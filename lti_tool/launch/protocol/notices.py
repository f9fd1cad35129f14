"""The checks of a platform notice (Platform Notification Service 1.0, 4): those of a launch, without a login."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lti_tool.launch import names
from lti_tool.launch.key_sets import KeySets
from lti_tool.launch.models import Registration
from lti_tool.launch.notice import Notice, read_notice
from lti_tool.launch.protocol.checks import check_audience, is_id, require
from lti_tool.launch.protocol.tokens import read_token, verify_token


def verified_notice(token: str, registration: Registration, key_sets: KeySets) -> Notice:
    """Return a notice that passed every check; raise `LaunchError` otherwise."""
    header, claims = read_token(token)
    check_audience(claims, registration.client_id)
    verify_token(token, header, registration, key_sets)
    _check_claims(claims)
    return read_notice(claims)


def _check_claims(claims: Mapping[str, Any]) -> None:
    require(claims.get(names.VERSION) == names.LTI_VERSION, "version_wrong")
    require(is_id(claims.get("nonce")), "nonce_invalid")
    require(is_id(claims.get(names.DEPLOYMENT_ID)), "deployment_id_invalid")
    notice = claims.get(names.NOTICE)
    require(isinstance(notice, dict) and is_id(notice.get("id")) and is_id(notice.get("type")), "notice_invalid")
