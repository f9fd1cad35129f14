"""Courses: the list, a course with its activities, finishing it, and where a tool shows in it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from practice_lms import progress
from practice_lms.current import current_user, lms
from practice_lms.pages.access import (
    is_learner,
    known_tool,
    may_see,
    may_teach,
    taught_course,
    visible_course,
)
from practice_lms.pages.blueprint import pages
from practice_lms.pages.placements import navigation_tools, placed_in_navigation, selects_content
from practice_lms.state import Activity, Course, Enrolment, Flavour, User


@dataclass(frozen=True, slots=True)
class CourseCard:
    """A course on somebody's list; `progress` is None for those who are not in it to learn."""

    course: Course
    enrolment: Enrolment | None
    progress: progress.Progress | None


@dataclass(frozen=True, slots=True)
class ActivityRow:
    """An activity on a course page, and whether the person at the keyboard has completed it."""

    activity: Activity
    complete: bool


@pages.get("/courses")
def courses() -> str:
    """List the courses of the person at the keyboard; administrators see all."""
    user = current_user()
    cards = [_card(course, user) for course in lms().courses.values() if may_see(user, course)]
    return render_template("pages/courses.html", cards=cards)


@pages.get("/courses/<int:course_id>")
def course(course_id: int) -> str:
    """Show the activities of a course, with their state for learners and their settings for teachers."""
    shown, user = visible_course(course_id), current_user()
    teaches = may_teach(user, shown)
    activities = [each for each in lms().activities_of(shown.id) if each.published or teaches]
    return render_template(
        "pages/course.html",
        card=_card(shown, user),
        course=shown,
        rows=[ActivityRow(each, progress.is_activity_complete(lms(), each, user.id)) for each in activities],
        selecting_tools=[tool for tool in lms().tools.values() if tool.active and selects_content(tool)],
        navigation=navigation_tools(lms(), shown),
        navigable=[tool for tool in lms().tools.values() if tool.active and placed_in_navigation(tool)],
        has_navigation=lms().flavour is Flavour.CANVAS,
    )


@pages.post("/courses/<int:course_id>/finish")
def finish_course(course_id: int) -> Response:
    """Do all that is left of a course at once, for whoever tries the tool."""
    progress.finish_course(lms(), visible_course(course_id), current_user())
    return redirect(url_for("pages.course", course_id=course_id))


@pages.post("/courses/<int:course_id>/concluded")
def toggle_concluded(course_id: int) -> Response:
    """Conclude a course, or open it again."""
    changed = taught_course(course_id)
    changed.concluded = not changed.concluded
    return redirect(url_for("pages.course", course_id=course_id))


@pages.post("/courses/<int:course_id>/navigation/<int:tool_id>")
def toggle_navigation(course_id: int, tool_id: int) -> Response:
    """Show a tool in a course's navigation, or take it away: teachers decide it course by course, as in Canvas."""
    changed, tool = taught_course(course_id), known_tool(tool_id)
    changed.navigation[tool.id] = tool not in navigation_tools(lms(), changed)
    return redirect(url_for("pages.course", course_id=course_id))


def _card(course: Course, user: User) -> CourseCard:
    done = progress.course_progress(lms(), course, user.id) if is_learner(user, course) else None
    return CourseCard(course, course.enrolments.get(user.id), done)
