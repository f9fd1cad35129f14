"""Being told of colleagues with a like goal while writing, and the three choices, none better than another."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from lti_tool.people.models import AuditEvent
from lti_tool.plans.models import Audience, Company, Goal
from lti_tool.plans.operations import withdraw_declaration
from lti_tool.plans.queries import goal_of, goals_of
from tests.conftest import make_person
from tests.plans.conftest import indicator, write_goal
from tests.plans.writing import CHANGE, WHY, Writer

PROMPT = "1 colleague has a like goal"


@pytest.fixture
def bo(database, sample, chosen):
    """A colleague who declared a goal on the indicator."""
    with database.transaction() as db:
        person = make_person(db, sample, "Bo Lind")
        goal = write_goal(db, person, "Bo's goal", "T2.1b", "T2.2a", audience=Audience.DISTRICT)
        goal.measure = "Bo's secret measure"
        return goal


@pytest.fixture
def writer(sample, ana, bo, chosen, visit):
    """Ana, who has come to the last step."""
    writer = Writer(visit(sample, ana.person)).open("/plans/goals/new").send(**WHY)
    return writer.send(indicator_ids=[str(chosen)]).send(**CHANGE)


def written(database, ana):
    with database.reading() as db:
        return goals_of(db, ana.person)[1]


def test_s10c_a_goal_on_a_colleagues_indicator_is_told_of_it_before_it_is_saved(database, ana, writer):
    assert PROMPT in writer.page
    assert "Bo Lind" in writer.page
    assert "Bo's goal".replace("'", "&#39;") in writer.page
    assert "secret measure" not in writer.page
    kinds = re.findall(r'<button class="([^"]+)" type="submit" name="do" value="(?:join:|adapt:|alone)', writer.page)
    assert len(kinds) == 3
    assert len(set(kinds)) == 1


def test_s10_a_goal_on_the_indicator_of_a_cluster_tells_of_all_of_it_and_one_may_carry_on_alone(
    database, sample, ana, chosen, visit
):
    with database.transaction() as db:
        for number in range(4):
            owner = make_person(db, sample, f"Cal {number}", school=number % 2)
            write_goal(db, owner, f"Like {number}", "T2.1b", audience=Audience.DISTRICT)
        hidden = make_person(db, sample, "Kim Quiet", school=1)
        write_goal(db, hidden, "Seen at Lake School alone", "T2.1b", audience=Audience.SCHOOL)
    writer = Writer(visit(sample, ana.person)).open("/plans/goals/new").send(**WHY)

    asked = writer.send(indicator_ids=[str(chosen)]).send(**CHANGE).page
    writer.send("alone").send("goal")

    assert "4 colleagues have a like goal" in asked
    assert "Kim Quiet" not in asked
    assert [choice in asked for choice in ("join:", "adapt:", '"alone"')] == [True] * 3
    goal = written(database, ana)
    assert goal.company is Company.ALONE
    pages = [writer.visitor.get(path).text for path in (f"/plans/goals/{goal.id}", "/plans/", "/")]
    assert all(CHANGE["headline"] in page for page in pages)
    assert not any("on alone" in page for page in pages)
    with database.reading() as db:
        assert not [each for each in db.scalars(select(AuditEvent)) if "company" in str(each.detail) + each.action]


def test_s10c_carrying_on_alone_is_allowed_and_recorded_without_judgement(database, ana, writer):
    writer.send("alone")

    assert PROMPT not in writer.page
    assert "You carry on alone." in writer.page
    writer.send("goal")
    assert written(database, ana).company is Company.ALONE
    with database.reading() as db:
        assert not [each for each in db.scalars(select(AuditEvent)) if "alone" in str(each.detail) + each.action]


def test_s10c_passing_it_by_is_as_cheap(database, ana, writer):
    writer.send("goal")

    assert written(database, ana).company is Company.UNDECIDED


def test_s10c_joining_names_the_colleague_who_sees_who_works_with_them(database, sample, ana, bo, writer, visit):
    writer.send(f"join:{bo.id}", with_whom="My grade team")

    assert "My grade team, Bo Lind" in writer.page
    writer.send("goal", with_whom="My grade team, Bo Lind")
    goal = written(database, ana)
    assert (goal.company, goal.joined_goal_id, goal.with_whom) == (Company.JOINED, bo.id, "My grade team, Bo Lind")
    with database.reading() as db:
        owner = goal_of_owner(db, bo)
    his = visit(sample, owner).get(f"/plans/goals/{bo.id}").text
    assert "Ana Ruiz works on a like goal with you." in his
    assert CHANGE["practice_change"] not in his


def goal_of_owner(db, goal):
    return db.get_one(Goal, goal.id).owner


def test_joining_can_be_taken_back_before_and_after(database, sample, ana, bo, writer, visit):
    writer.send(f"join:{bo.id}").send("reconsider", with_whom="Bo Lind")
    assert PROMPT in writer.page
    assert 'value="Bo Lind"' not in writer.page

    writer.send(f"join:{bo.id}").send("goal", with_whom="Bo Lind")
    writer.visitor.post(f"{writer.path}/leave")

    goal = written(database, ana)
    assert (goal.company, goal.joined_goal_id) == (Company.ALONE, None)
    with database.reading() as db:
        owner = goal_of_owner(db, bo)
    assert "works on a like goal with you" not in visit(sample, owner).get(f"/plans/goals/{bo.id}").text


def test_s10c_adapting_takes_what_the_card_shows_and_keeps_the_own_headline_at_hand(database, ana, bo, writer):
    writer.send(f"adapt:{bo.id}")

    assert writer.path.endswith("/3")
    assert "Your own headline was" in writer.page
    assert CHANGE["headline"] in writer.page
    assert "secret measure" not in writer.page
    writer.send(**{**CHANGE, "headline": "Bo's goal, in my classes"}).send("goal")
    goal = written(database, ana)
    assert (goal.company, goal.headline, goal.measure) == (
        Company.ADAPTED, "Bo's goal, in my classes", CHANGE["measure"],
    )  # fmt: skip
    assert {each.code for each in goal.indicators} == {"T2.1b", "T2.2a"}


def test_a_goal_that_is_not_shared_can_be_neither_joined_nor_adapted(database, ana, bo, writer):
    with database.transaction() as db:
        private = write_goal(db, goal_of_owner(db, bo), "Bo's private goal", "T2.1b")

    for do in (f"join:{private.id}", f"adapt:{private.id}", "join:999999", "adapt:x"):
        writer.send(do)
        assert "This card is not shared any more." in writer.page
        assert "private goal" not in writer.page


def test_a_card_that_is_withdrawn_before_the_goal_is_saved_is_not_joined(database, ana, bo, writer):
    writer.send(f"join:{bo.id}")
    with database.transaction() as db:
        owner = goal_of_owner(db, bo)
        withdraw_declaration(db, owner, goal_of(db, owner, bo.id))

    writer.send("goal", with_whom="Bo Lind")

    goal = written(database, ana)
    assert (goal.company, goal.joined_goal_id) == (Company.UNDECIDED, None)


def test_a_goal_that_is_gone_leaves_the_one_that_joined_it(database, ana, bo, writer):
    writer.send(f"join:{bo.id}").send("goal", with_whom="Bo Lind")

    with database.transaction() as db:
        db.delete(goal_of_owner(db, bo))

    assert written(database, ana).joined_goal_id is None


def test_nobody_near_means_no_question(database, sample, ana, visit):
    with database.reading() as db:
        far = indicator(db, "T1.1a").id
    writer = Writer(visit(sample, ana.person)).open("/plans/goals/new").send()

    writer.send(indicator_ids=[str(far)]).send(**CHANGE)

    assert "like goal" not in writer.page


def test_s10c_all_colleagues_with_a_like_goal_are_counted_however_many_there_are(database, sample, ana, chosen, visit):
    with database.transaction() as db:
        for number in range(30):
            owner = make_person(db, sample, f"Aaron {number:02}")
            write_goal(db, owner, f"Near {number:02}", "T2.1a", "T2.2a", audience=Audience.DISTRICT)
            write_goal(db, owner, f"Again {number:02}", "T2.1b", audience=Audience.DISTRICT)
    writer = Writer(visit(sample, ana.person)).open("/plans/goals/new").send(**WHY)

    assert "30 colleagues have a like goal" in writer.send(indicator_ids=[str(chosen)]).send(**CHANGE).page
