"""core_course_* and core_enrol_get_users_courses (course/externallib.php, enrol/externallib.php; seen on 4.5.6)."""

from __future__ import annotations

from typing import Any

from practice_lms.moodle.webservice_access import Call, course_in_context, epoch, function, teaches
from practice_lms.moodle.webservice_errors import WebServiceError, invalid_parameter
from practice_lms.moodle.webservice_params import Optional
from practice_lms.progress import (
    State,
    activity_changed_at,
    activity_state,
    course_progress,
    is_activity_complete,
    is_learner,
    required_activities,
)
from practice_lms.state import Activity, Course, Lms, Requirement

MANUAL, AUTOMATIC = 1, 2
RULES = {
    Requirement.VIEW: (("completionview", "View"),),
    Requirement.GRADE: (("completionusegrade", "Receive a grade"),),
    Requirement.PASS: (("completionusegrade", "Receive a grade"), ("completionpassgrade", "Receive a passing grade")),
}


@function("core_enrol_get_users_courses", userid=int, returnusercount=Optional(bool, default=True))
def users_courses(call: Call, userid: int, *, returnusercount: bool) -> list[dict[str, Any]]:
    """Return every course of one person with `progress` and `completed`: the cheapest poll there is.

    Courses whose participants the caller may not see are left out without a word.
    """
    theirs = [each for each in call.lms.courses.values() if userid in each.enrolments and userid not in each.suspended]
    visible = [each for each in theirs if userid == call.caller.id or teaches(call, each)]
    return [_users_course(call, each, userid, with_count=returnusercount) for each in _newest_first(visible)]


def _users_course(call: Call, course: Course, user_id: int, *, with_count: bool) -> dict[str, Any]:
    progress = course_progress(call.lms, course, user_id)
    tracked = course.completion_enabled and is_learner(course, user_id)
    percentage = 100 * progress.completed / progress.required if tracked and progress.required else None
    return {
        **_summary(course),
        **({"enrolledusercount": len(course.enrolments)} if with_count else {}),
        "idnumber": course.sis_id,
        "visible": 1,
        "enablecompletion": course.completion_enabled,
        "completionhascriteria": progress.required > 0,
        "completionusertracked": tracked,
        "category": 1,
        "progress": percentage,
        "completed": progress.completed_at is not None if course.completion_enabled else None,
        "lastaccess": None,
        "isfavourite": False,
        "hidden": False,
    }


def _newest_first(courses: list[Course]) -> list[Course]:
    return sorted(courses, key=lambda each: -each.id)


def _summary(course: Course) -> dict[str, Any]:
    return {
        "id": course.id,
        "shortname": course.label,
        "fullname": course.title,
        "displayname": course.title,
        "summary": "",
        "summaryformat": 1,
        "format": "topics",
        "startdate": epoch(course.starts_at),
        "enddate": epoch(course.ends_at),
        "showactivitydates": False,
        "showcompletionconditions": True if course.completion_enabled else None,
    }


@function("core_course_get_courses", options=Optional({"ids": Optional([int], None)}, {"ids": None}))
def courses(call: Call, options: dict[str, list[int] | None]) -> list[dict[str, Any]]:
    """Return the courses asked for, or all; unknown ids are left out, ones the caller may not enter raise."""
    ids = list(call.lms.courses) if options["ids"] is None else options["ids"]
    found = [course_in_context(call, each) for each in ids if each in call.lms.courses]
    return [_full(call, each) for each in _newest_first(found)]


def _full(call: Call, course: Course) -> dict[str, Any]:
    record = {**_summary(course), "categoryid": 1}
    if teaches(call, course):
        record |= {"idnumber": course.sis_id, "visible": 1, "enablecompletion": int(course.completion_enabled)}
    return record


COURSE_FIELDS = {"id": "id", "ids": "id", "shortname": "label", "idnumber": "sis_id"}


@function("core_course_get_courses_by_field", field=Optional(str, ""), value=Optional(str, ""))
def courses_by_field(call: Call, field: str, value: str) -> dict[str, Any]:
    """Return the courses whose field has this value, without those that the caller may not see."""
    if field and field not in COURSE_FIELDS:
        raise invalid_parameter()
    wanted = value.split(",") if field == "ids" else [value]
    seen = [
        each for each in call.lms.courses.values() if call.caller.administrator or call.caller.id in each.enrolments
    ]
    found = [each for each in seen if not field or str(getattr(each, COURSE_FIELDS[field])) in wanted]
    listed = [_full(call, each) | {"categoryname": "Professional learning"} for each in _newest_first(found)]
    return {"courses": listed, "warnings": []}


@function("core_course_get_course_module_by_instance", module=str, instance=int)
def module_by_instance(call: Call, module: str, instance: int) -> dict[str, Any]:
    """Return the course module of an activity; for `lti` the instance is the launch's resource_link.id."""
    for activity in call.lms.activities.values():
        if (module_name(activity), instance_id(activity)) == (module, instance):
            course_in_context(call, activity.course_id)
            return {"cm": _course_module(call.lms, activity), "warnings": []}
    message = "Can't find data record in database."
    raise WebServiceError("dml_missing_record_exception", "invalidrecordunknown", message)


def _course_module(lms: Lms, activity: Activity) -> dict[str, Any]:
    return {
        "id": activity.id,
        "course": activity.course_id,
        "module": 15 if activity.tool_id else 16,
        "name": activity.title,
        "modname": module_name(activity),
        "instance": instance_id(activity),
        "section": 1,
        "sectionnum": 0,
        "groupmode": 0,
        "groupingid": 0,
        "completion": tracking(lms, activity),
        "downloadcontent": 1,
    }


def module_name(activity: Activity) -> str:
    """Return the kind of activity: a tool link is `lti`."""
    return "lti" if activity.tool_id else "page"


def instance_id(activity: Activity) -> int:
    """Return the activity's own number, which for a tool link is its resource link and never the course module."""
    return int(activity.resource_link_id) if activity.resource_link_id.isdigit() else activity.id


def tracking(lms: Lms, activity: Activity) -> int:
    """Return 0 for none, 1 for the learner's own mark, 2 for automatic completion."""
    if activity.requirement is Requirement.NONE or not lms.courses[activity.course_id].completion_enabled:
        return 0
    return MANUAL if activity.requirement is Requirement.DONE else AUTOMATIC


def completion_data(lms: Lms, activity: Activity, user_id: int) -> dict[str, Any]:
    """Return one activity's completion as Moodle writes it, with the state of each rule."""
    state = activity_state(lms, activity, user_id)
    return {
        "cmid": activity.id,
        "modname": module_name(activity),
        "instance": instance_id(activity),
        "state": int(state),
        "timecompleted": epoch(activity_changed_at(lms, activity, user_id)),
        "tracking": tracking(lms, activity),
        "overrideby": lms.completion_overrides.get((activity.id, user_id)),
        "valueused": False,
        "hascompletion": True,
        "isautomatic": tracking(lms, activity) == AUTOMATIC,
        "istrackeduser": is_learner(lms.courses[activity.course_id], user_id),
        "uservisible": True,
        "details": _rules(activity, state),
        "isoverallcomplete": is_activity_complete(lms, activity, user_id),
    }


def _rules(activity: Activity, state: State) -> list[dict[str, Any]]:
    rules = []
    for name, description in RULES.get(activity.requirement, ()):
        # A failed attempt still is a grade received; only the rule that asks for a pass shows the failure.
        status = State(state is not State.INCOMPLETE) if name == "completionusegrade" else state
        rules.append({"rulename": name, "rulevalue": {"status": int(status), "description": description}})
    return rules


@function("core_course_get_contents", courseid=int, options=Optional([{"name": str, "value": str}], []))
def contents(call: Call, courseid: int, options: list[dict[str, str]]) -> list[dict[str, Any]]:
    """Return the one section of a course with its activities; hidden ones only to those who edit it."""
    course = course_in_context(call, courseid)
    leave_out = any(each["name"] == "excludemodules" and each["value"] in ("1", "true") for each in options)
    seen = [each for each in call.lms.activities_of(course.id) if each.published or teaches(call, course)]
    section = {"id": course.id, "name": "General", "visible": 1, "summary": "", "summaryformat": 1, "section": 0}
    modules = [] if leave_out else [_module(call, each) for each in seen]
    return [section | {"hiddenbynumsections": 0, "uservisible": True, "modules": modules}]


def _module(call: Call, activity: Activity) -> dict[str, Any]:
    tracked = activity in required_activities(call.lms, call.lms.courses[activity.course_id])
    return {
        "id": activity.id,
        "name": activity.title,
        "modname": module_name(activity),
        "instance": instance_id(activity),
        "url": f"{call.lms.url}/courses/{activity.course_id}/activities/{activity.id}",
        "visible": int(activity.published),
        "uservisible": True,
        "completion": tracking(call.lms, activity),
        **({"completiondata": completion_data(call.lms, activity, call.caller.id)} if tracked else {}),
        "dates": [],
    }
