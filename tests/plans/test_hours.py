"""Hours: added once by finished learning, by hand, and by a plan; counted by kind, school year and licence."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import delete, select

from lti_tool.errors import ConflictError, NotFoundError
from lti_tool.people.models import Opportunity, OpportunityKind, Person, Role, Supervision
from lti_tool.plans.models import CreditType, EntrySource, Goal, GoalState, GrowthPlan, LedgerEntry, LicenceCycle
from lti_tool.plans.operations import (
    CycleWords,
    EntryWords,
    add_hours_by_hand,
    finish_activity,
    meet_goal,
    note_learning,
    record_course_completion,
    reflect,
    reopen_goal,
    set_licence_cycle,
    take_out,
    take_up,
    unfinish_activity,
    withdraw_course_completion,
    withdraw_hours,
)
from lti_tool.plans.queries import hours_of
from tests.conftest import make_course, make_person
from tests.plans.conftest import write_goal
from tests.plans.learning import offer

FINISHED = datetime(2026, 11, 3, 10, 2, tzinfo=UTC)
TYPED = {
    "title": "County reading conference", "quantity": "0.6", "credit_type": "CEU", "earned_on": "2026-10-01",
    "is_attested": "yes",
}  # fmt: skip


@pytest.fixture
def course(database, sample, ana):
    """Return a course of six hours that counts toward Ana's goal."""
    with database.transaction() as db:
        course = make_course(db, sample.district.id, sample.registration.id, sample.deployment.id, "Feedback")
        course.opportunity.hours = Decimal(6)
        take_up(db, db.merge(ana.person), ana.read(db), course.opportunity)
    return course


def ledger(database) -> list[LedgerEntry]:
    with database.reading() as db:
        return list(db.scalars(select(LedgerEntry).order_by(LedgerEntry.id)))


def finish(database, ana, course) -> None:
    with database.transaction() as db:
        record_course_completion(db, ana.person.id, course.id, FINISHED)


def by_hand(day: date, quantity: str, kind: str = "Clock hours") -> EntryWords:
    return EntryWords("A course elsewhere", Decimal(quantity), kind, day)


def test_a_finished_course_adds_its_hours_once_with_the_day_on_which_it_was_finished(database, ana, course):
    finish(database, ana, course)
    finish(database, ana, course)

    (entry,) = ledger(database)
    assert (entry.quantity, entry.hours, entry.earned_on) == (Decimal(6), Decimal(6), FINISHED.date())
    assert (entry.title, entry.source, entry.person_id) == ("Feedback", EntrySource.ACTIVITY, ana.person.id)


def test_a_course_that_serves_two_goals_adds_its_hours_once(database, ana, course):
    with database.transaction() as db:
        person = db.merge(ana.person)
        take_up(db, person, write_goal(db, person, "A second goal"), db.merge(course).opportunity)
    finish(database, ana, course)

    assert [each.hours for each in ledger(database)] == [Decimal(6)]


def test_a_course_that_is_reported_finished_four_times_at_once_adds_its_hours_once(database, ana, course):
    with database.transaction() as db:
        person = db.merge(ana.person)
        take_up(db, person, write_goal(db, person, "A second goal"), db.merge(course).opportunity)

    with ThreadPoolExecutor(4) as at_once:
        list(at_once.map(lambda _: finish(database, ana, course), range(4)))

    assert [each.hours for each in ledger(database)] == [Decimal(6)]


def test_a_course_that_was_finished_before_it_was_linked_adds_its_hours_when_it_is(database, sample, ana, course):
    finish(database, ana, course)
    with database.transaction() as db:
        take_up(db, db.merge(ana.person), write_goal(db, db.merge(ana.person), "Another"), db.merge(course).opportunity)

    assert [each.hours for each in ledger(database)] == [Decimal(6)]


def test_hours_go_with_a_completion_that_is_taken_back_and_come_again_with_it(database, ana, course):
    finish(database, ana, course)
    with database.transaction() as db:
        withdraw_course_completion(db, ana.person.id, course.id)
    (taken_back,) = ledger(database)
    finish(database, ana, course)

    (entry,) = ledger(database)
    assert taken_back.withdrawn_at
    assert entry.withdrawn_at is None


def test_hours_follow_the_completion_though_the_goal_is_met(database, ana, course):
    finish(database, ana, course)
    with database.transaction() as db:
        person, goal = db.merge(ana.person), ana.read(db)
        reflect(db, person, goal.tries[0], "It helped.")
        meet_goal(db, person, goal, "They say more.")
    with database.transaction() as db:
        withdraw_course_completion(db, ana.person.id, course.id)
    (taken_back,) = ledger(database)
    finish(database, ana, course)

    assert taken_back.withdrawn_at
    assert ledger(database)[0].withdrawn_at is None


def test_a_course_that_is_finished_after_its_goal_was_met_adds_its_hours_and_opens_no_try_it(database, ana, course):
    with database.transaction() as db:
        goal = ana.read(db)
        goal.state = GoalState.MET
    finish(database, ana, course)

    assert [each.hours for each in ledger(database)] == [Decimal(6)]
    with database.reading() as db:
        goal = ana.read(db)
        assert (goal.counted(course.id).completed_at, goal.tries) == (FINISHED, [])


def test_a_course_that_was_finished_after_its_goal_was_met_opens_its_try_it_when_the_goal_is_opened_again(
    database, ana, course
):
    with database.transaction() as db:
        ana.read(db).state = GoalState.MET
    finish(database, ana, course)
    with database.transaction() as db:
        reopen_goal(db, db.merge(ana.person), ana.read(db))

    with database.reading() as db:
        assert [each.opportunity_id for each in ana.read(db).tries] == [course.id]


def test_what_no_lms_reports_can_be_finished_after_its_goal_was_met(database, sample, ana, visit):
    with database.transaction() as db:
        book = offer(db, sample, OpportunityKind.STUDY, "A book", hours=Decimal(5))
        take_up(db, db.merge(ana.person), ana.read(db), book)
        ana.read(db).state, ana.read(db).met_at = GoalState.MET, FINISHED
        activity_id = ana.read(db).activities[0].id
    visitor = visit(sample, ana.person)

    offered = visitor.get(f"/plans/goals/{ana.goal_id}").text
    answer = visitor.post(f"/plans/activities/{activity_id}/finish", data={"finished_on": "2026-11-03"})

    assert "I finished it" in offered
    assert answer.status_code == 303
    assert [each.hours for each in ledger(database)] == [Decimal(5)]


def test_hours_that_the_lms_reported_stay_where_the_course_is_taken_out_and_go_when_the_lms_takes_it_back(
    database, ana, course
):
    finish(database, ana, course)
    with database.transaction() as db:
        take_out(db, db.merge(ana.person), ana.read(db).counted(course.id))
    (taken_out,) = ledger(database)
    with database.transaction() as db:
        withdraw_course_completion(db, ana.person.id, course.id)
    (taken_back,) = ledger(database)
    with database.transaction() as db:
        take_up(db, db.merge(ana.person), ana.read(db), db.merge(course).opportunity)
    finish(database, ana, course)

    assert taken_out.withdrawn_at is None
    assert taken_back.withdrawn_at
    assert ledger(database)[0].withdrawn_at is None


def test_hours_of_what_served_no_goal_go_when_it_is_taken_out_of_the_plan(database, sample, ana):
    with database.transaction() as db:
        noted = note_learning(
            db, db.merge(ana.person), offer(db, sample, OpportunityKind.STUDY, "A book", hours=Decimal(5))
        )
        finish_activity(db, db.merge(ana.person), noted, FINISHED.date())
    with database.transaction() as db:
        take_out(db, db.merge(ana.person), db.merge(noted))

    assert [bool(each.withdrawn_at) for each in ledger(database)] == [True]


@pytest.mark.parametrize("act", [take_out, unfinish_activity])
def test_hours_stay_as_long_as_one_goal_says_that_it_is_finished(database, sample, ana, act):
    with database.transaction() as db:
        owner, book = db.merge(ana.person), offer(db, sample, OpportunityKind.STUDY, "A book", hours=Decimal(5))
        both = [ana.read(db), write_goal(db, owner, "A second goal")]
        for goal in both:
            take_up(db, owner, goal, book)
            finish_activity(db, owner, goal.activities[0], FINISHED.date())
    withdrawn = []
    for goal in both:
        with database.transaction() as db:
            act(db, db.merge(ana.person), db.get_one(Goal, goal.id).activities[0])
        withdrawn.append(bool(ledger(database)[0].withdrawn_at))

    assert withdrawn == [False, True]


def test_a_course_without_hours_adds_none_until_it_has_some_and_the_owner_adds_them(database, sample, ana, visit):
    with database.transaction() as db:
        take_up(db, db.merge(ana.person), ana.read(db), db.merge(sample.course).opportunity)
    finish(database, ana, sample.course)
    visitor = visit(sample, ana.person)
    before = visitor.get("/plans/hours").text
    with database.transaction() as db:
        db.get_one(Opportunity, sample.course.id).hours = Decimal("2.5")

    told = visitor.get("/plans/hours").text
    visitor.post("/plans/hours/missing")
    visitor.post("/plans/hours/missing")

    assert "not in here yet" not in before
    assert "1 thing that you finished has hours by now" in told
    assert [each.hours for each in ledger(database)] == [Decimal("2.5")]


def test_hours_stay_when_the_course_and_the_plan_are_deleted(database, ana, course):
    finish(database, ana, course)
    with database.transaction() as db:
        db.execute(delete(Opportunity).where(Opportunity.id == course.id))
        db.execute(delete(GrowthPlan))

    (entry,) = ledger(database)
    assert (entry.title, entry.hours, entry.opportunity_id, entry.activity_id) == ("Feedback", Decimal(6), None, None)


def test_hours_by_hand_are_marked_as_said_by_the_owner(database, sample, ana, visit):
    visitor = visit(sample, ana.person)

    response = visitor.post("/plans/hours/new", data=TYPED)

    assert response.status_code == 303
    (entry,) = ledger(database)
    assert (entry.quantity, entry.hours, entry.source) == (Decimal("0.6"), Decimal(6), EntrySource.BY_HAND)
    assert entry.attested_at
    assert "said by the owner" in visitor.get("/plans/hours").text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"title": ""}, "Say what you did."),
        ({"quantity": "0"}, "Say how much"),
        ({"quantity": "NaN"}, "Say how much"),
        ({"quantity": "9" * 30}, "Say how much"),
        ({"credit_type": "Gold stars"}, "Choose a kind of credit from the list."),
        ({"earned_on": ""}, "Write the date as 2027-05-31."),
        ({"proof_url": "data:text/html,x"}, "Write a whole address"),
        ({"is_attested": ""}, "Tick this to add the hours."),
    ],
)
def test_hours_by_hand_that_lack_something_come_back(database, sample, ana, visit, typed, said):
    response = visit(sample, ana.person).post("/plans/hours/new", data=TYPED | typed)

    assert response.status_code == 422
    assert said in response.text
    assert ledger(database) == []


def test_hours_by_hand_can_be_taken_back_and_those_of_a_course_cannot(database, ana, course):
    finish(database, ana, course)
    with database.transaction() as db:
        person = db.get_one(Person, ana.person.id)
        withdraw_hours(db, person, add_hours_by_hand(db, person, by_hand(date(2026, 10, 1), "2")))
        of_course = db.scalars(select(LedgerEntry).where(LedgerEntry.source == EntrySource.ACTIVITY)).one()
        with pytest.raises(ConflictError):
            withdraw_hours(db, person, of_course)

    assert [bool(each.withdrawn_at) for each in ledger(database)] == [False, True]


def test_totals_are_by_kind_and_school_year_and_a_yearly_cap_is_applied_and_said(database, sample, ana, visit):
    with database.transaction() as db:
        person = db.get_one(Person, ana.person.id)
        for day, quantity in ((date(2026, 6, 30), "3"), (date(2026, 7, 1), "8"), (date(2027, 6, 30), "4.5")):
            add_hours_by_hand(db, person, by_hand(day, quantity))
        add_hours_by_hand(db, person, by_hand(date(2026, 9, 1), "0.5", "CEU"))
        db.scalars(select(CreditType).where(CreditType.name == "Clock hours")).one().yearly_cap = Decimal(10)

    with database.reading() as db:
        totals = hours_of(db, ana.person).totals
    assert [(each.school_year, each.credit_type.name, each.earned, each.counted) for each in totals] == [
        (2026, "CEU", Decimal("0.5"), Decimal("0.5")),
        (2026, "Clock hours", Decimal("12.5"), Decimal(10)),
        (2025, "Clock hours", Decimal(3), Decimal(3)),
    ]
    assert "the district counts 10 a school year" in visit(sample, ana.person).get("/plans/hours").text


def test_a_licence_counts_what_was_earned_within_its_dates_each_year_under_its_cap(database, sample, ana, visit):
    with database.transaction() as db:
        person = db.get_one(Person, ana.person.id)
        for day, quantity in (
            (date(2024, 6, 30), "9"), (date(2024, 9, 1), "15"), (date(2025, 9, 1), "6"), (date(2025, 9, 2), "1"),
        ):  # fmt: skip
            add_hours_by_hand(db, person, by_hand(day, quantity))
        add_hours_by_hand(db, person, by_hand(date(2025, 9, 1), "3", "CEU"))
        db.scalars(select(CreditType).where(CreditType.name == "Clock hours")).one().yearly_cap = Decimal(10)
        words = CycleWords(date(2024, 7, 1), date(2029, 6, 30), Decimal(30), "Clock hours")
        set_licence_cycle(db, person, words)
        set_licence_cycle(db, person, words)

    with database.reading() as db:
        (cycle,) = hours_of(db, ana.person).cycles
    assert (cycle.counted, cycle.missing, cycle.is_capped) == (Decimal(17), Decimal(13), True)
    page = visit(sample, ana.person).get("/plans/hours").text
    assert "17 of 30 clock hours earned." in page
    assert "13 to go." in page


def test_a_licence_that_ends_before_it_begins_is_refused_and_a_wrong_one_is_forgotten(database, sample, ana, visit):
    visitor = visit(sample, ana.person)
    typed = {"starts_on": "2026-07-01", "ends_on": "2026-07-01", "needed": "30", "credit_type": "Clock hours"}

    refused = visitor.post("/plans/licence", data=typed)
    visitor.post("/plans/licence", data=typed | {"ends_on": "2031-06-30"})
    with database.reading() as db:
        cycle = db.scalars(select(LicenceCycle)).one()
    visitor.post(f"/plans/licence/{cycle.id}/remove")

    assert "It has to end after it began." in refused.text
    with database.reading() as db:
        assert db.scalars(select(LicenceCycle)).all() == []


def test_hours_are_read_by_their_owner_their_reviewer_and_the_hours_office_and_nobody_else(
    database, sample, ana, course, visit
):
    finish(database, ana, course)
    with database.transaction() as db:
        reviewer, former, colleague = (make_person(db, sample, each) for each in ("Rita Vale", "Fay Orr", "Ben Okafor"))
        office = make_person(db, sample, "Omar Said", Role.ADMINISTRATOR)
        supervisor = make_person(db, sample, "Sue Vane", Role.SUPERVISOR, Role.DESIGNER)
        db.add(Supervision(person_id=ana.person.id, supervisor_id=reviewer.id))
        db.add(Supervision(person_id=ana.person.id, supervisor_id=former.id, ended_at=FINISHED))
    path = f"/plans/hours/of/{ana.person.id}"

    answers = {
        each.name: visit(sample, each).get(path).status_code
        for each in (ana.person, reviewer, office, former, colleague, supervisor)
    }

    assert answers == {
        "Ana Ruiz": 200, "Rita Vale": 200, "Omar Said": 200, "Fay Orr": 404, "Ben Okafor": 404, "Sue Vane": 404,
    }  # fmt: skip
    assert "Feedback" in visit(sample, reviewer).get(path).text
    assert "Take back" not in visit(sample, reviewer).get(path).text


def test_nobody_takes_back_the_hours_of_somebody_else(database, sample, ana, visit):
    with database.transaction() as db:
        entry = add_hours_by_hand(db, db.get_one(Person, ana.person.id), by_hand(date(2026, 9, 1), "1"))
        office = make_person(db, sample, "Omar Said", Role.ADMINISTRATOR)
        with pytest.raises(NotFoundError):
            withdraw_hours(db, office, entry)

    assert visit(sample, office).post(f"/plans/hours/{entry.id}/withdraw").status_code == 404
    assert ledger(database)[0].withdrawn_at is None


def test_the_starter_set_is_there_from_the_first_look_and_stored_with_the_first_write(database, sample, ana, visit):
    with database.transaction() as db:
        office = make_person(db, sample, "Omar Said", Role.ADMINISTRATOR)
    visitor = visit(sample, office)

    page = visitor.get("/plans/credit").text
    with database.reading() as db:
        nothing = db.scalars(select(CreditType)).all()
    visitor.post("/plans/credit/new", data={"name": "Micro-course", "unit": "micro-courses", "hours_per_unit": "2,5"})

    assert all(name in page for name in ("Clock hours", "CEU", "Semester hours"))
    assert nothing == []
    with database.reading() as db:
        kinds = {each.name: each for each in db.scalars(select(CreditType))}
    assert {name: each.hours_per_unit for name, each in kinds.items()} == {
        "Clock hours": Decimal(1), "CEU": Decimal(10), "Semester hours": Decimal(30), "Micro-course": Decimal("2.5"),
    }  # fmt: skip


def test_finished_learning_is_added_as_the_kind_that_the_administrator_chose(database, sample, ana, course, visit):
    with database.transaction() as db:
        office = make_person(db, sample, "Omar Said", Role.ADMINISTRATOR)
    visitor = visit(sample, office)
    visitor.post("/plans/credit/starters")
    with database.reading() as db:
        ids = {each.name: each.id for each in db.scalars(select(CreditType))}
    typed = {"name": "CEU", "unit": "CEU", "hours_per_unit": "10", "yearly_cap": "", "is_default": "yes"}

    visitor.post(f"/plans/credit/{ids['CEU']}", data=typed)
    refused = visitor.post(f"/plans/credit/{ids['CEU']}/offer", data={"offer": "no"})
    visitor.post(f"/plans/credit/{ids['Clock hours']}/offer", data={"offer": "no"})
    finish(database, ana, course)

    assert refused.status_code == 409
    (entry,) = ledger(database)
    assert (entry.credit_type_id, entry.quantity, entry.hours) == (ids["CEU"], Decimal("0.6"), Decimal(6))
    assert "Clock hours" not in visit(sample, ana.person).get("/plans/hours/new").text


def test_a_name_of_a_kind_of_credit_is_taken_once(database, sample, ana, visit):
    with database.transaction() as db:
        office = make_person(db, sample, "Omar Said", Role.ADMINISTRATOR)
    typed = {"name": "CEU", "unit": "units", "hours_per_unit": "1"}

    response = visit(sample, office).post("/plans/credit/new", data=typed)

    assert response.status_code == 422
    assert "There is a kind of credit of this name already." in response.text


def test_a_goal_that_goes_leaves_the_hours_that_were_earned_for_it(database, ana, course):
    finish(database, ana, course)
    with database.transaction() as db:
        db.delete(db.get_one(Goal, ana.goal_id))

    assert [each.hours for each in ledger(database)] == [Decimal(6)]
