"""Completions that may be an error: held, taken back, and what an administrator and their owner say of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from lti_tool.db import Database, utc_now
from lti_tool.errors import NotFoundError
from lti_tool.grades.models import Completion, HeldWhy
from lti_tool.grades.needs import NeedKind, needs_of
from lti_tool.grades.operations import alerts, completions
from lti_tool.grades.operations.holding import Decision
from lti_tool.people.models import Course, Person, Role
from lti_tool.plans.models import Activity, Goal, GoalState
from tests.conftest import SampleDistrict, make_district, make_person
from tests.grades.conftest import DONE, MARKED, kept
from tests.teams.declared import make_identity


def link_of(database: Database, goal: Goal) -> Activity:
    with database.reading() as db:
        return db.scalars(select(Activity).where(Activity.goal_id == goal.id)).one()


def whys(database: Database) -> list[HeldWhy | None]:
    return [each.held_why for each in kept(database)]


def needs(database: Database, person: Person) -> dict[NeedKind, int]:
    with database.reading() as db:
        return {need.kind: need.count for need in needs_of(db, person).shown}


def let_a_day_pass(database: Database) -> None:
    with database.transaction() as db:
        for each in db.scalars(select(Completion)):
            each.noticed_at -= timedelta(hours=25)
            for moment in ("withdrawn_at", "recalled_at"):
                if getattr(each, moment):
                    setattr(each, moment, getattr(each, moment) - timedelta(hours=25))


@pytest.fixture
def decide(database, sample, administrator):
    def decided(decision: Decision, completion_id: int | None = None) -> int:
        with database.transaction() as db:
            actor = db.merge(administrator)
            return completions.decide_held(db, actor, sample.course.id, decision, completion_id)

    return decided


def test_many_completions_at_once_are_held_until_an_administrator_accepts(database, goal, tell, crowd, decide):
    everybody = dict.fromkeys([*crowd, "7"], True)
    for _read in range(2):
        tell(everybody)
        assert whys(database) == [HeldWhy.MANY] * 10
    assert link_of(database, goal).completed_at is None

    assert decide(Decision.ACCEPT) == 10

    assert all(each.counts for each in kept(database))
    assert link_of(database, goal).completed_at == DONE


def test_five_of_five_are_held(database, tell, crowd):
    with database.transaction() as db:
        for person in db.scalars(select(Person).order_by(Person.id).offset(5)):
            db.delete(person)

    tell(dict.fromkeys(crowd[:5], True))

    assert whys(database) == [HeldWhy.MANY] * 5


def test_half_of_a_course_at_once_is_held(database, sample, tell, crowd):
    with database.transaction() as db:
        more = [make_person(db, sample, f"More {number}") for number in range(9)]
        crowd += [make_identity(db, sample, person, str(100 + person.id)).lms_user_id for person in more]

    tell(dict.fromkeys(crowd[:9], True))

    assert whys(database) == [HeldWhy.MANY] * 9


def test_many_that_arrive_in_two_reads_of_a_day_are_held_once_they_are_many(database, tell, crowd):
    tell(dict.fromkeys(crowd[:4], True))
    tell(dict.fromkeys(crowd, True))

    assert whys(database) == [None] * 4 + [HeldWhy.MANY] * 5


def test_those_that_arrive_day_by_day_are_not_held(database, tell, crowd):
    for number in range(1, 9):
        tell(dict.fromkeys(crowd[:number], True))
        let_a_day_pass(database)

    assert whys(database) == [None] * 8


def test_a_few_completions_of_a_course_are_not_held(database, tell, crowd):
    tell(dict.fromkeys(crowd[:4], True))

    assert len(kept(database)) == 4
    assert all(each.counts for each in kept(database))


def test_one_more_after_many_were_accepted_is_not_held(database, tell, crowd, decide):
    tell(dict.fromkeys(crowd[:8], True))
    decide(Decision.ACCEPT)

    tell(dict.fromkeys(crowd, True))

    assert whys(database) == [None] * 9


def test_a_first_answer_that_reports_many_is_held_whole(database, sample, tell, crowd):
    with database.transaction() as db:
        db.get_one(Course, sample.course.id).completions_read_at = None
        for number in range(20):
            make_identity(db, sample, make_person(db, sample, f"More {number}"), str(900 + number))

    tell(dict.fromkeys(crowd[:6], True))

    assert whys(database) == [HeldWhy.FIRST] * 6


def test_what_is_dated_before_the_course_was_marked_is_held(database, tell, goal):
    tell({"7": True}, at=MARKED - timedelta(days=30))

    assert whys(database) == [HeldWhy.EARLY]


def test_what_is_dated_while_the_course_had_no_rules_is_held(database, tell, goal):
    tell({}, untold=("7",), why_not_trackable="No conditions.", has_no_rules=True)

    tell({"7": True}, at=utc_now() - timedelta(hours=2))

    assert whys(database) == [HeldWhy.EARLY]


def test_held_completions_that_the_lms_takes_back_are_no_longer_held_and_ask_nobody(
    database, tell, crowd, administrator
):
    tell(dict.fromkeys(crowd, True))

    tell(dict.fromkeys(crowd, False))

    assert not any(each.held_at for each in kept(database))
    assert needs(database, administrator) == {}


def test_one_that_was_left_out_stays_out_and_can_be_accepted_after_all(database, goal, tell, decide, administrator):
    tell({"7": True}, at=MARKED - timedelta(days=30))
    (one,) = kept(database)

    decide(Decision.LEAVE_OUT, one.id)
    tell({"7": True}, at=MARKED - timedelta(days=30))

    assert not kept(database)[0].counts
    assert needs(database, administrator) == {}
    assert link_of(database, goal).completed_at is None
    decide(Decision.ACCEPT, one.id)
    assert link_of(database, goal).completed_at is not None


def test_one_that_is_taken_back_counts_no_more_asks_its_owner_and_is_shown_to_the_administrator(
    database, goal, tell, decide, administrator
):
    tell({"7": True})

    tell({"7": False})

    link = link_of(database, goal)
    assert (link.completed_at, link.asks_its_owner) == (None, True)
    assert needs(database, administrator) == {NeedKind.TAKEN_BACK: 1}
    decide(Decision.SEEN)
    assert needs(database, administrator) == {}


def test_its_owner_says_on_the_goals_page_that_it_still_counts(database, sample, goal, tell, visit, learner):
    tell({"7": True})
    tell({"7": False})
    visitor = visit(sample, learner)
    asked = visitor.get(f"/plans/goals/{goal.id}").text

    answer = visitor.post(f"/plans/activities/{link_of(database, goal).id}/keep")
    again = visitor.post(f"/plans/activities/{link_of(database, goal).id}/keep")
    tell({"7": False})

    assert "It still counts for me" in asked
    assert "Take it out" in asked
    assert (answer.status_code, again.status_code) == (303, 409)
    assert link_of(database, goal).completed_at is not None
    page = visitor.get(f"/plans/goals/{goal.id}").text
    assert "It still counts for me" not in page
    assert "as you said; the LMS took it back" in page


@pytest.fixture
def met(database, goal, tell):
    """Let the goal be met after its course was finished, with the try-it still empty."""
    tell({"7": True})
    with database.transaction() as db:
        kept = db.get_one(Goal, goal.id)
        kept.state, kept.met_at, kept.results_statement = GoalState.MET, utc_now(), "It worked."
    return goal


def test_a_goal_that_was_met_stays_as_it_was_when_the_lms_takes_its_course_back_and_both_are_told(
    database, sample, met, tell, visit, learner, administrator
):
    tell({"7": False})

    link = link_of(database, met)
    assert (link.completed_at, link.asks_its_owner) == (DONE, True)
    with database.reading() as db:
        kept_goal = db.get_one(Goal, met.id)
        assert (kept_goal.state, len(kept_goal.tries)) == (GoalState.MET, 1)
    assert needs(database, administrator) == {NeedKind.TAKEN_BACK: 1}
    assert (
        "A goal that was met stays met"
        in visit(sample, administrator).get(f"/sync/courses/{sample.course.id}/held").text
    )
    page = visit(sample, learner).get(f"/plans/goals/{met.id}").text
    assert "it was finished when the goal was met, which stays met" in page
    assert "It still counts for me" in page


def test_what_the_lms_reports_again_asks_nobody_any_more(database, goal, tell, administrator):
    tell({"7": True})
    tell({"7": False})

    tell({"7": True})

    link = link_of(database, goal)
    assert (link.completed_at, link.taken_back_at) == (DONE, None)
    assert needs(database, administrator) == {}


@pytest.fixture
def counted(database, tell, crowd, goal, decide) -> list[str]:
    """Let everybody have finished some time ago."""
    everybody = [*crowd, "7"]
    tell(dict.fromkeys(everybody, True))
    decide(Decision.ACCEPT)
    let_a_day_pass(database)
    return everybody


def test_many_that_are_taken_back_at_once_count_until_an_administrator_decides(
    database, goal, tell, counted, decide, administrator
):
    for _read in range(2):
        tell(dict.fromkeys(counted, False))
        assert all(each.counts for each in kept(database))
        assert link_of(database, goal).completed_at == DONE
    assert needs(database, administrator) == {NeedKind.RECALLED: 10}

    decide(Decision.TAKE_BACK)

    assert not any(each.counts for each in kept(database))
    assert link_of(database, goal).asks_its_owner
    assert needs(database, administrator) == {}


def test_those_that_wait_for_a_decision_go_on_waiting_when_others_are_decided(database, tell, counted, decide):
    tell(dict.fromkeys(counted, False))
    for each in kept(database)[:7]:
        decide(Decision.KEEP, each.id)

    tell(dict.fromkeys(counted, False))

    assert all(each.counts for each in kept(database))
    assert len([each for each in kept(database) if each.recalled_at]) == 3


def test_what_an_administrator_keeps_counts_until_the_lms_reports_it_and_takes_it_back_anew(
    database, tell, counted, decide
):
    tell(dict.fromkeys(counted, False))
    decide(Decision.KEEP)
    tell(dict.fromkeys(counted, False))
    assert all(each.counts for each in kept(database))
    tell(dict.fromkeys(counted, True))

    tell({counted[0]: False})

    assert [each.counts for each in kept(database)].count(False) == 1


def test_many_that_the_lms_reports_again_no_longer_ask(database, tell, counted, administrator):
    tell(dict.fromkeys(counted, False))

    tell(dict.fromkeys(counted, True))

    assert needs(database, administrator) == {}


def test_the_page_names_who_and_when_and_takes_decisions_one_by_one_and_together(
    database, sample, tell, crowd, visit, administrator
):
    tell(dict.fromkeys(crowd, True))
    visitor = visit(sample, administrator)
    address = f"/sync/courses/{sample.course.id}/held"
    assert "9 completions of Formative assessment are held" in visitor.get("/sync/").text
    page = visitor.get(address).text
    first, second, *_others = kept(database)

    visitor.post(address, data={"decision": "accept", "completion_id": str(first.id)})
    visitor.post(address, data={"decision": "leave_out", "completion_id": str(second.id)})
    visitor.post(address, data={"decision": "accept"})

    assert all(f"Person {number}" in page for number in range(9))
    assert DONE.isoformat() in page
    assert [each.counts for each in kept(database)] == [True, False] + [True] * 7
    assert "1 was left out" in visitor.get(address).text


def test_a_decision_that_is_none_or_that_nothing_asks_for_changes_nothing(sample, tell, crowd, visit, administrator):
    tell(dict.fromkeys(crowd, True))
    visitor = visit(sample, administrator)
    address = f"/sync/courses/{sample.course.id}/held"

    assert visitor.post(address, data={"decision": "burn"}).status_code == 422
    assert visitor.post(address, data={"decision": "keep"}).status_code == 404


def test_nobody_but_the_districts_administrator_sees_or_decides(database, sample, tell, crowd, learner, visit):
    tell(dict.fromkeys(crowd, True))
    with database.transaction() as db:
        elsewhere: SampleDistrict = make_district(db, "Oak Hill")
        stranger = make_person(db, elsewhere, "Sam Oak", Role.ADMINISTRATOR, learner=False)
    address = f"/sync/courses/{sample.course.id}/held"

    assert visit(sample, learner).get(address).status_code == 403
    assert visit(elsewhere, stranger).get(address).status_code == 404
    assert visit(elsewhere, stranger).post(address, data={"decision": "accept"}).status_code == 404
    with database.transaction() as db, pytest.raises(NotFoundError):
        completions.decide_held(db, db.merge(stranger), sample.course.id, Decision.ACCEPT)


def test_an_alert_is_raised_for_what_is_held(database, tell, crowd, administrator):
    with database.transaction() as db:
        alerts.save_alerts(db, db.merge(administrator), ("pat@example.org",), "", "en")
    tell(dict.fromkeys(crowd, True))

    with database.transaction() as db:
        assert alerts.raise_alerts(db, utc_now()) == 1
