"""Words from many places at once: two tabs of one educator, a colleague, autosaves and saves, all racing."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from lti_tool.people.models import Supervision
from lti_tool.plans.models import Audience, Goal, GoalDraft, GoalRevision, PlanState, ReviewComment
from lti_tool.plans.words import as_typed, words_of
from tests.conftest import make_person
from tests.plans.conftest import indicator, write_goal
from tests.plans.writing import CHANGE, WHY, Writer

FIELDS = ("practice_change", "student_result", "measure", "with_whom", "educator_text", "system_text")


def run_at_once(*acts):
    """Let all begin together; raise what any of them raised."""
    start = threading.Barrier(len(acts))

    def run(act):
        start.wait(30)
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [future.result(120) for future in [pool.submit(run, act) for act in acts]]


def all_words(database):
    """Return every text that is in a goal, in a version of one, or in a draft."""
    with database.reading() as db:
        kept = [as_typed(words_of(goal)) for goal in db.scalars(select(Goal))]
        kept += [each.words for each in db.scalars(select(GoalRevision))]
        kept += [each.words for each in db.scalars(select(GoalDraft))]
    return {str(text) for words in kept for text in words.values()}


@pytest.fixture
def words(database, ana):
    with database.reading() as db:
        goal = ana.read(db)
        return {**WHY, **CHANGE, "with_whom": "", "indicator_ids": [str(each.id) for each in goal.indicators]}


@pytest.fixture
def bo_goal_id(database, sample, ana):
    """Bo's goal, which works together with Ana's."""
    with database.transaction() as db:
        bo = make_person(db, sample, "Bo Lind")
        goal = write_goal(db, bo, "Bo's goal", "T2.2a", audience=Audience.DISTRICT)
        goal.joined_goal_id = ana.goal_id
        return goal.id


def test_savers_of_different_fields_all_end_up_in_the_goal(database, sample, ana, words, visit):
    edit = f"/plans/goals/{ana.goal_id}/edit"
    Writer(visit(sample, ana.person)).open(edit).send(**words)
    tabs = {name: Writer(visit(sample, ana.person)).open(edit) for name in FIELDS}

    run_at_once(
        *(lambda name=name, tab=tab: tab.send(**words | {name: f"By the tab of {name}"}) for name, tab in tabs.items())
    )

    with database.reading() as db:
        goal = ana.read(db)
        now = as_typed(words_of(goal))
        assert {name: now[name] for name in FIELDS} == {name: f"By the tab of {name}" for name in FIELDS}


def test_two_educators_a_reviewer_and_a_racing_autosave_lose_no_word(database, sample, ana, bo_goal_id, words, visit):
    """Ana saves in two tabs while two more autosave; Bo saves his; Ana's supervisor comments beside a field."""
    edit = f"/plans/goals/{ana.goal_id}/edit"
    Writer(visit(sample, ana.person)).open(edit).send(**words)
    with database.reading() as db:
        bo = db.get_one(Goal, bo_goal_id).owner
        bos_words = {**words, "headline": "Bo's goal"}
    with database.transaction() as db:
        sam = make_person(db, sample, "Sam Stone")
        db.add(Supervision(person_id=ana.person.id, supervisor_id=sam.id))
        plan = ana.read(db).plan
        plan.state = PlanState.ACTIVE
        comments_at = f"/plans/{plan.id}/comments"
    reviewer, sent, answers = visit(sample, sam), set[str](), list[int]()

    def saves(person, path, own, text):
        writer = Writer(visit(sample, person)).open(path)

        def act():
            for number in range(3):
                sent.add(f"{text} {number}")
                writer.open(path).send(**own | {"measure": f"{text} {number}"})

        return act

    def types(text):
        writer = Writer(visit(sample, ana.person)).open(edit)

        def act():
            for number in range(4):
                writer.autosave(**words | {"measure": f"{text} {'and on ' * number}"})
            sent.add(f"{text} and on and on and on")

        return act

    def comments():
        for number in range(6):
            said = {"kind": "question", "field": "measure", "goal_id": str(ana.goal_id), "words": f"Question {number}"}
            answers.append(reviewer.post(comments_at, data=said).status_code)

    run_at_once(
        saves(ana.person, edit, words, "Ana's first tab"),
        saves(ana.person, edit, words, "Ana's second tab"),
        saves(bo, f"/plans/goals/{bo_goal_id}/edit", bos_words, "Bo's own"),
        types("Typed in a third tab"),
        types("Typed in a fourth tab"),
        comments,
    )

    assert len(sent) == 11
    assert sent - all_words(database) == set()
    assert answers == [303] * 6
    with database.reading() as db:
        assert sorted(db.scalars(select(ReviewComment.words))) == [f"Question {number}" for number in range(6)]


def test_an_autosave_that_races_with_the_save_of_its_own_page_neither_loses_nor_leaves_anything(
    database, sample, ana, words, visit
):
    edit = f"/plans/goals/{ana.goal_id}/edit"
    for number in range(4):
        writer = Writer(visit(sample, ana.person)).open(edit)
        late = {**writer.hidden, **words, "measure": f"Half a {number}", "turn": "1", "do": "autosave"}
        writer.hidden["turn"] = "2"

        run_at_once(
            lambda writer=writer, late=late: writer.visitor.client.application.test_client().post(
                f"{writer.visitor.prefix}{edit}", data=late
            ),
            lambda writer=writer, number=number: writer.send(**words | {"measure": f"Half a thought, whole {number}"}),
        )

        with database.reading() as db:
            assert ana.read(db).measure == f"Half a thought, whole {number}"
            assert db.scalars(select(GoalDraft)).all() == []


def test_tabs_that_autosave_into_one_new_goal_lose_no_word(database, sample, ana, visit):
    writer = Writer(visit(sample, ana.person)).open("/plans/goals/new").send(**WHY)
    step = writer.at_step(1)
    tabs = [Writer(visit(sample, ana.person)).open(step) for _ in range(4)]

    run_at_once(
        *(lambda tab=tab, number=number: tab.autosave(**WHY | {"educator_text": f"Tab {number}"})
          for number, tab in enumerate(tabs))
    )  # fmt: skip

    assert {f"Tab {number}" for number in range(4)} <= all_words(database)


def test_the_first_autosave_and_the_first_step_of_a_page_make_one_draft(database, sample, ana, visit):
    with database.reading() as db:
        assert indicator(db, "T2.1b")
    writer = Writer(visit(sample, ana.person)).open("/plans/goals/new")
    early = {**writer.hidden, **WHY, "turn": "1", "do": "autosave"}
    writer.hidden["turn"] = "2"

    run_at_once(
        lambda: writer.visitor.client.application.test_client().post(writer.action, data=early),
        lambda: writer.send(**WHY | {"educator_text": "The whole reason"}),
    )

    with database.reading() as db:
        assert db.scalars(select(GoalDraft)).one().words["educator_text"] == "The whole reason"
