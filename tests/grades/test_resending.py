"""Sending again what a filter shows: first what would happen, then in the background, some at a time."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from lti_tool.db import utc_now
from lti_tool.grades.filters import ScoreFilter
from lti_tool.grades.models import Resend, Score, ScoreState
from lti_tool.grades.operations.resending import SOME, begin_resend, resend_some
from lti_tool.grades.resending import Fate, plan_resend, total_of
from lti_tool.launch.models import Registration
from lti_tool.lms.platform import Scope
from lti_tool.outbox.models import OutboxMessage
from lti_tool.people.models import AuditEvent, Course
from tests.conftest import make_person

STATES = [
    (ScoreState.NEEDS_ATTENTION, "waiting", Fate.GOES), (ScoreState.SENT, "", Fate.GOES),
    (ScoreState.WAITING, "", Fate.UNDER_WAY), (ScoreState.CONFIRMED, "", Fate.CONFIRMED),
    (ScoreState.LEFT, "", Fate.LEFT), (ScoreState.NEEDS_ATTENTION, "differs", Fate.DIFFERS),
    (ScoreState.NEEDS_ATTENTION, "access_lost", Fate.NO_ACCESS),
]  # fmt: skip


def grant(database, course_id: int, *scopes: str) -> None:
    with database.transaction() as db:
        course = db.get_one(Course, course_id)
        course.scopes = list(scopes)
        db.get_one(Registration, course.registration_id).scopes = []


@pytest.fixture
def mixed(database, sample, add_link) -> list[Score]:
    """Return a score of each fate, and one without a place."""
    link = add_link()
    grant(database, sample.course.id, Scope.SCORE, Scope.RESULT_READ)
    with database.transaction() as db:
        made = [
            Score(
                district_id=sample.district.id, course_id=sample.course.id, resource_link_id=link.id, state=state,
                person_id=make_person(db, sample, fate).id, achieved_at=utc_now(), cause=cause,
            )
            for state, cause, fate in STATES
        ]  # fmt: skip
        made.append(Score(
            district_id=sample.district.id, course_id=sample.course.id, cause="no_line_item", achieved_at=utc_now(),
            person_id=make_person(db, sample, "Nowhere").id, state=ScoreState.NEEDS_ATTENTION,
        ))  # fmt: skip
        db.add_all(made)
    return made


def states(database) -> list[ScoreState]:
    with database.reading() as db:
        return list(db.scalars(select(Score.state).order_by(Score.id)))


def test_the_dry_run_says_what_would_happen_and_does_nothing(database, sample, visit, administrator, mixed):
    before, visitor = states(database), visit(sample, administrator)

    page = visitor.get("/sync/resend").text

    with database.reading() as db:
        assert total_of(plan_resend(db, administrator, ScoreFilter())) == {
            Fate.GOES: 2, Fate.UNDER_WAY: 1, Fate.CONFIRMED: 1, Fate.LEFT: 1, Fate.DIFFERS: 1, Fate.NO_ACCESS: 1,
            Fate.NO_PLACE: 1,
        }  # fmt: skip
    assert "Send 2 scores again" in page
    assert "Confirmed already: left alone" in page
    assert "no place in the gradebook" in page
    assert "Send 1 score again" in visitor.get("/sync/resend?cause=differs").text
    assert "Nothing of this would be sent." in visitor.get("/sync/resend?state=confirmed").text
    assert states(database) == before


def test_what_the_filter_shows_is_sent_and_the_rest_is_left_alone(database, sample, visit, administrator, mixed):
    visitor = visit(sample, administrator)

    answer = visitor.post("/sync/resend", data={"state": "needs_attention"})

    with database.transaction() as db:
        resend = db.scalars(select(Resend)).one()
        resend_some(db, resend.id)
    assert answer.location.endswith(f"/sync/resends/{resend.id}")
    assert states(database) == [ScoreState.WAITING, *(state for state, _cause, _fate in STATES[1:]),
                                ScoreState.NEEDS_ATTENTION]  # fmt: skip
    assert visitor.get(f"/sync/resends/{resend.id}/progress.json").json == {"state": "under_way", "done": 0, "total": 1}
    with database.transaction() as db:
        db.get_one(Score, mixed[0].id).state = ScoreState.CONFIRMED
        (event,) = db.scalars(select(AuditEvent).where(AuditEvent.action == "scores_sent_again"))
        assert (event.subject_id, event.detail) == (resend.id, {"count": 1, "state": "needs_attention"})
    assert "The LMS has answered for all of them." in visitor.get(f"/sync/resends/{resend.id}").text
    assert "sent again along with others" in visitor.get(f"/sync/scores/{mixed[0].id}").text


def test_what_was_sent_before_and_cannot_be_read_back_is_left_alone(database, sample, visit, administrator, mixed):
    grant(database, sample.course.id, Scope.SCORE)
    visitor = visit(sample, administrator)

    page = visitor.get("/sync/resend?state=sent").text
    visitor.post("/sync/resend", data={})

    with database.transaction() as db:
        total = total_of(plan_resend(db, administrator, ScoreFilter()))
        resend_some(db, db.scalars(select(Resend)).one().id)
    assert (total[Fate.GOES], total[Fate.UNREADABLE]) == (1, 1)
    assert "does not let the tool look whether they are there: left alone" in page
    assert "Nothing of this would be sent." in page
    assert states(database)[1] is ScoreState.SENT
    assert "Send again without looking" in visitor.get(f"/sync/scores/{mixed[1].id}").text


def test_nothing_begins_where_nothing_would_be_sent(sample, visit, administrator, mixed):
    answer = visit(sample, administrator).post("/sync/resend", data={"state": "confirmed"})

    assert answer.status_code == 409
    assert "Nothing of this would be sent again" in answer.text


def test_many_are_queued_some_at_a_time_and_can_be_stopped_between(database, sample, visit, administrator, add_link):
    link = add_link()
    with database.transaction() as db:
        for number in range(SOME + 20):
            db.add(Score(
                district_id=sample.district.id, course_id=sample.course.id, resource_link_id=link.id,
                person_id=make_person(db, sample, f"Person {number}").id, achieved_at=utc_now(),
                state=ScoreState.NEEDS_ATTENTION, cause="rejected",
            ))  # fmt: skip
        db.flush()
        resend_id = begin_resend(db, administrator, ScoreFilter(cause="rejected")).id
    with database.transaction() as db:
        resend_some(db, resend_id)
    visitor = visit(sample, administrator)
    assert "Queue no more" in visitor.get(f"/sync/resends/{resend_id}").text

    visitor.post(f"/sync/resends/{resend_id}/stop")

    with database.transaction() as db:
        resend_some(db, resend_id)
        assert db.get_one(Resend, resend_id).queued == SOME
        assert db.scalar(select(func.count()).where(OutboxMessage.kind == "score")) == SOME
    assert f"{SOME} of {SOME + 20} were queued before" in visitor.get(f"/sync/resends/{resend_id}").text
