"""What can be placed in a course by deep linking."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import LazyString, lazy_gettext

from lti_tool.launch.models import LinkKind

LINK_TYPE = "ltiResourceLink"
TARGETS = ("iframe", "window")


@dataclass(frozen=True, slots=True)
class LinkChoice:
    """One kind of link as the designer chooses it."""

    kind: LinkKind
    title: LazyString
    opens: LazyString
    has_line_item: bool = False


CHOICES = (
    LinkChoice(
        LinkKind.COURSE_GOALS,
        lazy_gettext("This course's goals"),
        lazy_gettext("Opens the goals that this course counts toward. Its gradebook column receives completions."),
        has_line_item=True,
    ),
    LinkChoice(
        LinkKind.PLAN, lazy_gettext("My growth plan"), lazy_gettext("Opens the growth plan of whoever follows it.")
    ),
    LinkChoice(
        LinkKind.CHECKPOINT,
        lazy_gettext("Checkpoint"),
        lazy_gettext(
            "Opens each educator's next step, at a moment of the course that you choose. Placed last, it can finish it."
        ),
    ),
    LinkChoice(LinkKind.TEAM, lazy_gettext("Team space"), lazy_gettext("Opens the room of the educator's team.")),
    LinkChoice(
        LinkKind.TEAM_CYCLE,
        lazy_gettext("What our team has kept"),
        lazy_gettext(
            "Opens the room of the educator's team. Once a team has kept a cycle, all its members get an entry in its "
            "gradebook column at once; before that nobody has one."
        ),
        has_line_item=True,
    ),
)


@dataclass(frozen=True, slots=True)
class LinkSettings:
    """What the LMS accepts back (Deep Linking 4.4.1)."""

    return_url: str
    accepts_links: bool
    accepts_several: bool
    accepts_line_items: bool
    targets: tuple[str, ...] = ()
    """Of "iframe" and "window" those that the LMS can open a link in."""

    @property
    def takes_dates(self) -> bool:
        """Dates go with what has a line item: elsewhere no LMS has a place for them."""
        return self.accepts_links and self.accepts_line_items


def read_settings(settings: Mapping[str, Any]) -> LinkSettings:
    """Return the settings; a flag that is not there means what its text says: several no, line items yes."""
    return LinkSettings(
        settings["deep_link_return_url"],
        LINK_TYPE in settings["accept_types"],
        _flag(settings, "accept_multiple", missing=False),
        _flag(settings, "accept_lineitem", missing=True),
        tuple(target for target in TARGETS if target in _listed(settings, "accept_presentation_document_targets")),
    )


def _listed(settings: Mapping[str, Any], name: str) -> list[Any]:
    value = settings.get(name)
    return value if isinstance(value, list) else []


def _flag(settings: Mapping[str, Any], name: str, *, missing: bool) -> bool:
    """Return a flag that some LMSs send as text."""
    value = settings.get(name)
    return missing if value is None else str(value).lower() == "true"
