"""Canvas REST: who is in a group (group_memberships_controller.rb, group_membership.rb)."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from practice_lms.canvas.rest_access import (
    STAFF,
    caller,
    endpoint,
    find_user,
    forbidden,
    invalid,
    not_found,
    parameters,
    require,
)
from practice_lms.canvas.rest_groups import find_group, join, manage, present_members
from practice_lms.canvas.rest_paging import page_of
from practice_lms.canvas.rest_users import user_record
from practice_lms.current import lms
from practice_lms.state import Group

ID_STEP = 1_000_000
"""A membership's id is made of its group's and its person's: the practice LMS keeps no record of its own for it."""


@endpoint("GET", "/api/v1/groups/:group_id/users")
def list_group_users(group_id: str) -> tuple[Response, int, dict[str, str]]:
    """List who is in a group, for its members and for staff."""
    group = _readable(find_group(group_id))
    return page_of([user_record(lms().users[each]) for each in present_members(group)])


def _readable(group: Group) -> Group:
    if caller().id not in group.member_ids:
        require(lms().courses[group.course_id], STAFF)
    return group


@endpoint("GET", "/api/v1/groups/:group_id/memberships")
def list_memberships(group_id: str) -> tuple[Response, int, dict[str, str]]:
    """List the memberships of a group, for its members and for staff."""
    group = _readable(find_group(group_id))
    return page_of([_record(group, each) for each in present_members(group)])


@endpoint("POST", "/api/v1/groups/:group_id/memberships")
def create_membership(group_id: str) -> Response:
    """Put somebody in; who is in already stays as is, who is not in the course is refused, a full group is 400."""
    group = manage(find_group(group_id))
    user_id = find_user(parameters().get("user_id", "")).id
    is_new = user_id not in group.member_ids
    if user_id not in lms().courses[group.course_id].enrolments:
        raise forbidden()
    if is_new and group.max_membership is not None and len(present_members(group)) >= group.max_membership:
        raise invalid("group_id", "The group is full.", "The group is full.")
    join(group, user_id)
    return jsonify(_record(group, user_id) | {"just_created": is_new})


@endpoint("DELETE", "/api/v1/groups/:group_id/memberships/:membership_id")
def delete_membership(group_id: str, membership_id: str) -> Response:
    """Take somebody out by the id of a membership, or oneself by the word `self`."""
    group = find_group(group_id)
    number = int(membership_id) if membership_id.isdigit() else 0
    return _leave(group, caller().id if membership_id == "self" else number - group.id * ID_STEP)


@endpoint("DELETE", "/api/v1/groups/:group_id/users/:user_id")
def delete_member(group_id: str, user_id: str) -> Response:
    """Take somebody out by the id of the person."""
    return _leave(find_group(group_id), find_user(user_id).id)


def _leave(group: Group, user_id: int) -> Response:
    if user_id not in group.member_ids:
        raise not_found()
    manage(group)
    group.member_ids.remove(user_id)
    return jsonify(ok=True)


def _record(group: Group, user_id: int) -> dict[str, Any]:
    return {
        "id": group.id * ID_STEP + user_id,
        "group_id": group.id,
        "user_id": user_id,
        "workflow_state": "accepted",
        "moderator": False,
    }
