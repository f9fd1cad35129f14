"""Who is in a course, and putting people in or taking them out."""

from __future__ import annotations

from flask import abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from practice_lms.current import lms
from practice_lms.pages.access import taught_course, visible_course
from practice_lms.pages.blueprint import pages
from practice_lms.state import Enrolment


@pages.get("/courses/<int:course_id>/people")
def members(course_id: int) -> str:
    """List the people of a course, by name."""
    course = visible_course(course_id)
    people = sorted((lms().users[user_id] for user_id in course.enrolments), key=lambda user: user.name)
    sections = [each for each in lms().sections.values() if each.course_id == course.id]
    return render_template(
        "pages/members.html",
        course=course,
        people=people,
        sections=sections,
        others=[user for user in lms().users.values() if user.id not in course.enrolments],
    )


@pages.post("/courses/<int:course_id>/people")
def enrol(course_id: int) -> Response:
    """Put somebody in a course, or change what that person is in it."""
    course = taught_course(course_id)
    user = lms().users.get(request.form.get("user_id", 0, int)) or abort(400, "Choose a person.")
    try:
        course.enrolments[user.id] = Enrolment(request.form.get("enrolment", ""))
    except ValueError:
        abort(400, "Choose what the person is in this course.")
    return redirect(url_for("pages.members", course_id=course_id))


@pages.post("/courses/<int:course_id>/people/<int:user_id>/remove")
def remove(course_id: int, user_id: int) -> Response:
    """Take somebody out of a course: from then on that person is simply not there, as in both LMSs."""
    taught_course(course_id).enrolments.pop(user_id, None)
    return redirect(url_for("pages.members", course_id=course_id))
