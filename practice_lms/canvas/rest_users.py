"""Canvas REST: people and their courses (users_controller.rb, courses_controller.rb)."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from practice_lms.canvas.rest_access import caller, endpoint, find_course, find_user, forbidden, includes, parameters
from practice_lms.canvas.rest_paging import page_of
from practice_lms.canvas.rest_progress import progress_record
from practice_lms.current import lms
from practice_lms.state import Course, Enrolment, User

ENROLMENTS = {
    Enrolment.STUDENT: "StudentEnrollment",
    Enrolment.TEACHER: "TeacherEnrollment",
    Enrolment.ASSISTANT: "TaEnrollment",
    Enrolment.DESIGNER: "DesignerEnrollment",
}


@endpoint("GET", "/api/v1/users/:id")
def show_user(id: str) -> Response:  # noqa: A002 (Canvas's name in the scope)
    """Return the caller (`self`) or, to an administrator, anybody."""
    user = find_user(id)
    if user is not caller() and not caller().administrator:
        raise forbidden()
    return jsonify(user_record(user) | {"avatar_url": None, "locale": None, "effective_locale": "en"})


def user_record(user: User) -> dict[str, Any]:
    """Return a person as Canvas writes them; SIS ids and logins only administrators see."""
    record = {
        "id": user.id,
        "name": user.name,
        "created_at": "2026-08-01T12:00:00Z",
        "sortable_name": f"{user.family_name}, {user.given_name}",
        "short_name": user.name,
    }
    private = {"sis_user_id": user.sis_id, "integration_id": None, "login_id": user.login, "email": user.email}
    return record | (private if caller().administrator or user is caller() else {})


@endpoint("GET", "/api/v1/courses")
def list_own_courses() -> tuple[Response, int, dict[str, str]]:
    """Return the courses that the caller is enrolled in; an administrator who is in none gets none."""
    return page_of([course_record(each, caller()) for each in _courses_of(caller())])


@endpoint("GET", "/api/v1/users/:user_id/courses")
def list_users_courses(user_id: str) -> tuple[Response, int, dict[str, str]]:
    """Return a person's courses to themselves or an administrator, with `include[]=course_progress` their progress."""
    user = find_user(user_id)
    if user is not caller() and not caller().administrator:
        raise forbidden()
    return page_of([course_record(each, user) for each in _courses_of(user)])


def _courses_of(user: User) -> list[Course]:
    return [each for _, each in sorted(lms().courses.items()) if user.id in each.enrolments]


@endpoint("GET", "/api/v1/courses/:id")
def show_course(id: str) -> Response:  # noqa: A002 (Canvas's name in the scope)
    """Return one course that the caller may read."""
    return jsonify(course_record(find_course(id), caller()))


def course_record(course: Course, user: User) -> dict[str, Any]:
    """Return a course as this person has it."""
    record = {
        "id": course.id,
        "name": course.title,
        "course_code": course.label,
        "account_id": 1,
        "uuid": lms().opaque_id("course-uuid", course.id),
        "workflow_state": "completed" if course.concluded else "available",
        "start_at": _iso(course.starts_at),
        "end_at": _iso(course.ends_at),
        "enrollments": _enrolments(course, user),
    }
    if caller().administrator or course.enrolments.get(caller().id) is Enrolment.TEACHER:
        record["sis_course_id"] = course.sis_id or None
    if includes("concluded"):
        record["concluded"] = course.concluded
    if includes("total_students"):
        record["total_students"] = list(course.enrolments.values()).count(Enrolment.STUDENT)
    if includes("course_progress"):
        record["course_progress"] = progress_record(course, user.id)
    return record


def _iso(moment: Any) -> str | None:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def _enrolments(course: Course, user: User) -> list[dict[str, Any]]:
    role = course.enrolments.get(user.id)
    if role is None:
        return []
    kind = {"type": role.value if role is not Enrolment.ASSISTANT else "ta", "role": ENROLMENTS[role]}
    return [kind | {"user_id": user.id, "enrollment_state": "inactive" if user.id in course.suspended else "active"}]


@endpoint("GET", "/api/v1/courses/:course_id/users")
def list_course_users(course_id: str) -> tuple[Response, int, dict[str, str]]:
    """Return who is in the course; `enrollment_type[]`, `enrollment_state[]` and `user_ids[]` narrow it down."""
    course = find_course(course_id)
    people = [lms().users[each] for each in sorted(course.enrolments)]
    return page_of([_member(course, each) for each in people if _is_wanted(course, each)])


def _is_wanted(course: Course, user: User) -> bool:
    kinds = set(parameters().getlist("enrollment_type"))
    states = set(parameters().getlist("enrollment_state")) or {"active"}
    ids = set(parameters().getlist("user_ids"))
    enrolment = _enrolments(course, user)[0]
    wanted = (not kinds or enrolment["type"] in kinds) and (not ids or str(user.id) in ids)
    return wanted and enrolment["enrollment_state"] in states


def _member(course: Course, user: User) -> dict[str, Any]:
    record = user_record(user)
    if includes("email"):
        record["email"] = user.email
    if includes("enrollments"):
        details = {"course_id": course.id, "id": course.id * 1_000_000 + user.id, "course_section_id": course.id}
        record["enrollments"] = [each | details for each in _enrolments(course, user)]
    if includes("uuid"):
        record["uuid"] = lms().opaque_id("user-uuid", user.id)
    if includes("lti_id"):
        record["lti_id"] = user.lti_id
    return record
