"""core_webservice_get_site_info, core_enrol_get_enrolled_users, core_user_get_users_by_field (seen on 4.5.6)."""

from __future__ import annotations

from typing import Any

from practice_lms.moodle.webservice_access import Call, course_in_context, function, is_active, teaches
from practice_lms.moodle.webservice_errors import invalid_parameter, no_record
from practice_lms.moodle.webservice_params import Optional
from practice_lms.state import Course, Enrolment, User

VERSION = "2024100706"
RELEASE = "4.5.6 (Build: 20250811)"
ROLES = {
    Enrolment.TEACHER: (3, "editingteacher"),
    Enrolment.DESIGNER: (3, "editingteacher"),
    Enrolment.ASSISTANT: (4, "teacher"),
    Enrolment.STUDENT: (5, "student"),
}
"""Role ids and short names: the true role, which neither launches nor rosters tell."""


@function("core_webservice_get_site_info")
def site_info(call: Call) -> dict[str, Any]:
    """Return the site, the token's person and the functions of its service."""
    return {
        "sitename": "Practice Moodle",
        "username": call.caller.login,
        "firstname": call.caller.given_name,
        "lastname": call.caller.family_name,
        "fullname": call.caller.name,
        "lang": "en",
        "userid": call.caller.id,
        "siteurl": call.lms.url,
        "userpictureurl": f"{call.lms.url}/theme/image.php/boost/core/1/u/f1",
        "functions": [{"name": each, "version": VERSION} for each in call.functions],
        "downloadfiles": 0,
        "uploadfiles": 0,
        "release": RELEASE,
        "version": VERSION,
        "mobilecssurl": "",
        "usercanmanageownfiles": True,
        "userissiteadmin": call.caller.administrator,
    }


OPTIONS = Optional([{"name": str, "value": str}], [])


@function("core_enrol_get_enrolled_users", courseid=int, options=OPTIONS)
def enrolled_users(call: Call, courseid: int, options: list[dict[str, str]]) -> list[dict[str, Any]]:
    """Return who is enrolled by id; options limitfrom, limitnumber, groupid, onlyactive and userfields work."""
    if courseid not in call.lms.courses:
        raise no_record("course")
    course = course_in_context(call, courseid)
    wanted = {each["name"]: each["value"] for each in options}
    people = [call.lms.users[each] for each in sorted(course.enrolments) if _is_wanted(call, course, each, wanted)]
    start, number = _number(wanted, "limitfrom"), _number(wanted, "limitnumber")
    page = people[start : start + number] if number else people[start:]
    fields = {each.strip() for each in wanted.get("userfields", "").split(",") if each.strip()}
    records = [_participant(call, course, each) for each in page]
    return [
        {name: each[name] for name in each if not fields or name in fields | {"id", "fullname"}} for each in records
    ]


def _number(options: dict[str, str], name: str) -> int:
    value = options.get(name, "0")
    if not value.isdigit():
        raise invalid_parameter()
    return int(value)


def _is_wanted(call: Call, course: Course, user_id: int, options: dict[str, str]) -> bool:
    group_id = _number(options, "groupid")
    group = call.lms.groups.get(group_id)
    in_group = not group_id or (group is not None and user_id in group.member_ids)
    return in_group and (options.get("onlyactive", "0") == "0" or is_active(course, user_id))


def _participant(call: Call, course: Course, user: User) -> dict[str, Any]:
    role_id, shortname = ROLES[course.enrolments[user.id]]
    theirs = [each for each in call.lms.courses.values() if user.id in each.enrolments]
    record = _user(call, user) | {
        "lastcourseaccess": 0,
        "roles": [{"roleid": role_id, "name": "", "shortname": shortname, "sortorder": 0}],
        "enrolledcourses": [{"id": each.id, "fullname": each.title, "shortname": each.label} for each in theirs],
    }
    if not teaches(call, course):
        del record["email"]
    return record


def _user(call: Call, user: User) -> dict[str, Any]:
    picture = f"{call.lms.url}/theme/image.php/boost/core/1/u/"
    record = {
        "id": user.id,
        "firstname": user.given_name,
        "lastname": user.family_name,
        "fullname": user.name,
        "email": user.email,
        "firstaccess": 0,
        "lastaccess": 0,
        "profileimageurlsmall": f"{picture}f2",
        "profileimageurl": f"{picture}f1",
    }
    return record | ({"username": user.login, "idnumber": user.sis_id} if call.caller.administrator else {})


USER_FIELDS = {"id": "id", "email": "email", "username": "login", "idnumber": "sis_id"}


@function("core_user_get_users_by_field", field=str, values=[str])
def users_by_field(call: Call, field: str, values: list[str]) -> list[dict[str, Any]]:
    """Return people by id or email; by username and idnumber only to administrators, to others an empty list."""
    if field not in USER_FIELDS:
        raise invalid_parameter()
    if field in ("username", "idnumber") and not call.caller.administrator:
        return []
    always = {"suspended": False, "timezone": "99"}
    return [
        _user(call, each) | always
        for each in call.lms.users.values()
        if str(getattr(each, USER_FIELDS[field])) in values
    ]
