"""What the LMS reports of finished courses: recorded once, told to goals, taken back when the LMS takes it back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import event, select

from lti_tool.db import Database, utc_now
from lti_tool.grades.models import Completion
from lti_tool.grades.operations import asking, completions
from lti_tool.lms.rest import CompletionRead, PersonCompletion
from lti_tool.people.models import Course
from lti_tool.plans.models import Activity, Goal, GoalState, LedgerEntry, TryIt
from tests.grades.conftest import DONE, deliver, kept
from tests.query_counter import count_queries


def link_of(database: Database, goal: Goal) -> Activity:
    with database.reading() as db:
        return db.scalars(select(Activity).where(Activity.goal_id == goal.id)).one()


def tries(database: Database) -> int:
    with database.reading() as db:
        return db.query(TryIt).count()


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


def test_a_read_that_began_before_somebody_finished_takes_nothing_back(app, database, sample, goal, tell):
    """A read of many people can be held on the next one while a quicker one sees that somebody finished."""
    with database.transaction() as db:
        plan = asking.plan_read(db, [sample.course.id], app.extensions["settings"], database)
    assert plan is not None
    stale = replace(plan.courses[0], begun_at=plan.courses[0].begun_at - timedelta(seconds=2))
    unfinished = CompletionRead((PersonCompletion("7", is_completed=False),))

    tell({"7": True})
    with database.transaction() as db:
        completions.record_read(db, stale, unfinished)
    assert kept(database)[0].counts
    assert link_of(database, goal).completed_at == DONE

    tell({"7": False})
    assert not kept(database)[0].counts


@pytest.mark.parametrize("people", [1, 5])
def test_a_read_that_began_before_completions_were_taken_back_brings_none_of_them_again(
    app, database, sample, goal, crowd, tell, people
):
    """Of one the completion is withdrawn at once, of many somebody is asked first: older news changes neither."""
    users = ["7", *crowd][:people]
    tell(dict.fromkeys(users, True))
    with database.transaction() as db:
        for each in db.scalars(select(Completion)):
            each.held_at = each.held_why = None
        plan = asking.plan_read(db, [sample.course.id], app.extensions["settings"], database)
    assert plan is not None
    stale = replace(plan.courses[0], begun_at=plan.courses[0].begun_at - timedelta(seconds=2))
    finished = CompletionRead(tuple(PersonCompletion(user, is_completed=True) for user in users))

    tell(dict.fromkeys(users, False))
    taken_back = [(each.withdrawn_at, each.recalled_at) for each in kept(database)]
    with database.transaction() as db:
        completions.record_read(db, stale, finished)
    assert [(each.withdrawn_at, each.recalled_at) for each in kept(database)] == taken_back
    assert all(bool(recalled) is (people > 1) for _withdrawn, recalled in taken_back)

    tell(dict.fromkeys(users, True))
    assert [(each.withdrawn_at, each.recalled_at) for each in kept(database)] == [(None, None)] * people


@pytest.mark.parametrize("for_goal", [True, False])
def test_a_plan_is_told_though_the_goal_is_met_and_where_there_is_none(database, goal, tell, for_goal):
    with database.transaction() as db:
        met = db.get_one(Goal, goal.id)
        met.state = GoalState.MET
        if not for_goal:
            met.activities[0].goal_id = None

    tell({"7": True})

    with database.reading() as db:
        assert [each.completed_at for each in db.scalars(select(Activity))] == [DONE]
    assert tries(database) == 0


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


def test_a_goal_that_counts_the_course_later_is_told_at_the_next_read(database, sample, goal, tell):
    with database.transaction() as db:
        db.delete(db.scalars(select(Activity)).one())
    tell({"7": True})
    with database.transaction() as db:
        db.add(Activity(plan_id=goal.plan_id, goal_id=goal.id, opportunity_id=sample.course.id))

    tell({"7": True})

    assert link_of(database, goal).completed_at == DONE


@pytest.mark.parametrize("way", ["anew", "noted and then linked"])
def test_a_finished_course_that_is_taken_up_is_finished_there_without_another_read(
    database, sample, goal, learner, tell, visit, way
):
    with database.transaction() as db:
        db.delete(db.scalars(select(Activity)).one())
        db.get_one(Course, sample.course.id).opportunity.hours = Decimal(6)
    tell({"7": True})
    visitor, course_id = visit(sample, learner), sample.course.id

    if way == "anew":
        visitor.post(f"/plans/goals/{goal.id}/learning/{course_id}")
    else:
        visitor.post(f"/plans/learning/{course_id}/note")
        with database.reading() as db:
            activity_id = db.scalars(select(Activity.id)).one()
        visitor.post(f"/plans/activities/{activity_id}/link", data={"goal": str(goal.id)})
    deliver(visitor)

    assert link_of(database, goal).completed_at == DONE
    assert tries(database) == 1
    with database.reading() as db:
        assert [each.hours for each in db.scalars(select(LedgerEntry))] == [Decimal(6)]


def test_a_finished_course_that_is_taken_out_and_up_again_is_finished_and_keeps_its_hours(
    database, sample, goal, learner, tell, visit
):
    with database.transaction() as db:
        db.get_one(Course, sample.course.id).opportunity.hours = Decimal(6)
    tell({"7": True})
    visitor = visit(sample, learner)

    visitor.post(f"/plans/activities/{link_of(database, goal).id}/remove")
    with database.reading() as db:
        between = db.scalars(select(LedgerEntry)).one().withdrawn_at
    visitor.post(f"/plans/goals/{goal.id}/learning/{sample.course.id}")
    deliver(visitor)

    assert between is None
    assert link_of(database, goal).completed_at == DONE
    with database.reading() as db:
        assert [each.withdrawn_at for each in db.scalars(select(LedgerEntry))] == [None]


@pytest.mark.parametrize("why_not", ["held_at", "withdrawn_at"])
def test_a_course_that_is_taken_up_is_told_of_no_completion_that_does_not_count(
    database, sample, goal, learner, tell, visit, why_not
):
    tell({"7": True})
    with database.transaction() as db:
        db.delete(db.scalars(select(Activity)).one())
        setattr(db.scalars(select(Completion)).one(), why_not, DONE)

    visitor = visit(sample, learner)
    visitor.post(f"/plans/goals/{goal.id}/learning/{sample.course.id}")
    deliver(visitor)

    assert link_of(database, goal).completed_at is None


def test_what_an_lms_tells_of_a_course_looks_at_none_of_its_scores(database, goal, tell):
    with count_queries(database) as counted:
        tell({"7": True})

    assert not [each for each in counted.statements if "FROM score" in each]


def test_opening_a_checkpoint_looks_at_nobody_else_who_finished_the_course_long_ago(
    database, sample, learner, goal, tell, crowd
):
    tell(dict.fromkeys(crowd, True))
    with database.transaction() as db:
        for each in kept(database):
            db.merge(each).noticed_at = utc_now() - timedelta(days=2)
        db.get_one(Course, sample.course.id).has_finishing_checkpoint = True
    looked_at: set[int] = set()
    event.listen(Completion, "load", look := lambda each, _context: looked_at.add(each.person_id))

    with database.transaction() as db:
        completions.record_checkpoint(db, sample.course.id, learner.id, DONE)
    event.remove(Completion, "load", look)

    assert looked_at <= {learner.id}
    assert link_of(database, goal).completed_at == DONE


def test_learning_that_serves_no_goal_is_finished_too(database, sample, goal, tell):
    with database.transaction() as db:
        db.scalars(select(Activity)).one().goal_id = None

    tell({"7": True})

    with database.reading() as db:
        assert db.scalars(select(Activity)).one().completed_at == DONE
