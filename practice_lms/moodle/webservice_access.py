"""The functions of Moodle's web services: their registry, who calls, and what the caller may see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from practice_lms.moodle.webservice_errors import invalid_course_context, invalid_user, no_permission, no_record
from practice_lms.state import Course, Enrolment, Lms, User

NOT_ENROLLED = "Course or activity not accessible. (Not enrolled)"
EDITING_TEACHERS = frozenset({Enrolment.TEACHER, Enrolment.DESIGNER})
Run = TypeVar("Run", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Call:
    """One call: the LMS, who the token belongs to, and the functions of its service."""

    lms: Lms
    caller: User
    functions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Function:
    """One web service function: what runs, and what its parameters are (see `webservice_params.clean`)."""

    run: Callable[..., Any]
    params: dict[str, Any]


FUNCTIONS: dict[str, Function] = {}


def function(name: str, **params: Any) -> Callable[[Run], Run]:
    """Register a function under Moodle's name for it, with its parameters."""

    def register(run: Run) -> Run:
        FUNCTIONS[name] = Function(run, params)
        return run

    return register


def course_in_context(call: Call, course_id: int) -> Course:
    """Return the course if the caller may enter it (validate_context()), else errorcoursecontextnotvalid."""
    course = call.lms.courses.get(course_id)
    if course is None:
        raise invalid_course_context(course_id, "Invalid parameter value detected")
    if not call.caller.administrator and call.caller.id not in course.enrolments:
        raise invalid_course_context(course_id, NOT_ENROLLED)
    return course


def existing_course(call: Call, course_id: int) -> Course:
    """Return the course; unknown is invalidrecord, where Moodle reads the record before the context."""
    if course_id not in call.lms.courses:
        raise no_record("course")
    return course_in_context(call, course_id)


def existing_user(call: Call, user_id: int) -> User:
    """Return the user; unknown is invaliduser."""
    if user_id not in call.lms.users:
        raise invalid_user()
    return call.lms.users[user_id]


def teaches(call: Call, course: Course) -> bool:
    """Say whether the caller has an editing teacher's capabilities in the course."""
    return call.caller.administrator or course.enrolments.get(call.caller.id) in EDITING_TEACHERS


def require_teacher(call: Call, course: Course, capability: str) -> None:
    """Raise nopermissions unless the caller may do what only teachers and managers may."""
    if not teaches(call, course):
        raise no_permission(capability)


def is_active(course: Course, user_id: int) -> bool:
    """Say whether somebody is enrolled and not suspended."""
    return user_id in course.enrolments and user_id not in course.suspended


def epoch(moment: datetime | None) -> int:
    """Return Moodle's time stamp: whole seconds, 0 for never."""
    return int(moment.timestamp()) if moment else 0
