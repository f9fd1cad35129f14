"""Custom values as Moodle sends them (mod/lti/locallib.php lti_get_capabilities, lti_parse_custom_parameter).

A known variable is replaced, an unknown one passed through literally. A key with capitals, dots or hyphens appears
twice. What belongs to the tool as a whole overrides what one activity says.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from practice_lms.lti import gradebook
from practice_lms.lti.vocabulary import Scope
from practice_lms.moodle.lti import urls
from practice_lms.moodle.lti.roles import launch_word
from practice_lms.state import Activity, Course, Lms, Tool, User


@dataclass(frozen=True, slots=True)
class Scene:
    """Who launches what from where."""

    lms: Lms
    tool: Tool
    course: Course
    user: User
    activity: Activity | None


Value = Callable[[Scene], str | None]


def sends_names(tool: Tool) -> bool:
    """Return whether the tool asked for names when it registered."""
    return bool({"name", "given_name", "family_name"} & set(tool.claims))


def sends_email(tool: Tool) -> bool:
    """Return whether the tool asked for the e-mail address when it registered."""
    return "email" in tool.claims


def line_item_url(scene: Scene) -> str | None:
    """Return the launch's line item: absent with no column or several, empty once the own column was deleted."""
    if scene.activity is None:
        return None
    if scene.activity.column_deleted:
        return ""
    found = gradebook.linked_columns(scene.lms, scene.activity)
    return urls.line_item(scene.lms, scene.tool, found[0]) if len(found) == 1 else None


def _group_ids(scene: Scene) -> str:
    mine = (
        group.id
        for group in scene.lms.groups.values()
        if group.course_id == scene.course.id and scene.user.id in group.member_ids and not group.deleted
    )
    return ",".join(str(number) for number in sorted(mine))


def _named(value: Value) -> Value:
    return lambda scene: value(scene) if sends_names(scene.tool) else None


def _begins(scene: Scene) -> str:
    return scene.course.starts_at.isoformat() if scene.course.starts_at else ""


def _ends(scene: Scene) -> str:
    return scene.course.ends_at.isoformat() if scene.course.ends_at else ""


def _begins_epoch(scene: Scene) -> str:
    return str(int(scene.course.starts_at.timestamp())) if scene.course.starts_at else "0"


def _link(value: Callable[[Lms, Activity], str]) -> Value:
    return lambda scene: value(scene.lms, scene.activity) if scene.activity else ""


VARIABLES: dict[str, Value] = {
    "basic-lti-launch-request": lambda _: None,
    "ContentItemSelectionRequest": lambda _: None,
    "ToolProxyRegistrationRequest": lambda _: None,
    "Context.id": lambda scene: str(scene.course.id),
    "Context.title": lambda scene: scene.course.title,
    "Context.label": lambda scene: scene.course.label,
    "Context.id.history": lambda scene: ",".join(scene.course.copied_from),
    "Context.sourcedId": lambda scene: scene.course.sis_id,
    "Context.longDescription": lambda scene: scene.course.title,
    "Context.timeFrame.begin": _begins_epoch,
    "CourseSection.title": lambda scene: scene.course.title,
    "CourseSection.label": lambda scene: scene.course.label,
    "CourseSection.sourcedId": lambda scene: scene.course.sis_id,
    "CourseSection.longDescription": lambda scene: scene.course.title,
    "CourseSection.timeFrame.begin": _begins,
    "CourseSection.timeFrame.end": _ends,
    "ResourceLink.id": _link(gradebook.link_id),
    "ResourceLink.title": _link(lambda _, activity: activity.title),
    "ResourceLink.description": _link(lambda _, activity: activity.body),
    "User.id": lambda scene: str(scene.user.id),
    "User.username": lambda scene: scene.user.login,
    "Person.name.full": _named(lambda scene: scene.user.name),
    "Person.name.given": _named(lambda scene: scene.user.given_name),
    "Person.name.family": _named(lambda scene: scene.user.family_name),
    "Person.name.middle": _named(lambda _: ""),
    "Person.email.primary": lambda scene: scene.user.email if sends_email(scene.tool) else None,
    "Person.sourcedId": lambda scene: scene.user.sis_id,
    "Person.address.timezone": _named(lambda _: "99"),
    "Membership.role": lambda scene: launch_word(scene.course, scene.user),
    "Moodle.Person.userGroupIds": _group_ids,
    "LineItems.url": lambda scene: urls.line_items(scene.lms, scene.tool, scene.course.id),
    "LineItem.url": line_item_url,
    "ToolProxyBinding.memberships.url": lambda scene: urls.memberships(scene.lms, scene.tool, scene.course.id),
}


def names_roster(scene: Scene) -> bool:
    """Return whether a launch tells where the roster is: once the tool is in the course (service_base.php)."""
    is_used = any(each.tool_id == scene.tool.id for each in scene.lms.activities_of(scene.course.id))
    return is_used and Scope.MEMBERSHIP_READ in scene.tool.scopes


def custom(scene: Scene) -> dict[str, str | None]:
    """Return the claim `custom` of a launch."""
    given = (scene.activity.custom if scene.activity else {}) | scene.tool.custom
    found: dict[str, str | None] = {}
    for key, text in given.items():
        value = _expanded(scene, text)
        found[re.sub(r"[^a-z0-9]", "_", key.lower())] = value
        found[key] = value
    if names_roster(scene):  # a service adds values of its own, asked for or not
        found["context_memberships_url"] = urls.memberships(scene.lms, scene.tool, scene.course.id)
    return found


def _expanded(scene: Scene, text: str) -> str | None:
    variable = VARIABLES.get(text.removeprefix("$")) if text.startswith("$") else None
    return variable(scene) if variable else text
