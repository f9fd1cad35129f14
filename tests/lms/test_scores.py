"""Scores over LTI Advantage: what each LMS takes, refuses and makes wait."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lti_tool.db import utc_now
from lti_tool.errors import (
    LMSRejectedError,
    LMSWaitingError,
)
from lti_tool.lms.http import StaleScoreError
from practice_lms.state import Enrolment
from tests.lms_fixtures import EDUCATOR


def test_a_score_arrives_and_is_read_back(world):
    item = world.place_link(maximum=100)

    world.send(item)

    assert world.grade(item, EDUCATOR).score == 100
    assert [(each.user_id, each.is_full) for each in world.results(item)] == [(world.user(EDUCATOR).lti_id, True)]
    assert len(world.advantage.results(world.url_of(item))) == 1


def test_a_score_with_the_same_time_is_refused_as_stale_and_nothing_changes(moodle):
    item, when = moodle.place_link(), utc_now()
    moodle.send(item, timestamp=when)

    with pytest.raises(StaleScoreError) as refused:
        moodle.send(item, timestamp=when)

    assert refused.value.http_status == 409
    assert moodle.grade(item, EDUCATOR).writes == 1


def test_canvas_refuses_an_older_score_as_stale(canvas):
    item = canvas.place_link()
    canvas.send(item)

    with pytest.raises(StaleScoreError):
        canvas.send(item, timestamp=utc_now() - timedelta(minutes=1))


def test_sending_twice_to_canvas_makes_one_attempt_and_no_comment(canvas):
    item = canvas.place_link()
    canvas.lms.activities[item.activity_id].submission_type = "external_tool"

    canvas.send(item)
    canvas.send(item, is_first=False)

    grade = canvas.grade(item, EDUCATOR)
    assert (grade.attempts, grade.comments) == (1, [])


def test_a_grade_that_a_teacher_set_by_hand_stays_in_canvas(canvas):
    item = canvas.place_link()
    canvas.grade_by_hand(item, EDUCATOR, 40)

    canvas.send(item)

    assert canvas.grade(item, EDUCATOR).score == 40


def test_somebody_who_is_not_enrolled_waits_and_the_review_says_what_to_do(world):
    item = world.place_link()
    del world.course.enrolments[world.user(EDUCATOR).id]

    with pytest.raises(LMSWaitingError, match="Enrol the person as a student"):
        world.send(item)


def test_a_teacher_of_the_course_cannot_be_scored_and_waits(world):
    item = world.place_link()
    world.course.enrolments[world.user(EDUCATOR).id] = Enrolment.TEACHER

    with pytest.raises(LMSWaitingError):
        world.send(item)


def test_an_unpublished_assignment_waits_until_somebody_publishes_it(canvas):
    item = canvas.place_link(published=False)
    with pytest.raises(LMSWaitingError, match="Publish it in Canvas"):
        canvas.send(item)

    item.published = canvas.lms.activities[item.activity_id].published = True
    canvas.send(item)

    assert canvas.grade(item, EDUCATOR).score == 100


def test_a_concluded_course_is_refused_for_good(canvas):
    item = canvas.place_link()
    canvas.course.concluded = True

    with pytest.raises(LMSRejectedError, match="concluded"):
        canvas.send(item)


def test_used_up_attempts_wait(canvas):
    item = canvas.place_link()
    canvas.lms.activities[item.activity_id].allowed_attempts = 1
    canvas.grade(item, EDUCATOR).attempts = 1

    with pytest.raises(LMSWaitingError, match="attempt"):
        canvas.send(item)


def test_a_locked_column_waits(moodle):
    item = moodle.place_link()
    item.locked = True

    with pytest.raises(LMSWaitingError, match="Unlock it"):
        moodle.send(item)


def test_a_column_that_is_gone_waits(world):
    item = world.place_link()
    url = world.url_of(item)
    del world.lms.line_items[item.id]

    with pytest.raises(LMSWaitingError):
        world.advantage.send_score(url, user_id="1", timestamp=utc_now(), achieved_at=utc_now())
