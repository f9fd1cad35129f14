"""The gradebook: people by line items, and a grade changed by hand."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from practice_lms import progress
from practice_lms.current import current_user, lms
from practice_lms.pages.access import is_learner, may_teach, taught_course, visible_course
from practice_lms.pages.blueprint import pages
from practice_lms.state import Course, Grade, LineItem, User


@dataclass(frozen=True, slots=True)
class Table:
    """Learners down, line items across; a missing cell is an empty one."""

    line_items: list[LineItem]
    learners: list[User]
    cells: dict[tuple[int, int], Grade]


@pages.get("/courses/<int:course_id>/gradebook")
def gradebook(course_id: int) -> str:
    """Show all grades to teachers, and their own to everybody else."""
    course, user = visible_course(course_id), current_user()
    learners = course_learners(course)
    seen = learners if may_teach(user, course) else [user] if user in learners else []
    return render_template("pages/gradebook.html", course=course, table=grade_table(course, seen), tools=lms().tools)


@pages.post("/courses/<int:course_id>/gradebook")
def change_grade(course_id: int) -> Response:
    """Set a grade by hand over whatever a tool has sent; an empty field clears it."""
    course = taught_course(course_id)
    line_item = _own_line_item(course, request.form.get("line_item_id", 0, int))
    learner = lms().users.get(request.form.get("user_id", 0, int))
    if learner is None or not is_learner(learner, course):
        abort(400, "Choose a learner of this course.")
    grade = lms().grade(line_item.id, learner.id)
    grade.score, grade.overridden, grade.updated_at = _score(), True, lms().clock()
    progress.grade_changed(lms(), line_item, learner.id)
    return redirect(url_for("pages.gradebook", course_id=course_id))


def course_learners(course: Course) -> list[User]:
    """Return the learners of a course, by name."""
    learners = [user for user in lms().users.values() if is_learner(user, course)]
    return sorted(learners, key=lambda user: (user.given_name, user.family_name))


def grade_table(course: Course, learners: list[User]) -> Table:
    """Return the gradebook of a course as far as these people go."""
    line_items = [each for each in lms().line_items.values() if each.course_id == course.id]
    keys = [(line_item.id, user.id) for line_item in line_items for user in learners]
    return Table(line_items, learners, {key: lms().grades[key] for key in keys if key in lms().grades})


def _own_line_item(course: Course, number: int) -> LineItem:
    line_item = lms().line_items.get(number)
    if line_item is None or line_item.course_id != course.id:
        abort(400, "Choose a column of this gradebook.")
    return line_item


def _score() -> float | None:
    text = request.form.get("score", "").strip()
    try:
        return float(text) if text else None
    except ValueError:
        abort(400, "A score is a number, or nothing at all.")
