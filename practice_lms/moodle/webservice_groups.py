"""core_group_* for groups and their members (group/externallib.php; seen on 4.5.6): a batch is all or nothing."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from practice_lms.moodle.webservice_access import (
    Call,
    course_in_context,
    existing_user,
    function,
    is_active,
    require_teacher,
)
from practice_lms.moodle.webservice_errors import (
    WebServiceError,
    invalid_parameter,
    moodle_error,
    no_record,
    write_failed,
)
from practice_lms.moodle.webservice_params import Optional
from practice_lms.state import Course, Group, Lms

NAME_LENGTH, IDNUMBER_LENGTH = 254, 100
MANAGE = "Manage groups"
MEMBER = {"groupid": int, "userid": int}


@contextmanager
def all_or_nothing(lms: Lms) -> Iterator[None]:
    """Put groups and groupings back as they were when one item of a batch is refused."""
    before = copy.deepcopy((lms.groups, lms.group_sets))
    try:
        yield
    except WebServiceError:
        lms.groups, lms.group_sets = before
        raise


def groups_of(lms: Lms, course_id: int) -> list[Group]:
    """Return a course's groups by name."""
    found = (each for each in lms.groups.values() if each.course_id == course_id and not each.deleted)
    return sorted(found, key=lambda each: each.name)


def managed_course(call: Call, course_id: int) -> Course:
    """Return a course whose groups the caller may change."""
    course = course_in_context(call, course_id)
    require_teacher(call, course, MANAGE)
    return course


def _managed_group(call: Call, group_id: int) -> Group:
    group = call.lms.groups.get(group_id)
    if group is None or group.deleted:
        raise no_record("groups")
    managed_course(call, group.course_id)
    return group


def _check_names(lms: Lms, course_id: int, name: str, idnumber: str, own_id: int | None = None) -> None:
    others = [each for each in groups_of(lms, course_id) if each.id != own_id]
    if not name.strip() or any(each.name == name for each in others):
        raise invalid_parameter()
    if idnumber and any(each.idnumber == idnumber for each in others):
        raise moodle_error("idnumbertaken", "This ID number is already in use")
    if len(name) > NAME_LENGTH or len(idnumber) > IDNUMBER_LENGTH:
        raise write_failed()


NEW_GROUP = {
    "courseid": int,
    "name": str,
    "description": str,
    "descriptionformat": Optional(int, 1),
    "enrolmentkey": Optional(str, ""),
    "idnumber": Optional(str, ""),
    "visibility": Optional(int, 0),
    "participation": Optional(bool, default=True),
}


@function("core_group_create_groups", groups=[NEW_GROUP])
def create_groups(call: Call, groups: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Create groups: name taken invalidparameter, idnumber taken idnumbertaken, name too long dmlwriteexception."""
    with all_or_nothing(call.lms):
        return [_record(_create(call, each), enrolment_key="") for each in groups]


def _create(call: Call, wanted: dict[str, Any]) -> Group:
    course = managed_course(call, wanted["courseid"])
    _check_names(call.lms, course.id, wanted["name"], wanted["idnumber"])
    group = Group(call.lms.new_id(), course.id, wanted["name"].strip(), wanted["idnumber"], wanted["description"])
    call.lms.groups[group.id] = group
    return group


def _record(group: Group, *, enrolment_key: str | None) -> dict[str, Any]:
    return {
        "id": group.id,
        "courseid": group.course_id,
        "name": group.name,
        "description": group.description,
        "descriptionformat": 1,
        "enrolmentkey": enrolment_key,
        "idnumber": group.idnumber,
        "visibility": 0,
        "participation": True,
    }


CHANGED_GROUP = {
    "id": int,
    "name": str,
    "description": Optional(str, None),
    "descriptionformat": Optional(int, 1),
    "enrolmentkey": Optional(str, ""),
    "idnumber": Optional(str, None),
    "visibility": Optional(int, 0),
    "participation": Optional(bool, default=True),
}


@function("core_group_update_groups", groups=[CHANGED_GROUP])
def update_groups(call: Call, groups: list[dict[str, Any]]) -> None:
    """Rename groups or give them another idnumber; the name must always be sent."""
    with all_or_nothing(call.lms):
        for wanted in groups:
            _update(call, wanted)


def _update(call: Call, wanted: dict[str, Any]) -> None:
    if wanted["id"] not in call.lms.groups:
        raise invalid_parameter()
    group = _managed_group(call, wanted["id"])
    idnumber = group.idnumber if wanted["idnumber"] is None else wanted["idnumber"]
    _check_names(call.lms, group.course_id, wanted["name"], idnumber, group.id)
    group.name, group.idnumber = wanted["name"].strip(), idnumber
    if wanted["description"] is not None:
        group.description = wanted["description"]


@function("core_group_delete_groups", groupids=[int])
def delete_groups(call: Call, groupids: list[int]) -> None:
    """Delete groups; ones that do not exist are passed over."""
    with all_or_nothing(call.lms):
        for group_id in groupids:
            if group_id in call.lms.groups:
                _managed_group(call, group_id)
                del call.lms.groups[group_id]
                for each in call.lms.group_sets.values():
                    each.group_ids.discard(group_id)


@function("core_group_add_group_members", members=[MEMBER])
def add_members(call: Call, members: list[dict[str, int]]) -> None:
    """Add people to groups; again is no error, somebody who is not enrolled is, and takes the whole batch back."""
    with all_or_nothing(call.lms):
        for member in members:
            group = _managed_group(call, member["groupid"])
            user = existing_user(call, member["userid"])
            if not is_active(call.lms.courses[group.course_id], user.id):
                raise invalid_parameter()
            if user.id not in group.member_ids:
                group.member_ids.append(user.id)


@function("core_group_delete_group_members", members=[MEMBER])
def delete_members(call: Call, members: list[dict[str, int]]) -> None:
    """Take people out of groups; somebody who is in none is no error."""
    with all_or_nothing(call.lms):
        for member in members:
            group = _managed_group(call, member["groupid"])
            user = existing_user(call, member["userid"])
            if user.id in group.member_ids:
                group.member_ids.remove(user.id)


@function("core_group_get_course_groups", courseid=int)
def course_groups(call: Call, courseid: int) -> list[dict[str, Any]]:
    """Return a course's groups by name; `enrolmentkey` is null here and "" right after creation, as in Moodle."""
    course = managed_course(call, courseid)
    return [_record(each, enrolment_key=None) for each in groups_of(call.lms, course.id)]


@function("core_group_get_group_members", groupids=[int])
def group_members(call: Call, groupids: list[int]) -> list[dict[str, Any]]:
    """Return the members' user ids; people whose enrolment ended are out of their groups as well."""
    groups = [_managed_group(call, each) for each in groupids]
    return [{"groupid": each.id, "userids": _present(call.lms, each)} for each in groups]


def _present(lms: Lms, group: Group) -> list[int]:
    enrolled = lms.courses[group.course_id].enrolments
    return [each for each in group.member_ids if each in enrolled]


@function(
    "core_group_get_course_user_groups", courseid=Optional(int, 0), userid=Optional(int, 0), groupingid=Optional(int, 0)
)
def user_groups(call: Call, courseid: int, userid: int, groupingid: int) -> dict[str, Any]:
    """Return one person's groups, in one course or (courseid 0) in all, in one grouping or in any."""
    user_id = existing_user(call, userid or call.caller.id).id
    course_ids = (
        [courseid] if courseid else [each.id for each in call.lms.courses.values() if user_id in each.enrolments]
    )
    for course_id in course_ids:
        (course_in_context if user_id == call.caller.id else managed_course)(call, course_id)
    grouping = call.lms.group_sets.get(groupingid)
    groups = [each for course_id in course_ids for each in groups_of(call.lms, course_id) if user_id in each.member_ids]
    listed = [_short(each) for each in groups if grouping is None or each.id in grouping.group_ids]
    return {"groups": listed, "warnings": []}


def _short(group: Group) -> dict[str, Any]:
    record = _record(group, enrolment_key=None)
    return {name: record[name] for name in ("id", "name", "description", "descriptionformat", "idnumber", "courseid")}
