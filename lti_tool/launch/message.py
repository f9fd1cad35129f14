"""A launch message after its checks: typed, with what is missing made empty.

LMSs send nulls, literal `$Variables` that they could not expand, and keys in two spellings; none of that goes
further than this file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from lti_tool.launch import names
from lti_tool.launch.addresses import origin_of
from lti_tool.launch.models import LinkKind
from lti_tool.lms.platform import Scope

LONGEST_HISTORY = 20
"""How far back the courses are remembered of which a course is a copy."""
HISTORY_REMARKS = frozenset({"truncated", "timed out"})
"""What Canvas writes among the ids (doc/api/tools_variable_substitutions.md)."""


@dataclass(frozen=True, slots=True)
class Context:
    """The course, as the launch describes it."""

    id: str
    label: str = ""
    title: str = ""
    is_course: bool = True
    """False for Canvas's account, which is no course."""


@dataclass(frozen=True, slots=True)
class Link:
    """The placed link that was opened."""

    id: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class LaunchMessage:
    """What one launch says."""

    type: names.MessageType
    deployment_id: str
    sub: str
    roles: tuple[str, ...]
    name: str = ""
    email: str = ""
    context: Context | None = None
    link: Link | None = None
    custom: dict[str, str] = field(default_factory=dict)
    line_items_url: str = ""
    line_item_url: str = ""
    memberships_url: str = ""
    scopes: tuple[str, ...] = ()
    notices_url: str = ""
    notice_types: tuple[str, ...] = ()
    return_url: str = ""
    locale: str = ""
    deep_linking: dict[str, Any] | None = None

    @property
    def kind(self) -> LinkKind:
        """What the link opens; one that was placed by hand opens the plan."""
        value = self.custom.get("kind", "")
        return LinkKind(value) if value in set(LinkKind) else LinkKind.PLAN

    @property
    def history(self) -> list[str]:
        """The contexts that this one is a copy of, the newest first (`$Context.id.history`)."""
        found = [each.strip() for each in self.custom.get("context_history", "").split(",")]
        return [each for each in found if each and each not in HISTORY_REMARKS and len(each) <= 255][:LONGEST_HISTORY]

    @property
    def course_ends_at(self) -> datetime | None:
        """When the course ends (`$Canvas.course.endAt`); what is no date says nothing."""
        return _moment(self.custom.get("canvas_course_end_at", ""))

    @property
    def is_navigation(self) -> bool:
        """Whether no link was placed: Canvas's menus send the context's opaque id in its stead.

        Equal numbers are chance: Moodle counts its links and its courses apart.
        """
        if self.link is None or self.link.id.isdigit():
            return self.link is None
        return self.context is not None and self.link.id == self.context.id


def read_message(claims: Mapping[str, Any]) -> LaunchMessage:
    """Return the message of claims that passed the checks of `protocol/checks.py`."""
    ags, nrps, pns = (_part(claims, name) for name in (names.AGS, names.NRPS, names.NOTICE_SERVICE))
    shown = _part(claims, names.LAUNCH_PRESENTATION)
    return_url = _text(shown, "return_url")
    is_deep_linking = claims[names.MESSAGE_TYPE] == names.MessageType.DEEP_LINKING
    return LaunchMessage(
        type=names.MessageType(claims[names.MESSAGE_TYPE]),
        deployment_id=claims[names.DEPLOYMENT_ID],
        sub=claims["sub"],
        roles=tuple(claims[names.ROLES]),
        name=_name(claims),
        email=_text(claims, "email", 254),
        context=_context(_part(claims, names.CONTEXT)),
        link=_link(_part(claims, names.RESOURCE_LINK)),
        custom=read_custom(_part(claims, names.CUSTOM)),
        line_items_url=_address(ags, "lineitems"),
        line_item_url=_address(ags, "lineitem"),
        memberships_url=_address(nrps, "context_memberships_url"),
        scopes=_scopes(ags, nrps),
        notices_url=_address(pns, "platform_notification_service_url"),
        notice_types=tuple(each for each in _list(pns, "notice_types_supported") if isinstance(each, str)),
        return_url=return_url if origin_of(return_url) else "",
        locale=_text(shown, "locale", 35) or _text(claims, "locale", 35),
        deep_linking=_part(claims, names.DEEP_LINKING_SETTINGS) if is_deep_linking else None,
    )


def read_custom(given: Mapping[str, Any]) -> dict[str, str]:
    """Return the custom parameters by lower-case key; a value that is still a `$variable` counts as missing.

    Canvas sends numbers and truth values as such, not as text (lib/lti/variable_expander.rb).
    """
    found = {key.lower(): _custom_text(value) for key, value in given.items()}
    return {key: text for key, text in found.items() if text and not text.startswith("$")}


def _custom_text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, str | int) else ""


def _moment(text: str) -> datetime | None:
    """Read what Canvas documents, `2018-05-01 00:00:00 -0700`, and what its JSON has, `2018-05-01T07:00:00Z`."""
    written = text.replace(" ", "T", 1).replace(" ", "").replace("UTC", "Z")
    try:
        found = datetime.fromisoformat(written)
        return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):  # no date, or one at the end of all days
        return None


def _part(claims: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = claims.get(name)
    return value if isinstance(value, dict) else {}


def _list(part: Mapping[str, Any], name: str) -> list[Any]:
    value = part.get(name)
    return value if isinstance(value, list) else []


def _scopes(ags: Mapping[str, Any], nrps: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what the course's services may be asked for: grades say it, a roster is only named where it is granted."""
    found = {each for each in _list(ags, "scope") if isinstance(each, str)}
    if _address(nrps, "context_memberships_url"):
        found.add(Scope.MEMBERSHIP_READ.value)
    return tuple(sorted(found))


def _text(part: Mapping[str, Any], name: str, longest: int = 1000) -> str:
    value = part.get(name)
    return value.strip()[:longest] if isinstance(value, str) and not value.startswith("$") else ""


def _address(part: Mapping[str, Any], name: str) -> str:
    value = _text(part, name)
    return value if origin_of(value) else ""


def _name(claims: Mapping[str, Any]) -> str:
    parts = (_text(claims, "given_name", 100), _text(claims, "family_name", 99))
    return _text(claims, "name", 200) or " ".join(filter(None, parts))


def _context(part: Mapping[str, Any]) -> Context | None:
    if not part:
        return None
    is_course = "Account" not in _list(part, "type")
    return Context(part["id"], _text(part, "label", 255), _text(part, "title", 255), is_course)


def _link(part: Mapping[str, Any]) -> Link | None:
    return Link(part["id"], _text(part, "title", 255)) if isinstance(part.get("id"), str) and part["id"] else None
