"""Scores that nobody can mend: each has an end that is true, and nothing is asked of anybody for ever."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from lti_tool.db import utc_now
from lti_tool.grades.models import ScoreState
from lti_tool.grades.operations.scores import leave_score, send_score_again
from lti_tool.launch.models import Registration
from lti_tool.lms.platform import Scope
from lti_tool.outbox.delivery import deliver_due
from lti_tool.outbox.models import MessageState
from practice_lms.state import Flavour
from tests.grades.test_delivery import make_due, meet, pd101, the_message, the_score
from tests.lms_fixtures import DESIGNER, EDUCATOR, any_lms, platform_keys, run_lms, tool_server
from tests.teams.in_lms import District101

__all__ = ["any_lms", "pd101", "platform_keys", "run_lms", "tool_server"]


def test_the_score_of_somebody_who_left_before_it_was_sent_can_be_left(pd101):
    goal_id = pd101.declare(EDUCATOR)
    del pd101.practice.course().enrolments[pd101.practice.user(EDUCATOR).id]
    meet(pd101, goal_id)
    pd101.work()
    assert (the_score(pd101).state, the_score(pd101).cause) == (ScoreState.NEEDS_ATTENTION, "waiting")

    with pd101.database.transaction() as db:
        leave_score(db, pd101.person(db, DESIGNER), the_score(pd101).id)
    make_due(pd101)
    pd101.work()

    assert the_score(pd101).state is ScoreState.LEFT
    assert the_message(pd101, "score").state is MessageState.SUPERSEDED


def test_a_score_that_was_taken_before_its_course_ended_stays_sent(pd101):
    if pd101.practice.lms.flavour is not Flavour.CANVAS:
        pytest.skip("Moodle still tells of a course that has ended")
    meet(pd101, pd101.declare(EDUCATOR))
    deliver_due(pd101.database, replace(pd101.app.extensions["settings"], confirm_after=10))
    assert the_score(pd101).state is ScoreState.SENT

    pd101.practice.course().concluded = True
    make_due(pd101)
    pd101.work()

    assert (the_score(pd101).state, the_score(pd101).cause) == (ScoreState.SENT, "")
    with pd101.database.reading() as db:
        assert pd101.course(db).gradebook_closed_at is not None


def test_a_score_that_an_ended_course_refuses_to_take_again_says_so_like_its_message(pd101):
    if pd101.practice.lms.flavour is not Flavour.CANVAS:
        pytest.skip("Moodle takes scores of a course that has ended")
    meet(pd101, pd101.declare(EDUCATOR))
    pd101.work()
    assert the_score(pd101).state is ScoreState.CONFIRMED

    pd101.practice.course().concluded = True
    with pd101.database.transaction() as db:
        send_score_again(db, pd101.person(db, DESIGNER), the_score(pd101).id)
    pd101.work()

    score, message = the_score(pd101), the_message(pd101, "score")
    assert (score.state, score.cause) == (ScoreState.NEEDS_ATTENTION, "rejected")
    assert "concluded" in score.outcome
    assert (message.state, message.last_error) == (MessageState.REJECTED, score.outcome)


def close_results(pd101: District101) -> None:
    """Let the LMS no longer grant that results are read."""
    with pd101.database.transaction() as db:
        registration, course = db.get_one(Registration, pd101.practice.registration_id), pd101.course(db)
        for each in (registration, course):
            each.scopes = [scope for scope in each.scopes if scope != Scope.RESULT_READ]


def test_nobody_is_told_to_remove_an_entry_that_the_tool_cannot_read(pd101):
    close_results(pd101)
    meet(pd101, pd101.declare(EDUCATOR))
    lms = pd101.practice.lms
    (column,) = (each for each in lms.line_items.values() if each.activity_id == pd101.link.id)
    grade = lms.grade(column.id, pd101.practice.user(EDUCATOR).id)
    grade.score, grade.updated_at = column.score_maximum, utc_now() + timedelta(hours=1)

    pd101.work()

    score = the_score(pd101)
    assert score.state is ScoreState.NEEDS_ATTENTION
    assert "does not let the tool read which" in score.outcome
    assert "where it is 1 of 1" in score.outcome
    assert score.can_be_left
