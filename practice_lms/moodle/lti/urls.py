"""The addresses of Moodle's LTI services."""

from __future__ import annotations

from practice_lms.moodle.lti.errors import SERVICES
from practice_lms.state import LineItem, Lms, Tool


def line_items(lms: Lms, tool: Tool, course_id: int) -> str:
    """Return the address of a course's line items."""
    return f"{lms.url}{SERVICES}/{course_id}/lineitems?type_id={tool.id}"


def line_item(lms: Lms, tool: Tool, item: LineItem) -> str:
    """Return the address of one line item; its query is part of it."""
    return f"{lms.url}{SERVICES}/{item.course_id}/lineitems/{item.id}/lineitem?type_id={tool.id}"


def results(lms: Lms, tool: Tool, item: LineItem) -> str:
    """Return the address of one line item's results."""
    return f"{lms.url}{SERVICES}/{item.course_id}/lineitems/{item.id}/lineitem/results?type_id={tool.id}"


def memberships(lms: Lms, tool: Tool, course_id: int) -> str:
    """Return the address of a course's roster."""
    return f"{lms.url}{SERVICES}/CourseSection/{course_id}/bindings/{tool.id}/memberships"
