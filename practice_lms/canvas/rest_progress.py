"""Canvas REST: how far learners are (courses_controller.rb, course_progress.rb, context_modules_api_controller.rb).

Progress is derived at each question: a requirement that is added un-completes people, and no event tells of it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Response, jsonify

from practice_lms.canvas.rest_access import (
    GRADERS,
    STAFF,
    ApiError,
    caller,
    endpoint,
    find_course,
    find_user,
    forbidden,
    includes,
    not_found,
    parameters,
    require,
)
from practice_lms.canvas.rest_paging import page_of
from practice_lms.current import lms
from practice_lms.progress import (
    course_progress,
    grade_column,
    is_activity_complete,
    is_learner,
    required_activities,
)
from practice_lms.state import Activity, Course, Requirement

NOT_MODULE_BASED = (
    "no progress available because this course is not module based (has modules and module completion requirements) "
    "or the user is not enrolled as a student in this course"
)
NO_MODULES = (
    "No progress available because this course is not module based "
    "(meaning, it does not have modules and module completion requirements)."
)
REQUIREMENTS = {
    Requirement.VIEW: "must_view",
    Requirement.DONE: "must_mark_done",
    Requirement.GRADE: "must_submit",
    Requirement.PASS: "min_score",
}


def progress_record(course: Course, user_id: int) -> dict[str, Any]:
    """Return somebody's progress, or under `error` (an object, not `errors`) why there is none."""
    required = required_activities(lms(), course)
    if not required or not is_learner(course, user_id):
        return {"error": {"message": NOT_MODULE_BASED}}
    progress = course_progress(lms(), course, user_id)
    open_ones = (each for each in required if not is_activity_complete(lms(), each, user_id))
    following = next(open_ones, None)
    return {
        "requirement_count": progress.required,
        "requirement_completed_count": progress.completed,
        "next_requirement_url": following and _item_url(following),
        "completed_at": _iso(progress.completed_at),
    }


def _item_url(activity: Activity) -> str:
    return f"{lms().url}/courses/{activity.course_id}/modules/items/{activity.id}"


def _iso(moment: datetime | None) -> str | None:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


@endpoint("GET", "/api/v1/courses/:course_id/users/:user_id/progress")
def show_progress(course_id: str, user_id: str) -> Response:
    """Return one learner's progress to themselves or the course's graders; 400 where there is none to have."""
    course, user = find_course(course_id), find_user(user_id)
    if user.id not in course.enrolments:
        raise not_found()
    if user is not caller():
        require(course, GRADERS)
    record = progress_record(course, user.id)
    if "error" in record:
        raise ApiError(400, record)
    return jsonify(record)


@endpoint("GET", "/api/v1/courses/:course_id/bulk_user_progress")
def list_progress(course_id: str) -> tuple[Response, int, dict[str, str]]:
    """Return the progress of all students, to who may view all grades; 400 when the course has no requirements."""
    course = find_course(course_id)
    require(course, GRADERS)
    if not required_activities(lms(), course):
        raise ApiError(400, {"error": {"message": NO_MODULES}})
    return page_of([_learner(course, each) for each in sorted(course.enrolments) if is_learner(course, each)])


def _learner(course: Course, user_id: int) -> dict[str, Any]:
    return {
        "id": user_id,
        "display_name": lms().users[user_id].name,
        "avatar_image_url": f"{lms().url}/images/messages/avatar-50.png",
        "html_url": f"{lms().url}/courses/{course.id}/users/{user_id}",
        "pronouns": None,
        "progress": progress_record(course, user_id),
    }


@endpoint("GET", "/api/v1/courses/:course_id/modules")
def list_modules(course_id: str) -> tuple[Response, int, dict[str, str]]:
    """Return the course's one module, with `include[]=items` its items, with `student_id` somebody's state in it."""
    course = find_course(course_id)
    student_id = find_user(parameters().get("student_id", "self")).id
    if student_id != caller().id:
        require(course, STAFF)
        if student_id not in course.enrolments:
            raise forbidden()
    return page_of([_module(course, student_id)] if lms().activities_of(course.id) else [])


def _module(course: Course, student_id: int) -> dict[str, Any]:
    shown = [each for each in lms().activities_of(course.id) if each.published or caller().id != student_id]
    record: dict[str, Any] = {
        "id": course.id,
        "name": "Module 1",
        "position": 1,
        "unlock_at": None,
        "require_sequential_progress": False,
        "requirement_type": "all",
        "publish_final_grade": False,
        "prerequisite_module_ids": [],
        "published": True,
        "items_count": len(shown),
        "items_url": f"{lms().url}/api/v1/courses/{course.id}/modules/{course.id}/items",
    }
    if includes("items"):
        record["items"] = [_item(each, student_id) for each in shown]
    return record | (_state(course, student_id) if is_learner(course, student_id) else {})


def _state(course: Course, student_id: int) -> dict[str, Any]:
    progress = course_progress(lms(), course, student_id)
    if progress.completed == progress.required:
        return {"state": "completed", "completed_at": _iso(progress.completed_at)}
    return {"state": "started" if progress.completed else "unlocked", "completed_at": None}


def _item(activity: Activity, student_id: int) -> dict[str, Any]:
    record: dict[str, Any] = {
        "id": activity.id,
        "title": activity.title,
        "position": activity.id,
        "indent": 0,
        "type": _item_type(activity),
        "module_id": activity.course_id,
        "html_url": _item_url(activity),
        "published": activity.published,
    }
    if activity.requirement is not Requirement.NONE:
        record["completion_requirement"] = _requirement(activity, student_id)
    return record


def _item_type(activity: Activity) -> str:
    if grade_column(lms(), activity) is not None:
        return "Assignment"
    return "ExternalTool" if activity.tool_id else "Page"


def _requirement(activity: Activity, student_id: int) -> dict[str, Any]:
    record: dict[str, Any] = {"type": REQUIREMENTS[activity.requirement]}
    if activity.requirement is Requirement.PASS:
        record["min_score"] = activity.pass_grade
    if is_learner(lms().courses[activity.course_id], student_id):
        record["completed"] = is_activity_complete(lms(), activity, student_id)
    return record
