"""Bad days of an LMS, a database and a broker: every completion is in the gradebook once, or in the review with why."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import func, select, text

from lti_tool.db import utc_now
from lti_tool.launch.models import LinkKind, ResourceLink
from lti_tool.outbox.models import DeliveryAttempt
from lti_tool.outbox.operations import enqueue
from lti_tool.people.models import Course, Membership
from practice_lms.faults import Kind
from practice_lms.state import Flavour
from tests.faults.installation import Installation, eventually
from tests.faults.lms import Storm
from tests.faults.taking_up import finish_all, meet_all, take_up

pytestmark = pytest.mark.processes


def attempts(installation: Installation) -> int:
    with installation.database.reading() as db:
        return db.scalar(select(func.count()).select_from(DeliveryAttempt)) or 0


def all_arrive(installation: Installation, posts: int = 0) -> bool:
    """Let hours pass until every score is confirmed, or until the LMS was sent so many."""

    def is_done() -> bool:
        installation.pass_waits(timedelta(hours=1))
        return installation.held.has_had(posts) if posts else installation.all_confirmed()

    return eventually(is_done)


def test_goals_of_one_person_that_are_met_at_once_bring_one_score(install, count):
    installation = install(learners=4, owed=False)
    take_up(installation, goals=6)
    finish_all(installation)
    installation.deliver()
    meet_all(installation)

    installation.deliver()

    assert installation.states() == {"confirmed": 4}
    assert count(installation).once == 4


def test_cycles_of_one_team_that_are_told_at_once_bring_one_score(install):
    installation = install(learners=4, owed=False)
    take_up(installation)
    with installation.database.transaction() as db:
        course, link = db.scalars(select(Course)).one(), db.scalars(select(ResourceLink)).one()
        link.kind = LinkKind.TEAM_CYCLE
        payload = {"course_id": course.id, "person_ids": list(db.scalars(select(Membership.person_id)))}
        payload["kept_at"] = utc_now().isoformat()
        for number in range(8):
            enqueue(db, kind="team.kept", key=f"team:{number}", district_id=course.district_id, payload=payload)

    installation.deliver()

    assert installation.states() == {"confirmed": 4}


@pytest.mark.parametrize("workers", [2, 10])
def test_five_in_a_hundred_away_one_throttled_some_pages_and_answers_that_are_lost(workers, install, count):
    installation = install(learners=60)
    installation.held.storm = Storm(unavailable=5, throttled=1, page=3, answer_lost=4)
    installation.start_workers(workers)

    assert all_arrive(installation), installation.states()

    assert attempts(installation) > 60, "nothing went wrong"
    assert count(installation).once == 60


@pytest.mark.parametrize("answer", [Kind.REFUSE, Kind.PAGE, Kind.REDIRECT])
def test_an_lms_that_is_down_for_an_hour_is_left_alone_and_then_gets_everything(answer, install, count):
    installation = install(learners=30)
    installation.held.fallen = answer
    installation.start_worker()
    for _five_minutes in range(12):
        assert eventually(installation.is_at_rest)
        installation.pass_waits(timedelta(minutes=5))
    asked = attempts(installation)
    assert installation.states() == {"waiting": 30}

    installation.held.fallen = None

    assert all_arrive(installation), installation.states()
    assert asked < 40, "an LMS that is down was asked again and again"
    assert count(installation).once == 30


def test_an_lms_that_takes_scores_and_never_says_so_gets_each_once(install, count):
    installation = install(learners=6)
    gate = installation.held.gate("/scores", is_after=True)
    installation.start_worker()
    assert eventually(lambda: attempts(installation) > 0), "the worker waits for ever"

    installation.held.gates.clear()
    gate.open()

    assert all_arrive(installation), installation.states()
    assert count(installation).once == 6


def test_access_tokens_that_the_lms_takes_back_are_replaced(install, count):
    installation = install(learners=40)
    installation.held.seconds = 0.05
    installation.start_worker()
    for wanted in (4, 16, 28):
        assert all_arrive(installation, wanted)
        with installation.held.lms.lock:
            installation.held.lms.lti.access_tokens.clear()
            installation.held.lms.lti.secret = f"{wanted}" * 32

    assert all_arrive(installation), installation.states()
    assert count(installation).once == 40


def test_a_tool_that_is_switched_off_stops_in_the_review_and_goes_on_when_it_is_switched_on(install, count):
    installation = install(learners=20)
    tool = installation.held.tool
    if installation.held.lms.flavour is Flavour.CANVAS:
        tool.active = False
    else:
        del installation.held.lms.tools[tool.id]
    installation.start_worker()
    assert eventually(installation.is_at_rest)
    assert attempts(installation) <= installation.settings.lms_at_once, "each message met the closed door"
    assert sum(installation.account().review.values()) >= 1

    tool.active = True
    installation.held.lms.tools[tool.id] = tool
    installation.mend()

    assert all_arrive(installation), installation.states()
    assert count(installation).once == 20


def test_a_gradebook_column_that_was_deleted_is_in_the_review_with_what_to_do(install, count):
    installation = install(learners=10)
    del installation.held.lms.line_items[installation.held.item.id]
    installation.start_worker()
    assert eventually(lambda: installation.states() == {"needs_attention": 10}), installation.states()
    tried = attempts(installation)
    installation.pass_waits(timedelta(days=2))
    assert eventually(lambda: attempts(installation) >= tried + 10), "it was not tried once more"
    assert eventually(installation.is_at_rest)

    account = count(installation)

    assert account.review.total() == 10
    assert all("no longer has this" in reason for reason in account.review)


def test_a_column_that_is_deleted_while_scores_are_read_back_is_in_the_review(install, count):
    installation = install(learners=4)
    gate = installation.held.gate("/results", "GET")
    installation.start_worker()
    assert gate.arrived.wait(30)
    installation.held.lms.line_items.clear()
    installation.held.gates.clear()
    gate.open()

    assert eventually(lambda: installation.states() == {"needs_attention": 4}), installation.states()
    assert count(installation).once == 4


@pytest.mark.parametrize("ahead", [timedelta(seconds=50), timedelta(minutes=-10)])
def test_a_clock_that_is_wrong_delays_scores_and_loses_none(ahead, install, count):
    installation = install(learners=8)
    installation.held.lms.clock = lambda: datetime.now(UTC) + ahead
    installation.start_worker()
    assert eventually(installation.is_at_rest)
    if not installation.all_confirmed():
        (reason,) = installation.account().review
        assert "clock" in reason or "keys" in reason, reason

    installation.held.lms.clock = lambda: datetime.now(UTC)
    installation.mend()

    assert all_arrive(installation), installation.states()
    assert count(installation).once == 8


@pytest.mark.parametrize(("holder", "other"), [("0", "600"), ("-600", "0")])
def test_a_worker_whose_clock_is_wrong_takes_nothing_from_another_and_loses_nothing_to_it(
    holder, other, install, count
):
    installation = install(learners=1)
    if installation.database.engine.dialect.name == "sqlite":
        pytest.skip("all workers of a SQLite file share the clock of its machine")
    gate = installation.held.gate("/scores")
    installation.start_worker(CLOCK_AHEAD=holder)
    assert gate.arrived.wait(30)

    installation.start_worker(CLOCK_AHEAD=other)
    time.sleep(2)
    assert installation.held.posts == 1, "the lease of a worker that lives was taken for over"
    installation.held.gates.clear()
    gate.open()

    assert eventually(installation.all_confirmed), installation.states()
    assert count(installation).once == 1


def test_a_grade_that_a_teacher_gave_stays_and_is_in_the_review(install, count):
    installation = install(learners=6)
    number = next(iter(installation.held.learners.values()))
    grade = installation.held.lms.grade(installation.held.item.id, number)
    grade.score, grade.overridden, grade.updated_at = 0.5, True, datetime.now(UTC) - timedelta(days=1)

    installation.start_worker()

    assert eventually(lambda: installation.states() == {"confirmed": 5, "needs_attention": 1}), installation.states()
    assert grade.score == 0.5
    count(installation)


def test_a_database_whose_connections_all_break_again_and_again(install, count):
    installation = install(learners=60)
    if installation.database.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has no server that could go away")
    installation.held.seconds = 0.1
    installation.start_workers(2)
    end_all = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    for wanted in (3, 12, 24, 36, 48):
        assert eventually(partial(installation.held.has_had, wanted))
        with installation.database.engine.begin() as connection:
            connection.execute(end_all)

    assert eventually(installation.all_confirmed), installation.states()
    assert all(worker.process.poll() is None for worker in installation.workers), "a worker ended"
    assert count(installation).once == 60
