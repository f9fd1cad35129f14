"""Where a registered tool may show, read from the messages of its registration."""

from __future__ import annotations

from typing import Any

from practice_lms.state import Course, Flavour, Lms, Tool

CANVAS = "https://canvas.instructure.com/lti/"
DEFAULT_ENABLED = f"{CANVAS}course_navigation/default_enabled"


def selects_content(tool: Tool) -> bool:
    """Tell whether a teacher can choose content in the tool (deep linking)."""
    return any(message.get("type") == "LtiDeepLinkingRequest" for message in tool.messages)


def placements(tool: Tool) -> list[str]:
    """Return the names of all placements of a tool, without Canvas's prefix."""
    named = [name.removeprefix(CANVAS) for message in tool.messages for name in message.get("placements", [])]
    return sorted(set(named))


def placed_in_navigation(tool: Tool) -> bool:
    """Tell whether a tool asks for a place in the navigation of courses (Canvas only)."""
    return "course_navigation" in placements(tool)


def placed_in_account(tool: Tool) -> bool:
    """Tell whether a tool asks for a place in the navigation of the account (Canvas only)."""
    return "account_navigation" in placements(tool)


def navigation_tools(lms: Lms, course: Course) -> list[Tool]:
    """Return the tools that a course's navigation shows now.

    The registration says whether it starts enabled (doc/api/registration.md); a teacher's choice comes before it.
    """
    if lms.flavour is not Flavour.CANVAS:
        return []
    placed = [tool for tool in lms.tools.values() if tool.active and placed_in_navigation(tool)]
    return [tool for tool in placed if course.navigation.get(tool.id, _starts_enabled(tool))]


def _starts_enabled(tool: Tool) -> bool:
    return all(_enabled_by(message) for message in tool.messages)


def _enabled_by(message: dict[str, Any]) -> bool:
    return bool(message.get(DEFAULT_ENABLED, True))
