"""The addresses of Canvas's LTI services."""

from __future__ import annotations

from practice_lms.state import LineItem, Lms, Tool


def token(lms: Lms) -> str:
    """Return the token endpoint of this host, which is also the audience of assertions and access tokens."""
    return f"{lms.url}/login/oauth2/token"


def line_items(lms: Lms, course_id: int) -> str:
    """Return the address of a course's line items."""
    return f"{lms.url}/api/lti/courses/{course_id}/line_items"


def line_item(lms: Lms, item: LineItem) -> str:
    """Return the address of one line item."""
    return f"{line_items(lms, item.course_id)}/{item.id}"


def memberships(lms: Lms, course_id: int) -> str:
    """Return the address of a course's roster."""
    return f"{lms.url}/api/lti/courses/{course_id}/names_and_roles"


def group_memberships(lms: Lms, group_id: int) -> str:
    """Return the address of a group's roster."""
    return f"{lms.url}/api/lti/groups/{group_id}/names_and_roles"


def notice_handlers(lms: Lms, tool: Tool) -> str:
    """Return the address where a tool says where notices go."""
    return f"{lms.url}/api/lti/notice-handlers/{tool.id}"
