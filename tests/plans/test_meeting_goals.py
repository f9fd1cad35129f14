"""From a finished course over a try-it to a goal that is met, and back."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.errors import ConflictError, InvalidInputError, NotFoundError
from lti_tool.outbox.models import OutboxMessage
from lti_tool.people.models import Course
from lti_tool.plans.models import Activity, GoalState
from lti_tool.plans.operations import (
    keep_learning,
    meet_goal,
    record_course_completion,
    reflect,
    reopen_goal,
    start_try,
    take_out,
    take_up,
    withdraw_course_completion,
)
from lti_tool.plans.queries import goals_of
from tests.conftest import make_course, make_district
from tests.plans.conftest import Ana, write_goal

FINISHED = datetime(2026, 11, 3, 10, 2, tzinfo=UTC)


@pytest.fixture
def linked(database, sample, ana):
    """Ana's goal with the sample course counting toward it."""
    with database.transaction() as db:
        take_up(db, db.merge(ana.person), ana.read(db), db.merge(sample.course).opportunity)
    return ana


def counted(db: Session, owner: Ana, course: Course) -> Activity:
    """Return the activity by which the course counts toward the owner's goal."""
    activity = owner.read(db).counted(course.id)
    assert activity is not None
    return activity


def announcements(db: Session) -> Sequence[OutboxMessage]:
    met = select(OutboxMessage).where(OutboxMessage.kind == "goal.met")
    return db.scalars(met.order_by(OutboxMessage.id)).all()


def test_a_goal_without_courses_is_met_with_a_statement(database, ana):
    with database.transaction() as db:
        meet_goal(db, ana.person, ana.read(db), " Most of them can say it now ")

    with database.reading() as db:
        goal = ana.read(db)
        assert goal.state is GoalState.MET
        assert goal.results_statement == "Most of them can say it now"
        (message,) = announcements(db)
        assert (message.kind, message.key, message.payload) == (
            "goal.met", f"goal:{goal.id}", {"goal_id": goal.id},
        )  # fmt: skip
        assert message.district_id == ana.person.district_id


def test_a_goal_is_not_met_without_saying_what_came_of_it(database, ana):
    with database.transaction() as db, pytest.raises(InvalidInputError):
        meet_goal(db, ana.person, ana.read(db), "  ")


def test_a_finished_course_alone_does_not_make_a_goal_met(database, sample, linked):
    with database.transaction() as db:
        record_course_completion(db, linked.person.id, sample.course.id, FINISHED)

        with pytest.raises(ConflictError):
            meet_goal(db, linked.person, linked.read(db), "Done")


def test_a_completion_said_twice_opens_exactly_one_try(database, sample, linked):
    for moment in (FINISHED, None):
        with database.transaction() as db:
            record_course_completion(db, linked.person.id, sample.course.id, moment)

    with database.reading() as db:
        goal = linked.read(db)
        assert [each.completed_at for each in goal.courses] == [FINISHED]
        assert [(each.opportunity_id, each.done_at) for each in goal.tries] == [(sample.course.id, None)]


def test_a_completion_without_a_time_is_dated_by_us(database, sample, linked):
    with database.transaction() as db:
        record_course_completion(db, linked.person.id, sample.course.id, None)

    with database.reading() as db:
        assert linked.read(db).courses[0].completed_at is not None


def test_a_completion_reaches_every_open_goal_that_counts_the_course_and_no_other(database, sample, linked):
    with database.transaction() as db:
        person, course = db.merge(linked.person), db.merge(sample.course)
        second, met, apart = (write_goal(db, person, name) for name in ("Second", "Met", "Apart"))
        for goal in (second, met):
            take_up(db, person, goal, course.opportunity)
        met.state = GoalState.MET

    with database.transaction() as db:
        record_course_completion(db, linked.person.id, sample.course.id, FINISHED)

    with database.reading() as db:
        tries = {goal.headline: len(goal.tries) for goal in goals_of(db, linked.person)}
        assert tries == {linked.read(db).headline: 1, "Second": 1, "Met": 0, "Apart": 0}
        assert apart.id


def test_a_course_that_is_linked_after_it_was_finished_is_finished_there_too(database, sample, linked):
    with database.transaction() as db:
        record_course_completion(db, linked.person.id, sample.course.id, FINISHED)
    with database.transaction() as db:
        person = db.merge(linked.person)
        second = write_goal(db, person, "Second")
        take_up(db, person, second, db.merge(sample.course).opportunity)

    with database.reading() as db:
        second = goals_of(db, linked.person)[1]
        assert second.courses[0].completed_at == FINISHED
        assert len(second.tries) == 1


def test_a_withdrawn_completion_takes_back_an_empty_try_and_keeps_one_with_words(database, sample, linked):
    with database.transaction() as db:
        person = db.merge(linked.person)
        record_course_completion(db, person.id, sample.course.id, FINISHED)
        second = write_goal(db, person, "Second")
        take_up(db, person, second, db.merge(sample.course).opportunity)
        reflect(db, person, linked.read(db).tries[0], "Tried it on Monday")

    with database.transaction() as db:
        withdraw_course_completion(db, linked.person.id, sample.course.id)

    with database.reading() as db:
        first, second = goals_of(db, linked.person)
        assert [first.courses[0].completed_at, second.courses[0].completed_at] == [None, None]
        assert [each.reflection for each in first.tries] == ["Tried it on Monday"]
        assert second.tries == []


def test_what_a_met_goal_rested_on_is_not_finished_for_another_goal_once_the_lms_took_it_back(database, sample, linked):
    with database.transaction() as db:
        record_course_completion(db, linked.person.id, sample.course.id, FINISHED)
        goal = linked.read(db)
        reflect(db, linked.person, goal.tries[0], "Two classes wrote exit notes")
        meet_goal(db, linked.person, goal, "Most can say it")
    with database.transaction() as db:
        withdraw_course_completion(db, linked.person.id, sample.course.id)
        person = db.merge(linked.person)
        take_up(db, person, write_goal(db, person, "Second"), db.merge(sample.course).opportunity)

    with database.transaction() as db:
        first, second = goals_of(db, linked.person)
        assert (first.state, first.courses[0].completed_at) == (GoalState.MET, FINISHED)
        assert second.courses[0].completed_at is None
        keep_learning(db, linked.person, first.courses[0])
        assert not first.courses[0].asks_its_owner


def test_a_goal_with_a_course_is_met_after_a_try_and_announced_once(database, sample, linked):
    with database.transaction() as db:
        record_course_completion(db, linked.person.id, sample.course.id, FINISHED)
    with database.transaction() as db:
        goal = linked.read(db)
        reflect(db, linked.person, goal.tries[0], "Two classes wrote exit notes")
        meet_goal(db, linked.person, goal, "Most can say it")
    with database.transaction() as db, pytest.raises(ConflictError):
        meet_goal(db, linked.person, linked.read(db), "Again")
    for change in (reopen_goal, lambda db, person, goal: meet_goal(db, person, goal, "Still true")):
        with database.transaction() as db:
            change(db, linked.person, linked.read(db))

    with database.reading() as db:
        assert len(announcements(db)) == 1
        assert linked.read(db).results_statement == "Still true"


def test_reopening_takes_nothing_back_and_a_course_linked_since_is_announced(database, sample, ana):
    with database.transaction() as db:
        meet_goal(db, ana.person, ana.read(db), "Done")
    with database.transaction() as db:
        person = db.merge(ana.person)
        reopen_goal(db, person, ana.read(db))
    with database.reading() as db:
        assert len(announcements(db)) == 1
    with database.transaction() as db:
        person, goal = db.merge(ana.person), ana.read(db)
        take_up(db, person, goal, db.merge(sample.course).opportunity)
        record_course_completion(db, person.id, sample.course.id, FINISHED)
        reflect(db, person, goal.tries[0], "Tried")
        meet_goal(db, person, goal, "Done, with a course")

    with database.reading() as db:
        assert len(announcements(db)) == 2


def test_a_course_that_a_machine_with_a_slow_clock_linked_is_announced(database, sample, ana):
    with database.transaction() as db:
        meet_goal(db, ana.person, ana.read(db), "Done")
        reopen_goal(db, ana.person, ana.read(db))
    with database.transaction() as db:
        goal = ana.read(db)
        take_up(db, ana.person, goal, db.merge(sample.course).opportunity)
        goal.activities[0].created_at = FINISHED.replace(year=2020)
        goal.plan.rules.try_it_required = False
        meet_goal(db, ana.person, goal, "Done, with a course")

    with database.reading() as db:
        assert len(announcements(db)) == 2


def test_where_the_lms_cannot_tell_the_owner_opens_the_try(database, sample, linked):
    with database.transaction() as db, pytest.raises(ConflictError):
        start_try(db, linked.person, counted(db, linked, sample.course))
    with database.transaction() as db:
        db.merge(sample.course).completions_note = "Completion tracking is off in this course."
    with database.transaction() as db:
        start_try(db, linked.person, counted(db, linked, sample.course))
        record_course_completion(db, linked.person.id, sample.course.id, FINISHED)

    with database.reading() as db:
        assert len(linked.read(db).tries) == 1


def test_a_course_that_is_taken_out_before_it_is_finished_leaves_no_empty_try(database, sample, linked):
    with database.transaction() as db:
        db.merge(sample.course).completions_note = "Completion tracking is off in this course."
    with database.transaction() as db:
        start_try(db, linked.person, counted(db, linked, sample.course))
        take_out(db, linked.person, counted(db, linked, sample.course))

    with database.reading() as db:
        assert (linked.read(db).courses, linked.read(db).tries) == ([], [])


def test_s5_taking_a_finished_course_out_does_not_take_the_try_it_out(database, sample, linked):
    with database.transaction() as db:
        record_course_completion(db, linked.person.id, sample.course.id, FINISHED)
        take_out(db, linked.person, counted(db, linked, sample.course))
        with pytest.raises(ConflictError):
            meet_goal(db, linked.person, linked.read(db), "Done")
        reflect(db, linked.person, linked.read(db).tries[0], "Two classes wrote exit notes.")
        meet_goal(db, linked.person, linked.read(db), "Done")

    with database.reading() as db:
        assert (linked.read(db).courses, linked.read(db).state) == ([], GoalState.MET)


@pytest.mark.parametrize("wrong", ["unmarked", "foreign"])
def test_only_marked_courses_of_the_own_district_count(database, sample, ana, wrong):
    with database.transaction() as db:
        course: Course = make_course(db, sample.district.id, sample.registration.id, sample.deployment.id, "Other")
        if wrong == "unmarked":
            course.professional_learning_at = None
        else:
            course = make_district(db, "Elsewhere").course

        with pytest.raises(NotFoundError):
            take_up(db, ana.person, ana.read(db), course.opportunity)


def test_an_educator_walks_from_course_to_met_goal_on_the_pages(database, sample, ana, visit):
    visitor, goal = visit(sample, ana.person), f"/plans/goals/{ana.goal_id}"

    visitor.post(f"{goal}/learning/{sample.course.id}")
    assert "the LMS was not asked yet" in visitor.get(goal).text
    with database.transaction() as db:
        record_course_completion(db, ana.person.id, sample.course.id, FINISHED)
    assert "as the LMS reports" in visitor.get(goal).text
    with database.reading() as db:
        try_id = ana.read(db).tries[0].id
    too_early = visitor.post(f"{goal}/meet", data={"words": "Too early"})
    empty = visitor.post(f"/plans/try-its/{try_id}", data={"words": " "})
    assert visitor.get(f"/plans/try-its/{try_id}").status_code == 200
    assert visitor.post(f"/plans/try-its/{try_id}", data={"words": "Two classes"}).status_code == 303
    assert visitor.get(f"{goal}/meet").status_code == 200
    unsaid = visitor.post(f"{goal}/meet", data={"words": ""})
    met = visitor.post(f"{goal}/meet", data={"words": "Most can say it"})

    assert "Too early" in too_early.text
    assert (too_early.status_code, empty.status_code, unsaid.status_code, met.status_code) == (409, 422, 422, 303)
    page = visitor.get(goal).text
    assert "Most can say it" in page
    assert "Open this goal again" in page
    assert visitor.post(f"{goal}/reopen").status_code == 303


def test_an_untrackable_course_says_so_on_the_goal(database, sample, linked, visit):
    with database.transaction() as db:
        db.merge(sample.course).completions_note = "Completion tracking is off in this course."
    visitor = visit(sample, linked.person)

    page = visitor.get(f"/plans/goals/{linked.goal_id}").text
    with database.reading() as db:
        activity_id = counted(db, linked, sample.course).id
    answer = visitor.post(f"/plans/activities/{activity_id}/try")

    assert "Completion tracking is off in this course." in page
    assert "open the try-it" in page
    assert answer.status_code == 303


def test_a_goal_that_is_met_in_several_tabs_at_once_is_announced_once(database, sample, ana, visit):
    tabs = [visit(sample, ana.person) for _ in range(4)]

    with ThreadPoolExecutor(len(tabs)) as pool:
        answers = pool.map(lambda tab: tab.post(f"/plans/goals/{ana.goal_id}/meet", data={"words": "Done"}), tabs)

    assert sorted(answer.status_code for answer in answers) == [303, 409, 409, 409]
    with database.reading() as db:
        assert len(announcements(db)) == 1
