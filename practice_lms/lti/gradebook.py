"""The gradebook as both flavours' services see it: whose column is whose, and what happens after a grade changes."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from practice_lms import progress
from practice_lms.state import Activity, Flavour, LineItem, Lms, Tool


def columns(lms: Lms, tool: Tool, course_id: int) -> list[LineItem]:
    """Return a tool's line items in a course, the oldest first."""
    found = [each for each in lms.line_items.values() if each.course_id == course_id and owns(lms, tool, each)]
    return sorted(found, key=lambda each: each.id)


def owns(lms: Lms, tool: Tool, item: LineItem) -> bool:
    """Return whether a line item is this tool's: made by it, or the column of a link to it."""
    activity = lms.activities.get(item.activity_id or 0)
    return item.tool_id == tool.id or (activity is not None and activity.tool_id == tool.id)


def link_id(lms: Lms, activity: Activity) -> str:
    """Return an activity's resource link id, given when it is first asked for."""
    if not activity.resource_link_id:
        activity.resource_link_id = str(lms.new_id() if lms.flavour is Flavour.MOODLE else uuid.uuid4())
    return activity.resource_link_id


def link_of(lms: Lms, item: LineItem) -> str:
    """Return the resource link id of a line item, or nothing for one that stands alone."""
    activity = lms.activities.get(item.activity_id or 0)
    if activity is not None and activity.tool_id is not None:
        return link_id(lms, activity)
    return item.resource_link_id


def linked_activity(lms: Lms, course_id: int, resource_link_id: str, tool: Tool) -> Activity | None:
    """Return the tool's activity behind a resource link id, or None."""
    links = (each for each in lms.activities_of(course_id) if each.tool_id == tool.id)
    return next((each for each in links if link_id(lms, each) == resource_link_id), None)


def linked_columns(lms: Lms, activity: Activity) -> list[LineItem]:
    """Return every line item of one resource link, the oldest first."""
    own = link_id(lms, activity)
    found = [
        each
        for each in lms.line_items.values()
        if each.activity_id == activity.id or (each.course_id == activity.course_id and each.resource_link_id == own)
    ]
    return sorted(found, key=lambda each: each.id)


def add_column(lms: Lms, item: LineItem) -> LineItem:
    """Put a line item into the gradebook."""
    lms.line_items[item.id] = item
    return item


def grade_changed(lms: Lms, item: LineItem, user_id: int) -> None:
    """Tell the LMS's own completion tracking about a grade that was written or erased."""
    progress.grade_changed(lms, item, user_id)


def remove_column(lms: Lms, item: LineItem) -> None:
    """Delete a line item with its grades; completion that hung on them goes too."""
    for grade in [each for each in lms.grades.values() if each.line_item_id == item.id]:
        grade.score = None
        grade_changed(lms, item, grade.user_id)
    lms.grades = {key: grade for key, grade in lms.grades.items() if grade.line_item_id != item.id}
    del lms.line_items[item.id]


def as_number(value: object) -> float:
    """Return a number that somebody sent, as lenient as Ruby's `to_f` and PHP: what is none counts as 0."""
    try:
        return float(str(value))
    except ValueError:
        return 0.0


def parsed_time(text: object) -> datetime | None:
    """Return an ISO 8601 time, a naive one read as the site's UTC, or None when it is no time."""
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
