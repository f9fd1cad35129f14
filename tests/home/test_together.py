"""S10, S13, S16, S18: what leaders see of learning together, in counts of all of which nobody can be picked out."""

from __future__ import annotations

import re

import pytest

from lti_tool.db import utc_now
from lti_tool.people.counts import Fact, told_of
from lti_tool.people.models import Opportunity, OpportunityKind, Role, Supervision
from lti_tool.plans.models import Audience, Goal, PracticeCard, PracticeTry, SharedGoal, TryStep
from lti_tool.teams.models import Agreement, MemberState, Team, TeamCycle, TeamMember, TeamState
from tests.conftest import make_person
from tests.house.pages import BANNED_WORDS
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

    assert "Too few people to be told: it would show fewer than 5" in page
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


def make_teams(db, sample, people: list[int], *sizes: int) -> list[Team]:
    """Put people into formed teams of these sizes, one after the other."""
    teams, left = [], iter(people)
    for number, size in enumerate(sizes):
        team = Team(district_id=sample.district.id, course_id=sample.course.id, name=f"Team {number}")
        team.state, team.formed_at = TeamState.FORMED, utc_now()
        team.members = [TeamMember(person_id=next(left), state=MemberState.ACCEPTED) for _ in range(size)]
        teams.append(team)
    db.add_all(teams)
    db.flush()
    return teams


@pytest.fixture
def school_of_twenty(database, sample) -> None:
    """Have twenty with an open goal at one school; of each thing that is counted of them, some do it and some do not.

    Six of them declared nothing, twelve are in two teams, one of which has agreed and kept its cycle, five passed a
    practice on, and seven work on a shared goal.
    """
    with database.transaction() as db:
        (indicator,) = make_indicators(db, sample, "1/1a/1a.1")
        people = [make_person(db, sample, f"Person {number}") for number in range(20)]
        goals = [
            make_goal(db, sample, person, indicator, audience=None if number < 6 else Audience.DISTRICT)
            for number, person in enumerate(people)
        ]
        first, _ = make_teams(db, sample, [each.id for each in people], 6, 6)
        db.add(Agreement(team_id=first.id, words="We ask first.", changed_by_id=people[0].id))
        db.add(TeamCycle(team_id=first.id, number=1, starts_on=utc_now().date(), kept_at=utc_now()))
        of_district = {"district_id": sample.district.id, "audience": Audience.DISTRICT}
        db.add_all(PracticeCard(**of_district, person_id=each.id, title="Wait", did="We wait.") for each in people[:5])
        shared = SharedGoal(district_id=sample.district.id, headline="Everybody speaks", proposed_by_id=people[0].id)
        db.add(shared)
        db.flush()
        for goal in goals[:7]:
            db.get_one(Goal, goal.id).shared_goal_id = shared.id


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.split("<h1>")[1]).split())


@pytest.mark.usefixtures("school_of_twenty")
def test_s10_plans_with_a_shared_goal_and_educators_in_a_team_match_a_count_by_hand(sample, administrator, visit):
    page = visit(sample, administrator).get("/together").text

    assert "7 of 20 plans have a goal that is a part of a shared goal" in page
    assert "12 of 20 educators with an open goal are in a team" in page


@pytest.mark.usefixtures("school_of_twenty")
def test_s16_each_of_the_five_lines_tells_facts_and_none_of_them_grades(database, sample, visit):
    with database.transaction() as db:
        leader = make_person(db, sample, "Lou Lead", Role.SUPERVISOR, learner=False)

    text = text_of(visit(sample, leader).get("/together").text)

    lines = re.split(r"(?=[1-5]\. [A-Z])", text.split("What leaders look after")[1])[1:]
    facts = [
        "6 of 12 educators in a team have agreed", "14 of 20 open goals are shared",
        "12 of 20 educators with an open goal are in a team", "5 of 20 educators with an open goal passed on",
        "6 of 12 educators in a team have kept a cycle",
    ]  # fmt: skip
    assert [fact in line for fact, line in zip(facts, lines, strict=True)] == [True] * 5
    assert not [word for word in (*BANNED_WORDS, "score", "grade", "excellent", "poor", "%") if word in text.lower()]


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


def test_s13_the_share_of_what_is_led_from_inside_is_told(database, sample, administrator, visit):
    """A course, a door and a study are inside; a vendor's course and a summer school are not, and one door is over."""
    with database.transaction() as db:
        host = make_person(db, sample, "Ben Okafor")
        of_district = {"district_id": sample.district.id}
        for kind, more in (
            (OpportunityKind.OPEN_DOOR, {"host_id": host.id}),
            (OpportunityKind.OPEN_DOOR, {"host_id": host.id, "retired_on": utc_now().date()}),
            (OpportunityKind.STUDY, {}),
            (OpportunityKind.STUDY, {"provider": "Talk Ltd"}),
            (OpportunityKind.EXTERNAL, {"provider": "County university"}),
        ):
            db.add(Opportunity(**of_district, kind=kind, title="On offer", **more))

    page = visit(sample, administrator).get("/together").text

    assert "3 of 5 things on offer in the district are led from inside" in page
    assert "Ben Okafor" not in page
