"""Completions in and scores out, with an LMS of each flavour and a worker between."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Response, request
from sqlalchemy import select, update

from lti_tool.db import utc_now
from lti_tool.grades.models import AlertSettings, Completion, Score, ScoreState
from lti_tool.grades.operations.asking import ask_lms_now, enqueue_read
from lti_tool.grades.operations.comparing import enqueue_due_comparisons
from lti_tool.grades.operations.confirming import Confirmation
from lti_tool.grades.operations.scores import leave_score, send_score_again
from lti_tool.launch.models import Registration, RestAccess
from lti_tool.lms.platform import Platform, Scope
from lti_tool.outbox.delivery import deliver_due
from lti_tool.outbox.models import MessageState, OutboxLane, OutboxMessage
from lti_tool.outbox.operations import enqueue
from lti_tool.plans.models import Activity, Goal, GoalState
from practice_lms.faults import Kind
from practice_lms.progress import finish_course
from practice_lms.state import Flavour
from tests.lms_fixtures import DESIGNER, EDUCATOR, any_lms, platform_keys, run_lms, tool_server
from tests.teams.in_lms import District101, open_district

__all__ = ["any_lms", "platform_keys", "run_lms", "tool_server"]


@pytest.fixture
def pd101(app, database, any_lms) -> District101:
    opened = open_district(app, database, any_lms)
    opened.arrive(EDUCATOR)
    return opened


def meet(pd101: District101, goal_id: int) -> None:
    with pd101.database.transaction() as db:
        goal = db.get_one(Goal, goal_id)
        goal.state, goal.met_at, goal.results_statement = GoalState.MET, utc_now(), "It worked."
        district_id = pd101.person(db, EDUCATOR).district_id
        enqueue(db, kind="goal.met", key=f"goal:{goal_id}", district_id=district_id, payload={"goal_id": goal_id})


def the_score(pd101: District101) -> Score:
    with pd101.database.reading() as db:
        return db.scalars(select(Score)).one()


def the_message(pd101: District101, kind: str) -> OutboxMessage:
    with pd101.database.reading() as db:
        return db.scalars(select(OutboxMessage).where(OutboxMessage.kind == kind).order_by(OutboxMessage.id)).all()[-1]


def make_due(pd101: District101) -> None:
    """Let the time pass that a message waits for, in which Canvas lets the tool ask as much as at first."""
    pd101.practice.server.app.extensions.get("throttle", {}).clear()
    with pd101.database.transaction() as db:
        db.execute(update(OutboxMessage).values(due_at=utc_now() - timedelta(seconds=1)))
        for lane in db.scalars(select(OutboxLane)):
            db.delete(lane)


def ask(pd101: District101) -> None:
    with pd101.database.transaction() as db:
        ask_lms_now(db, pd101.person(db, DESIGNER), pd101.course(db).id)


def services(pd101: District101) -> str:
    return "/api/lti/courses" if pd101.practice.lms.flavour is Flavour.CANVAS else "/mod/lti/services.php"


def test_a_finished_course_is_noticed_and_shown_in_the_goal(pd101):
    goal_id = pd101.declare(EDUCATOR)
    pd101.connect()
    finish_course(pd101.practice.lms, pd101.practice.course(), pd101.practice.user(EDUCATOR))

    ask(pd101)
    pd101.work()

    with pd101.database.reading() as db:
        completion = db.scalars(select(Completion)).one()
        assert completion.person_id == pd101.people[EDUCATOR]
        assert completion.source.value == pd101.practice.lms.flavour.value
        assert db.scalars(select(Activity).where(Activity.goal_id == goal_id)).one().completed_at is not None
        assert pd101.course(db).completions_read_at is not None


def test_without_access_the_read_stops_in_words_and_goes_on_once_connected(pd101):
    finish_course(pd101.practice.lms, pd101.practice.course(), pd101.practice.user(EDUCATOR))
    with pd101.database.transaction() as db:
        enqueue_read(db, pd101.course(db))
    pd101.work()
    with pd101.database.reading() as db:
        assert "Nobody has given the tool access" in pd101.course(db).completions_note
    assert the_message(pd101, "completions.read").state is MessageState.STOPPED

    pd101.connect()
    pd101.work()

    with pd101.database.reading() as db:
        assert len(db.scalars(select(Completion)).all()) == 1
        assert pd101.course(db).completions_note == ""


def test_access_that_was_lost_is_said_on_the_connection(pd101):
    pd101.connect()
    pd101.practice.lms.connections.web_service_tokens.clear()
    pd101.practice.lms.connections.api_tokens.clear()
    pd101.practice.lms.connections.refresh_tokens.clear()

    ask(pd101)
    pd101.work()

    with pd101.database.reading() as db:
        access = db.scalars(select(RestAccess)).one()
        assert access.problem
        assert not access.is_connected


def test_access_that_was_lost_stays_lost_while_the_lms_is_merely_down(pd101):
    pd101.connect()
    with pd101.database.transaction() as db:
        db.scalars(select(RestAccess)).one().problem = "The LMS no longer accepts the access."
    pd101.fault(Kind.REFUSE, "/", times=20)

    with pd101.database.transaction() as db:
        enqueue_read(db, pd101.course(db))
    pd101.work()

    with pd101.database.reading() as db:
        assert db.scalars(select(RestAccess)).one().problem


def test_a_score_on_its_way_waits_while_its_course_is_not_marked_as_professional_learning(pd101):
    pd101.fault(Kind.REFUSE, services(pd101), times=1)
    meet(pd101, pd101.declare(EDUCATOR))
    pd101.work()
    with pd101.database.transaction() as db:
        pd101.course(db).professional_learning_at = None

    make_due(pd101)
    pd101.work()

    assert pd101.grade(EDUCATOR) is None
    assert "not marked as professional learning" in the_message(pd101, "score").last_error
    with pd101.database.transaction() as db:
        pd101.course(db).professional_learning_at = utc_now()
    make_due(pd101)
    pd101.work()
    assert pd101.grade(EDUCATOR).writes == 1


def test_a_met_goal_reaches_the_gradebook_once_and_is_confirmed(pd101):
    goal_id = pd101.declare(EDUCATOR)
    meet(pd101, goal_id)

    pd101.work()

    score, grade = the_score(pd101), pd101.grade(EDUCATOR)
    assert score.state is ScoreState.CONFIRMED, score.outcome
    assert grade is not None
    assert grade.writes == 1
    assert (grade.activity_progress, grade.grading_progress) in {("Completed", "FullyGraded"), ("", "")}
    assert not grade.comments
    meet(pd101, goal_id)
    pd101.work()
    assert pd101.grade(EDUCATOR).writes == 1


def test_an_lms_that_is_down_gets_the_score_when_it_is_back(pd101):
    pd101.fault(Kind.REFUSE, services(pd101), times=2)
    meet(pd101, pd101.declare(EDUCATOR))
    pd101.work()
    assert the_score(pd101).state is ScoreState.WAITING
    assert the_message(pd101, "score").state is MessageState.DUE

    for _ in range(3):
        make_due(pd101)
        pd101.work()

    assert the_score(pd101).state is ScoreState.CONFIRMED
    assert pd101.grade(EDUCATOR).writes == 1


@pytest.mark.parametrize("status", [401, 403])
def test_what_the_lms_refuses_of_one_course_or_person_does_not_stop_the_other_scores(pd101, status):
    pd101.arrive("ben.okafor")
    refused = pd101.practice.user(EDUCATOR).lti_id

    def refuse() -> tuple[str, int] | None:
        is_refused = request.path.endswith("/scores") and request.get_json(force=True).get("userId") == refused
        return ("", status) if is_refused else None

    pd101.practice.server.app.before_request_funcs.setdefault(None, []).append(refuse)
    meet(pd101, pd101.declare(EDUCATOR))
    meet(pd101, pd101.declare("ben.okafor"))

    pd101.work()

    with pd101.database.reading() as db:
        states = {score.person_id: score.state for score in db.scalars(select(Score))}
    assert states[pd101.people["ben.okafor"]] is ScoreState.CONFIRMED
    assert states[pd101.people[EDUCATOR]] is ScoreState.NEEDS_ATTENTION
    assert pd101.grade(EDUCATOR) is None


def test_a_tool_that_the_lms_no_longer_knows_stops_its_scores_and_tries_daily(pd101):
    pd101.arrive("ben.okafor")
    meet(pd101, pd101.declare(EDUCATOR))
    meet(pd101, pd101.declare("ben.okafor"))
    known = dict(pd101.practice.lms.tools)
    pd101.practice.lms.tools.clear()
    pd101.work()
    assert states_of(pd101, "score") == [MessageState.STOPPED] * 2

    pd101.practice.lms.tools.update(known)
    make_due(pd101)
    pd101.work()

    with pd101.database.reading() as db:
        assert {score.state for score in db.scalars(select(Score))} == {ScoreState.CONFIRMED}


def test_a_score_whose_answer_was_lost_is_not_sent_twice(pd101):
    meet(pd101, pd101.declare(EDUCATOR))
    pd101.lose_answer("/scores")
    pd101.work()
    assert pd101.grade(EDUCATOR).writes == 1
    assert the_score(pd101).state is not ScoreState.CONFIRMED

    make_due(pd101)
    pd101.work()

    assert the_score(pd101).state is ScoreState.CONFIRMED
    assert pd101.grade(EDUCATOR).writes == 1


@pytest.mark.parametrize("age", [timedelta(hours=1), timedelta(0)])
def test_an_empty_entry_that_is_newer_is_replaced_by_one_later_score(pd101, age):
    meet(pd101, pd101.declare(EDUCATOR))
    with pd101.database.transaction() as db:
        goal = db.scalars(select(Goal)).one()
        goal.met_at = utc_now() - timedelta(days=3)
    lms = pd101.practice.lms
    (column,) = (each for each in lms.line_items.values() if each.activity_id == pd101.link.id)
    grade = lms.grade(column.id, pd101.practice.user(EDUCATOR).id)
    grade.updated_at = utc_now() - age
    grade.activity_progress, grade.grading_progress = "Started", "NotReady"

    pd101.work()

    score = the_score(pd101)
    assert score.state is ScoreState.CONFIRMED, score.outcome
    assert score.timestamp is not None
    assert score.timestamp <= utc_now()
    assert pd101.grade(EDUCATOR).score == column.score_maximum


def test_a_gradebook_that_shows_a_score_late_is_read_once_more_before_anybody_is_suspected(pd101):
    meet(pd101, pd101.declare(EDUCATOR))
    early = ["[]"]

    def show_nothing_yet(response: Response) -> Response:
        if early and request.path.endswith("/results"):
            response.set_data(early.pop())
        return response

    pd101.practice.server.app.after_request_funcs.setdefault(None, []).append(show_nothing_yet)

    pd101.work()

    assert early == []
    assert the_score(pd101).state is ScoreState.CONFIRMED
    assert pd101.grade(EDUCATOR).writes == 1


def test_a_score_is_read_back_after_some_seconds_not_at_once(pd101):
    patient = replace(pd101.app.extensions["settings"], confirm_after=10)
    meet(pd101, pd101.declare(EDUCATOR))

    deliver_due(pd101.database, patient)

    assert the_score(pd101).state is ScoreState.SENT
    assert the_message(pd101, "scores.confirm").due_at > utc_now() + timedelta(seconds=5)


def test_a_grade_set_by_hand_is_left_alone_and_needs_somebody(pd101):
    meet(pd101, pd101.declare(EDUCATOR))
    lms = pd101.practice.lms
    (column,) = (each for each in lms.line_items.values() if each.activity_id == pd101.link.id)
    grade = lms.grade(column.id, pd101.practice.user(EDUCATOR).id)
    grade.score, grade.overridden = column.score_maximum / 3, True

    pd101.work()

    score = the_score(pd101)
    assert score.state is ScoreState.NEEDS_ATTENTION
    assert "somebody changed the grade" in score.outcome
    assert pd101.grade(EDUCATOR).score == column.score_maximum / 3


def test_an_unpublished_assignment_waits_and_is_sent_once_it_is_published(pd101):
    if pd101.practice.lms.flavour is Flavour.MOODLE:
        pytest.skip("Moodle takes scores of hidden activities")
    meet(pd101, pd101.declare(EDUCATOR))
    pd101.link.published = False
    for item in pd101.practice.lms.line_items.values():
        item.published = False
    pd101.work()
    assert the_score(pd101).state is ScoreState.NEEDS_ATTENTION
    assert the_message(pd101, "score").state is MessageState.WAITING
    assert "ublish" in the_score(pd101).outcome

    pd101.practice.publish(pd101.link)
    make_due(pd101)
    pd101.work()

    assert the_score(pd101).state is ScoreState.CONFIRMED


def test_sending_a_confirmed_score_again_only_asks(pd101):
    meet(pd101, pd101.declare(EDUCATOR))
    pd101.work()
    with pd101.database.transaction() as db:
        send_score_again(db, pd101.person(db, DESIGNER), the_score(pd101).id)

    pd101.work()

    assert the_score(pd101).state is ScoreState.CONFIRMED
    assert pd101.grade(EDUCATOR).writes == 1


def test_sending_again_mends_a_grade_that_was_lost_in_the_lms(pd101):
    meet(pd101, pd101.declare(EDUCATOR))
    pd101.work()
    grade = pd101.grade(EDUCATOR)
    grade.score = grade.result_score = grade.result_maximum = None
    with pd101.database.transaction() as db:
        send_score_again(db, pd101.person(db, DESIGNER), the_score(pd101).id)

    pd101.work()

    assert the_score(pd101).state is ScoreState.CONFIRMED
    assert pd101.grade(EDUCATOR).score is not None


def test_a_score_that_is_only_asked_about_many_times_keeps_a_time_that_has_come(pd101):
    meet(pd101, pd101.declare(EDUCATOR))
    pd101.work()
    for _again in range(8):
        with pd101.database.transaction() as db:
            send_score_again(db, pd101.person(db, DESIGNER), the_score(pd101).id)
        make_due(pd101)
        pd101.work()
    grade = pd101.grade(EDUCATOR)
    grade.score = grade.result_score = grade.result_maximum = None
    with pd101.database.transaction() as db:
        send_score_again(db, pd101.person(db, DESIGNER), the_score(pd101).id)
    make_due(pd101)
    pd101.work()
    assert (the_score(pd101).state, grade.writes) == (ScoreState.CONFIRMED, 2)


def compare(pd101: District101) -> int:
    with pd101.database.transaction() as db:
        queued = enqueue_due_comparisons(db, utc_now() + timedelta(days=1, minutes=1))
    make_due(pd101)
    pd101.work()
    return queued


def test_a_confirmed_score_that_the_gradebook_still_shows_stays_confirmed(pd101):
    meet(pd101, pd101.declare(EDUCATOR))
    pd101.work()

    assert compare(pd101) == 1

    assert the_message(pd101, "scores.compare").state is MessageState.DELIVERED
    assert the_score(pd101).state is ScoreState.CONFIRMED


def test_a_confirmed_score_that_was_taken_away_in_the_lms_is_listed_and_can_be_sent_again(pd101):
    meet(pd101, pd101.declare(EDUCATOR))
    pd101.work()
    grade = pd101.grade(EDUCATOR)
    grade.score = grade.result_score = grade.result_maximum = None

    compare(pd101)
    listed = the_score(pd101)
    with pd101.database.transaction() as db:
        send_score_again(db, pd101.person(db, DESIGNER), listed.id)
    pd101.work()

    assert (listed.state, listed.cause) == (ScoreState.NEEDS_ATTENTION, "differs")
    assert the_score(pd101).state is ScoreState.CONFIRMED


def test_scores_are_compared_once_a_day(pd101):
    meet(pd101, pd101.declare(EDUCATOR))
    pd101.work()
    with pd101.database.transaction() as db:
        assert enqueue_due_comparisons(db, utc_now()) == 1
        assert enqueue_due_comparisons(db, utc_now() + timedelta(hours=23)) == 0
        assert enqueue_due_comparisons(db, utc_now() + timedelta(hours=25)) == 1


def test_an_lms_that_lets_no_results_be_read_is_not_asked_to_compare(pd101):
    meet(pd101, pd101.declare(EDUCATOR))
    pd101.work()
    with pd101.database.transaction() as db:
        of_lms, of_course = db.get_one(Registration, pd101.practice.registration_id), pd101.course(db)
        granted = of_course.scopes
        of_lms.scopes = of_course.scopes = [each for each in granted if each != Scope.RESULT_READ]

    with pd101.database.transaction() as db:
        assert enqueue_due_comparisons(db, utc_now()) == 0
        pd101.course(db).scopes = granted
        db.flush()
        assert enqueue_due_comparisons(db, utc_now()) == 1


def sent_scores(pd101: District101, *logins: str) -> list[str]:
    """Let these people finish; return the requests by which the LMS was asked what it shows."""
    asked: list[str] = []
    pd101.practice.server.app.before_request_funcs.setdefault(None, []).append(
        lambda: asked.append(request.full_path) if request.path.endswith("/results") else None
    )
    pd101.arrive(*logins)
    for login in logins:
        meet(pd101, pd101.declare(login))
    pd101.work()
    return asked


def test_scores_of_one_column_are_read_back_together(pd101):
    asked = sent_scores(pd101, "ben.okafor", "chloe.nguyen", "dev.patel")

    with pd101.database.reading() as db:
        assert [score.state for score in db.scalars(select(Score))] == [ScoreState.CONFIRMED] * 3
    assert len(asked) == 1
    assert "user_id" not in asked[0]
    assert ("limit=100" in asked[0]) is (pd101.practice.lms.flavour is Flavour.CANVAS)


@pytest.mark.parametrize(
    ("family", "pending", "column", "whole"),
    [
        ("canvas", 1, 1, True), ("canvas", 3, 99, True), ("canvas", 3, 400, False), ("canvas", 50, 400, True),
        ("moodle", 1, 500, True), ("moodle", 3, 4000, False), ("moodle", 75, 10_000, True),
    ],
)  # fmt: skip
def test_a_column_is_read_whole_where_that_asks_less_of_the_lms(family, pending, column, whole):
    platform = Platform(
        id=1, district_id=1, family=family, issuer="", client_id="", token_url="", signing_key=None  # type: ignore[arg-type]
    )  # fmt: skip
    users = {str(number): number for number in range(pending)}

    assert Confirmation(platform, "http://lms.test/items/1", users, column).is_cheaper_whole is whole


def test_a_first_score_that_never_arrived_still_counts_as_a_new_submission(pd101):
    if pd101.practice.lms.flavour is not Flavour.CANVAS:
        pytest.skip("only Canvas counts submissions")
    pd101.link.submission_type = "external_tool"
    pd101.fault(Kind.REFUSE, services(pd101), times=1)
    meet(pd101, pd101.declare(EDUCATOR))
    pd101.work()

    make_due(pd101)
    pd101.work()

    assert the_score(pd101).state is ScoreState.CONFIRMED
    assert pd101.grade(EDUCATOR).attempts == 1


def test_one_lms_that_hangs_does_not_delay_another(pd101):
    goal_id = pd101.declare(EDUCATOR)
    pd101.fault(Kind.DELAY, "/silent", times=None, seconds=2.0)
    with pd101.database.transaction() as db:
        district_id = pd101.person(db, EDUCATOR).district_id
        db.add(AlertSettings(district_id=district_id, emails=[], hook_url=f"{pd101.practice.url}/silent"))
        for number in range(20):
            enqueue(db, kind="alert.send", key=f"silent:{number}", lane="alert:hook", district_id=district_id,
                    payload={"cause": "test", "count": 0, "channel": "hook"})  # fmt: skip
    meet(pd101, goal_id)
    worker = threading.Thread(
        target=deliver_due, args=(pd101.database, pd101.app.extensions["settings"]), kwargs={"threads": 8}
    )

    worker.start()
    waiting_when_confirmed = 0
    while worker.is_alive() and not waiting_when_confirmed:
        if states_of(pd101, "score") == [MessageState.DELIVERED] and the_score(pd101).state is ScoreState.CONFIRMED:
            waiting_when_confirmed = states_of(pd101, "alert.send").count(MessageState.DUE)
        time.sleep(0.05)
    worker.join()

    assert waiting_when_confirmed > 0


def states_of(pd101: District101, kind: str) -> list[MessageState]:
    with pd101.database.reading() as db:
        return list(db.scalars(select(OutboxMessage.state).where(OutboxMessage.kind == kind)))


def change_grade(pd101: District101, value: float) -> None:
    grade = pd101.grade(EDUCATOR)
    assert grade is not None
    grade.score, grade.result_score, grade.result_maximum = value, value, 1.0


def test_a_changed_grade_that_an_administrator_leaves_is_quiet_until_it_changes_again(pd101):
    meet(pd101, pd101.declare(EDUCATOR))
    pd101.work()
    change_grade(pd101, 0.5)
    compare(pd101)
    differing = the_score(pd101)
    with pd101.database.transaction() as db:
        leave_score(db, pd101.person(db, DESIGNER), differing.id)

    found = []
    for value in (0.5, 0.25, 1.0):
        change_grade(pd101, value)
        with pd101.database.transaction() as db:
            db.execute(update(OutboxMessage).values(created_at=utc_now() - timedelta(days=2)))
        compare(pd101)
        found.append(the_score(pd101).state)
        with pd101.database.transaction() as db:
            if found[-1] is ScoreState.NEEDS_ATTENTION:
                leave_score(db, pd101.person(db, DESIGNER), differing.id)

    assert (differing.cause, differing.shown) == ("differs", "0.5/1")
    assert found == [ScoreState.LEFT, ScoreState.NEEDS_ATTENTION, ScoreState.CONFIRMED]
    assert pd101.grade(EDUCATOR).writes == 1
