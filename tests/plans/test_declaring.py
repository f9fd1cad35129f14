"""Declaring a goal: the card, its audience, and every word that stays private."""

from __future__ import annotations

import dataclasses

import pytest
from sqlalchemy.orm import Session

from lti_tool.db import Database
from lti_tool.people.models import Person
from lti_tool.plans.cards import CardWords, GoalCard, card_of
from lti_tool.plans.models import Audience, GoalRationale, GoalState, GrowthPlan, RationaleKind
from lti_tool.plans.operations import declare_goal, meet_goal, withdraw_declaration
from lti_tool.plans.queries import BoardFilter, declared_goals, goal_board, goal_of, like_goals
from tests.conftest import make_district, make_person
from tests.plans.conftest import Ana, write_goal
from tests.plans.life import Live, make_live

PRIVATE_WORDS = (
    "Practice word", "Student word", "Measure word", "Results word", "With-whom word",
    "Own rationale word", "Student rationale word", "System rationale word", "Reflection word",
)  # fmt: skip
CARD = {"next_step": "Exit notes in one class", "offer": "Watch me on Tuesdays", "wish": "Large classes"}


@pytest.fixture
def bo(database, sample, ana):
    """A colleague at Ana's school."""
    with database.transaction() as db:
        return make_person(db, sample, "Bo Lind")


@pytest.fixture
def cy(database, sample, ana):
    """A colleague at another school of the district."""
    with database.transaction() as db:
        return make_person(db, sample, "Cy Moreau", school=1)


@pytest.fixture
def far(database, ana):
    """Somebody of another district."""
    with database.transaction() as db:
        other = make_district(db, "Far Valley")
        return other, make_person(db, other, "Fay Far")


def declare(database: Database, ana: Ana, audience: Audience, **card: str) -> None:
    with database.transaction() as db:
        declare_goal(db, db.merge(ana.person), ana.read(db), CardWords(audience, **card))


def on_board(db: Session, person: Person) -> list[GoalCard]:
    board = goal_board(db, person, BoardFilter())
    return [*board.like, *board.others]


@pytest.mark.parametrize(
    ("audience", "reached"),
    [
        (None, ""),
        (Audience.PRIVATE, ""),
        (Audience.TEAM, ""),
        (Audience.SCHOOL, "same school"),
        (Audience.DISTRICT, "same school, other school"),
    ],
)
def test_a_card_reaches_exactly_its_audience(database, ana, bo, cy, far, audience, reached):
    if audience:
        declare(database, ana, audience)

    viewers = {"same school": bo, "other school": cy, "other district": far[1], "the owner": ana.person}
    with database.reading() as db:
        seen = {name: on_board(db, viewer) for name, viewer in viewers.items()}

    assert ", ".join(name for name, goals in seen.items() if goals) == reached


def test_somebody_without_a_school_sees_no_school_card(database, ana, bo):
    declare(database, ana, Audience.SCHOOL)
    with database.transaction() as db:
        bo = db.get_one(Person, bo.id)
        bo.school = None

    with database.reading() as db:
        assert on_board(db, bo) == []


def test_withdrawing_takes_the_card_from_everybody_at_once_and_keeps_the_words(database, sample, ana, bo, visit):
    declare(database, ana, Audience.DISTRICT, **CARD)
    visitor, colleague = visit(sample, ana.person), visit(sample, bo)
    assert "Watch me on Tuesdays" in colleague.get("/plans/board").text

    answer = visitor.post(f"/plans/goals/{ana.goal_id}/withdraw")

    assert answer.status_code == 303
    assert "Watch me on Tuesdays" not in colleague.get("/plans/board").text
    assert "Watch me on Tuesdays" in visitor.get(f"/plans/goals/{ana.goal_id}/declare").text
    with database.reading() as db:
        assert db.scalars(declared_goals(ana.person.district_id)).all() == []


def test_a_card_holds_the_white_list_and_nothing_else():
    assert {each.name for each in dataclasses.fields(GoalCard)} == {
        "goal_id", "headline", "indicators", "name", "position", "school", "grade_bands", "discipline", "next_step",
        "offer", "wish", "frameworks", "reason",
    }  # fmt: skip


def test_s6_no_private_word_and_no_rationale_reaches_a_colleague(database, sample, ana, bo, visit):
    with database.transaction() as db:
        goal = ana.read(db)
        names = ("practice_change", "student_result", "measure", "results_statement", "with_whom")
        for name, words in zip(names, PRIVATE_WORDS, strict=False):
            setattr(goal, name, words)
        goal.rationales = [
            GoalRationale(kind=kind, text=words, priority_text=words)
            for kind, words in zip(RationaleKind, PRIVATE_WORDS[len(names) :], strict=False)
        ]
    declare(database, ana, Audience.DISTRICT, **CARD)
    with database.transaction() as db:
        write_goal(db, db.merge(bo), "Bo's own like goal")

    board = visit(sample, bo).get("/plans/board").text
    preview = visit(sample, ana.person).get(f"/plans/goals/{ana.goal_id}/declare").text

    assert all(words in board for words in CARD.values())
    assert "Ana Ruiz" in board
    assert not [words for words in PRIVATE_WORDS if words in board]
    assert not [words for words in PRIVATE_WORDS if words in preview]
    with database.reading() as db:
        assert not [words for words in PRIVATE_WORDS if words in repr(card_of(ana.read(db)))]


def test_a_preview_shows_the_card_and_saves_nothing(database, sample, ana, bo, visit):
    page = visit(sample, ana.person).post(
        f"/plans/goals/{ana.goal_id}/declare", data={"audience": "district", "do": "preview", **CARD}
    )

    assert page.status_code == 200
    assert page.text.count("Watch me on Tuesdays") == 2
    with database.reading() as db:
        assert ana.read(db).declaration is None


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({}, "Choose who may see this."),
        ({"audience": "world"}, "Choose who may see this."),
        ({"audience": "district", "offer": "x" * 281}, "under 280 characters"),
    ],
)
def test_a_card_that_is_not_right_yet_comes_back_as_typed(database, sample, ana, visit, data, sentence):
    answer = visit(sample, ana.person).post(
        f"/plans/goals/{ana.goal_id}/declare", data={"wish": "Large classes", **data}
    )

    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Large classes" in answer.text
    with database.reading() as db:
        assert ana.read(db).declaration is None


def test_a_school_is_no_audience_for_somebody_who_is_in_none(database, sample, ana, visit):
    with database.transaction() as db:
        person = db.get_one(Person, ana.person.id)
        person.school = None

    answer = visit(sample, person).post(f"/plans/goals/{ana.goal_id}/declare", data={"audience": "school"})

    assert answer.status_code == 422
    assert "No school is known for you yet" in answer.text


def test_the_page_says_how_many_each_choice_reaches_but_never_a_small_number(database, sample, ana, visit):
    with database.transaction() as db:
        for number in range(3):
            make_person(db, sample, f"At school {number}")
        for number in range(4):
            make_person(db, sample, f"Elsewhere {number}", school=1)

    page = visit(sample, ana.person).get(f"/plans/goals/{ana.goal_id}/declare").text

    assert "Everybody at Hill School: fewer than 5 colleagues." in " ".join(page.split())
    assert "7 colleagues" in page


def test_a_met_goal_is_no_longer_on_the_board(database, ana, bo):
    declare(database, ana, Audience.DISTRICT)
    with database.transaction() as db:
        meet_goal(db, db.merge(ana.person), ana.read(db), "Done")

    with database.reading() as db:
        assert on_board(db, bo) == []
        assert db.scalars(declared_goals(bo.district_id)).all() == []


def test_like_goals_are_nearest_first_and_within_their_audience(database, sample, ana, bo, cy):
    with database.transaction() as db:
        bo_, cy_ = db.merge(bo), db.merge(cy)
        write_goal(db, bo_, "Same component", "T2.2b", audience=Audience.SCHOOL)
        write_goal(db, bo_, "Elsewhere in the tree", "T1.1a", audience=Audience.SCHOOL)
        write_goal(db, cy_, "Same indicator", "T2.2a", "T1.1a", audience=Audience.DISTRICT)
        write_goal(db, cy_, "Of another school", "T2.2a", audience=Audience.SCHOOL)

    with database.reading() as db:
        near = like_goals(db, ana.read(db))

        assert [each.goal.headline for each in near] == ["Same indicator", "Same component"]
        assert [each.code for each in near[0].likeness.indicators] == ["T2.2a"]
        assert [each.code for each in near[1].likeness.components] == ["T2.2"]


def test_withdrawing_what_was_never_declared_changes_nothing(database, ana):
    with database.transaction() as db:
        withdraw_declaration(db, ana.person, ana.read(db))

    with database.reading() as db:
        assert goal_of(db, ana.person, ana.goal_id).state is GoalState.OPEN


def share_with_reviewers(live: Live) -> int:
    """Let the owner choose "My supervisor" on the page of a card; return the goal."""
    with live.database.reading() as db:
        goal_id: int = db.get_one(GrowthPlan, live.plan_id).goals[0].id
    owner, page = live.as_(live.cast.owner), f"/plans/goals/{goal_id}/declare"
    assert 'id="audience-reviewer"' in owner.get(page).text
    assert owner.post(page, data={"audience": "reviewer", "offer": CARD["offer"]}).status_code == 303
    return goal_id


@pytest.mark.parametrize(("key", "readers"), [("annual", ("supervisor",)), ("licence", ("supervisor", "committee"))])
def test_a_card_for_my_supervisor_is_seen_by_who_reads_the_plan_and_nobody_else(database, sample, visit, key, readers):
    live = make_live(database, visit, sample, key)
    share_with_reviewers(live)
    live.submit()
    cast = live.cast
    everybody = {
        "supervisor": cast.supervisor, "committee": cast.committee[0], "other supervisor": cast.other_supervisor,
        "peer": cast.peers[0], "designer": cast.designer,
    }  # fmt: skip
    live.post(cast.supervisor if key == "annual" else cast.committee[0], "open")

    def sees(person: Person, page: str) -> bool:
        return CARD["offer"] in live.as_(person).get(page).text

    assert tuple(name for name, person in everybody.items() if sees(person, "/plans/board")) == readers
    at_the_plan = {name for name, person in everybody.items() if sees(person, f"/plans/{live.plan_id}/review")}
    assert at_the_plan == {"supervisor" if key == "annual" else "committee"}
