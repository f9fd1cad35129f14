"""The deep linking response (Deep Linking 2.0, 4.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import jwt
from pylti1p3.deep_link import DeepLink
from pylti1p3.deep_link_resource import DeepLinkResource
from pylti1p3.lineitem import LineItem
from pylti1p3.registration import Registration as LtiRegistration

from lti_tool.launch import names
from lti_tool.launch.models import Registration
from lti_tool.launch.protocol.platforms import lti_registration
from lti_tool.lms.advantage import moment
from lti_tool.lms.platform import SigningKey

FRAMES: dict[str, dict[str, object]] = {
    "iframe": {"iframe": {"width": 800, "height": 800}},
    "window": {"window": {"targetName": "_blank"}},
}


@dataclass(frozen=True, slots=True)
class LinkTimes:
    """From when until when a link may be opened, and by when its work is due (Deep Linking 3.2)."""

    begins: datetime | None = None
    ends: datetime | None = None
    due: datetime | None = None

    def to_dict(self) -> dict[str, dict[str, str]]:
        available = {"startDateTime": self.begins, "endDateTime": self.ends}
        return {"available": _said(available), "submission": _said({"endDateTime": self.due})}


class Item(DeepLinkResource):
    """A content item that leaves out what it has not (LMSs stumble over nulls) and says how and when it opens."""

    def __init__(self, target: str, times: LinkTimes) -> None:
        self._frame, self._times = FRAMES.get(target, {}), times

    def to_dict(self) -> dict[str, object]:
        whole = {**super().to_dict(), **self._frame, **self._times.to_dict()}
        return {name: value for name, value in whole.items() if value not in (None, "", {})}


ALWAYS = LinkTimes()


class _Response(DeepLink):
    """A response that echoes `data` only where it was given, signed with a key object instead of its text."""

    def __init__(
        self, registration: LtiRegistration, deployment_id: str, settings: Mapping[str, Any], key: SigningKey
    ) -> None:
        super().__init__(registration, deployment_id, cast("Any", settings))
        self._key = key
        self.said: Mapping[str, str] = {}

    def get_message_jwt(self, resources: Sequence[DeepLinkResource]) -> dict[str, object]:
        message = super().get_message_jwt(resources)
        message["aud"] = self._registration.get_issuer()
        if "data" not in self._deep_link_settings:
            del message[names.DEEP_LINKING_DATA]
        return {**message, **self.said}

    def encode_jwt(self, message: dict[str, object]) -> str:
        return jwt.encode(message, self._key.private_key, algorithm="RS256", headers={"kid": self._key.kid})


def content_item(
    url: str,
    title: str,
    custom: Mapping[str, str],
    *,
    line_item: Mapping[str, Any] | None = None,
    target: str = "",
    times: LinkTimes = ALWAYS,
) -> Item:
    """Return one link to place; `line_item` has `label`, `resourceId` and `tag`, and counts for one point."""
    item = Item(target, times)
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
    said: Mapping[str, str],
) -> str:
    """Return the signed response; what is `said`, by claim, the LMS shows to whoever chose or writes into its log."""
    response = _Response(lti_registration(registration), deployment_id, settings, key)
    response.said = said
    return response.get_response_jwt(items)


def _said(times: Mapping[str, datetime | None]) -> dict[str, str]:
    return {name: moment(when) for name, when in times.items() if when is not None}
