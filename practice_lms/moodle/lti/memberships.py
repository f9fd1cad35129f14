"""Moodle's roster (mod/lti/service/memberships): short role words, active people only, all on one page unless asked."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from practice_lms.current import hold_lock, lms
from practice_lms.lti import gradebook
from practice_lms.lti.answers import json_answer
from practice_lms.lti.vocabulary import CLAIM, MEMBERSHIP, MediaType, Message, Scope
from practice_lms.moodle.lti import urls
from practice_lms.moodle.lti.access import authorised, known_course, require_accept
from practice_lms.moodle.lti.errors import SERVICES, refuse
from practice_lms.moodle.lti.roles import roster_roles
from practice_lms.moodle.lti.substitution import sends_email, sends_names
from practice_lms.state import Course, Tool, User

blueprint = hold_lock(Blueprint("moodle_memberships", __name__, url_prefix=SERVICES))


@blueprint.get("/CourseSection/<int:course_id>/bindings/<int:tool_id>/memberships")
def memberships(course_id: int, tool_id: int) -> Response:
    """Return who is in any course of the site, placed there or not; another tool's address is a 401."""
    require_accept(MediaType.MEMBERS)
    tool = authorised(Scope.MEMBERSHIP_READ)
    if tool.id != tool_id:
        refuse(401, "Unauthorized")
    course = known_course(course_id)
    _check_link(course, tool)
    found = [user for user in _active(course) if _wanted(course, user)]
    first, limit = request.args.get("from", 0, int), request.args.get("limit", 0, int)
    shown = found[first : first + limit] if limit else found
    body = {
        "id": urls.memberships(lms(), tool, course.id),
        "context": {"id": str(course.id), "label": course.label, "title": course.title},
        "members": [_member(course, tool, user) for user in shown],
    }
    more = limit and first + limit < len(found)
    return json_answer(body, media_type=MediaType.MEMBERS, headers=_next(tool, course, first, limit) if more else {})


def _next(tool: Tool, course: Course, first: int, limit: int) -> dict[str, str]:
    # The role filter is not carried over to the next page.
    query = urlencode({"limit": limit, "from": first + limit})
    return {"Link": f'<{urls.memberships(lms(), tool, course.id)}?{query}>; rel="next"'}


def _check_link(course: Course, tool: Tool) -> None:
    link = request.args.get("rlid")
    if link and gradebook.linked_activity(lms(), course.id, link, tool) is None:
        refuse(404, f"Not Found: LTI link {link} doesn't exist")


def _active(course: Course) -> list[User]:
    return [lms().users[number] for number in course.enrolments if number not in course.suspended]


def _wanted(course: Course, user: User) -> bool:
    asked = request.args.get("role")
    return asked is None or asked.removeprefix(MEMBERSHIP) in roster_roles(course, user)


def _member(course: Course, tool: Tool, user: User) -> dict[str, Any]:
    said: dict[str, Any] = {"status": "Active", "roles": roster_roles(course, user)}
    if request.args.get("rlid"):
        said["message"] = [{f"{CLAIM}message_type": Message.RESOURCE_LINK}]
    said |= {"user_id": str(user.id), "lis_person_sourcedid": user.sis_id}
    if sends_names(tool):
        said |= {"name": user.name, "given_name": user.given_name, "family_name": user.family_name}
    if sends_email(tool):
        said["email"] = user.email
    return said | ({"ext_user_username": user.login} if sends_names(tool) else {})
