"""A story keeps all that happened: what came later takes the place of nothing that was told before."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from lti_tool.db import utc_now
from lti_tool.grades.models import CompletionStep, Score, ScoreState, ScoreStep
from lti_tool.grades.operations.completions import decide_held
from lti_tool.grades.operations.holding import Decision
from lti_tool.grades.operations.scores import send_score_again
from lti_tool.grades.queries.stories import story_of_score
from lti_tool.grades.timeline import timeline
from lti_tool.outbox.models import DeliveryAttempt, OutboxMessage
from tests.grades.conftest import DONE, kept
from tests.grades.test_delivery import meet, pd101, the_score
from tests.lms_fixtures import DESIGNER, EDUCATOR, any_lms, platform_keys, run_lms, tool_server
from tests.teams.in_lms import District101

__all__ = ["any_lms", "pd101", "platform_keys", "run_lms", "tool_server"]
AGO = timedelta(days=20)
TAKEN, SHOWN = "accepted the score: 1 of 1, completed.", "Read back from the gradebook: 1 of 1. Confirmed."


def told(pd101: District101) -> list[str]:
    """Return what the story of the score says of the LMS's answers and of decisions, in its order."""
    said = (TAKEN, SHOWN, "sent again")
    with pd101.app.test_request_context(), pd101.database.reading() as db:
        events = timeline(story_of_score(db, pd101.person(db, DESIGNER), the_score(pd101).id))
    return [words for event in events for words in said if words in event.words]


def test_a_check_keeps_when_a_score_was_taken_and_first_seen(pd101):
    meet(pd101, pd101.declare(EDUCATOR))
    pd101.work()
    taken_at = utc_now() - AGO
    with pd101.database.transaction() as db:
        db.execute(update(Score).values(sent_at=taken_at, confirmed_at=taken_at))
        db.execute(update(ScoreStep).values(at=taken_at))
        send_score_again(db, pd101.person(db, DESIGNER), the_score(pd101).id)
    pd101.work()

    assert told(pd101) == [TAKEN, SHOWN, "sent again", SHOWN]
    assert the_score(pd101).state is ScoreState.CONFIRMED
    assert the_score(pd101).sent_at == taken_at, "nothing was sent, and the file says when it was"


def test_a_delivery_that_went_well_says_with_which_status(pd101):
    meet(pd101, pd101.declare(EDUCATOR))
    pd101.work()

    with pd101.database.reading() as db:
        statuses = db.scalars(
            select(DeliveryAttempt.http_status).join(OutboxMessage).where(OutboxMessage.kind == "score")
        ).all()
    assert statuses in ([200], [201])


def turns(database) -> list[str]:
    with database.reading() as db:
        return [step.turn.value for step in db.scalars(select(CompletionStep).order_by(CompletionStep.id))]


def test_a_completion_that_was_taken_back_and_came_again_shows_each(database, learner, tell):
    for done in (True, False, True):
        tell({"7": done})

    assert turns(database) == ["noticed", "withdrawn", "noticed"]


def test_a_completion_that_was_held_shows_that_and_who_let_it_count(database, sample, crowd, administrator, tell):
    tell(dict.fromkeys(crowd, True))
    with database.transaction() as db:
        decide_held(db, administrator, sample.course.id, Decision.ACCEPT)

    assert turns(database)[:2] == ["noticed", "held"]
    assert turns(database)[-1] == "accepted"
    assert len(turns(database)) == 3 * len(crowd)
    assert all(each.held_at is None and each.completed_at == DONE for each in kept(database))


@pytest.mark.parametrize("decision", [Decision.LEAVE_OUT, Decision.ACCEPT])
def test_what_is_told_again_without_news_adds_nothing(database, sample, crowd, administrator, tell, decision):
    tell(dict.fromkeys(crowd, True))
    with database.transaction() as db:
        decide_held(db, administrator, sample.course.id, decision)
    before = turns(database)

    tell(dict.fromkeys(crowd, True))

    assert turns(database) == before
