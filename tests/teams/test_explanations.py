"""Why these people, how near each is, and what a move by hand would do: said on the pages."""

from __future__ import annotations

from sqlalchemy import select

from lti_tool.plans.models import Goal
from lti_tool.standards.models import Indicator
from lti_tool.teams.models import Placement, Team
from tests.conftest import make_person
from tests.teams.conftest import only_team, propose
from tests.teams.declared import make_goal


def test_a_proposal_says_how_near_each_is_and_that_only_shared_words_count(sample, visit, staff):
    designer = visit(sample, staff.designer)

    propose(designer)
    page = designer.get("/teams/").text

    assert "Ana Ruiz. " in page
    assert "On average very near to the others." in page
    assert "Nobody could be in closer company." in page
    assert "two that say the same in other words are not seen as alike" in page


def test_the_best_other_team_is_named_with_why_not_there_until_somebody_is_moved_by_hand(
    database, sample, visit, staff
):
    with database.transaction() as db:
        questions = db.get_one(Goal, staff.goal_ids[0]).indicators[0]
        near = Indicator(
            framework_id=questions.framework_id, identifier="1/1c/1c.3", level=questions.level, code="1c.3",
            path="1/1c/1c.3", statement="Statement of 1/1c/1c.3", position=9,
        )  # fmt: skip
        db.add(near)
        for name in ("Farid Haddad", "Grace Lee", "Mia Lund", "Omar Said"):
            make_goal(db, sample, make_person(db, sample, name), near, headline="Ask who has not spoken")
    designer = visit(sample, staff.designer)
    propose(designer)
    before = designer.get("/teams/").text
    with database.reading() as db:
        first, second = db.scalars(select(Team).order_by(Team.id)).all()
        member_id = first.members[0].id

    moving = designer.get(f"/teams/{first.id}/members/{member_id}/move").text
    designer.post(f"/teams/{first.id}/members/{member_id}/move", data={"target": str(second.id)})

    assert f"The best other one is {second.name}: " in before
    assert ", but is less near." in before
    assert f"Less near to them than to the others of {first.name}." in moving
    assert "How near each is" not in designer.get("/teams/").text
    designer.post("/teams/send")
    with database.reading() as db:
        assert not db.scalars(select(Placement)).all()


def test_the_page_of_a_team_says_who_has_met_such_a_goal_as_far_as_the_district_may_know(
    database, sample, visit, staff
):
    with database.transaction() as db:
        goals = [db.get_one(Goal, goal_id) for goal_id in staff.goal_ids[:2]]
        goals[0].declaration.offer = "Come and see wait time"
        goals[1].declaration.offer = "Only for my school"
        goals[1].declaration.audience = "school"
    designer = visit(sample, staff.designer)
    propose(designer)

    page = designer.get(f"/teams/{only_team(database).id}").text

    assert "Has met a goal or shows something: Ana Ruiz in 1c." in page
    assert "Ben Okafor in 1c" not in page
