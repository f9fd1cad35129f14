"""Completion through Moodle's web services, edge by edge as recorded from Moodle 4.5.6."""

from __future__ import annotations

import pytest

from practice_lms import progress
from practice_lms.state import Activity, Flavour, Requirement
from tests.practice_lms.rest_fixtures import (
    ADA,
    ADMINISTRATOR,
    BEN,
    PD,
    PLAIN,
    QUIZ,
    READ,
    START,
    STRANGER,
    TEACHER,
    Practice,
    make_practice,
)


@pytest.fixture
def moodle() -> Practice:
    return make_practice(Flavour.MOODLE)


def test_course_completion_has_a_time_for_each_criterion_and_none_for_the_course(moodle):
    progress.view_activity(moodle.lms, moodle.lms.activities[READ], moodle.user(ADA))

    status = moodle.call("core_completion_get_course_completion_status", courseid=PD, userid=ADA)["completionstatus"]

    assert (status["completed"], status["aggregation"]) == (False, 1)
    read, quiz = status["completions"]
    assert (read["status"], read["complete"], read["timecompleted"]) == ("Yes", True, int(START.timestamp()))
    assert (quiz["status"], quiz["complete"], quiz["timecompleted"]) == ("No", False, None)
    assert read["details"]["requirement"] == "Viewing the page"


@pytest.mark.parametrize(
    ("course", "user", "code"),
    [
        (PLAIN, ADA, "cannotviewreport"),
        (PD, STRANGER, "usernotenroled"),
        (PD, 99999, "invaliduser"),
        (99999, ADA, "invalidrecord"),
    ],
)
def test_course_completion_refuses_with_a_code_for_each_reason(moodle, course, user, code):
    answer = moodle.call("core_completion_get_course_completion_status", courseid=course, userid=user)

    assert answer["errorcode"] == code


def test_a_course_without_criteria_says_so(moodle):
    for activity in moodle.lms.activities.values():
        activity.requirement = Requirement.NONE

    answer = moodle.call("core_completion_get_course_completion_status", courseid=PD, userid=ADA)

    assert answer["errorcode"] == "nocriteriaset"


def test_activity_states_tell_a_failed_attempt_from_a_missing_one(moodle):
    grade = moodle.lms.grade(601, ADA)
    grade.score, grade.updated_at = 40, START
    progress.grade_changed(moodle.lms, moodle.lms.line_items[601], ADA)

    statuses = moodle.call("core_completion_get_activities_completion_status", courseid=PD, userid=ADA)["statuses"]

    read, quiz = statuses
    assert (read["cmid"], read["state"], read["timecompleted"], read["tracking"]) == (READ, 0, 0, 2)
    assert (quiz["cmid"], quiz["state"], quiz["isoverallcomplete"]) == (QUIZ, 3, False)
    assert [(each["rulename"], each["rulevalue"]["status"]) for each in quiz["details"]] == [
        ("completionusegrade", 1),
        ("completionpassgrade", 3),
    ]


def test_activity_states_of_a_course_that_tracks_nothing_are_an_empty_list(moodle):
    answer = moodle.call("core_completion_get_activities_completion_status", courseid=PLAIN, userid=ADA)

    assert answer == {"statuses": [], "warnings": []}


def test_one_call_tells_all_courses_of_a_person_with_progress_and_completed(moodle):
    progress.finish_course(moodle.lms, moodle.lms.courses[PD], moodle.user(ADA))
    progress.view_activity(moodle.lms, moodle.lms.activities[READ], moodle.user(BEN))

    ada, ben = (moodle.call("core_enrol_get_users_courses", userid=each) for each in (ADA, BEN))

    assert [(each["id"], each["progress"], each["completed"]) for each in ada] == [(PLAIN, None, None), (PD, 100, True)]
    assert [(each["id"], each["progress"], each["completed"]) for each in ben] == [(PLAIN, None, None), (PD, 50, False)]
    assert ada[1]["idnumber"] == "SIS-PD101"


def test_courses_that_the_caller_may_not_look_into_are_left_out(moodle):
    moodle.lms.courses[PLAIN].enrolments = {ADA: moodle.lms.courses[PD].enrolments[ADA]}

    assert [each["id"] for each in moodle.call("core_enrol_get_users_courses", TEACHER, userid=ADA)] == [PD]
    assert [each["id"] for each in moodle.call("core_enrol_get_users_courses", STRANGER, userid=ADA)] == []


def test_an_override_completes_the_course_without_any_grade(moodle):
    progress.view_activity(moodle.lms, moodle.lms.activities[READ], moodle.user(ADA))

    answer = moodle.call("core_completion_override_activity_completion_status", userid=ADA, cmid=QUIZ, newstate=1)

    assert answer == {
        "cmid": QUIZ,
        "userid": ADA,
        "state": 1,
        "timecompleted": int(START.timestamp()),
        "overrideby": ADMINISTRATOR,
        "tracking": 2,
    }
    assert (PD, ADA) in moodle.lms.course_completions


def test_an_override_to_passed_is_a_system_error(moodle):
    answer = moodle.call("core_completion_override_activity_completion_status", userid=ADA, cmid=QUIZ, newstate=2)

    assert answer["errorcode"] == "err_system"


def test_an_override_of_an_untracked_activity_silently_changes_nothing(moodle):
    moodle.lms.activities[703] = Activity(703, PD, "Lounge")

    answer = moodle.call("core_completion_override_activity_completion_status", userid=ADA, cmid=703, newstate=1)

    assert (answer["state"], answer["timecompleted"], answer["overrideby"], answer["tracking"]) == (0, 0, None, 0)


def test_a_learner_may_not_override(moodle):
    answer = moodle.call("core_completion_override_activity_completion_status", ADA, userid=ADA, cmid=QUIZ, newstate=1)

    assert answer["errorcode"] == "nopermissions"
