"""Canvas REST: group sets (`group_categories`) and groups (group_categories_controller.rb, groups_controller.rb).

Names may repeat. `members[]` replaces a group's members: who is not in the list goes, who is not in the course is
passed over in silence.
"""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from practice_lms.canvas.rest_access import (
    STAFF,
    ApiError,
    caller,
    endpoint,
    find_course,
    forbidden,
    includes,
    invalid,
    not_found,
    parameters,
    require,
)
from practice_lms.canvas.rest_paging import page_of
from practice_lms.canvas.rest_users import user_record
from practice_lms.current import lms
from practice_lms.state import Course, Group, GroupSet

SIS_REFUSAL = {"message": "You must have manage_sis permission to set sis attributes"}
SELF_SIGNUP = ("enabled", "restricted")
NAME_LENGTH = 255


def groups_of_set(group_set: GroupSet) -> list[Group]:
    """Return the groups of a category that were not deleted."""
    return [each for each in lms().groups.values() if each.set_id == group_set.id and not each.deleted]


def find_group_set(reference: str) -> GroupSet:
    """Return a group category of a course whose groups the caller may manage."""
    found = lms().group_sets.get(int(reference)) if reference.isdigit() else None
    if found is None:
        raise not_found()
    require(lms().courses[found.course_id], STAFF)
    return found


def find_group(reference: str) -> Group:
    """Return a group of a course that the caller is in; a deleted one is gone."""
    found = lms().groups.get(int(reference)) if reference.isdigit() else None
    if found is None or found.deleted:
        raise not_found()
    find_course(str(found.course_id))
    return found


def manage(group: Group) -> Group:
    """Return the group if the caller may change it."""
    require(lms().courses[group.course_id], STAFF)
    return group


def _checked_name(kind: str) -> str:
    name = parameters().get("name", "").strip()
    if not name:
        raise invalid("name", "blank", f"{kind} name is required")
    if len(name) > NAME_LENGTH:
        raise invalid("name", "too_long", f"{kind} name is too long (maximum is {NAME_LENGTH} characters)")
    return name


def _sis_id(attribute: str) -> str:
    given = parameters().get(attribute, "")
    if given and not caller().administrator:
        raise ApiError(401, SIS_REFUSAL)
    return given


@endpoint("GET", "/api/v1/courses/:course_id/group_categories")
def list_group_sets(course_id: str) -> tuple[Response, int, dict[str, str]]:
    """List the categories of a course, for staff."""
    course = find_course(course_id)
    require(course, STAFF)
    return page_of([_set_record(each) for each in lms().group_sets.values() if each.course_id == course.id])


@endpoint("POST", "/api/v1/courses/:course_id/group_categories")
def create_group_set(course_id: str) -> Response:
    """Make a category; a name that is taken in the course is 400."""
    course = find_course(course_id)
    require(course, STAFF)
    _refuse_concluded(course)
    name, sis_id = _checked_name("Category"), _sis_id("sis_group_category_id")
    if any(each.name == name for each in lms().group_sets.values() if each.course_id == course.id):
        raise invalid("name", "taken", f"{name} is already in use.")
    self_signup = _self_signup()
    made = GroupSet(lms().new_id(), course.id, name, sis_id, self_signup)
    made.group_limit = _group_limit(self_signup)
    lms().group_sets[made.id] = made
    return jsonify(_set_record(made))


def _self_signup() -> str | None:
    given = parameters().get("self_signup") or None
    if given is not None and given not in SELF_SIGNUP:
        message = "Self-signup needs to be one of the following values: enabled, restricted"
        raise invalid("self_signup", "inclusion", message)
    return given


def _group_limit(self_signup: str | None) -> int | None:
    # group_categories_controller.rb: a limit means something only where people sign themselves up.
    given = parameters().get("group_limit", "")
    return int(given) if given.isdigit() and self_signup is not None else None


def _refuse_concluded(course: Course) -> None:
    if course.concluded and not caller().administrator:
        raise forbidden()


@endpoint("GET", "/api/v1/group_categories/:group_category_id")
def show_group_set(group_category_id: str) -> Response:
    """Show a category."""
    return jsonify(_set_record(find_group_set(group_category_id)))


def _set_record(group_set: GroupSet) -> dict[str, Any]:
    record = {
        "id": group_set.id,
        "name": group_set.name,
        "role": "imported" if group_set.protected else None,
        "self_signup": group_set.self_signup,
        "group_limit": group_set.group_limit,
        "auto_leader": None,
        "context_type": "Course",
        "course_id": group_set.course_id,
        "protected": group_set.protected,
        "allows_multiple_memberships": False,
        "is_member": any(caller().id in each.member_ids for each in groups_of_set(group_set)),
    }
    return record | ({"sis_group_category_id": group_set.idnumber or None} if caller().administrator else {})


@endpoint("GET", "/api/v1/group_categories/:group_category_id/groups")
def list_groups_of_set(group_category_id: str) -> tuple[Response, int, dict[str, str]]:
    """List the groups of a category."""
    return page_of([group_record(each) for each in groups_of_set(find_group_set(group_category_id))])


@endpoint("GET", "/api/v1/courses/:course_id/groups")
def list_groups_of_course(course_id: str) -> tuple[Response, int, dict[str, str]]:
    """Return a course's groups, to learners too; with `include[]=users` each with who is in it."""
    course = find_course(course_id)
    groups = [each for each in lms().groups.values() if each.course_id == course.id and not each.deleted]
    return page_of([group_record(each) | _users_of(each) for each in groups])


def _users_of(group: Group) -> dict[str, Any]:
    # lib/api/v1/group.rb; a key that does not let includes through has them left out without a word.
    if not includes("users"):
        return {}
    return {"users": [user_record(lms().users[each]) for each in present_members(group)]}


@endpoint("POST", "/api/v1/group_categories/:group_category_id/groups")
def create_group(group_category_id: str) -> Response:
    """Make a group in a category; the name may be one that another group has."""
    group_set = find_group_set(group_category_id)
    _refuse_concluded(lms().courses[group_set.course_id])
    name, sis_id = _checked_name("Group"), _sis_id("sis_group_id")
    description = parameters().get("description", "")
    made = Group(lms().new_id(), group_set.course_id, name, sis_id, description, group_set.id)
    made.max_membership = group_set.group_limit
    lms().groups[made.id] = made
    group_set.group_ids.add(made.id)
    return jsonify(group_record(made))


@endpoint("GET", "/api/v1/groups/:group_id")
def show_group(group_id: str) -> Response:
    """Show a group."""
    return jsonify(group_record(find_group(group_id)))


@endpoint("PUT", "/api/v1/groups/:group_id")
def update_group(group_id: str) -> Response:
    """Change what is sent; `members[]` replaces all members, a single empty one empties the group."""
    group = manage(find_group(group_id))
    if "name" in parameters():
        group.name = _checked_name("Group")
    group.description = parameters().get("description", group.description)
    group.idnumber = _sis_id("sis_group_id") or group.idnumber
    if "members" in parameters():
        _replace_members(group, parameters().getlist("members"))
    return jsonify(group_record(group))


def _replace_members(group: Group, references: list[str]) -> None:
    enrolled = lms().courses[group.course_id].enrolments
    wanted = [int(each) for each in references if each.isdigit() and int(each) in enrolled]
    group.member_ids = [each for each in group.member_ids if each in wanted]
    for user_id in wanted:
        join(group, user_id)


def present_members(group: Group) -> list[int]:
    """Return the members by id; whoever left the course left its groups too (enrollment.rb)."""
    enrolled = lms().courses[group.course_id].enrolments
    return sorted(each for each in group.member_ids if each in enrolled)


def join(group: Group, user_id: int) -> None:
    """Put somebody into a group, and in silence out of any other group of its category (group_membership.rb)."""
    if user_id in group.member_ids:
        return
    for other in lms().groups.values():
        if group.set_id is not None and other.set_id == group.set_id and user_id in other.member_ids:
            other.member_ids.remove(user_id)
    group.member_ids.append(user_id)


@endpoint("DELETE", "/api/v1/groups/:group_id")
def delete_group(group_id: str) -> Response:
    """Delete a group; the record stays, so that an import can bring it back by its id."""
    group = manage(find_group(group_id))
    record = group_record(group)
    group.deleted = True
    group.member_ids = []
    return jsonify(record)


def group_record(group: Group) -> dict[str, Any]:
    """Return a group as Canvas writes it."""
    record = {
        "id": group.id,
        "name": group.name,
        "description": group.description or None,
        "is_public": False,
        "followed_by_user": False,
        "join_level": "invitation_only",
        "members_count": len(present_members(group)),
        "avatar_url": None,
        "context_type": "Course",
        "course_id": group.course_id,
        "role": None,
        "group_category_id": group.set_id,
        "max_membership": group.max_membership,
        "storage_quota_mb": 50,
        "leader": None,
        "has_submission": False,
        "concluded": lms().courses[group.course_id].concluded,
    }
    return record | ({"sis_group_id": group.idnumber or None} if caller().administrator else {})
