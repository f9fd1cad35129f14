"""Writing and changing a goal, and what a form says when something is missing."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from sqlalchemy import select, update

from lti_tool.errors import ConflictError
from lti_tool.people.models import AuditEvent, Person
from lti_tool.plans.models import Goal, GrowthPlan
from lti_tool.plans.operations import GoalWords, change_goal, meet_goal
from lti_tool.plans.operations.goals import school_year_of
from lti_tool.plans.queries import goals_of
from tests.conftest import make_person
from tests.plans.conftest import indicator, write_goal

WORDS = {
    "headline": "Ask questions that all students answer",
    "rationale": "Only a few hands go up",
    "practice_change": "Whiteboards twice a lesson",
    "student_result": "All of them think",
    "measure": "A count of answers",
    "due_on": "2027-05-31",
}


@pytest.mark.parametrize(
    ("day", "year"), [(date(2026, 6, 30), 2025), (date(2026, 7, 1), 2026), (date(2027, 1, 1), 2026)]
)
def test_a_school_year_begins_in_july(day, year):
    assert school_year_of(day) == year


def test_the_first_goal_makes_the_plan_and_the_second_joins_it(database, ana):
    with database.transaction() as db:
        write_goal(db, db.merge(ana.person), "Another one")

    with database.reading() as db:
        assert len(db.scalars(select(GrowthPlan)).all()) == 1
        assert [goal.headline for goal in goals_of(db, ana.person)] == [
            "See what each student has understood",
            "Another one",
        ]


def test_an_educator_writes_a_goal_and_goes_on_to_its_courses(database, sample, ana, visit):
    with database.reading() as db:
        chosen = indicator(db, "T2.1b").id
    visitor = visit(sample, ana.person)

    form = visitor.get("/plans/goals/new")
    answer = visitor.post("/plans/goals/new", data={**WORDS, "indicator_ids": [str(chosen)]})

    assert form.status_code == 200
    assert answer.status_code == 303
    with database.reading() as db:
        goal = goals_of(db, ana.person)[1]
        assert f"/plans/goals/{goal.id}/courses" in answer.location
        assert (goal.rationale, goal.due_on) == ("Only a few hands go up", date(2027, 5, 31))
        assert [each.code for each in goal.indicators] == ["T2.1b"]
        assert db.scalar(select(AuditEvent.actor_id).where(AuditEvent.subject_id == goal.id)) == ana.person.id


def test_a_new_goal_that_is_sent_twice_is_one_goal(database, sample, ana, visit):
    with database.reading() as db:
        words = {**WORDS, "indicator_ids": [str(indicator(db, code).id) for code in ("T2.1b", "T2.2a")]}
    visitor = visit(sample, ana.person)

    first, second = (visitor.post("/plans/goals/new", data=words) for _ in range(2))
    other = visitor.post("/plans/goals/new", data={**words, "indicator_ids": words["indicator_ids"][:1]})
    third = visitor.post("/plans/goals/new", data={**words, "due_on": ""})

    assert second.location == first.location
    assert len({first.location, other.location, third.location}) == 3
    with database.reading() as db:
        assert len(goals_of(db, ana.person)) == 4
        assert len(db.scalars(select(AuditEvent).where(AuditEvent.action == "goal_created")).all()) == 4


@pytest.mark.parametrize("name", ["Ana Ruiz", "New Comer"])
def test_a_new_goal_that_is_sent_twice_at_once_is_one_goal_of_one_plan(database, sample, ana, name):
    with database.transaction() as db:
        owner = ana.person if name == ana.person.name else make_person(db, sample, name)
        before = len(goals_of(db, owner))

    def send_again() -> None:
        with database.transaction() as db:
            write_goal(db, db.get_one(Person, owner.id), "Once")

    follower = threading.Thread(target=send_again)
    with database.transaction() as db:
        write_goal(db, db.get_one(Person, owner.id), "Once")
        follower.start()
        follower.join(0.3)
    follower.join(10)

    assert not follower.is_alive()
    with database.reading() as db:
        assert len(goals_of(db, owner)) == before + 1


def test_a_goal_that_was_met_can_be_set_again_in_the_same_words(database, sample, ana):
    with database.transaction() as db:
        met = write_goal(db, ana.person, "Once more")
        meet_goal(db, ana.person, met, "It worked for a while")
        again = write_goal(db, ana.person, "Once more")

        assert again.id != met.id


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"headline": "  "}, "Give your goal a headline."),
        ({"headline": "x" * 141}, "under 140 characters"),
        ({"due_on": "soon"}, "Write the date as"),
        ({"student_result": "Tim (tim@example.test) reads"}, "leave out addresses"),
        ({"indicator_ids": []}, "Choose at least one indicator"),
        ({"indicator_ids": ["999999"]}, "not there any more"),
        ({"measure": "y" * 4001}, "under 4000 characters"),
    ],
)
def test_a_goal_that_is_not_right_yet_comes_back_with_everything_typed(database, sample, ana, visit, change, sentence):
    with database.reading() as db:
        chosen = str(indicator(db, "T2.1b").id)

    answer = visit(sample, ana.person).post("/plans/goals/new", data={**WORDS, "indicator_ids": [chosen], **change})

    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Whiteboards twice a lesson" in answer.text
    with database.reading() as db:
        assert len(goals_of(db, ana.person)) == 1


def test_two_tabs_meet_on_a_page_with_both_versions_and_nothing_is_lost(database, sample, ana, visit):
    visitor = visit(sample, ana.person)
    with database.reading() as db:
        first, second = str(indicator(db, "T2.1b").id), str(indicator(db, "T2.2a").id)
        version = ana.read(db).version
    mine = {**WORDS, "rationale": "Two\r\nlines", "indicator_ids": [first], "version": version}
    late = {**mine, "practice_change": "Exit notes on Fridays", "indicator_ids": [second]}

    visitor.post(f"/plans/goals/{ana.goal_id}/edit", data=mine)
    merge = visitor.post(f"/plans/goals/{ana.goal_id}/edit", data=late)

    assert merge.status_code == 409
    assert "Whiteboards twice a lesson" in merge.text
    assert "Exit notes on Fridays" in merge.text
    assert merge.text.count("Saved in the meantime") == 2
    with database.reading() as db:
        goal = ana.read(db)
        assert goal.practice_change == "Whiteboards twice a lesson"
        newest = goal.version
    assert f'name="version" value="{newest}"' in merge.text

    again = visitor.post(f"/plans/goals/{ana.goal_id}/edit", data={**late, "version": newest})

    assert again.status_code == 303
    with database.reading() as db:
        assert ana.read(db).practice_change == "Exit notes on Fridays"
        assert [each.code for each in ana.read(db).indicators] == ["T2.2a"]


def test_a_save_that_was_overtaken_on_its_way_is_a_conflict_too(database, ana):
    with database.transaction() as db:
        goal = ana.read(db)
        db.execute(update(Goal).values(version=Goal.version + 1).execution_options(synchronize_session=False))

        with pytest.raises(ConflictError):
            change_goal(
                db, ana.person, goal, GoalWords("Too late", indicator_ids=(goal.indicators[0].id,)), goal.version
            )

    with database.reading() as db:
        assert ana.read(db).headline == "See what each student has understood"


def test_a_change_of_indicators_alone_counts_as_a_save(database, sample, ana, visit):
    with database.reading() as db:
        before = ana.read(db)
        words = {"headline": before.headline, "indicator_ids": [str(indicator(db, "T1.1a").id)]}

    visit(sample, ana.person).post(f"/plans/goals/{ana.goal_id}/edit", data={**words, "version": before.version})

    with database.reading() as db:
        assert ana.read(db).version > before.version


def test_a_met_goal_cannot_be_changed_but_the_words_typed_come_back(database, sample, ana, visit):
    visitor = visit(sample, ana.person)
    with database.reading() as db:
        version, chosen = ana.read(db).version, str(indicator(db, "T2.2a").id)
    visitor.post(f"/plans/goals/{ana.goal_id}/meet", data={"words": "It worked"})

    answer = visitor.post(
        f"/plans/goals/{ana.goal_id}/edit", data={**WORDS, "indicator_ids": [chosen], "version": version}
    )

    assert answer.status_code == 409
    assert "Whiteboards twice a lesson" in answer.text
    assert visitor.get(f"/plans/goals/{ana.goal_id}/edit").status_code == 303


def test_a_district_without_standards_can_still_write_goals(database, sample, visit):
    with database.transaction() as db:
        person = make_person(db, sample, "Bo Lind")
    visitor = visit(sample, person)

    assert "no standards here yet" in visitor.get("/plans/goals/new").text
    assert visitor.post("/plans/goals/new", data=WORDS).status_code == 303
    with database.reading() as db:
        assert db.scalars(select(Goal.headline)).all() == [WORDS["headline"]]
