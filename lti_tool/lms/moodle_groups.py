"""A team as a group of a Moodle course (group/externallib.php): found by idnumber, changed only where it is ours.

Names of groups and of groupings are unique per course, and a batch with one person who is not enrolled fails as a
whole. A team keeps its group from cycle to cycle; each cycle has a grouping, which keeps the groups of its teams.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

from lti_tool.errors import LMSRejectedError
from lti_tool.lms.rest import GroupRead, GroupSpec, gone
from lti_tool.lms.schemas import NamedSchema, parse

Call = Callable[..., Any]
Named = dict[str, str]
OURS = "like-goals-"
"""How every idnumber of the tool's begins."""
REFUSED = ("invalidparameter", "idnumbertaken")
"""What Moodle says where a name or an idnumber is taken, or somebody is not enrolled."""
TRIES = 3


@dataclass(frozen=True, slots=True)
class _Kind:
    """What a course has many of, and the functions that list and make them."""

    listing: str
    making: str
    plural: str

    def all_of(self, call: Call, course_id: str) -> list[Named]:
        return _named(call(self.listing, courseid=course_id))


GROUPS = _Kind("core_group_get_course_groups", "core_group_create_groups", "groups")
GROUPINGS = _Kind("core_group_get_course_groupings", "core_group_create_groupings", "groupings")


def sync_group(call: Call, course_id: str, spec: GroupSpec) -> GroupRead:
    """Make the group, put it into the grouping of its cycle, and set who is in it of those the tool answers for."""
    groups = GROUPS.all_of(call, course_id)
    found = _find(groups, spec.idnumber, spec.group_id)
    if found is None and (spec.group_id or not spec.may_be_made):
        return gone(spec)
    group = found or _made(call, GROUPS, course_id, spec.name, spec.idnumber)
    grouping = _grouping(call, course_id, spec)
    call(
        "core_group_assign_grouping", assignments=[{"groupingid": grouping["id"], "groupid": group["id"]}]
    )  # again is no error
    if found and not spec.given_name:
        group = _renamed(call, course_id, group, spec)
    enrolled, present = _enrolled(call, course_id), _members(call, group["id"])
    removed = {each for each in spec.seen if found and each in enrolled and each not in present}
    _set_members(call, group["id"], spec, present, enrolled - removed)
    present = _members(call, group["id"])
    absent = [each for each in spec.members if each not in present]
    return GroupRead(
        group_id=group["id"],
        set_id=grouping["id"],
        name=group["name"],
        members=tuple(each for each in spec.members if each in present),
        missing=tuple(each for each in absent if each not in enrolled),
        others=tuple(sorted(present - set(spec.members))),
        removed=tuple(each for each in absent if each in removed),
        refused=tuple(each for each in absent if each in enrolled and each not in removed),
    )


def _grouping(call: Call, course_id: str, spec: GroupSpec) -> Named:
    idnumber = f"{OURS}cycle-{spec.cycle}"
    found = _find(GROUPINGS.all_of(call, course_id), idnumber, spec.set_id)
    return found or _made(call, GROUPINGS, course_id, spec.cycle_name, idnumber)


def _made(call: Call, kind: _Kind, course_id: str, name: str, idnumber: str, tries: int = TRIES) -> Named:
    """Make a group or a grouping; where somebody else was faster, take what is ours, or else the next free name."""
    there = kind.all_of(call, course_id)
    found = _find(there, idnumber)
    if found:
        return found
    new = {"courseid": course_id, "name": free_name(name, there), "description": "", "idnumber": idnumber}
    answer = call(kind.making, REFUSED if tries > 1 else (), **{kind.plural: [new]})
    if answer is None:
        return _made(call, kind, course_id, name, idnumber, tries - 1)
    return _named(answer)[0]


def _renamed(call: Call, course_id: str, group: Named, spec: GroupSpec) -> Named:
    """Give the group the team's name; a service without that function leaves it as it is."""
    others = [each for each in GROUPS.all_of(call, course_id) if each["id"] != group["id"]]
    name = free_name(spec.name, others)
    if group["name"] == name:
        return group
    call("core_group_update_groups", (*REFUSED, "accessexception"), groups=[{"id": group["id"], "name": name}])
    return _find(GROUPS.all_of(call, course_id), spec.idnumber, group["id"]) or group


def _set_members(call: Call, group_id: str, spec: GroupSpec, present: set[str], may_come: Collection[str]) -> None:
    """Put in who may come and is not there, and take out whom the tool put in before and who is no longer wanted."""
    coming = [each for each in spec.members if each in may_come and each not in present]
    going = sorted(spec.leavers & present)
    if coming:
        _add(call, group_id, coming)
    if going:
        call("core_group_delete_group_members", members=_memberships(group_id, going))


def _add(call: Call, group_id: str, user_ids: Iterable[str]) -> None:
    """Put people in, all at once or, where Moodle refuses that, one by one: who is refused shows in the read back."""
    memberships = _memberships(group_id, user_ids)
    try:
        call("core_group_add_group_members", members=memberships)
    except LMSRejectedError:
        for each in memberships:
            call("core_group_add_group_members", REFUSED, members=[each])


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


def _find(named: list[Named], idnumber: str, known_id: str = "") -> Named | None:
    """Return what carries our idnumber; what an administrator took it from is still known by its id."""
    by_idnumber = next((each for each in named if each["idnumber"] == idnumber), None)
    return by_idnumber or next((each for each in named if each["id"] == known_id and not _is_ours(each)), None)


def _is_ours(named: Named) -> bool:
    """Return whether it still carries an idnumber of the tool's: then it is of another team, or of another cycle."""
    return named["idnumber"].startswith(OURS)


def _named(answer: Any) -> list[Named]:
    found: list[Named] = parse(NamedSchema(), answer, many=True)
    return found


def free_name(wanted: str, named: Iterable[Named]) -> str:
    """Return the wanted name, with a number where somebody else's group has it."""
    taken = {each["name"] for each in named}
    names = (wanted, *(f"{wanted} ({number})" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)
