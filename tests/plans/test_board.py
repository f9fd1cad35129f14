"""The board of colleagues' cards: like ones first, narrowed down, page by page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from lti_tool.errors import InvalidInputError
from lti_tool.people.models import GradeBand
from lti_tool.plans.cards import GoalCard
from lti_tool.plans.models import Audience
from lti_tool.plans.queries import BOARD_PAGE, BoardFilter, board_choices, goal_board, goals_of
from lti_tool.standards.models import Framework, Indicator, Level
from tests.conftest import make_person
from tests.plans.conftest import indicator, write_goal
from tests.query_counter import count_queries, queries_of_pages


@pytest.fixture
def colleagues(database, sample, ana):
    with database.transaction() as db:
        zoe = make_person(db, sample, "Zoe Adler", discipline="art")
        bo = make_person(db, sample, "Bo Lind", school=1)
        cy = make_person(db, sample, "Cy Moreau")
        write_goal(db, zoe, "Nearest", "T2.2a", audience=Audience.DISTRICT, wish="A partner")
        write_goal(db, bo, "Near", "T2.2c", audience=Audience.DISTRICT)
        write_goal(db, cy, "Far", "T4.1a", audience=Audience.DISTRICT)
        write_goal(db, bo, "Farther", "T1.1a", audience=Audience.DISTRICT)
    return zoe, bo, cy


def headlines(cards: Iterable[GoalCard]) -> list[str]:
    return [card.headline for card in cards]


def test_like_mine_comes_first_with_the_reason_and_the_rest_by_name(database, sample, ana, colleagues, visit):
    with database.reading() as db:
        board = goal_board(db, ana.person, BoardFilter())

    page = " ".join(visit(sample, ana.person).get("/plans/board").text.split())

    assert headlines(board.like) == ["Nearest", "Near"]
    assert headlines(board.others) == ["Farther", "Far"]
    assert "You both work on T2.2a." in page
    assert "Both goals are about “Checking understanding as it grows”." in page


def test_the_board_is_narrowed_by_component_school_and_discipline(database, sample, ana, colleagues, visit):
    with database.reading() as db:
        component = indicator(db, "T1.1a").parent_id

        def narrowed(**how: Any) -> list[str]:
            board = goal_board(db, ana.person, BoardFilter(**how))
            return headlines(board.like + board.others)

        assert narrowed(component_id=component) == ["Farther"]
        assert narrowed(school_id=sample.schools[1].id) == ["Near", "Farther"]
        assert narrowed(discipline="art") == ["Nearest"]
        assert board_choices(db, ana.person).disciplines == ["art", "mathematics"]
    page = visit(sample, ana.person).get("/plans/board?discipline=art").text
    assert "Nearest" in page
    assert "Farther" not in page


def test_the_board_is_narrowed_by_any_part_of_standards_of_two_levels_or_of_more(
    database, sample, ana, colleagues, visit
):
    with database.transaction() as db:
        flat = Framework(district_id=sample.district.id, identifier="two levels", title="Flat", size=2)
        db.add(flat)
        db.flush()
        place = {"framework_id": flat.id, "statement": "Talk", "position": 1}
        part = Indicator(**place, identifier="1", level=Level.DOMAIN, code="1", path="1")
        db.add(part)
        db.flush()
        leaf = Indicator(**place, identifier="1a", level=Level.INDICATOR, code="F1a", path="1/F1a", parent_id=part.id)
        db.add(leaf)
        db.flush()
        write_goal(db, make_person(db, sample, "Di Flat"), "Flat one", "F1a", audience=Audience.DISTRICT)
        component = indicator(db, "T1.1a").parent
        assert component
        assert component.parent
        domain_id, part_id = component.parent.id, part.id
    visitor = visit(sample, ana.person)

    def shown(chosen: int) -> set[str]:
        page = visitor.get(f"/plans/board?component={chosen}").text
        assert f'value="{chosen}" selected' in page
        return {each for each in ("Nearest", "Near", "Far", "Farther", "Flat one") if f">{each}<" in page}

    assert shown(part_id) == {"Flat one"}
    assert shown(domain_id) == {"Farther"}


def test_a_school_that_was_only_asked_for_opens_nothing(database, sample, ana):
    with database.transaction() as db:
        asking = make_person(db, sample, "New Comer")
        asking.school, asking.requested_school = None, sample.schools[1]
        write_goal(db, make_person(db, sample, "Bo Lind", school=1), "At Lake", audience=Audience.SCHOOL)
        write_goal(db, make_person(db, sample, "Cy Moreau", school=1), "For all", audience=Audience.DISTRICT)
        with pytest.raises(InvalidInputError):
            write_goal(db, asking, "Mine", audience=Audience.SCHOOL)

    with database.reading() as db:
        board = goal_board(db, asking, BoardFilter())

        assert headlines(board.like + board.others) == ["For all"]


def test_without_goals_of_my_own_everything_is_by_name(database, sample, ana, colleagues):
    with database.transaction() as db:
        newcomer = make_person(db, sample, "New Comer")

    with database.reading() as db:
        board = goal_board(db, newcomer, BoardFilter())

    assert board.like == []
    assert [card.name for card in board.others] == ["Bo Lind", "Bo Lind", "Cy Moreau", "Zoe Adler"]


def test_a_long_board_goes_on_page_by_page_without_losing_or_repeating_a_card(database, sample, ana, visit):
    with database.transaction() as db:
        for number in range(BOARD_PAGE + 3):
            same_name = make_person(db, sample, f"Colleague {number // 2:02}")
            write_goal(db, same_name, f"Goal {number:02}", "T4.1a", audience=Audience.SCHOOL)

    with database.reading() as db:
        first = goal_board(db, ana.person, BoardFilter())
        second = goal_board(db, ana.person, BoardFilter(), after=first.next_after)

    assert (len(first.others), len(second.others)) == (BOARD_PAGE, 3)
    assert len({*headlines(first.others), *headlines(second.others)}) == BOARD_PAGE + 3
    assert second.next_after is None
    visitor = visit(sample, ana.person)
    assert "Show more" in visitor.get("/plans/board").text
    assert "Goal 26" in visitor.get(f"/plans/board?after={first.next_after}").text


def test_an_empty_board_says_what_to_do(database, sample, ana, visit):
    visitor = visit(sample, ana.person)

    assert "Nobody has shared a goal with you yet" in visitor.get("/plans/board").text
    assert "No shared goal fits this choice" in visitor.get("/plans/board?discipline=art").text


def test_pages_take_the_same_number_of_queries_however_much_there_is(database, sample, ana, colleagues, visit):
    visitor = visit(sample, ana.person)
    pages = ["/plans/", "/plans/board", f"/plans/goals/{ana.goal_id}", f"/plans/goals/{ana.goal_id}/learning",
             "/plans/course", "/plans/goals/new"]  # fmt: skip

    before = queries_of_pages(database, visitor, pages)
    with database.transaction() as db:
        for number in range(6):
            colleague = make_person(db, sample, f"Colleague {number}", school=number % 2)
            write_goal(db, colleague, f"Theirs {number}", "T2.2a", "T4.1a", audience=Audience.DISTRICT)
        for number in range(6):
            write_goal(db, db.merge(ana.person), f"Mine {number}", "T2.2a", "T1.1a", audience=Audience.DISTRICT)

    assert queries_of_pages(database, visitor, pages) == before


def test_reading_all_my_goals_takes_few_queries(database, sample, ana):
    with database.transaction() as db:
        for number in range(5):
            write_goal(db, db.merge(ana.person), f"Mine {number}")

    with database.reading() as db, count_queries(database) as queries:
        goals = goals_of(db, ana.person)
        touched = [(goal.owner.name, goal.declaration, goal.indicators, goal.courses, goal.tries) for goal in goals]

    assert len(touched) == 6
    assert len(queries) <= 6


@pytest.fixture
def many_alike(database, sample, ana):
    """Forty colleagues whose goals are near to Ana's, and of the last names two who work on just the same."""
    with database.transaction() as db:
        for number in range(40):
            owner = make_person(db, sample, f"Aaron {number:02}")
            write_goal(db, owner, f"Near {number:02}", "T2.2b", audience=Audience.DISTRICT)
        for name in ("Yara Young", "Zoe Adler"):
            owner = make_person(db, sample, name)
            write_goal(db, owner, f"Same as {name}", "T2.2a", audience=Audience.DISTRICT, offer=f"Ask {name}")
        write_goal(db, make_person(db, sample, "Cy Moreau"), "Far", "T4.1a", audience=Audience.DISTRICT)


def test_every_goal_like_mine_is_on_the_board_the_nearest_first_whatever_its_owner_is_called(
    database, sample, ana, many_alike, visit
):
    with database.reading() as db:
        first = goal_board(db, ana.person, BoardFilter())
        second = goal_board(db, ana.person, BoardFilter(), like_after=first.next_like_after)

    like = headlines(first.like + second.like)
    assert like == ["Same as Yara Young", "Same as Zoe Adler", *(f"Near {number:02}" for number in range(40))]
    assert (len(first.like), headlines(first.others)) == (BOARD_PAGE, ["Far"])
    assert (second.others, second.next_like_after) == ([], None)
    visitor = visit(sample, ana.person)
    assert "Show more like mine" in visitor.get("/plans/board").text
    assert "Near 39" in visitor.get(f"/plans/board?like_after={first.next_like_after}").text


def test_who_works_on_just_the_same_is_named_first_on_the_page_of_a_goal(database, sample, ana, many_alike, visit):
    visitor = visit(sample, ana.person)

    assert "Same as Zoe Adler" in visitor.get(f"/plans/goals/{ana.goal_id}").text
    learning = visitor.get(f"/plans/goals/{ana.goal_id}/learning").text
    assert "Ask Zoe Adler" in learning


def test_what_my_own_school_offers_is_found_however_much_nearer_goals_elsewhere_are(database, sample, ana, visit):
    with database.transaction() as db:
        for number in range(BOARD_PAGE + 1):
            far = make_person(db, sample, f"Aaron {number:02}", school=1)
            write_goal(db, far, "Elsewhere", "T2.2a", audience=Audience.DISTRICT, offer="Visit me")
        here = make_person(db, sample, "Zoe Adler")
        write_goal(db, here, "Next door", "T2.2b", audience=Audience.SCHOOL, offer="Come next door")

    assert "Come next door" in visit(sample, ana.person).get(f"/plans/goals/{ana.goal_id}/learning").text


def test_somebody_with_several_grade_bands_is_found_by_each_of_them_and_no_other(database, sample, ana, visit):
    with database.transaction() as db:
        counselor = make_person(db, sample, "Cora Lane", grade_bands=(GradeBand.K2, GradeBand.G912))
        write_goal(db, counselor, "Across grades", "T4.1a", audience=Audience.DISTRICT)
    visitor = visit(sample, ana.person)

    found = [band.value for band in GradeBand if "Across grades" in visitor.get(f"/plans/board?band={band.value}").text]

    assert found == ["K-2", "9-12"]
    assert "K-2, 9-12" in visitor.get("/plans/board").text
