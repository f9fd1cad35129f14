"""A team as a group of a Canvas course (groups_controller.rb, group_membership.rb).

In one category nobody can be in two groups: joining a second one silently ends the first membership. So the tool has
as many categories as it takes, and never puts anybody into a group while another of that category has the person.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from lti_tool.errors import LMSRejectedError
from lti_tool.lms.rest import GroupRead, GroupSpec
from lti_tool.lms.schemas import MembershipSchema, NamedSchema, parse

if TYPE_CHECKING:
    from lti_tool.lms.canvas import CanvasRest

Named = dict[str, str]


def sync_group(canvas: CanvasRest, course_id: str, spec: GroupSpec) -> GroupRead:
    """Make the group and set who is in it, of those the tool answers for, one by one."""
    enrolled = {each["id"] for each in _named(canvas, f"courses/{course_id}/users")}
    wanted = [each for each in spec.members if each in enrolled]
    group = _found(canvas, course_id, spec) or _made(canvas, course_id, spec, wanted)
    set_id = group["group_category_id"]
    present = _memberships(canvas, group["id"])
    elsewhere = _members_of_others(canvas, set_id, group["id"]) if set(wanted) - set(present) else set()
    for user_id in wanted:
        if user_id not in present and user_id not in elsewhere:
            _try(canvas, "POST", f"groups/{group['id']}/memberships", user_id=user_id)
    for user_id in spec.previous_members:
        if user_id in present and user_id not in spec.members:
            _try(canvas, "DELETE", f"groups/{group['id']}/memberships/{present[user_id]}")
    return _read_back(canvas, group, spec, elsewhere)


def _read_back(canvas: CanvasRest, group: Named, spec: GroupSpec, elsewhere: set[str]) -> GroupRead:
    present = _memberships(canvas, group["id"])
    absent = [each for each in spec.members if each not in present]
    return GroupRead(
        group_id=group["id"],
        set_id=group["group_category_id"],
        name=group["name"],
        members=tuple(each for each in spec.members if each in present),
        missing=tuple(each for each in absent if each not in elsewhere),
        others=tuple(sorted(set(present) - set(spec.members))),
        elsewhere=tuple(each for each in absent if each in elsewhere),
    )


def _found(canvas: CanvasRest, course_id: str, spec: GroupSpec) -> Named | None:
    """Return the group by the id that is known of it, else by the mark in its description."""
    if spec.group_id:
        try:
            found: Named = parse(NamedSchema(), canvas.get(f"groups/{spec.group_id}"))
        except LMSRejectedError as error:
            if error.http_status != 404:
                raise
        else:
            return found
    groups = (each for category in _own_sets(canvas, course_id, spec) for each in _groups(canvas, category["id"]))
    return next((group for group in groups if spec.idnumber in group["description"].split()), None)


def _made(canvas: CanvasRest, course_id: str, spec: GroupSpec, wanted: list[str]) -> Named:
    """Make the group in the first category where nobody of the wanted is in a group yet."""
    categories = _own_sets(canvas, course_id, spec)
    free = (each["id"] for each in categories if not _members_of_others(canvas, each["id"]).intersection(wanted))
    set_id = next(free, None) or _new_set(canvas, course_id, spec)
    form = {"name": spec.name, "description": spec.idnumber, "join_level": "invitation_only"}
    answer = canvas.send("POST", f"group_categories/{set_id}/groups", **form)
    return {**parse(NamedSchema(), answer.json()), "group_category_id": set_id}


def _new_set(canvas: CanvasRest, course_id: str, spec: GroupSpec) -> str:
    taken = {each["name"] for each in _named(canvas, f"courses/{course_id}/group_categories")}
    name = next(name for name in _set_names(spec) if name not in taken)
    answer = canvas.send("POST", f"courses/{course_id}/group_categories", name=name)
    return str(parse(NamedSchema(), answer.json())["id"])


def _own_sets(canvas: CanvasRest, course_id: str, spec: GroupSpec) -> list[Named]:
    """Return the tool's categories of a course in the order they were made."""
    found = {each["name"]: each for each in _named(canvas, f"courses/{course_id}/group_categories")}
    names = itertools.islice(_set_names(spec), len(found))
    return [found[name] for name in names if name in found]


def _set_names(spec: GroupSpec) -> itertools.chain[str]:
    return itertools.chain([spec.set_name], (f"{spec.set_name} {number}" for number in itertools.count(2)))


def _members_of_others(canvas: CanvasRest, set_id: str, group_id: str = "") -> set[str]:
    others = [each["id"] for each in _groups(canvas, set_id) if each["id"] != group_id]
    return {user_id for other in others for user_id in _memberships(canvas, other)}


def _groups(canvas: CanvasRest, set_id: str) -> list[Named]:
    return _named(canvas, f"group_categories/{set_id}/groups")


def _memberships(canvas: CanvasRest, group_id: str) -> dict[str, str]:
    """Return the ids of memberships by the ids of people."""
    found = parse(MembershipSchema(), list(canvas.all_of(f"groups/{group_id}/memberships")), many=True)
    return {each["user_id"]: each["id"] for each in found if each["workflow_state"] == "accepted"}


def _try(canvas: CanvasRest, method: str, path: str, **form: str) -> None:
    """Change one membership; one that Canvas refuses (full, gone meanwhile) shows in what is read back."""
    try:
        canvas.send(method, path, **form)
    except LMSRejectedError as error:
        if error.http_status not in (400, 404):
            raise


def _named(canvas: CanvasRest, path: str) -> list[Named]:
    found: list[Named] = parse(NamedSchema(), list(canvas.all_of(path)), many=True)
    return found
