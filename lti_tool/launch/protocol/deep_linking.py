"""The deep linking response (Deep Linking 2.0, 4.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import jwt
from pylti1p3.deep_link import DeepLink
from pylti1p3.deep_link_resource import DeepLinkResource
from pylti1p3.lineitem import LineItem
from pylti1p3.registration import Registration as LtiRegistration

from lti_tool.launch import names
from lti_tool.launch.models import Registration
from lti_tool.launch.protocol.platforms import lti_registration
from lti_tool.lms.platform import SigningKey


class Item(DeepLinkResource):
    """A content item that leaves out what it has not: LMSs stumble over nulls."""

    def to_dict(self) -> dict[str, object]:
        return {name: value for name, value in super().to_dict().items() if value not in (None, "", {})}


class _Response(DeepLink):
    """A response that echoes `data` only where it was given, signed with a key object instead of its text."""

    def __init__(
        self, registration: LtiRegistration, deployment_id: str, settings: Mapping[str, Any], key: SigningKey
    ) -> None:
        super().__init__(registration, deployment_id, cast("Any", settings))
        self._key = key
        self.error = ""

    def get_message_jwt(self, resources: Sequence[DeepLinkResource]) -> dict[str, object]:
        message = super().get_message_jwt(resources)
        message["aud"] = self._registration.get_issuer()
        if "data" not in self._deep_link_settings:
            del message[names.DEEP_LINKING_DATA]
        if self.error:
            message[names.DEEP_LINKING_ERROR] = self.error
        return message

    def encode_jwt(self, message: dict[str, object]) -> str:
        return jwt.encode(message, self._key.private_key, algorithm="RS256", headers={"kid": self._key.kid})


def content_item(url: str, title: str, custom: Mapping[str, str], *, line_item: Mapping[str, Any] | None) -> Item:
    """Return one link to place; `line_item` has `label`, `resourceId` and `tag`, and counts for one point."""
    item = Item()
    item.set_url(url).set_title(title).set_custom_params(custom)
    if line_item is not None:
        item.set_lineitem(LineItem(cast("Any", {"scoreMaximum": 1, **line_item})))
    return item


def response_jwt(
    registration: Registration,
    deployment_id: str,
    settings: Mapping[str, Any],
    items: Sequence[Item],
    *,
    key: SigningKey,
    error: str = "",
) -> str:
    """Return the signed response; `error` is shown by the LMS to whoever chose."""
    response = _Response(lti_registration(registration), deployment_id, settings, key)
    response.error = error
    return response.get_response_jwt(items)
