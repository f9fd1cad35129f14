"""core_group_* for groupings, which are sets of groups (group/externallib.php; seen on 4.5.6)."""

from __future__ import annotations

from typing import Any

from practice_lms.moodle.webservice_access import Call, function
from practice_lms.moodle.webservice_errors import invalid_parameter, moodle_error, no_record, write_failed
from practice_lms.moodle.webservice_groups import NAME_LENGTH, all_or_nothing, managed_course
from practice_lms.moodle.webservice_params import Optional
from practice_lms.state import GroupSet, Lms

NEW_GROUPING = {
    "courseid": int,
    "name": str,
    "description": str,
    "descriptionformat": Optional(int, 1),
    "idnumber": Optional(str, ""),
}


def _groupings_of(lms: Lms, course_id: int) -> list[GroupSet]:
    found = (each for each in lms.group_sets.values() if each.course_id == course_id)
    return sorted(found, key=lambda each: each.name)


@function("core_group_create_groupings", groupings=[NEW_GROUPING])
def create_groupings(call: Call, groupings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Create groupings; a name taken is invalidparameter, an idnumber taken idnumbertaken."""
    with all_or_nothing(call.lms):
        return [_record(_create(call, each)) for each in groupings]


def _create(call: Call, wanted: dict[str, Any]) -> GroupSet:
    course = managed_course(call, wanted["courseid"])
    others = _groupings_of(call.lms, course.id)
    if not wanted["name"].strip() or any(each.name == wanted["name"] for each in others):
        raise invalid_parameter()
    if wanted["idnumber"] and any(each.idnumber == wanted["idnumber"] for each in others):
        raise moodle_error("idnumbertaken", "This ID number is already in use")
    if len(wanted["name"]) > NAME_LENGTH:
        raise write_failed()
    grouping = GroupSet(call.lms.new_id(), course.id, wanted["name"].strip(), wanted["idnumber"])
    call.lms.group_sets[grouping.id] = grouping
    return grouping


def _record(grouping: GroupSet) -> dict[str, Any]:
    return {
        "id": grouping.id,
        "courseid": grouping.course_id,
        "name": grouping.name,
        "description": "",
        "descriptionformat": 1,
        "idnumber": grouping.idnumber,
    }


@function("core_group_get_course_groupings", courseid=int)
def course_groupings(call: Call, courseid: int) -> list[dict[str, Any]]:
    """Return a course's groupings."""
    course = managed_course(call, courseid)
    return [_record(each) for each in _groupings_of(call.lms, course.id)]


@function("core_group_assign_grouping", assignments=[{"groupingid": int, "groupid": int}])
def assign_grouping(call: Call, assignments: list[dict[str, int]]) -> None:
    """Put groups into groupings; twice is no error."""
    with all_or_nothing(call.lms):
        for each in assignments:
            _assign(call, each["groupingid"], each["groupid"])


def _assign(call: Call, grouping_id: int, group_id: int) -> None:
    grouping, group = call.lms.group_sets.get(grouping_id), call.lms.groups.get(group_id)
    if grouping is None:
        raise no_record("groupings")
    if group is None:
        raise no_record("groups")
    managed_course(call, grouping.course_id)
    if group.course_id != grouping.course_id:
        raise invalid_parameter()
    grouping.group_ids.add(group_id)
