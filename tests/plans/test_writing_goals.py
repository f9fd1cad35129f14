"""Writing a new goal in four steps, and what a step says when something is missing."""

from __future__ import annotations

import threading
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from lti_tool.people.models import AuditEvent, Person
from lti_tool.plans.models import Audience, Company, Goal, GoalDraft, GoalKind, GoalRevision, GrowthPlan
from lti_tool.plans.models.plans import school_year_of
from lti_tool.plans.operations import meet_goal
from lti_tool.plans.queries import declared_goals, goals_of
from tests.conftest import make_person
from tests.plans.conftest import write_goal
from tests.plans.writing import CHANGE, WHY, Writer, write_in_steps


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


def test_an_educator_writes_a_goal_in_four_steps_and_goes_on_to_its_courses(database, ana, chosen, writer):
    write_in_steps(writer, chosen, do="courses", kind="practice")

    with database.reading() as db:
        goal = goals_of(db, ana.person)[1]
        assert writer.path == f"/plans/goals/{goal.id}/learning"
        assert [each.text for each in goal.rationales] == list(WHY.values())
        assert (goal.due_on, goal.kind, goal.company) == (date(2027, 5, 31), GoalKind.PRACTICE, Company.UNDECIDED)
        assert [each.code for each in goal.indicators] == ["T2.1b"]
        events = select(AuditEvent.actor_id).filter_by(subject="goal", subject_id=goal.id)
        assert db.scalars(events).all() == [ana.person.id]
        assert db.scalars(select(GoalDraft)).all() == []


def test_s20_there_are_at_most_six_screens_from_the_launch_to_a_declared_goal(database, sample, ana, chosen, writer):
    writer.open("/")
    write_in_steps(writer, chosen)
    declared = writer.visitor.post(
        writer.path, data={"audience": "district", "next_step": "One class", "offer": "", "wish": "", "do": "share"}
    )

    assert declared.status_code == 303
    assert len(writer.screens) <= 6
    with database.reading() as db:
        assert CHANGE["headline"] in [each.headline for each in db.scalars(declared_goals(sample.district.id))]


def test_words_that_are_not_saved_yet_count_nowhere(database, sample, ana, chosen, visit, writer):
    with database.transaction() as db:
        colleague = make_person(db, sample, "Bo Lind")
        write_goal(db, colleague, "Bo's like goal", "T2.1b", audience=Audience.DISTRICT)
    before = {page: visit(sample, colleague).get(page).text for page in ("/plans/board", "/teams/")}

    writer.open("/plans/goals/new").send(**WHY)
    writer.send(indicator_ids=[str(chosen)]).send(**CHANGE)

    with database.reading() as db:
        assert len(goals_of(db, ana.person)) == 1
    assert CHANGE["headline"] not in "".join(visit(sample, colleague).get(page).text for page in before)
    assert CHANGE["headline"] in writer.visitor.get("/plans/").text
    assert "did not save it yet" in writer.visitor.get("/plans/goals/new").text


def test_a_step_can_be_passed_by_and_found_again(database, ana, chosen, writer):
    writer.open("/plans/goals/new").send()
    second = writer.path
    writer.send("back")

    assert second.endswith("/2")
    assert writer.path.endswith("/1")
    writer.send(**WHY)
    assert WHY["student_text"] in writer.send("back").page


def test_a_goal_that_is_saved_twice_is_one_goal(database, ana, chosen, writer):
    writer.open("/plans/goals/new").send(**WHY)
    writer.send(indicator_ids=[str(chosen)]).send(**CHANGE)
    last, hidden = writer.action, dict(writer.hidden)

    first, second = (writer.visitor.client.post(last, data={**hidden, "do": "goal"}) for _ in range(2))

    assert second.location == first.location
    with database.reading() as db:
        assert len(goals_of(db, ana.person)) == 2
        assert len(db.scalars(select(AuditEvent).where(AuditEvent.action == "goal_created")).all()) == 2


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
    ("step", "typed", "sentence"),
    [
        (1, {"educator_text": "Ask tim@example.test"}, "leave out addresses"),
        (1, {"educator_dated_on": "in May"}, "Write the date as"),
        (1, {"educator_link": "javascript:alert(1)"}, "Write a whole address that begins with https:// or http://."),
        (1, {"student_source": "rumour"}, "Choose one of the list"),
        (2, {"indicator_ids": []}, "Choose at least one indicator"),
        (3, {"headline": "  "}, "Give your goal a headline."),
        (3, {"headline": "x" * 141}, "under 140 characters"),
        (3, {"due_on": "soon"}, "Write the date as"),
        (3, {"student_result": "Tim (tim@example.test) reads"}, "leave out addresses"),
        (3, {"measure": "y" * 4001}, "under 4000 characters"),
        (4, {"with_whom": "Bo, bo@example.test"}, "leave out addresses"),
    ],
)
def test_a_step_that_is_not_right_yet_comes_back_with_everything_typed(database, chosen, writer, step, typed, sentence):
    words: dict[int, dict[str, Any]] = {1: WHY, 2: {"indicator_ids": [str(chosen)]}, 3: CHANGE, 4: {"with_whom": ""}}
    writer.open("/plans/goals/new")
    for before in range(1, step):
        writer.send(**words[before])

    writer.send(**words[step] | typed)

    assert writer.path.endswith(f"/{step}")
    assert sentence in writer.page
    assert step != 3 or "Whiteboards twice a lesson" in writer.page
    for value in typed.values():
        assert value in ([], "  ", "rumour") or str(value) in writer.page
    with database.reading() as db:
        assert db.scalar(select(func.count()).select_from(Goal)) == 1


def test_a_goal_with_a_mistake_in_an_earlier_step_leads_there_and_keeps_the_last_words(database, chosen, writer):
    writer.open("/plans/goals/new").send(**WHY)
    writer.send(indicator_ids=[str(chosen)])
    writer.open(writer.at_step(4)).send("declare", with_whom="Bo watches a lesson")

    assert writer.path.endswith("/3")
    assert "Give your goal a headline." in writer.page
    with database.reading() as db:
        assert db.scalars(select(GoalDraft)).one().words["with_whom"] == "Bo watches a lesson"


def test_what_is_too_long_to_keep_comes_back_in_the_form(database, writer):
    answer = writer.open("/plans/goals/new").send(**{**WHY, "educator_text": "z" * 20_001})

    assert "too long to keep" in answer.page
    assert WHY["student_text"] in answer.page


def test_a_district_without_standards_can_still_write_goals(database, sample, visit):
    with database.transaction() as db:
        person = make_person(db, sample, "Bo Lind")
    writer = Writer(visit(sample, person)).open("/plans/goals/new").send(**WHY)

    assert "no standards here yet" in writer.page
    writer.send().send(**CHANGE).send("goal")
    with database.reading() as db:
        assert db.scalars(select(Goal.headline)).all() == [CHANGE["headline"]]


def test_what_is_worth_saying_and_is_empty_is_said_gently_and_stops_nobody(database, ana, chosen, writer):
    writer.open("/plans/goals/new").send()
    writer.send(indicator_ids=[str(chosen)]).send(headline="Only a headline")

    assert "You have not said yet:" in writer.page
    for gap in ("how you will know", "by when", "what will be different for your students"):
        assert gap in writer.page
    writer.send("goal")
    assert "A goal is clearer when it says:" in writer.page
    assert writer.page.lower().count("with whom") == 1


def test_the_first_version_of_a_goal_is_kept_with_its_words(database, ana, chosen, writer):
    write_in_steps(writer, chosen, do="goal")

    with database.reading() as db:
        goal = goals_of(db, ana.person)[1]
        kept = db.scalars(select(GoalRevision).where(GoalRevision.goal_id == goal.id)).one()
        assert (kept.version, kept.saved_by_id) == (goal.version, ana.person.id)
        assert kept.words["practice_change"] == CHANGE["practice_change"]
        assert kept.words["indicator_ids"] == [str(chosen)]
        assert goal.missing_rationales() == []
