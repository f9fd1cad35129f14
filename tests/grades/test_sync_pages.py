"""The administrator's review of scores: what each page shows, and who may open it."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from sqlalchemy import select

from lti_tool.db import utc_now
from lti_tool.grades.models import Completion, CompletionSource, Score, ScoreState
from lti_tool.launch.models import RestAccess
from lti_tool.outbox.models import DeliveryAttempt, MessageState, OutboxMessage
from lti_tool.people.models import Role
from tests.conftest import make_district, make_person
from tests.query_counter import count_queries

PUBLISH = "The assignment is not published in Canvas. Publish it there."


@pytest.fixture
def add_score(database, sample):
    def add(person, link, state=ScoreState.WAITING, **more):
        with database.transaction() as db:
            score = Score(
                district_id=sample.district.id, course_id=sample.course.id, resource_link_id=link.id if link else None,
                person_id=person.id, state=state, achieved_at=utc_now() - timedelta(hours=2), **more,
            )  # fmt: skip
            db.add(score)
            return score

    return add


@pytest.fixture
def refused(database, sample, learner, add_link, add_score):
    """Return a score that waits for somebody to publish its assignment."""
    link = add_link()
    score = add_score(learner, link, ScoreState.NEEDS_ATTENTION, cause="waiting", outcome=PUBLISH)
    with database.transaction() as db:
        message = OutboxMessage(
            kind="score", key=f"score:{score.id}", lane=f"platform:{sample.registration.id}", attempts=1,
            district_id=sample.district.id, payload={"score_id": score.id}, state=MessageState.WAITING,
            last_error_class="waiting", last_error=PUBLISH, due_at=utc_now() + timedelta(days=1),
        )  # fmt: skip
        db.add(message)
        db.flush()
        db.add(DeliveryAttempt(message_id=message.id, outcome="waiting", http_status=422, detail=PUBLISH))
        db.add(Completion(
            district_id=sample.district.id, course_id=sample.course.id, person_id=learner.id,
            source=CompletionSource.MOODLE, noticed_at=utc_now() - timedelta(hours=3),
        ))  # fmt: skip
    return score


def test_the_overview_says_the_four_numbers_and_each_trouble_with_cause_and_cure(sample, visit, administrator, refused):
    page = visit(sample, administrator).get("/sync/").text

    assert "1 score in Formative assessment" in page
    assert PUBLISH in page
    assert "tried again every day by itself" in page
    assert '<span class="number">1</span><span class="number-name">need you</span>' in page


def test_an_empty_district_sees_that_nothing_needs_anybody(sample, visit, administrator):
    page = visit(sample, administrator).get("/sync/").text

    assert "Nothing needs you." in page
    assert "No access to completions" in page


def test_one_scores_story_is_told_in_order(sample, visit, administrator, goal, refused):
    page = visit(sample, administrator).get(f"/sync/scores/{refused.id}").text

    steps = ["reported the course complete", "A goal that counts the course was met", "The score was queued",
             "did not take it (status 422)", "Is tried again"]  # fmt: skip
    places = [page.index(step) for step in steps]
    assert places == sorted(places)
    assert f"goal {goal.id}" in page
    assert "Ask better questions" not in page
    assert "Secret rationale" not in page


def test_an_administrator_sends_a_score_again(database, sample, visit, administrator, refused):
    answer = visit(sample, administrator).post(f"/sync/scores/{refused.id}/send")

    assert answer.status_code == 303
    with database.reading() as db:
        states = [message.state for message in db.scalars(select(OutboxMessage).order_by(OutboxMessage.id))]
        assert states == [MessageState.SUPERSEDED, MessageState.DUE]
        assert db.get_one(Score, refused.id).state is ScoreState.WAITING


def test_an_lms_that_lets_nobody_in_is_one_entry_however_much_waits(database, sample, visit, administrator):
    with database.transaction() as db:
        for number in range(3):
            db.add(OutboxMessage(
                kind="completions.read", key=f"completions:{number}", lane=f"rest:{sample.registration.id}",
                district_id=sample.district.id, payload={"course_id": 1}, state=MessageState.STOPPED,
                last_error_class="access_lost", last_error="The token was refused.",
            ))  # fmt: skip

    page = visit(sample, administrator).get("/sync/").text

    assert page.count("does not let the tool in") == 1
    assert "3 messages wait" in page
    assert "Renew the access under Connections" in page


def test_a_group_that_waits_for_somebody_can_be_tried_now(database, sample, visit, administrator):
    with database.transaction() as db:
        message = OutboxMessage(
            kind="group", key="group:5", lane=f"groups:{sample.registration.id}", district_id=sample.district.id,
            payload={"team_id": 5}, state=MessageState.WAITING, due_at=utc_now() + timedelta(days=1),
            last_error_class="waiting", last_error="Somebody of this team is not enrolled.",
        )  # fmt: skip
        db.add(message)
    visitor = visit(sample, administrator)
    assert "The group of team 5" in visitor.get("/sync/").text

    visitor.post(f"/sync/messages/{message.id}/send")

    with database.reading() as db:
        assert db.get_one(OutboxMessage, message.id).state is MessageState.DUE


def test_held_completions_are_accepted_with_one_button(database, sample, visit, administrator, learner):
    with database.transaction() as db:
        db.add(Completion(
            district_id=sample.district.id, course_id=sample.course.id, person_id=learner.id,
            source=CompletionSource.MOODLE, held_at=utc_now(),
        ))  # fmt: skip
    visitor = visit(sample, administrator)
    assert "1 completion at once in Formative assessment is held" in visitor.get("/sync/").text

    visitor.post(f"/sync/courses/{sample.course.id}/accept")

    with database.reading() as db:
        assert db.scalars(select(Completion)).one().counts


def test_an_administrator_asks_the_lms_now(database, sample, visit, administrator):
    with database.transaction() as db:
        db.add(RestAccess(registration_id=sample.registration.id, base_url="http://127.0.0.1:1", access_token=b"x"))
    visitor = visit(sample, administrator)
    assert "Ask the LMS now" in visitor.get("/sync/").text

    visitor.post(f"/sync/courses/{sample.course.id}/read")

    with database.reading() as db:
        message = db.scalars(select(OutboxMessage)).one()
    assert (message.kind, message.lane) == ("completions.read", f"rest:{sample.registration.id}")


def test_scores_are_paged_by_key_and_narrowed_by_state(database, sample, visit, administrator, add_link, add_score):
    link = add_link()
    with database.transaction() as db:
        people = [make_person(db, sample, f"Person {number:02}") for number in range(55)]
    scores = [add_score(person, link, ScoreState.CONFIRMED) for person in people]
    visitor = visit(sample, administrator)

    first = visitor.get("/sync/scores?state=confirmed").text
    second = visitor.get(f"/sync/scores?state=confirmed&before={scores[5].id}").text

    assert "Person 54" in first
    assert "Person 04" not in first
    assert f"before={scores[5].id}" in first
    assert "Person 04" in second
    assert "No scores here" in visitor.get("/sync/scores?state=waiting").text


def test_the_export_has_ids_and_states_and_runs_no_formula(sample, visit, administrator, learner, add_link, add_score):
    add_score(learner, add_link(), ScoreState.NEEDS_ATTENTION, outcome='=HYPERLINK("http://evil")')

    answer = visit(sample, administrator).get("/sync/scores.csv")

    (row,) = csv.DictReader(io.StringIO(answer.text))
    assert (row["person"], row["state"]) == (str(learner.id), "needs_attention")
    assert row["what_the_lms_said"].startswith("'=")
    assert answer.mimetype == "text/csv"


ROUTES = [
    ("get", "/sync/scores/{score}"), ("post", "/sync/scores/{score}/send"), ("post", "/sync/messages/{message}/send"),
    ("post", "/sync/courses/{course}/read"), ("post", "/sync/courses/{course}/accept"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_an_administrator_of_another_district_gets_nowhere(database, sample, visit, refused, method, path):
    with database.transaction() as db:
        elsewhere = make_district(db, "Elsewhere")
        stranger = make_person(db, elsewhere, "Sam Stranger", Role.ADMINISTRATOR)
        message_id = db.scalars(select(OutboxMessage.id)).one()
    visitor = visit(elsewhere, stranger)
    address = path.format(score=refused.id, message=message_id, course=sample.course.id)

    answer = visitor.get(address) if method == "get" else visitor.post(address)

    assert answer.status_code == 404
    for page in ("/sync/", "/sync/scores", "/sync/scores.csv"):
        assert "Ana Ruiz" not in visitor.get(page).text
        assert PUBLISH not in visitor.get(page).text


@pytest.mark.parametrize("path", ["/sync/", "/sync/scores", "/sync/scores/1", "/sync/scores.csv"])
@pytest.mark.parametrize("role", [None, Role.DESIGNER, Role.SUPERVISOR])
def test_only_administrators_see_the_sync_pages(database, sample, visit, path, role):
    with database.transaction() as db:
        person = make_person(db, sample, "Ben Okafor", *([role] if role else []))

    assert visit(sample, person).get(path).status_code == 403


@pytest.mark.parametrize("path", ["/sync/", "/sync/scores", "/sync/scores.csv"])
def test_the_pages_need_as_many_queries_for_many_as_for_few(
    database, sample, visit, administrator, add_link, add_score, path
):
    link, visitor = add_link(), visit(sample, administrator)
    with count_queries(database) as few:
        visitor.get(path)
    with database.transaction() as db:
        people = [make_person(db, sample, f"Person {number}") for number in range(20)]
    for number, person in enumerate(people):
        add_score(person, link, list(ScoreState)[number % 4], outcome=str(number), cause="waiting")

    with count_queries(database) as many:
        visitor.get(path)

    assert len(many) <= len(few) + 1
