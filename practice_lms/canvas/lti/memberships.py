"""Canvas's rosters (names_and_roles_controller.rb, memberships_provider.rb, names_and_roles_serializer.rb)."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from practice_lms.canvas.lti.access import authorised, known_course
from practice_lms.canvas.lti.errors import bad_request, missing
from practice_lms.canvas.lti.messages import login_hint
from practice_lms.canvas.lti.roles import context_roles
from practice_lms.canvas.lti.substitution import Scene, expanded_for_member, subject
from practice_lms.current import hold_lock, lms
from practice_lms.lti import gradebook
from practice_lms.lti.answers import json_answer
from practice_lms.lti.vocabulary import CLAIM, MEMBERSHIP, MediaType, Message, Scope
from practice_lms.state import Activity, Course, Enrolment, Tool, User

blueprint = hold_lock(Blueprint("canvas_memberships", __name__, url_prefix="/api/lti"))
MOST = 50


@blueprint.get("/courses/<int:course_id>/names_and_roles")
def course_memberships(course_id: int) -> Response:
    """Return who is active in a course; a page may be short although there is a next one."""
    tool = authorised(Scope.MEMBERSHIP_READ)
    course = known_course(course_id)
    link = _linked(course, tool)
    people = [lms().users[number] for number in course.enrolments if _wanted(course, lms().users[number], link)]
    shown, headers = _page(people)
    body = {
        "id": f"{lms().url}{request.full_path.rstrip('?')}",
        "context": {"id": course.context_id, "label": course.label, "title": course.title},
        "members": [_member(course, tool, each) for each in shown if each.id not in course.suspended],
    }
    return json_answer(body, media_type=MediaType.MEMBERS, headers=headers)


@blueprint.get("/groups/<int:group_id>/names_and_roles")
def group_memberships(group_id: int) -> Response:
    """Return who is in a group (group_memberships_provider.rb); its context has no label."""
    tool = authorised(Scope.MEMBERSHIP_READ)
    group = lms().groups.get(group_id)
    if group is None or group.deleted:
        missing()
    course = lms().courses[group.course_id]
    shown, headers = _page([lms().users[number] for number in group.member_ids])
    body = {
        "id": f"{lms().url}{request.full_path.rstrip('?')}",
        "context": {"id": lms().opaque_id("group", group.id), "title": group.name},
        "members": [_person(course, tool, each) | {"roles": [f"{MEMBERSHIP}Member"]} for each in shown],
    }
    return json_answer(body, media_type=MediaType.MEMBERS, headers=headers)


def _linked(course: Course, tool: Tool) -> Activity | None:
    asked = request.args.get("rlid")
    if asked is None or asked == course.context_id:
        return None
    if not asked:
        bad_request("Invalid 'rlid' parameter")
    activity = gradebook.linked_activity(lms(), course.id, asked, tool)
    if activity is None:
        bad_request("Tool does not have access to rlid or rlid does not exist")
    return activity


def _wanted(course: Course, user: User, link: Activity | None) -> bool:
    # An assignment that is not published is assigned to no student.
    if link is not None and not link.published and course.enrolments[user.id] is Enrolment.STUDENT:
        return False
    asked = request.args.get("role")
    return asked is None or asked in context_roles(course, user)


def _page(people: list[User]) -> tuple[list[User], dict[str, str]]:
    # People are paged first and those without an active enrolment dropped afterwards.
    size = min(request.args.get("limit", 0, int) or request.args.get("per_page", 0, int) or MOST, MOST)
    after = _after()
    waiting = sorted((each for each in people if each.id > after), key=lambda each: each.id)
    shown, more = waiting[:size], len(waiting) > size
    return shown, _links(shown[-1], size) if more else {}


def _after() -> int:
    token = request.args.get("page", "")
    if token in ("", "first", "1"):
        return 0
    try:
        padded = token.removeprefix("bookmark:") + "==="
        return int(json.loads(base64.urlsafe_b64decode(padded.encode()))[1])
    except (ValueError, TypeError, IndexError, KeyError):
        missing()


def _links(last: User, size: int) -> dict[str, str]:
    # The token is base64 and tells upper from lower case: a client that lower-cases it is lost.
    bookmark = base64.urlsafe_b64encode(json.dumps([last.name, last.id]).encode()).decode().rstrip("=")
    kept = [
        (name, value) for name, value in request.args.items(multi=True) if name not in ("page", "limit", "per_page")
    ]
    query = urlencode([*kept, ("page", f"bookmark:{bookmark}"), ("per_page", size)], safe=":")
    return {"Link": f'<{lms().url}{request.path}?{query}>; rel="next"'}


def _member(course: Course, tool: Tool, user: User) -> dict[str, Any]:
    said = _person(course, tool, user) | {"roles": context_roles(course, user)}
    if "rlid" in request.args:
        said["message"] = [_message(course, tool, user)]
    return said


def _person(course: Course, tool: Tool, user: User) -> dict[str, Any]:
    level = tool.privacy_level
    said: dict[str, Any] = {"status": "Active"}
    if level in ("public", "name_only"):
        said |= {"name": user.name, "given_name": user.given_name, "family_name": user.family_name}
        said["lis_person_sourcedid"] = user.sis_id
    if level in ("public", "email_only"):
        said["email"] = user.email
    if level == "public":
        said["picture"] = f"{lms().url}/images/messages/avatar-50.png"
    return said | {"user_id": subject(user, course), "lti11_legacy_user_id": login_hint(lms(), user.id)}


def _message(course: Course, tool: Tool, user: User) -> dict[str, Any]:
    scene = Scene(lms(), user, course)
    return {
        f"{CLAIM}message_type": Message.RESOURCE_LINK,
        "locale": "en",
        f"{CLAIM}custom": {key: expanded_for_member(scene, str(text)) for key, text in tool.custom.items()},
        "https://www.instructure.com/canvas_user_id": user.id,
        "https://www.instructure.com/canvas_user_login_id": user.login,
    }
