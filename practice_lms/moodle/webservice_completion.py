"""core_completion_*: what is complete, and completing by hand (completion/classes/external.php; seen on 4.5.6)."""

from __future__ import annotations

from typing import Any

from practice_lms.moodle.webservice_access import Call, epoch, existing_course, existing_user, function, teaches
from practice_lms.moodle.webservice_courses import completion_data, tracking
from practice_lms.moodle.webservice_errors import moodle_error, no_permission
from practice_lms.progress import (
    activity_changed_at,
    activity_state,
    course_progress,
    is_activity_complete,
    is_learner,
    override_activity,
    required_activities,
)
from practice_lms.state import Activity, Course, Requirement

ASKS = {
    Requirement.DONE: "Marking yourself complete",
    Requirement.VIEW: "Viewing the page",
    Requirement.GRADE: "Receiving a grade",
    Requirement.PASS: "Receiving a passing grade",
}
ACTIVITY_CRITERION = 4


@function("core_completion_get_course_completion_status", courseid=int, userid=int)
def course_status(call: Call, courseid: int, userid: int) -> dict[str, Any]:
    """Return each criterion with its time; there is no time for the course as a whole.

    Untracked course cannotviewreport, not enrolled usernotenroled, unknown invaliduser or invalidrecord.
    """
    course = existing_course(call, courseid)
    existing_user(call, userid)
    if not course.completion_enabled or not _may_view(call, course, userid):
        raise moodle_error("cannotviewreport", "You cannot view this report")
    if not is_learner(course, userid):
        raise moodle_error("usernotenroled", "User is not enrolled in this course")
    required = required_activities(call.lms, course)
    if not required:
        raise moodle_error("nocriteriaset", "No completion criteria set for this course")
    status = {
        "completed": course_progress(call.lms, course, userid).completed_at is not None,
        "aggregation": 1,
        "completions": [_criterion(call, each, userid) for each in required],
    }
    return {"completionstatus": status, "warnings": []}


def _may_view(call: Call, course: Course, user_id: int) -> bool:
    return call.caller.id == user_id or teaches(call, course)


def _criterion(call: Call, activity: Activity, user_id: int) -> dict[str, Any]:
    complete = is_activity_complete(call.lms, activity, user_id)
    data = completion_data(call.lms, activity, user_id)
    return {
        "type": ACTIVITY_CRITERION,
        "title": "Activity completion",
        "status": "Yes" if complete else "No",
        "complete": complete,
        "timecompleted": data["timecompleted"] if complete else None,
        "details": {
            "type": "Activity completion",
            "criteria": f'<a href="{call.lms.url}/courses/{activity.course_id}/activities/{activity.id}">'
            f"{activity.title}</a>",
            "requirement": ASKS[activity.requirement],
            "status": "",
        },
    }


@function("core_completion_get_activities_completion_status", courseid=int, userid=int)
def activities_status(call: Call, courseid: int, userid: int) -> dict[str, Any]:
    """Return the state of each tracked activity; a course that tracks nothing gives an empty list."""
    course = existing_course(call, courseid)
    existing_user(call, userid)
    if course.completion_enabled and not _may_view(call, course, userid):
        raise moodle_error("cannotviewreport", "You cannot view this report")
    statuses = [completion_data(call.lms, each, userid) for each in required_activities(call.lms, course)]
    return {"statuses": statuses, "warnings": []}


@function("core_completion_override_activity_completion_status", userid=int, cmid=int, newstate=int)
def override(call: Call, userid: int, cmid: int, newstate: int) -> dict[str, Any]:
    """Set an activity complete or incomplete by hand, without a grade; this alone can complete the course.

    A state other than 0 and 1 is err_system; an activity without completion silently stays at 0.
    """
    activity = call.lms.activities.get(cmid)
    if activity is None:
        raise moodle_error("invalidcoursemodule", "Invalid course module ID")
    course = existing_course(call, activity.course_id)
    existing_user(call, userid)
    if not teaches(call, course):
        raise no_permission("Override activity completion status")
    if newstate not in (0, 1):
        raise moodle_error("err_system", "An internal error occurred in the completion system.")
    if activity in required_activities(call.lms, course):
        override_activity(call.lms, activity, userid, call.caller, complete=newstate == 1)
    return {
        "cmid": cmid,
        "userid": userid,
        "state": int(activity_state(call.lms, activity, userid)),
        "timecompleted": epoch(activity_changed_at(call.lms, activity, userid)),
        "overrideby": call.lms.completion_overrides.get((cmid, userid)),
        "tracking": tracking(call.lms, activity),
    }
