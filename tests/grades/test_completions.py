"""What the LMS reports of finished courses: recorded once, told to goals, taken back when the LMS takes it back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from lti_tool.db import Database, utc_now
from lti_tool.grades.models import Completion
from lti_tool.grades.operations import completions
from lti_tool.grades.operations.completions import ReadPlan
from lti_tool.launch.models import RestAccess
from lti_tool.launch.queries import platform_of
from lti_tool.lms.rest import CompletionRead, PersonCompletion
from lti_tool.outbox.models import OutboxMessage
from lti_tool.people.models import Course
from lti_tool.plans.models import Goal, GoalCourse, TryIt
from tests.conftest import make_person
from tests.teams.declared import make_identity

DONE = datetime(2026, 11, 3, 10, 2, tzinfo=UTC)


@pytest.fixture
def tell(app, database, sample):
    """Return `tell({lms user id: completed})`: what a read of the sample course found."""

    def told(said: dict[str, bool], **more) -> None:
        people = tuple(PersonCompletion(user, done, DONE if done else None) for user, done in said.items())
        with database.transaction() as db:
            plan = completions.plan_read(db, sample.course.id, app.extensions["settings"], database)
            assert plan is not None
            completions.record_read(db, sample.course.id, plan, CompletionRead(people, **more))

    return told


def kept(database: Database) -> list[Completion]:
    with database.reading() as db:
        return list(db.scalars(select(Completion).order_by(Completion.id)))


def link_of(database: Database, goal: Goal) -> GoalCourse:
    with database.reading() as db:
        return db.scalars(select(GoalCourse).where(GoalCourse.goal_id == goal.id)).one()


def tries(database: Database) -> int:
    with database.reading() as db:
        return db.query(TryIt).count()


@pytest.fixture
def crowd(database, sample) -> list[str]:
    with database.transaction() as db:
        people = [make_person(db, sample, f"Person {number}") for number in range(9)]
        return [make_identity(db, sample, person, str(100 + person.id)).lms_user_id for person in people]


def test_a_completion_is_recorded_once_and_opens_one_try_it(database, goal, tell):
    tell({"7": True})
    tell({"7": True})

    assert [each.completed_at for each in kept(database)] == [DONE]
    assert link_of(database, goal).completed_at == DONE
    assert tries(database) == 1


def test_a_completion_that_the_lms_took_back_is_withdrawn_and_may_come_again(database, goal, tell):
    tell({"7": True})
    tell({"7": False})
    withdrawn = kept(database)[0].withdrawn_at
    assert link_of(database, goal).completed_at is None

    tell({"7": True})

    assert withdrawn is not None
    assert [each.withdrawn_at for each in kept(database)] == [None]
    assert link_of(database, goal).completed_at == DONE


def test_somebody_of_whom_the_lms_says_nothing_keeps_what_was_known(database, sample, goal, tell):
    tell({"7": True})

    tell({}, untold=("7",))

    assert kept(database)[0].counts
    with database.reading() as db:
        assert db.get_one(Course, sample.course.id).completions_note == (
            "The LMS could not tell for 1 person of this course."
        )


def test_a_course_that_cannot_be_tracked_says_so_and_makes_nobody_unfinished(database, sample, goal, tell):
    tell({"7": True})

    tell({}, untold=("7",), why_not_trackable="This course has no conditions for its completion.")

    assert kept(database)[0].counts
    with database.reading() as db:
        course = db.get_one(Course, sample.course.id)
    assert course.completions_note == "This course has no conditions for its completion."
    assert course.completions_read_at is not None


def test_many_completions_at_once_are_held_until_an_administrator_accepts(
    database, sample, goal, tell, crowd, administrator
):
    tell(dict.fromkeys([*crowd, "7"], True))
    assert all(each.held_at for each in kept(database))
    assert link_of(database, goal).completed_at is None
    tell(dict.fromkeys([*crowd, "7"], True))
    assert all(each.held_at for each in kept(database))

    with database.transaction() as db:
        completions.accept_held(db, db.merge(administrator), sample.course.id)

    assert all(each.counts for each in kept(database))
    assert link_of(database, goal).completed_at == DONE


def test_a_few_completions_of_a_large_course_are_not_held(database, tell, crowd):
    tell(dict.fromkeys(crowd[:5], True))

    assert len(kept(database)) == 5
    assert all(each.counts for each in kept(database))


def test_held_completions_that_the_lms_takes_back_are_no_longer_held(database, tell, crowd):
    tell(dict.fromkeys(crowd, True))

    tell(dict.fromkeys(crowd, False))

    assert not any(each.held_at for each in kept(database))


def test_a_goal_that_counts_the_course_later_is_told_at_the_next_read(database, sample, goal, tell):
    with database.transaction() as db:
        db.delete(db.scalars(select(GoalCourse)).one())
    tell({"7": True})
    with database.transaction() as db:
        db.add(GoalCourse(goal_id=goal.id, course_id=sample.course.id))

    tell({"7": True})

    assert link_of(database, goal).completed_at == DONE


@pytest.fixture
def connected(database, sample) -> None:
    with database.transaction() as db:
        access = RestAccess(registration_id=sample.registration.id, base_url="http://127.0.0.1:1", access_token=b"x")
        db.add(access)


def due(database, now) -> int:
    with database.transaction() as db:
        found = completions.enqueue_due_reads(db, now)
        for message in db.scalars(select(OutboxMessage)):
            db.delete(message)
        return found


@pytest.mark.usefixtures("connected")
def test_a_course_that_a_goal_waits_for_is_read_every_two_minutes_else_hourly(database, sample, goal):
    now = utc_now()

    def read_at(before: timedelta) -> None:
        with database.transaction() as db:
            db.get_one(Course, sample.course.id).completions_read_at = now - before

    assert due(database, now) == 1
    read_at(timedelta(minutes=1))
    assert due(database, now) == 0
    read_at(timedelta(minutes=3))
    assert due(database, now) == 1
    with database.transaction() as db:
        db.scalars(select(GoalCourse)).one().completed_at = DONE
    assert due(database, now) == 0
    read_at(timedelta(minutes=61))
    assert due(database, now) == 1


@pytest.mark.usefixtures("connected")
def test_a_course_whose_read_is_under_way_is_not_asked_about_again(database):
    with database.transaction() as db:
        assert completions.enqueue_due_reads(db, utc_now()) == 1
        assert completions.enqueue_due_reads(db, utc_now()) == 0


def test_an_lms_without_access_is_not_asked(database, sample):
    with database.transaction() as db:
        assert completions.enqueue_due_reads(db, utc_now()) == 0


def test_only_learners_whom_the_lms_still_has_are_asked_about(app, database, sample, learner, administrator):
    with database.transaction() as db:
        make_identity(db, sample, administrator, "9")
        plan = completions.plan_read(db, sample.course.id, app.extensions["settings"], database)
        platform = platform_of(db, db.merge(sample.registration), app.extensions["settings"], database)

    assert plan == ReadPlan(platform, sample.course.lms_course_id, {"7": learner.id})
