"""One activity: a page to work through or a tool in its frame, its state and its settings."""

from __future__ import annotations

from flask import abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from practice_lms import progress
from practice_lms.current import current_user, lms
from practice_lms.pages.access import is_learner, known_tool, taught_course, visible_activity, visible_course
from practice_lms.pages.blueprint import pages
from practice_lms.state import Requirement


@pages.get("/courses/<int:course_id>/activities/<int:activity_id>")
def activity(course_id: int, activity_id: int) -> str:
    """Show an activity; a learner who opens it has viewed it (Moodle: mod/lti/view.php, not the launch)."""
    course, user = visible_course(course_id), current_user()
    shown = visible_activity(course, activity_id)
    if is_learner(user, course):
        progress.view_activity(lms(), shown, user)
    return render_template(
        "pages/activity.html",
        course=course,
        activity=shown,
        tool=lms().tools.get(shown.tool_id or 0),
        learner=is_learner(user, course),
        complete=progress.is_activity_complete(lms(), shown, user.id),
    )


@pages.post("/courses/<int:course_id>/activities/<int:activity_id>/done")
def mark_done(course_id: int, activity_id: int) -> Response:
    """Mark an activity as done, or take the mark back."""
    course = visible_course(course_id)
    marked = visible_activity(course, activity_id)
    if not is_learner(current_user(), course) or marked.requirement is not Requirement.DONE:
        abort(403, "Only a learner can mark an activity as done, and only where that is what it asks for.")
    mark = progress.complete_activity if request.form.get("done", "yes") == "yes" else progress.undo_activity
    mark(lms(), marked, current_user())
    return redirect(url_for("pages.course", course_id=course_id))


@pages.post("/courses/<int:course_id>/activities/<int:activity_id>/published")
def toggle_published(course_id: int, activity_id: int) -> Response:
    """Open an activity and its gradebook column to learners, or close them."""
    changed = visible_activity(taught_course(course_id), activity_id)
    changed.published = not changed.published
    for line_item in lms().line_items.values():
        if line_item.activity_id == changed.id:
            line_item.published = changed.published
    return redirect(url_for("pages.course", course_id=course_id))


@pages.post("/courses/<int:course_id>/activities/<int:activity_id>/completion")
def change_completion(course_id: int, activity_id: int) -> Response:
    """Decide what makes an activity complete."""
    changed = visible_activity(taught_course(course_id), activity_id)
    requirement = _requirement()
    changed.pass_grade = _pass_grade() if requirement is Requirement.PASS else None
    changed.requirement = requirement
    return redirect(url_for("pages.course", course_id=course_id))


@pages.get("/courses/<int:course_id>/add/<int:tool_id>")
def add_activity(course_id: int, tool_id: int) -> str:
    """Let a teacher choose content in a tool, inside a frame (deep linking)."""
    course, tool = taught_course(course_id), known_tool(tool_id)
    return render_template("pages/add_activity.html", course=course, tool=tool)


def _requirement() -> Requirement:
    try:
        return Requirement(request.form["requirement"])
    except ValueError:
        abort(400, "There is no such requirement.")


def _pass_grade() -> float:
    try:
        return float(request.form["pass_grade"])
    except ValueError:
        abort(400, "A passing grade is a number. Go back and enter one.")
