"""How a plan hangs together: said in sentences to its owner, and walked from each end to the other."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from lti_tool.db import Base, utc_now
from lti_tool.grades.models import Completion, CompletionSource
from lti_tool.people.models import OpportunityKind, Role
from lti_tool.plans.models import Activity, Evidence, EvidenceKind, Goal, GrowthPlan, TryIt
from lti_tool.plans.operations import (
    EvidenceWords,
    add_evidence,
    finish_activity,
    note_learning,
    record_course_completion,
    take_up,
)
from lti_tool.plans.queries import chain_to, evidence_of, try_of
from lti_tool.standards.models import Strength
from tests.conftest import make_person
from tests.plans.conftest import indicator, write_goal
from tests.plans.learning import FOR_ALL, offer, offer_course
from tests.plans.test_finding import links_of

TITLE = "How it hangs together"


def test_s11_an_activity_without_a_goal_makes_a_sentence_and_linking_it_unmakes_it(database, sample, ana, visit):
    with database.transaction() as db:
        goal = ana.read(db)
        for title in ("First", "Second", "Third", "Fourth", "Fifth"):
            made = offer(db, sample, OpportunityKind.STUDY, title)
            if title in {"First", "Second"}:
                take_up(db, goal.owner, goal, made)
            else:
                note_learning(db, goal.owner, made)
        noted = db.scalars(select(Activity.id).where(Activity.goal_id.is_(None))).all()
    visitor = visit(sample, ana.person)

    plan = visitor.get("/plans/").text
    actions = [link for link in links_of(plan) if "/plans/learning/" in link]
    offered = visitor.client.get(actions[0]).text
    sentences = []
    for activity_id in noted:
        visitor.post(f"/plans/activities/{activity_id}/link", data={"goal": ana.goal_id})
        said = re.search(r"\d of your \d activities serves? no goal", visitor.get("/plans/").text)
        sentences.append(said.group(0) if said else None)

    assert "3 of your 5 activities serve no goal" in plan
    assert "Link it to this goal" in offered
    assert sentences == ["2 of your 5 activities serve no goal", "1 of your 5 activities serves no goal", None]
    assert TITLE not in visitor.get("/plans/").text


def test_s11_a_course_that_the_lms_reports_finished_and_no_goal_counts_is_said_too(database, sample, ana, visit):
    with database.transaction() as db:
        course = offer_course(db, sample, "Finished by the way")
        ids = {"district_id": sample.district.id, "course_id": course.id, "person_id": ana.person.id}
        db.add(Completion(**ids, source=CompletionSource.MOODLE, completed_at=utc_now()))
    visitor = visit(sample, ana.person)

    before = visitor.get("/plans/").text
    visitor.post(f"/plans/goals/{ana.goal_id}/learning/{course.id}")

    assert "1 of your 1 activities serves no goal" in before
    assert "Finished by the way" in before
    assert TITLE not in visitor.get("/plans/").text


def test_s11_goals_on_many_unrelated_standards_make_a_sentence(database, sample, ana, visit):
    visitor = visit(sample, ana.person)
    pages = []
    for number, code in enumerate(("T1.1a", "T3.1a", "T4.1a")):
        with database.transaction() as db:
            write_goal(db, db.merge(ana.person), f"Another goal {number}", code)
        pages.append(visitor.get("/plans/").text)

    assert [TITLE in page for page in pages] == [False, False, True]
    assert "Your 4 goals touch 4 unrelated standards; most plans use 1\u20133" in pages[-1]
    assert f"/plans/goals/{ana.goal_id}" in pages[-1][pages[-1].index(TITLE) :]


@pytest.mark.parametrize(
    ("strength", "code", "repeats"),
    [(Strength.INTRODUCES, "T2.2a", True), (Strength.DEVELOPS, "T2.2a", True), (Strength.DEMONSTRATES, "T2.2a", False),
     (Strength.DEVELOPS, "T2.2b", False)],
)  # fmt: skip
def test_s11_a_course_repeats_one_that_went_as_far_with_the_same(database, sample, ana, visit, strength, code, repeats):
    with database.transaction() as db:
        goal = ana.read(db)
        done = offer_course(db, sample, "The one before", strength=Strength.DEVELOPS)
        following = offer_course(db, sample, "The one after", code, strength=strength)
        for course in (done, following):
            take_up(db, goal.owner, goal, course.opportunity)
        db.flush()
        record_course_completion(db, goal.owner.id, done.id, None)
    visitor = visit(sample, ana.person)

    plan = visitor.get("/plans/").text

    assert ("“The one after” repeats something you finished" in plan) is repeats
    if repeats:
        with database.reading() as db:
            activity_id = db.scalars(select(Activity.id).where(Activity.opportunity_id == following.id)).one()
        visitor.post(f"/plans/activities/{activity_id}/remove", data={"from": "plan"})
        assert TITLE not in visitor.get("/plans/").text


def test_s11_coaching_on_what_a_course_was_about_is_no_repetition(database, sample, ana, visit):
    with database.transaction() as db:
        goal = ana.read(db)
        done = offer_course(db, sample, "The one before")
        for made in (done.opportunity, offer(db, sample, OpportunityKind.COACHING, "Coaching")):
            take_up(db, goal.owner, goal, made)
        db.flush()
        record_course_completion(db, goal.owner.id, done.id, None)

    assert TITLE not in visit(sample, ana.person).get("/plans/").text


def test_s11_nobody_but_the_owner_sees_what_is_said_of_a_plan(database, sample, ana, visit):
    with database.transaction() as db:
        goal = ana.read(db)
        note_learning(db, goal.owner, offer(db, sample, OpportunityKind.STUDY, "Learned by the way"))
    with database.transaction() as db:
        others = [make_person(db, sample, f"Somebody {role.value}", role) for role in Role]

    for other in others:
        visitor = visit(sample, other, is_course_designer=True)
        for page in ("/", "/plans/", "/plans/board", "/?as=designer", "/?as=administrator", "/people"):
            assert "no goal" not in visitor.get(page).text.replace("no goals", "")
    assert TITLE in visit(sample, ana.person).get("/plans/").text


def test_s11_no_number_that_scores_coherence_is_stored():
    names = {f"{table.name}.{column.name}" for table in Base.metadata.sorted_tables for column in table.columns}

    assert not [name for name in names if "coheren" in name or "fit" in name.split(".")[1].split("_")]


@pytest.fixture
def whole(database, sample, ana):
    """Ana's plan with two kinds of learning for its goal, one of them tried, and another goal apart."""
    with database.transaction() as db:
        goal = ana.read(db)
        course = offer_course(db, sample, "Exit tickets", **FOR_ALL)
        door = offer(db, sample, OpportunityKind.OPEN_DOOR, "Come and see", "T2.2b")
        aside = offer(db, sample, OpportunityKind.STUDY, "Beside all goals")
        take_up(db, goal.owner, goal, course.opportunity)
        take_up(db, goal.owner, goal, door)
        note_learning(db, goal.owner, aside)
        db.flush()
        finish_activity(db, goal.owner, goal.activities[1], utc_now().date())
        db.flush()
        write_goal(db, goal.owner, "Talk with families", "T4.3a")
        goal.tries[0].reflection, goal.tries[0].done_at = "Waiting longer changed who answers.", utc_now()
        shown = show(db, goal, "Who answered", goal.activities[1].id, goal.indicators[0].id)
        ids = {"course": course.id, "door": door.id, "aside": aside.id, "try": goal.tries[0].id}
        return {**ids, "evidence": shown.id}


def show(db, goal, title, activity_id=None, *indicator_ids) -> Evidence:
    """Return new evidence of a goal that nobody but its owner sees."""
    words = EvidenceWords(
        EvidenceKind.WORDS, title, utc_now().date(), reflection="Twice as many.", activity_id=activity_id,
        indicator_ids=indicator_ids,
    )  # fmt: skip
    return add_evidence(db, goal.owner, goal, words)


def test_s11_from_a_try_it_one_reaches_activity_goal_indicators_and_plan(database, ana, whole):
    with database.reading() as db:
        attempt = try_of(db, ana.person, whole["try"])
        activity = attempt.activity

        assert activity is not None
        assert activity.opportunity_id == whole["door"]
        assert attempt.goal.id == activity.goal_id == ana.goal_id
        assert [each.code for each in attempt.goal.indicators] == ["T2.2a"]
        assert attempt.goal.plan_id == activity.plan_id
        assert db.get_one(GrowthPlan, activity.plan_id).person_id == ana.person.id


def test_s11_from_any_evidence_item_one_reaches_plan_goal_indicator_and_activity(database, ana, whole):
    with database.reading() as db:
        shown = evidence_of(db, ana.person, whole["evidence"])

        assert shown.goal.id == ana.goal_id
        assert [each.code for each in shown.indicators] == ["T2.2a"]
        assert shown.activity is not None
        assert (shown.activity.opportunity_id, shown.activity.goal_id) == (whole["door"], ana.goal_id)
        assert shown.goal.plan.person_id == ana.person.id


def test_s11_from_an_indicator_one_lists_the_evidence_that_names_it_and_that_which_names_none(database, ana, whole):
    with database.transaction() as db:
        goal = ana.read(db)
        goal.indicators.append(indicator(db, "T2.2b"))
        db.flush()
        show(db, goal, "Of the goal as a whole")
        show(db, goal, "Of the other one", None, indicator(db, "T2.2b").id)

    def titles(code: str) -> list[str]:
        with database.reading() as db:
            return [each.title for each in chain_to(db, ana.person, indicator(db, code)).evidence]

    assert titles("T2.2a") == ["Who answered", "Of the goal as a whole"]
    assert titles("T2.2b") == ["Of the goal as a whole", "Of the other one"]
    assert titles("T4.3a") == []


def test_s11_evidence_stays_reachable_from_an_indicator_that_its_goal_no_longer_works_on(database, ana, whole):
    with database.transaction() as db:
        ana.read(db).indicators = [indicator(db, "T3.1a")]

    with database.reading() as db:
        found = chain_to(db, ana.person, indicator(db, "T2.2a"))
        assert [each.id for each in found.evidence] == [whole["evidence"]]


def test_s11_nobody_reaches_the_evidence_of_another_by_an_indicator_or_by_learning(database, sample, ana, whole, visit):
    with database.transaction() as db:
        others = [make_person(db, sample, f"Somebody {role.value}", role) for role in Role]
        write_goal(db, others[0], "The same for me", "T2.2a")
        page = f"/plans/indicators/{indicator(db, 'T2.2a').id}"

    for other in others:
        visitor = visit(sample, other, is_course_designer=True)
        for path in (page, f"/plans/learning/{whole['door']}"):
            assert "Who answered" not in visitor.get(path).text
        assert visitor.get(f"/plans/evidence/{whole['evidence']}").status_code == 404
    assert "Who answered" in visit(sample, ana.person).get(page).text


def test_s11_from_an_indicator_one_lists_all_its_goals_activities_and_try_its(database, ana, whole):
    with database.reading() as db:
        here = chain_to(db, ana.person, indicator(db, "T2.2a"))
        beside = chain_to(db, ana.person, indicator(db, "T2.2b"))

        assert [goal.id for goal in here.goals] == [ana.goal_id]
        assert [each.opportunity_id for each in here.activities] == [whole["course"], whole["door"], whole["aside"]]
        assert [each.id for each in here.tries] == [whole["try"]]
        assert (beside.goals, [each.opportunity_id for each in beside.activities]) == ([], [whole["door"]])


def test_s11_the_chain_is_walked_both_ways_by_the_links_of_the_pages(database, sample, ana, whole, visit):
    visitor = visit(sample, ana.person)
    with database.reading() as db:
        indicator_id, plan_id = indicator(db, "T2.2a").id, ana.read(db).plan_id
    pages = {
        "plan": f"/plans/{plan_id}", "goal": f"/plans/goals/{ana.goal_id}",
        "indicator": f"/plans/indicators/{indicator_id}", "activity": f"/plans/learning/{whole['door']}",
        "try": f"/plans/try-its/{whole['try']}",
        "evidence": f"/plans/evidence/{whole['evidence']}",
    }  # fmt: skip
    links = {name: set(links_of(visitor.get(path).text)) for name, path in pages.items()}
    leads = {
        (start, end) for start, found in links.items() for end, path in pages.items() if visitor.prefix + path in found
    }

    forwards = {
        ("plan", "goal"), ("goal", "indicator"), ("goal", "activity"), ("goal", "try"), ("goal", "evidence"),
        ("indicator", "evidence"), ("activity", "evidence"),
    }  # fmt: skip
    backwards = {
        ("evidence", "plan"), ("evidence", "goal"), ("evidence", "indicator"), ("evidence", "activity"),
        ("try", "activity"), ("try", "goal"), ("try", "indicator"), ("try", "plan"), ("activity", "goal"),
        ("activity", "try"), ("indicator", "goal"), ("indicator", "activity"), ("indicator", "try"), ("goal", "plan"),
    }  # fmt: skip
    assert (forwards | backwards) - leads == set()


def test_a_designer_sees_demand_guarded_and_what_is_on_offer_and_an_educator_does_not(
    database, sample, ana, whole, visit
):
    with database.reading() as db:
        page = f"/plans/indicators/{indicator(db, 'T2.2a').id}"
    with database.transaction() as db:
        designer = make_person(db, sample, "Nora Field", Role.DESIGNER)
    few = visit(sample, designer).get(page).text
    with database.transaction() as db:
        for number in range(4):
            write_goal(db, make_person(db, sample, f"Person {number}"), f"Goal {number}", "T2.2a")
    many = visit(sample, designer).get(page).text

    assert "Educators with an open goal on it: fewer than 5." in few
    assert "Educators with an open goal on it: 5." in many
    assert "Exit tickets" in few
    assert "See what each student has understood" not in few
    assert "In the district" not in visit(sample, ana.person).get(page).text


def test_taking_all_learning_away_leaves_goals_and_what_was_written(database, sample, ana, whole):
    with database.transaction() as db:
        for opportunity_id in (whole["course"], whole["door"], whole["aside"]):
            db.execute(Base.metadata.tables["opportunity"].delete().where(
                Base.metadata.tables["opportunity"].c.id == opportunity_id
            ))  # fmt: skip

    with database.reading() as db:
        assert db.scalars(select(Activity)).all() == []
        assert [each.reflection for each in db.scalars(select(TryIt))] == ["Waiting longer changed who answers."]
        assert len(db.scalars(select(Goal)).all()) == 2
