"""Which launch a click starts: the activity, course or account it comes from and the address it asks for."""

from __future__ import annotations

from typing import Any

from practice_lms.lti.records import Launch
from practice_lms.lti.vocabulary import CANVAS, Message
from practice_lms.state import Activity, Course, Group, Lms, Tool, User


def of_activity(lms: Lms, activity: Activity, user: User) -> Launch:
    """Return the launch of a link in a course."""
    tool = lms.tools[activity.tool_id or 0]
    return Launch(
        tool.id,
        user.id,
        activity.url or tool.target_link_uri,
        activity.course_id,
        activity.id,
        new_window=activity.new_window,
    )


def of_placement(tool: Tool, user: User, placement: str, course: Course | None = None) -> Launch | None:
    """Return the launch of a Canvas placement such as `course_navigation`, or None when the tool has no such place."""
    message = placed(tool, Message.RESOURCE_LINK, placement)
    if message is None:
        return None
    target = message.get("target_link_uri") or tool.target_link_uri
    return Launch(tool.id, user.id, target, course.id if course else None, placement=placement)


def of_group(tool: Tool, user: User, group: Group) -> Launch:
    """Return the launch of a tool from a group of a Canvas course."""
    return Launch(tool.id, user.id, tool.target_link_uri, group_id=group.id)


def of_selection(tool: Tool, user: User, course: Course, placement: str, session_key: str) -> Launch:
    """Return the launch in which a teacher chooses content of the tool."""
    message = placed(tool, Message.DEEP_LINKING, placement) or {}
    target = message.get("target_link_uri") or tool.deep_linking_uri or tool.target_link_uri
    return Launch(
        tool.id,
        user.id,
        target,
        course.id,
        message=Message.DEEP_LINKING,
        placement=placement,
        session_key=session_key,
    )


def placed(tool: Tool, kind: Message, placement: str) -> dict[str, Any] | None:
    """Return the tool's message of a kind for a placement, or None."""
    for message in tool.messages:
        if message.get("type") == kind and placement in placements_of(message):
            return message
    return None


def placements_of(message: dict[str, Any]) -> list[str]:
    """Return the placements of a message under Canvas's short names."""
    return [str(name).removeprefix(CANVAS) for name in message.get("placements", [])]
