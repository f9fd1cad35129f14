"""Whose turn it is to be asked about, how often, and who is asked about."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import delete, select, text

from lti_tool.db import Database, utc_now
from lti_tool.grades.models import Completion, CompletionSource, Score
from lti_tool.grades.operations import asking
from lti_tool.grades.operations.asking import MOST_OF_ONE
from lti_tool.grades.tasks import read_due_courses
from lti_tool.launch.models import Family, Registration, RestAccess
from lti_tool.lms.platform import Scope
from lti_tool.lms.rest import CourseQuestion
from lti_tool.lms.vault import Vault
from lti_tool.outbox.delivery import deliver_due
from lti_tool.outbox.models import MessageState, OutboxMessage
from lti_tool.people.models import Course, Membership
from lti_tool.plans.models import Activity
from tests.conftest import make_course, make_district, make_person
from tests.grades.conftest import DONE
from tests.lms.conftest import answering
from tests.teams.declared import make_identity


@pytest.fixture
def connected(app, database, sample) -> None:
    token = Vault(app.extensions["settings"].secret_key).seal("token")
    with database.transaction() as db:
        access = RestAccess(registration_id=sample.registration.id, base_url="http://127.0.0.1:1", access_token=token)
        db.add(access)


@contextmanager
def moodle_without_courses(database: Database) -> Iterator[list[Any]]:
    """Let a Moodle answer that knows everybody and has none of their courses any more."""
    gone = b'{"exception": "dml_missing_record_exception", "errorcode": "invalidrecord", "message": ""}'
    with answering({"/webservice/rest/server.php": (200, {}, gone)}) as (url, asked):
        with database.transaction() as db:
            db.scalars(select(RestAccess)).one().base_url = url
        yield asked


def due(database, now) -> int:
    with database.transaction() as db:
        found = asking.enqueue_due_reads(db, now)
        for message in db.scalars(select(OutboxMessage)):
            db.delete(message)
        return found


@pytest.mark.usefixtures("connected")
def test_a_course_is_read_often_where_a_goal_waits_hourly_where_people_finish_and_seldom_else(
    database, sample, goal, learner
):
    now = utc_now()

    def read_at(before: timedelta) -> None:
        with database.transaction() as db:
            course = db.get_one(Course, sample.course.id)
            course.completions_asked_at = course.completions_read_at = now - before

    assert due(database, now) == 1
    read_at(timedelta(minutes=1))
    assert due(database, now) == 0
    read_at(timedelta(minutes=3))
    assert due(database, now) == 1
    with database.transaction() as db:
        db.scalars(select(Activity)).one().completed_at = DONE
    assert due(database, now) == 0
    read_at(timedelta(minutes=61))
    assert due(database, now) == 0
    read_at(timedelta(hours=7))
    assert due(database, now) == 1
    with database.transaction() as db:
        db.add(Completion(district_id=sample.district.id, course_id=sample.course.id, person_id=learner.id,
                          source=CompletionSource.MOODLE))  # fmt: skip
    read_at(timedelta(minutes=59))
    assert due(database, now) == 0
    read_at(timedelta(minutes=61))
    assert due(database, now) == 1


@pytest.fixture
def platforms(database):
    """Return `platforms(counts)`: connected LMSs with so many courses each, the first ones the longest unread."""

    def make(*counts: int) -> list[int]:
        with database.transaction() as db:
            made = []
            for number, count in enumerate(counts):
                there = make_district(db, f"District {number}")
                db.get_one(Registration, there.registration.id).family = Family.CANVAS
                db.add(RestAccess(registration_id=there.registration.id, base_url="http://lms.test", access_token=b"x"))
                courses = [there.course] + [
                    make_course(db, there.district.id, there.registration.id, there.deployment.id)
                    for _more in range(count - 1)
                ]
                for course in courses:
                    course.completions_asked_at = utc_now() - timedelta(days=len(counts) - number)
                made.append(there.registration.id)
            return made

    return make


def queued(database) -> dict[str, list[OutboxMessage]]:
    lanes: dict[str, list[OutboxMessage]] = {}
    with database.reading() as db:
        for message in db.scalars(select(OutboxMessage).order_by(OutboxMessage.due_at)):
            lanes.setdefault(message.lane, []).append(message)
    return lanes


def test_a_large_lms_does_not_keep_the_others_from_being_asked(database, platforms):
    large, small, other = platforms(MOST_OF_ONE + 40, 3, 1)
    with database.transaction() as db:
        asking.enqueue_due_reads(db, utc_now())

    found = {lane: len(messages) for lane, messages in queued(database).items()}

    assert found == {f"rest:{large}": MOST_OF_ONE, f"rest:{small}": 3, f"rest:{other}": 1}


def test_the_next_round_goes_on_where_the_last_one_ended(database, platforms):
    platforms(MOST_OF_ONE + 5)
    asked = set()
    for _round in range(2):
        with database.transaction() as db:
            asking.enqueue_due_reads(db, utc_now())
            for message in db.scalars(select(OutboxMessage)):
                asked.add(message.payload["course_id"])
                db.get_one(Course, message.payload["course_id"]).completions_asked_at = utc_now()
                db.delete(message)

    assert len(asked) == MOST_OF_ONE + 5


def test_the_questions_of_a_round_are_spread_over_a_minute_and_never_at_one_moment(database, platforms):
    platforms(10, 1, 1, 1)
    now = utc_now()
    with database.transaction() as db:
        asking.enqueue_due_reads(db, now)

    moments = [message.due_at - now for messages in queued(database).values() for message in messages]
    (largest,) = (messages for messages in queued(database).values() if len(messages) == 10)
    gaps = [later.due_at - earlier.due_at for earlier, later in pairwise(largest)]

    assert all(timedelta(0) <= each < timedelta(minutes=1) for each in moments)
    assert len(set(moments)) == len(moments)
    assert sum(gaps, timedelta()) > timedelta(seconds=30)


def ask_round(database, settings, now) -> set[int]:
    """Deliver a round of questions; return the courses that were asked about."""
    with database.transaction() as db:
        asking.enqueue_due_reads(db, now)
        waiting = db.scalars(select(OutboxMessage).where(OutboxMessage.state == MessageState.DUE)).all()
        for message in waiting:
            message.due_at = utc_now()
        asked = {course_id for message in waiting for course_id in message.payload["course_ids"]}
    deliver_due(database, settings)
    return asked


@pytest.mark.usefixtures("connected")
def test_courses_that_the_lms_has_no_more_are_asked_about_daily_and_keep_no_other_waiting(
    app, database, sample, goal, learner
):
    with database.transaction() as db:
        for _number in range(MOST_OF_ONE):
            course = make_course(db, sample.district.id, sample.registration.id, sample.deployment.id)
            db.add(Activity(plan_id=goal.plan_id, opportunity_id=course.id))
        everything = set(db.scalars(select(Course.id)))
    now = utc_now()
    with moodle_without_courses(database) as asked_for:
        rounds = [ask_round(database, app.extensions["settings"], now) for _minute in range(3)]
        tomorrow = ask_round(database, app.extensions["settings"], now + timedelta(hours=25))

    assert asked_for
    assert rounds[0] | rounds[1] == everything
    assert rounds[2] == set()
    assert len(tomorrow) == MOST_OF_ONE


@pytest.mark.usefixtures("connected")
def test_a_course_whose_read_is_under_way_is_not_asked_about_again(database):
    with database.transaction() as db:
        assert asking.enqueue_due_reads(db, utc_now()) == 1
        assert asking.enqueue_due_reads(db, utc_now()) == 0


def test_an_lms_without_access_is_not_asked(database, sample):
    with database.transaction() as db:
        assert asking.enqueue_due_reads(db, utc_now()) == 0


def test_only_learners_whom_the_lms_still_has_are_asked_about(app, database, sample, learner, administrator):
    with database.transaction() as db:
        make_identity(db, sample, administrator, "9")
        plan = asking.plan_read(db, [sample.course.id], app.extensions["settings"], database)

    assert plan is not None
    (course,) = plan.courses
    assert course.people == {"7": learner.id}
    assert course.question == CourseQuestion(sample.course.lms_course_id, ("7",), frozenset({"7"}))


def test_somebody_who_counts_the_course_is_asked_about_without_ever_opening_the_tool_in_it(
    app, database, sample, goal, learner
):
    with database.transaction() as db:
        elsewhere = make_course(db, sample.district.id, sample.registration.id, sample.deployment.id, "Reading")
        db.add(Activity(plan_id=goal.plan_id, goal_id=goal.id, opportunity_id=elsewhere.id))
        plan = asking.plan_read(db, [elsewhere.id], app.extensions["settings"], database)

    assert plan is not None
    (course,) = plan.courses
    assert course.people == {"7": learner.id}
    assert course.question.members == frozenset()


def test_members_without_an_id_of_the_lms_are_not_asked_about_and_counted_as_not_told(
    app, database, sample, goal, learner, tell
):
    with database.transaction() as db:
        for name in ("Ben Ode", "Cem Kaya"):
            make_identity(db, sample, make_person(db, sample, name)).lms_user_id = ""
        make_identity(db, sample, learner, "another").lms_user_id = ""  # known by another one all the same
        plan = asking.plan_read(db, [sample.course.id], app.extensions["settings"], database)
    assert plan is not None
    assert plan.courses[0].question.user_ids == ("7",)

    tell({"7": True})

    with database.reading() as db:
        note = db.get_one(Course, sample.course.id).completions_note
    assert note == "The LMS could not tell for 2 people of this course."


def test_of_somebody_who_only_counts_the_course_nothing_is_said_when_the_lms_cannot_tell(
    app, database, sample, goal, tell
):
    with database.transaction() as db:
        db.execute(delete(Membership))

    tell({}, untold=("7",))

    with database.reading() as db:
        assert db.get_one(Course, sample.course.id).completions_note == ""


@pytest.mark.usefixtures("connected")
def test_learning_that_serves_no_goal_is_waited_for_too(database, sample, goal):
    now = utc_now()
    with database.transaction() as db:
        db.scalars(select(Activity)).one().goal_id = None
        db.get_one(Course, sample.course.id).completions_asked_at = now - timedelta(minutes=3)
        db.get_one(Course, sample.course.id).completions_read_at = now - timedelta(minutes=3)

    assert due(database, now) == 1


@pytest.mark.usefixtures("connected", "worker")
def test_a_course_at_which_the_tool_fails_does_not_keep_the_others_from_being_asked_about(
    database, sample, learner, add_link, caplog
):
    add_link()
    with database.transaction() as db:
        db.get_one(Course, sample.course.id).scopes = [Scope.RESULT_READ]
        db.add(Score(district_id=sample.district.id, course_id=sample.course.id, person_id=learner.id,
                     achieved_at=utc_now()))  # fmt: skip
        db.flush()
        db.execute(text("UPDATE score SET state = 'of a later version'"))

    queued_reads = read_due_courses()

    assert queued_reads == 2, "its completions are read, and its column is compared"
    assert "could not be placed" in caplog.text


@pytest.mark.usefixtures("connected")
def test_all_courses_of_a_moodle_whose_turn_it_is_are_asked_about_in_one_message(database, sample, goal):
    with database.transaction() as db:
        other = make_course(db, sample.district.id, sample.registration.id, sample.deployment.id)
        assert asking.enqueue_due_reads(db, utc_now()) == 2
        assert asking.enqueue_due_reads(db, utc_now()) == 0

    ((message,),) = queued(database).values()
    assert message.payload == {"course_ids": [sample.course.id, other.id]}


@pytest.mark.usefixtures("connected")
def test_an_end_that_moodle_took_away_is_forgotten_and_one_that_it_does_not_speak_of_is_kept(
    app, database, sample, goal
):
    end = datetime(2027, 5, 1, tzinfo=UTC)
    for said, expected in (({"enddate": int(end.timestamp())}, end), ({}, end), ({"enddate": 0}, None)):
        answer = json.dumps([{"id": sample.course.context_id, "completed": False, **said}]).encode()
        with answering({"/webservice/rest/server.php": (200, {}, answer)}) as (url, _asked):
            with database.transaction() as db:
                db.scalars(select(RestAccess)).one().base_url = url
                asking.enqueue_read(db, db.get_one(Course, sample.course.id))
            deliver_due(database, app.extensions["settings"])
        with database.reading() as db:
            assert db.get_one(Course, sample.course.id).ends_at == expected


@pytest.mark.usefixtures("connected")
@pytest.mark.parametrize(
    ("waited_for", "ends_in", "pause"),
    [
        (timedelta(hours=1), None, timedelta(minutes=2)),
        (timedelta(days=20), None, timedelta(minutes=15)),
        (timedelta(days=20), timedelta(days=1), timedelta(minutes=2)),
        (timedelta(days=90), None, timedelta(hours=1)),
        (timedelta(hours=1), timedelta(days=-30), timedelta(minutes=2)),
        (timedelta(days=20), timedelta(days=-30), timedelta(hours=6)),
        (None, timedelta(days=1), timedelta(hours=1)),
        (None, timedelta(days=-30), timedelta(hours=6)),
    ],
)
def test_the_longer_somebody_waits_the_rarer_the_lms_is_asked_but_for_courses_that_end(
    database, sample, goal, waited_for, ends_in, pause
):
    now = utc_now()
    for before, expected in ((pause - timedelta(seconds=30), 0), (pause + timedelta(seconds=30), 1)):
        with database.transaction() as db:
            course, activity = db.get_one(Course, sample.course.id), db.scalars(select(Activity)).one()
            course.completions_asked_at = course.completions_read_at = now - before
            course.ends_at = now + ends_in if ends_in else None
            activity.created_at = now - (waited_for or timedelta())
            activity.completed_at = None if waited_for else now
        assert due(database, now) == expected
