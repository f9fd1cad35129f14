"""A team as a group of a Moodle course (group/externallib.php): found by idnumber, changed only where it is ours.

Group names and groupings are unique per course, and a batch with one person who is not enrolled fails as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from lti_tool.errors import LMSRejectedError
from lti_tool.lms.rest import GroupRead, GroupSpec
from lti_tool.lms.schemas import NamedSchema, parse

Call = Callable[..., Any]
Named = dict[str, str]


def sync_group(call: Call, course_id: str, spec: GroupSpec) -> GroupRead:
    """Make the group, put it into the tool's grouping, and set who is in it of those the tool answers for."""
    group = _group(call, course_id, spec)
    grouping = _grouping(call, course_id, spec)
    call(
        "core_group_assign_grouping", assignments=[{"groupingid": grouping["id"], "groupid": group["id"]}]
    )  # again is no error
    _set_members(call, course_id, group["id"], spec)
    present = _members(call, group["id"])
    return GroupRead(
        group_id=group["id"],
        set_id=grouping["id"],
        name=group["name"],
        members=tuple(each for each in spec.members if each in present),
        missing=tuple(each for each in spec.members if each not in present),
        others=tuple(sorted(present - set(spec.members))),
    )


def _group(call: Call, course_id: str, spec: GroupSpec) -> Named:
    groups = _named(call("core_group_get_course_groups", courseid=course_id))
    found = _find(groups, spec.idnumber, spec.group_id)
    if found:
        return found
    name = free_name(spec.name, groups)
    new = {"courseid": course_id, "name": name, "description": "", "idnumber": spec.idnumber}
    return _made(call("core_group_create_groups", groups=[new]))


def _grouping(call: Call, course_id: str, spec: GroupSpec) -> Named:
    groupings = _named(call("core_group_get_course_groupings", courseid=course_id))
    found = _find(groupings, spec.set_idnumber, spec.set_id)
    if found:
        return found
    name = free_name(spec.set_name, groupings)
    new = {"courseid": course_id, "name": name, "description": "", "idnumber": spec.set_idnumber}
    return _made(call("core_group_create_groupings", groupings=[new]))


def _set_members(call: Call, course_id: str, group_id: str, spec: GroupSpec) -> None:
    present, enrolled = _members(call, group_id), _enrolled(call, course_id)
    coming = [each for each in spec.members if each in enrolled and each not in present]
    going = [each for each in spec.previous_members if each in present and each not in spec.members]
    if coming:
        call("core_group_add_group_members", members=_memberships(group_id, coming))
    if going:
        call("core_group_delete_group_members", members=_memberships(group_id, going))


def _memberships(group_id: str, user_ids: Iterable[str]) -> list[dict[str, str]]:
    return [{"groupid": group_id, "userid": each} for each in user_ids]


def _members(call: Call, group_id: str) -> set[str]:
    answer = call("core_group_get_group_members", groupids=[group_id])
    try:
        return {str(user_id) for group in answer for user_id in group["userids"]}
    except (TypeError, KeyError):
        raise LMSRejectedError("Moodle sent an answer of a form that the tool does not know.") from None


def _enrolled(call: Call, course_id: str) -> set[str]:
    only_ids = [{"name": "userfields", "value": "id"}]
    return {each["id"] for each in _named(call("core_enrol_get_enrolled_users", courseid=course_id, options=only_ids))}


def _find(named: list[Named], idnumber: str, known_id: str) -> Named | None:
    """Return what carries our idnumber; what an administrator took it from is still known by its id."""
    by_idnumber = next((each for each in named if each["idnumber"] == idnumber), None)
    return by_idnumber or next((each for each in named if each["id"] == known_id), None)


def _named(answer: Any) -> list[Named]:
    found: list[Named] = parse(NamedSchema(), answer, many=True)
    return found


def _made(answer: Any) -> Named:
    return _named(answer)[0]


def free_name(wanted: str, named: Iterable[Named]) -> str:
    """Return the wanted name, with a number where somebody else's group has it."""
    taken = {each["name"] for each in named}
    names = (wanted, *(f"{wanted} ({number})" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)
