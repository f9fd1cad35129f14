"""Who has completed what: activities, and through them courses.

Moodle decides when something happens and keeps a course's completion for good (seen on 4.5.6: a grade that is erased
later un-completes the activity, not the course). Canvas keeps nothing and derives it at each question
(course_progress.rb).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from practice_lms.state import Activity, Course, Enrolment, Flavour, Grade, LineItem, Lms, Requirement, User


class State(IntEnum):
    """Moodle's completion states of an activity (lib/completionlib.php)."""

    INCOMPLETE = 0
    COMPLETE = 1
    PASSED = 2
    FAILED = 3


DONE_STATES = frozenset({State.COMPLETE, State.PASSED})


@dataclass(frozen=True, slots=True)
class Progress:
    """How far somebody is in a course; `completed_at` is None until all is done."""

    required: int
    completed: int
    completed_at: datetime | None


def is_learner(course: Course, user_id: int) -> bool:
    """Say whether the LMS tracks this person's progress here: students with an active enrolment."""
    return course.enrolments.get(user_id) is Enrolment.STUDENT and user_id not in course.suspended


def required_activities(lms: Lms, course: Course) -> list[Activity]:
    """Return what learners must complete for the course; empty when the course does not track it."""
    if not course.completion_enabled:
        return []
    return [
        each for each in lms.activities_of(course.id) if each.published and each.requirement is not Requirement.NONE
    ]


def grade_column(lms: Lms, activity: Activity) -> LineItem | None:
    """Return the column that is the activity's own; further ones of the same link complete nothing (Moodle 4.5.6)."""
    columns = (each for each in lms.line_items.values() if each.activity_id == activity.id)
    return next((each for each in columns if each.coupled or lms.flavour is Flavour.CANVAS), None)


def activity_state(lms: Lms, activity: Activity, user_id: int) -> State:
    """Return how the activity stands for this learner; an override by hand goes before grades."""
    key = (activity.id, user_id)
    if key in lms.completion_overrides or activity.requirement in (Requirement.VIEW, Requirement.DONE):
        return State(key in lms.activity_completions)
    return _graded_state(lms, activity, user_id)


def _graded_state(lms: Lms, activity: Activity, user_id: int) -> State:
    column = grade_column(lms, activity)
    grade = lms.grades.get((column.id, user_id)) if column else None
    if grade is None or activity.requirement is Requirement.NONE:
        return State.INCOMPLETE
    if activity.requirement is Requirement.GRADE:
        return State(grade.score is not None or _was_submitted(lms, grade))
    if grade.score is None:
        return State.INCOMPLETE
    return State.PASSED if grade.score >= (activity.pass_grade or 0) else State.FAILED


def _was_submitted(lms: Lms, grade: Grade) -> bool:
    return lms.flavour is Flavour.CANVAS and grade.submitted_at is not None


def is_activity_complete(lms: Lms, activity: Activity, user_id: int) -> bool:
    """Say whether the activity's requirement is met."""
    return activity_state(lms, activity, user_id) in DONE_STATES


def activity_changed_at(lms: Lms, activity: Activity, user_id: int) -> datetime | None:
    """Return when the activity came into its present state, or None when nothing has happened."""
    completed_at = lms.activity_completions.get((activity.id, user_id))
    if completed_at is not None or activity_state(lms, activity, user_id) is State.INCOMPLETE:
        return completed_at
    column = grade_column(lms, activity)
    grade = lms.grades.get((column.id, user_id)) if column else None
    return (grade.updated_at or grade.submitted_at) if grade else None


def course_progress(lms: Lms, course: Course, user_id: int) -> Progress:
    """Return how many required activities there are, how many are complete, and since when all are."""
    required = required_activities(lms, course)
    completed = [each for each in required if is_activity_complete(lms, each, user_id)]
    if lms.flavour is Flavour.MOODLE:
        # What Moodle's cron finds, as after a requirement was taken away: here at the first look.
        settle_course(lms, course, user_id)
        completed_at = lms.course_completions.get((course.id, user_id))
    else:
        times = [activity_changed_at(lms, each, user_id) or lms.clock() for each in completed]
        completed_at = max(times) if times and len(completed) == len(required) else None
    return Progress(len(required), len(completed), completed_at)


def view_activity(lms: Lms, activity: Activity, user: User) -> None:
    """Note that the learner opened the activity's page."""
    if activity.requirement is Requirement.VIEW:
        _record(lms, activity, user)


def complete_activity(lms: Lms, activity: Activity, user: User) -> None:
    """Mark the activity as done, as its learner."""
    if activity.requirement is Requirement.DONE:
        _record(lms, activity, user)


def undo_activity(lms: Lms, activity: Activity, user: User) -> None:
    """Take the learner's own mark back; a completed Moodle course stays completed."""
    lms.activity_completions.pop((activity.id, user.id), None)


def _record(lms: Lms, activity: Activity, user: User) -> None:
    course = lms.courses[activity.course_id]
    if course.completion_enabled and is_learner(course, user.id):
        lms.activity_completions.setdefault((activity.id, user.id), lms.clock())
        settle_course(lms, course, user.id)


def override_activity(lms: Lms, activity: Activity, user_id: int, by: User, *, complete: bool) -> None:
    """Set an activity's completion by hand, without a grade; this alone may complete the course."""
    key = (activity.id, user_id)
    lms.completion_overrides[key] = by.id
    if complete:
        lms.activity_completions[key] = lms.clock()
        settle_course(lms, lms.courses[activity.course_id], user_id)
    else:
        lms.activity_completions.pop(key, None)


def grade_changed(lms: Lms, line_item: LineItem, user_id: int) -> None:
    """Decide completion anew after a grade was written or erased (Moodle: in the same request, without cron)."""
    activity = lms.activities.get(line_item.activity_id or 0)
    if activity is None or grade_column(lms, activity) is not line_item:
        return
    _drop_override_to_incomplete(lms, activity, user_id)
    key = (activity.id, user_id)
    if is_activity_complete(lms, activity, user_id):
        lms.activity_completions.setdefault(key, lms.clock())
        settle_course(lms, lms.courses[activity.course_id], user_id)
    elif activity.requirement in (Requirement.GRADE, Requirement.PASS):
        lms.activity_completions.pop(key, None)


def _drop_override_to_incomplete(lms: Lms, activity: Activity, user_id: int) -> None:
    # lib/completionlib.php update_state(): only an override to complete withstands what comes after it.
    if (activity.id, user_id) not in lms.activity_completions:
        lms.completion_overrides.pop((activity.id, user_id), None)


def settle_course(lms: Lms, course: Course, user_id: int) -> None:
    """Write a Moodle course's completion down once all that it requires is complete."""
    required = required_activities(lms, course)
    if lms.flavour is Flavour.CANVAS or not required or not is_learner(course, user_id):
        return
    if all(is_activity_complete(lms, each, user_id) for each in required):
        lms.course_completions.setdefault((course.id, user_id), lms.clock())


def finish_course(lms: Lms, course: Course, user: User) -> None:
    """Do all that is left and in the learner's hands: view, mark as done, pass the LMS's own assignments."""
    for activity in required_activities(lms, course):
        view_activity(lms, activity, user)
        complete_activity(lms, activity, user)
        graded = activity.requirement in (Requirement.GRADE, Requirement.PASS)
        if graded and activity.tool_id is None and not is_activity_complete(lms, activity, user.id):
            _pass(lms, activity, user)


def _pass(lms: Lms, activity: Activity, user: User) -> None:
    column = grade_column(lms, activity) or _new_column(lms, activity)
    grade = lms.grade(column.id, user.id)
    grade.score = column.score_maximum
    grade.updated_at = lms.clock()
    grade_changed(lms, column, user.id)


def _new_column(lms: Lms, activity: Activity) -> LineItem:
    column = LineItem(lms.new_id(), activity.course_id, activity.title, 100.0, None, activity.id, coupled=True)
    lms.line_items[column.id] = column
    return column
