"""Who may open which page, and how a page finds what its address names."""

from __future__ import annotations

from flask import abort

from practice_lms.current import current_user, lms
from practice_lms.state import Activity, Course, Enrolment, Tool, User


def may_see(user: User, course: Course) -> bool:
    """Tell whether somebody may open a course: those in it who are not suspended, and administrators."""
    return user.administrator or (user.id in course.enrolments and user.id not in course.suspended)


def may_teach(user: User, course: Course) -> bool:
    """Tell whether somebody may change a course and see all its grades."""
    return user.administrator or course.enrolments.get(user.id) in {Enrolment.TEACHER, Enrolment.DESIGNER}


def is_learner(user: User, course: Course) -> bool:
    """Tell whether somebody is in a course to learn."""
    return course.enrolments.get(user.id) is Enrolment.STUDENT


def visible_course(course_id: int) -> Course:
    """Return a course that the person at the keyboard may see; answer 404 or 403 otherwise."""
    course = lms().courses.get(course_id) or abort(404, "There is no such course.")
    if not may_see(current_user(), course):
        abort(403, f"{current_user().name} is not in this course. Change person to someone who is.")
    return course


def taught_course(course_id: int) -> Course:
    """Return a course that the person at the keyboard may change; answer 404 or 403 otherwise."""
    course = visible_course(course_id)
    if not may_teach(current_user(), course):
        abort(403, "This is for the teachers of the course. Change person to one of them.")
    return course


def visible_activity(course: Course, activity_id: int) -> Activity:
    """Return an activity of a course that the person at the keyboard may see; answer 404 otherwise."""
    activity = lms().activities.get(activity_id)
    if activity is None or activity.course_id != course.id:
        abort(404, "There is no such activity in this course.")
    if not activity.published and not may_teach(current_user(), course):
        abort(404, "This activity is not open to learners yet.")
    return activity


def administrator() -> User:
    """Return the person at the keyboard when that is an administrator; answer 403 otherwise."""
    user = current_user()
    if not user.administrator:
        abort(403, "This is for the LMS administrator. Change person to Zola Dlamini.")
    return user


def known_tool(tool_id: int) -> Tool:
    """Return a tool; answer 404 when there is none."""
    return lms().tools.get(tool_id) or abort(404, "There is no such tool.")
