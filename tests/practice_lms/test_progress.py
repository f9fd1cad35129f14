"""Completion as each LMS decides it."""

from __future__ import annotations

import pytest

from practice_lms import progress
from practice_lms.progress import State
from practice_lms.state import Activity, Flavour, LineItem, Requirement
from tests.practice_lms.rest_fixtures import ADA, PD, PLAIN, QUIZ, READ, START, TEACHER, Practice, make_practice


@pytest.fixture
def moodle() -> Practice:
    return make_practice(Flavour.MOODLE)


@pytest.fixture
def canvas() -> Practice:
    return make_practice(Flavour.CANVAS)


def score(practice: Practice, value: float | None, line_item_id: int = 601) -> None:
    grade = practice.lms.grade(line_item_id, ADA)
    grade.score, grade.updated_at = value, practice.clock()
    progress.grade_changed(practice.lms, practice.lms.line_items[line_item_id], ADA)


def state_of_quiz(practice: Practice) -> State:
    return progress.activity_state(practice.lms, practice.lms.activities[QUIZ], ADA)


def test_moodle_shows_a_grade_below_the_pass_grade_as_failed_and_one_above_as_passed(moodle):
    states = []
    for value in (60, 75, 10):
        score(moodle, value)
        states.append(state_of_quiz(moodle))

    assert states == [State.FAILED, State.PASSED, State.FAILED]


def test_moodle_completes_the_course_in_the_same_request_as_the_last_grade(moodle):
    progress.view_activity(moodle.lms, moodle.lms.activities[READ], moodle.user(ADA))
    moodle.clock.forward(hours=1)

    score(moodle, 75)

    assert progress.course_progress(moodle.lms, moodle.lms.courses[PD], ADA) == progress.Progress(
        2, 2, moodle.clock.now
    )


def test_moodle_keeps_a_completed_course_when_the_grade_is_erased_later(moodle):
    progress.finish_course(moodle.lms, moodle.lms.courses[PD], moodle.user(ADA))

    score(moodle, None)

    assert state_of_quiz(moodle) is State.INCOMPLETE
    assert progress.course_progress(moodle.lms, moodle.lms.courses[PD], ADA) == progress.Progress(2, 1, START)


def test_moodle_completes_the_course_when_the_last_open_requirement_is_taken_away(moodle):
    course = moodle.lms.courses[PD]
    progress.view_activity(moodle.lms, moodle.lms.activities[READ], moodle.user(ADA))
    assert progress.course_progress(moodle.lms, course, ADA).completed_at is None

    moodle.lms.activities[QUIZ].requirement = Requirement.NONE

    assert progress.course_progress(moodle.lms, course, ADA) == progress.Progress(1, 1, START)


def test_moodle_lets_a_second_column_of_the_same_link_complete_nothing(moodle):
    moodle.lms.line_items[602] = LineItem(602, PD, "Extra", 100, 1, QUIZ)

    score(moodle, 100, line_item_id=602)

    assert state_of_quiz(moodle) is State.INCOMPLETE


def test_moodle_keeps_an_override_to_complete_whatever_grade_comes_after_it(moodle):
    quiz = moodle.lms.activities[QUIZ]
    progress.override_activity(moodle.lms, quiz, ADA, moodle.user(TEACHER), complete=True)

    score(moodle, 5)

    assert state_of_quiz(moodle) is State.COMPLETE


def test_moodle_drops_an_override_to_incomplete_at_the_next_grade(moodle):
    quiz = moodle.lms.activities[QUIZ]
    score(moodle, 90)
    progress.override_activity(moodle.lms, quiz, ADA, moodle.user(TEACHER), complete=False)
    assert state_of_quiz(moodle) is State.INCOMPLETE

    score(moodle, 91)

    assert state_of_quiz(moodle) is State.PASSED


def test_canvas_un_completes_people_when_a_requirement_is_added(canvas):
    course = canvas.lms.courses[PD]
    progress.finish_course(canvas.lms, course, canvas.user(ADA))
    assert progress.course_progress(canvas.lms, course, ADA) == progress.Progress(2, 2, START)

    canvas.lms.activities[703] = Activity(703, PD, "Talk about it", Requirement.DONE)

    assert progress.course_progress(canvas.lms, course, ADA) == progress.Progress(3, 2, None)


def test_canvas_derives_incompletion_from_an_erased_grade_at_once(canvas):
    course = canvas.lms.courses[PD]
    progress.finish_course(canvas.lms, course, canvas.user(ADA))

    score(canvas, None)

    assert progress.course_progress(canvas.lms, course, ADA) == progress.Progress(2, 1, None)


def test_canvas_counts_no_unpublished_requirements(canvas):
    canvas.lms.activities[QUIZ].published = False

    progress.view_activity(canvas.lms, canvas.lms.activities[READ], canvas.user(ADA))

    assert progress.course_progress(canvas.lms, canvas.lms.courses[PD], ADA) == progress.Progress(1, 1, START)


def test_canvas_takes_a_submission_for_a_grade_where_one_must_submit(canvas):
    canvas.lms.activities[QUIZ].requirement = Requirement.GRADE

    canvas.lms.grade(601, ADA).submitted_at = START

    assert progress.is_activity_complete(canvas.lms, canvas.lms.activities[QUIZ], ADA)


def test_a_course_that_tracks_nothing_completes_nobody(moodle):
    moodle.lms.activities[703] = Activity(703, PLAIN, "Read on", Requirement.VIEW)

    progress.finish_course(moodle.lms, moodle.lms.courses[PLAIN], moodle.user(ADA))

    assert progress.course_progress(moodle.lms, moodle.lms.courses[PLAIN], ADA) == progress.Progress(0, 0, None)


def test_a_teacher_who_looks_at_a_page_completes_nothing(moodle):
    progress.view_activity(moodle.lms, moodle.lms.activities[READ], moodle.user(TEACHER))

    assert not moodle.lms.activity_completions


def test_a_mark_as_done_can_be_taken_back(moodle):
    talk = moodle.lms.activities[703] = Activity(703, PD, "Talk about it", Requirement.DONE)
    progress.complete_activity(moodle.lms, talk, moodle.user(ADA))

    progress.undo_activity(moodle.lms, talk, moodle.user(ADA))

    assert not progress.is_activity_complete(moodle.lms, talk, ADA)


def test_finishing_a_course_leaves_the_tools_own_activities_to_the_tool(moodle):
    moodle.lms.activities[QUIZ].tool_id = 1

    progress.finish_course(moodle.lms, moodle.lms.courses[PD], moodle.user(ADA))

    assert progress.course_progress(moodle.lms, moodle.lms.courses[PD], ADA) == progress.Progress(2, 1, None)
