"""The list of completions and one completion's whole story."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lti_tool.db import utc_now
from lti_tool.grades.models import (
    Completion,
    CompletionSource,
    CompletionStep,
    CompletionTurn,
    Score,
    ScoreState,
    ScoreStep,
    ScoreTurn,
)
from lti_tool.outbox.models import DeliveryAttempt, MessageState, OutboxMessage
from lti_tool.people.models import Role
from tests.conftest import make_district, make_person

NOON = utc_now().replace(hour=12, minute=0) - timedelta(days=3)


def minute(number: int):
    return NOON + timedelta(minutes=number)


@pytest.fixture
def delivered(database, sample, learner, add_link, goal) -> Completion:
    """Return a completion whose score was sent at once, read back in vain twice, and confirmed the third time."""
    link = add_link()
    own = {"district_id": sample.district.id, "course_id": sample.course.id, "person_id": learner.id}
    with database.transaction() as db:
        completion = Completion(**own, source=CompletionSource.CHECKPOINT, noticed_at=minute(0), completed_at=minute(0))
        score = Score(
            **own, resource_link_id=link.id, state=ScoreState.CONFIRMED, achieved_at=minute(1), sent_at=minute(3),
            confirmed_at=minute(9),
        )  # fmt: skip
        db.add_all([completion, score])
        db.flush()
        db.add_all([
            CompletionStep(completion=completion, turn=CompletionTurn.NOTICED, at=minute(0), completed_at=minute(0),
                           source=CompletionSource.CHECKPOINT),
            ScoreStep(score_id=score.id, turn=ScoreTurn.TAKEN, at=minute(3)),
            ScoreStep(score_id=score.id, turn=ScoreTurn.SHOWN, at=minute(9)),
        ])  # fmt: skip
        readings = [(4, "delivered", ""), (6, "unavailable", "The LMS did not answer."), (10, "delivered", "")]
        tries = [
            ("score", f"score:{score.id}", [(3, "delivered", "")]),
            ("scores.confirm", f"confirm:{link.id}", readings),
        ]
        for kind, key, attempts in tries:
            message = OutboxMessage(
                kind=kind, key=key, district_id=sample.district.id, payload={}, state=MessageState.DELIVERED,
                created_at=minute(2),
            )  # fmt: skip
            db.add(message)
            db.flush()
            db.add_all(DeliveryAttempt(message_id=message.id, at=minute(at), outcome=outcome, detail=detail)
                       for at, outcome, detail in attempts)  # fmt: skip
        return completion


def test_one_completions_whole_story_is_told_in_order_with_each_reading_of_the_gradebook(
    sample, visit, administrator, goal, delivered
):
    visitor = visit(sample, administrator)
    assert f"/completions/{delivered.id}" in visitor.get("/sync/completions").text

    page = visitor.get(f"/sync/completions/{delivered.id}").text

    steps = ["checkpoint was opened", "A goal that counts the course was met", "The score was queued",
             "accepted the score", "did not show the score yet", "Reading the gradebook back: The LMS did not answer.",
             "Read back from the gradebook: 1 of 1. Confirmed."]  # fmt: skip
    places = [page.index(step) for step in steps]
    assert places == sorted(places)
    assert page.count("did not show the score yet") == 1
    assert "Ask better questions" not in page


def test_the_list_and_its_file_keep_to_one_filter(database, sample, visit, administrator, delivered):
    with database.transaction() as db:
        person = make_person(db, sample, "Ben Okafor")
        db.add(Completion(
            district_id=sample.district.id, course_id=sample.course.id, person_id=person.id,
            source=CompletionSource.MOODLE, held_at=utc_now(),
        ))  # fmt: skip
    visitor = visit(sample, administrator)

    for narrowed in ("standing=counts", "source=checkpoint", "name=ruiz&standing=nonsense"):
        for address in (f"/sync/completions?{narrowed}", f"/sync/completions.csv?{narrowed}"):
            text = visitor.get(address).text
            assert "Ana Ruiz" in text
            assert "Ben Okafor" not in text
    assert "Ben Okafor" in visitor.get("/sync/completions?standing=held").text
    assert "No completions here" in visitor.get("/sync/completions?standing=left_out").text


def test_nobody_reads_completions_of_another_district(database, visit, delivered):
    with database.transaction() as db:
        elsewhere = make_district(db, "Elsewhere")
        stranger = make_person(db, elsewhere, "Sam Stranger", Role.ADMINISTRATOR)
    visitor = visit(elsewhere, stranger)

    assert visitor.get(f"/sync/completions/{delivered.id}").status_code == 404
    assert "Ana Ruiz" not in visitor.get("/sync/completions").text
