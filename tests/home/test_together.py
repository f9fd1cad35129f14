"""S10, S13, S16, S18: what leaders see of learning together, in counts of all of which nobody can be picked out."""

from __future__ import annotations

import pytest

from lti_tool.people.counts import Fact, told_of
from lti_tool.people.models import Role, Supervision
from lti_tool.plans.models import Audience, PracticeCard, PracticeTry, TryStep
from tests.conftest import make_person
from tests.teams.declared import make_goal, make_indicators


@pytest.fixture
def administrator(database, sample):
    with database.transaction() as db:
        return make_person(db, sample, "Omar Said", Role.ADMINISTRATOR, learner=False)


def make_goals(database, sample, *clusters: int) -> list[int]:
    """Let so many people have a goal on one indicator each, a new indicator for each group; return whose they are."""
    with database.transaction() as db:
        indicators = make_indicators(
            db, sample, *(f"{number}/{number}a/{number}a.1" for number in range(len(clusters)))
        )
        people = []
        for number, size in enumerate(clusters):
            for place in range(size):
                people.append(make_person(db, sample, f"Person {number}.{place}", school=place % 2))
                make_goal(db, sample, people[-1], indicators[number])
        return [each.id for each in people]


def test_s10_goals_in_a_cluster_and_alone_match_a_count_by_hand(database, sample, administrator, visit):
    make_goals(database, sample, 5, 6, 6, *[1] * 7)

    page = visit(sample, administrator).get("/together").text

    assert "17 of 24 open goals work on the same indicator as a colleague" in page
    assert "7 stand alone" in page


def test_s10_two_alone_of_24_are_not_told_and_do_not_follow_from_the_rest(database, sample, administrator, visit):
    make_goals(database, sample, 5, 6, 6, 5, 1, 1)

    page = visit(sample, administrator).get("/together").text

    assert "Too few people to be told" in page
    assert "22 of 24" not in page
    assert "2 stand alone" not in page


def test_s10_a_school_is_not_told_where_it_would_follow_from_the_others_and_their_sum():
    large, small, middle = Fact(40, 30, 40, 30), Fact(3, 9, 3, 9), Fact(12, 10, 12, 10)

    assert set(told_of({"a": large, "b": middle})) == {"a", "b"}
    assert set(told_of({"a": large, "b": middle, "c": small})) == {"a"}
    assert set(told_of({"a": large, "c": small, "d": small})) == {"a"}
    assert told_of({"a": large, "c": small}) == {}


def test_s16_the_checklist_of_a_school_has_five_lines_with_facts_for_its_own_leaders(
    database, sample, administrator, visit
):
    people = make_goals(database, sample, 24, *[1] * 12)
    with database.transaction() as db:
        leader = make_person(db, sample, "Lou Lead", Role.SUPERVISOR, learner=False)
        db.add(Supervision(person_id=people[0], supervisor_id=leader.id))
        teacher = make_person(db, sample, "Tia Teach")
    visitor = visit(sample, leader)

    page = visitor.get("/together").text

    assert "Hill School" in page
    assert [f"{number}. " in page for number in range(1, 6)] == [True] * 5
    assert "Person 0" not in page
    assert visitor.get(f"/together?school={sample.schools[1].id}").status_code == 404
    assert visit(sample, teacher).get("/together").status_code == 403
    assert visit(sample, administrator).get(f"/together?school={sample.schools[1].id}").status_code == 200


@pytest.mark.parametrize(("triers", "told"), [(5, "tried 5 times outside"), (4, "Too few people tried")])
def test_s18_the_district_sees_only_how_often_practices_were_tried_across_teams(
    database, sample, administrator, visit, triers, told
):
    with database.transaction() as db:
        author, keeps = make_person(db, sample, "Ana Ruiz"), make_person(db, sample, "Kay Keeps")
        card = PracticeCard(
            district_id=sample.district.id, person_id=author.id, title="Wait", did="We wait.",
            audience=Audience.DISTRICT,
        )  # fmt: skip
        people = [make_person(db, sample, f"Trier {number}") for number in range(triers)]
        card.tries = [PracticeTry(person_id=each.id, words="It worked.") for each in people]
        card.tries.append(PracticeTry(person_id=keeps.id, words="", step=TryStep.KEPT))
        db.add(card)

    page = visit(sample, administrator).get("/together").text

    assert told in page
    assert "Trier" not in page


def test_s13_the_share_of_what_is_led_from_inside_is_told(sample, administrator, visit):
    assert (
        "1 of 1 things on offer in the district are led from inside"
        in visit(sample, administrator).get("/together").text
    )
