"""What has ended stays as it was: nothing is done to its goals any more, and its pages do not offer to."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from lti_tool.outbox.models import OutboxMessage
from lti_tool.people.models import OpportunityKind
from lti_tool.plans.models import Company, Goal, GrowthPlan, PlanState, TryIt
from lti_tool.plans.operations import take_up, withdraw_plan
from tests.conftest import make_person
from tests.plans.conftest import indicator, write_goal
from tests.plans.learning import offer
from tests.plans.life import make_live

ENDS = [PlanState.CLOSED, PlanState.WITHDRAWN]
WHY = "This plan has ended, and its goals stay as they are."
GO_ON = "Go on with what is open in a new plan"


@pytest.fixture(params=ENDS)
def ended(request, database, sample, visit):
    """A plan that has ended with an open goal, for which there is learning with a try-it."""
    live = make_live(database, visit, sample, "annual")
    with database.transaction() as db:
        goal = db.get_one(GrowthPlan, live.plan_id).goals[0]
        old, new = goal.indicators[0], indicator(db, "T2.2b")
        old.replaced_by_id = new.id
        book = offer(db, sample, OpportunityKind.STUDY, "A book")
        take_up(db, goal.owner, goal, book)
        goal.activities[0].completed_at = datetime(2026, 11, 3, tzinfo=UTC)
        goal.tries.append(TryIt(opportunity_id=book.id))
        other = offer(db, sample, OpportunityKind.STUDY, "Another book")
        db.flush()
        ids = {
            "goal": goal.id, "activity": goal.activities[0].id, "try": goal.tries[0].id, "indicator": old.id,
            "other": other.id,
        }  # fmt: skip
    live.bring_to(request.param)
    return live, ids


@pytest.mark.parametrize(
    ("address", "data"),
    [
        ("goals/{goal}/declare", {"audience": "district"}),
        ("goals/{goal}/meet", {"words": "It worked."}),
        ("goals/{goal}/learning/{other}", {}),
        ("goals/{goal}/indicators/{indicator}/replaced", {"answer": "move"}),
        ("activities/{activity}/remove", {}),
        ("activities/{activity}/unfinish", {}),
        ("try-its/{try}", {"words": "Two classes wrote notes."}),
        ("try-its/{try}/plan", {"plan": "One class."}),
    ],
)
def test_nothing_is_done_to_a_goal_of_a_plan_that_has_ended(database, ended, address, data):
    live, ids = ended
    with database.reading() as db:
        before = db.get_one(Goal, ids["goal"]).version

    answer = live.as_(live.cast.owner).post(f"/plans/{address.format(**ids)}", data=data)

    assert answer.status_code == 409
    assert WHY in answer.text
    assert GO_ON in answer.text
    with database.reading() as db:
        goal = db.get_one(Goal, ids["goal"])
        assert (goal.version, goal.is_open, goal.declaration, len(goal.activities)) == (before, True, None, 1)
        assert db.scalars(select(OutboxMessage).where(OutboxMessage.kind == "goal.met")).all() == []


def test_what_was_typed_is_not_lost_when_the_plan_has_ended_meanwhile(ended):
    live, ids = ended

    answer = live.as_(live.cast.owner).post(f"/plans/goals/{ids['goal']}/meet", data={"words": "Most say it now."})

    assert "Most say it now." in answer.text


def test_the_page_of_such_a_goal_offers_to_go_on_in_a_new_plan_and_nothing_else(ended):
    live, ids = ended
    owner = live.as_(live.cast.owner)

    page = owner.get(f"/plans/goals/{ids['goal']}").text

    for offered in ("Say what came of it", "Share my card", "Find more learning", "Take it out", "Move my goal to it",
                    "Not finished after all", "Plan it, or write what came of it", "Change the goal"):  # fmt: skip
        assert offered not in page
    assert f"/plans/{live.plan_id}/carry-over" in page
    assert owner.get(f"/plans/goals/{ids['goal']}/declare").status_code == 303
    assert "It can count" not in owner.get(f"/plans/goals/{ids['goal']}/learning").text


def test_a_goal_that_was_met_is_not_opened_again_once_its_plan_has_ended(database, sample, visit):
    live = make_live(database, visit, sample, "annual")
    owner = live.as_(live.cast.owner)
    with database.reading() as db:
        goal_id = db.get_one(GrowthPlan, live.plan_id).goals[0].id
    owner.post(f"/plans/goals/{goal_id}/meet", data={"words": "It worked."})
    live.bring_to(PlanState.CLOSED)

    assert owner.post(f"/plans/goals/{goal_id}/reopen").status_code == 409
    assert "Open this goal again" not in owner.get(f"/plans/goals/{goal_id}").text


def test_a_shared_card_is_not_said_to_be_shared_once_its_plan_has_ended(database, sample, visit):
    live = make_live(database, visit, sample, "annual")
    owner = live.as_(live.cast.owner)
    with database.reading() as db:
        goal_id = db.get_one(GrowthPlan, live.plan_id).goals[0].id
    owner.post(f"/plans/goals/{goal_id}/declare", data={"audience": "district"})
    live.bring_to(PlanState.WITHDRAWN)

    page = owner.get(f"/plans/goals/{goal_id}").text

    assert "Your card is shared with" not in page
    assert "Its plan has ended, so its card is shown to nobody any more." in page
    assert "shared with:" not in owner.get(f"/plans/{live.plan_id}").text


def test_the_name_of_a_colleague_who_joined_goes_when_they_give_their_plan_up(database, sample, ana, visit):
    with database.transaction() as db:
        bo = make_person(db, sample, "Bo Lind")
        joined = write_goal(db, bo, "Wait longer for an answer")
        joined.company, joined.joined_goal_id = Company.JOINED, ana.goal_id
        plan_id = joined.plan_id
    visitor = visit(sample, ana.person)
    before = visitor.get(f"/plans/goals/{ana.goal_id}").text
    with database.transaction() as db:
        plan = db.get_one(GrowthPlan, plan_id)
        withdraw_plan(db, plan.person, plan)

    assert "Bo Lind" in before
    assert "Bo Lind" not in visitor.get(f"/plans/goals/{ana.goal_id}").text
