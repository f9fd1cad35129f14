"""Custom values as Canvas sends them (lib/lti/variable_expander.rb).

What cannot be expanded is sent literally. A value that is one variable keeps its type: ids are numbers,
`$Canvas.user.isRootAccountAdmin` is true or false.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from practice_lms.canvas.lti.roles import context_roles
from practice_lms.lti import gradebook
from practice_lms.state import Activity, Course, Group, Lms, User

SHARD = 10**13
ACCOUNT = 1


@dataclass(frozen=True, slots=True)
class Scene:
    """Who is at what: in a course, a group or, with neither, the account; at an assignment or link, or at none."""

    lms: Lms
    user: User
    course: Course | None = None
    activity: Activity | None = None
    group: Group | None = None


Value = str | int | bool | None
Expansion = Callable[[Scene], Value]


def global_id(local: int) -> int:
    """Return the id of a record across all shards."""
    return SHARD + local


def subject(user: User, course: Course | None) -> str:
    """Return the `sub`; a course where somebody was before a merge of accounts keeps the old one."""
    return user.past_lti_ids.get(course.id, user.lti_id) if course else user.lti_id


def context_id(scene: Scene) -> str:
    """Return the LTI id of the course, the group or the account."""
    if scene.group:
        return scene.lms.opaque_id("group", scene.group.id)
    return scene.course.context_id if scene.course else scene.lms.opaque_id("account", ACCOUNT)


def _group_ids(scene: Scene, course: Course) -> str:
    found = (
        group
        for group in scene.lms.groups.values()
        if group.course_id == course.id and scene.user.id in group.member_ids and not group.deleted
    )
    return ",".join(str(group.id) for group in found)


def _section_ids(scene: Scene, course: Course) -> str:
    mine = (each.id for each in scene.lms.sections.values() if each.course_id == course.id)
    return ", ".join(str(number) for number in mine)


OF_PERSON: dict[str, Expansion] = {
    "Person.name.full": lambda scene: scene.user.name,
    "Person.name.display": lambda scene: scene.user.name,
    "Person.name.family": lambda scene: scene.user.family_name,
    "Person.name.given": lambda scene: scene.user.given_name,
    "User.image": lambda scene: f"{scene.lms.url}/images/messages/avatar-50.png",
    "User.id": lambda scene: scene.user.id,
    "Canvas.user.id": lambda scene: scene.user.id,
    "vnd.instructure.User.uuid": lambda scene: scene.lms.opaque_id("user_uuid", scene.user.id),
    "Canvas.user.globalId": lambda scene: global_id(scene.user.id),
    "Canvas.user.sisSourceId": lambda scene: scene.user.sis_id or None,
    "Person.sourcedId": lambda scene: scene.user.sis_id or None,
    "Message.locale": lambda _: "en",
    "vnd.Canvas.Person.email.sis": lambda scene: scene.user.email,
    "Person.email.primary": lambda scene: scene.user.email,
    "Person.address.timezone": lambda _: "Europe/London",
    "User.username": lambda scene: scene.user.login,
    "Canvas.user.loginId": lambda scene: scene.user.login,
}
"""All that the roster can expand for each member (lti/names_and_roles); a launch can do more."""

OF_ACCOUNT: dict[str, Expansion] = {
    "Context.id": context_id,
    "Canvas.user.isRootAccountAdmin": lambda scene: scene.user.administrator,
    "Canvas.user.adminableAccounts": lambda scene: str(ACCOUNT) if scene.user.administrator else "",
    "Canvas.account.id": lambda _: ACCOUNT,
    "Canvas.rootAccount.id": lambda _: ACCOUNT,
    "Canvas.root_account.global_id": lambda _: global_id(ACCOUNT),
    "vnd.Canvas.root_account.uuid": lambda scene: scene.lms.opaque_id("account_uuid", ACCOUNT),
    "Canvas.api.domain": lambda scene: scene.lms.url.partition("://")[2],
    "Canvas.api.baseUrl": lambda scene: scene.lms.url,
}

OF_COURSE: dict[str, Callable[[Scene, Course], Value]] = {
    "Context.title": lambda _, course: course.title,
    "Context.sourcedId": lambda _, course: course.sis_id or None,
    "Context.id.history": lambda _, course: ",".join(course.copied_from),
    "Canvas.course.previousContextIds": lambda _, course: ",".join(course.copied_from),
    "Canvas.course.previousContextIds.recursive": lambda _, course: ",".join(course.copied_from),
    "CourseSection.sourcedId": lambda _, course: course.sis_id or None,
    "Canvas.course.id": lambda _, course: course.id,
    "Canvas.course.name": lambda _, course: course.title,
    "Canvas.course.sisSourceId": lambda _, course: course.sis_id or None,
    "Canvas.course.workflowState": lambda _, course: "completed" if course.concluded else "available",
    "Canvas.course.endAt": lambda _, course: course.ends_at.isoformat() if course.ends_at else None,
    "Canvas.course.sectionIds": _section_ids,
    "Canvas.enrollment.enrollmentState": lambda scene, course: (
        "inactive" if scene.user.id in course.suspended else "active"
    ),
    "Canvas.membership.roles": lambda scene, course: ",".join(context_roles(course, scene.user)),
    "com.instructure.Course.groupIds": _group_ids,
}

OF_ACTIVITY: dict[str, Callable[[Scene, Activity], Value]] = {
    "ResourceLink.id": lambda scene, activity: gradebook.link_id(scene.lms, activity),
    "ResourceLink.title": lambda _, activity: activity.title,
    "Canvas.assignment.id": lambda _, activity: activity.id,
    "Canvas.assignment.title": lambda _, activity: activity.title,
}


def expanded(scene: Scene, text: str) -> Value:
    """Return what a launch sends for a custom value; a variable that yields nothing stays as it is."""
    value = _expansion(scene, text.removeprefix("$")) if text.startswith("$") else None
    return text if value is None else value


def expanded_for_member(scene: Scene, text: str) -> Value:
    """Return what the roster sends for a custom value."""
    expansion = OF_PERSON.get(text.removeprefix("$")) if text.startswith("$") else None
    value = expansion(scene) if expansion else None
    return text if value is None else value


def _expansion(scene: Scene, name: str) -> Value:
    if plain := (OF_PERSON | OF_ACCOUNT).get(name):
        return plain(scene)
    if scene.course and (of_course := OF_COURSE.get(name)):
        return of_course(scene, scene.course)
    if scene.activity and (of_activity := OF_ACTIVITY.get(name)):
        return of_activity(scene, scene.activity)
    return None
