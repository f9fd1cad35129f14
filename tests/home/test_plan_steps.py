"""The one next step follows the plan as well: what its readers said, what waits for its owner, what is due."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lti_tool.db import utc_now
from lti_tool.plans.models import Audience, DeclarationRule, GrowthPlan, PlanState
from lti_tool.plans.operations import set_policy
from tests.plans.life import Live, make_live


@pytest.fixture
def live(database, visit, sample) -> Live:
    return make_live(database, visit, sample, "annual")


def step(live: Live) -> str:
    text: str = live.as_(live.cast.owner).get("/").text
    return text.split('id="next-step-title">')[1].split("</section>", maxsplit=1)[0]


def title(live: Live) -> str:
    return step(live).split("<", maxsplit=1)[0]


def test_a_plan_in_which_nothing_is_missing_is_ready_to_hand_in(live):
    assert title(live) == "Your plan is ready to hand in"
    assert f"/plans/{live.plan_id}/submit" in step(live)


def test_while_readers_have_the_plan_goals_go_on(live):
    live.submit()

    assert title(live) == "Let colleagues know about your goal"


def test_changes_that_are_asked_for_come_first(live):
    live.bring_to(PlanState.CHANGES_REQUESTED)

    assert title(live) == "Your reader asks for changes"
    assert f"/plans/{live.plan_id}/review" in step(live)


def test_an_approved_plan_waits_for_sharing_as_far_as_the_district_asks(live):
    with live.database.transaction() as db:
        set_policy(db, db.merge(live.cast.administrator), DeclarationRule.REQUIRED, Audience.SCHOOL)
        first, second = (goal.id for goal in db.get_one(GrowthPlan, live.plan_id).goals)
    live.submit()
    live.approve()
    before = step(live)

    live.as_(live.cast.owner).post(f"/plans/goals/{first}/declare", data={"audience": "school"})
    between = step(live)
    live.as_(live.cast.owner).post(f"/plans/goals/{second}/declare", data={"audience": "school"})

    assert before.startswith("Your plan is agreed to: share its goals")
    assert f"/plans/goals/{first}/declare" in before
    assert f"/plans/goals/{second}/declare" in between
    assert title(live) == "Find what you will learn with"


@pytest.mark.parametrize(("days", "said"), [(-1, "Say how it goes with your plan"), (30, "Let colleagues know about")])
def test_the_middle_of_the_year_is_due_once_it_is_there(live, days, said):
    live.bring_to(PlanState.ACTIVE)
    with live.database.transaction() as db:
        plan, middle = db.get_one(GrowthPlan, live.plan_id), utc_now().date() + timedelta(days=days)
        plan.starts_on, plan.ends_on = middle - timedelta(days=180), middle + timedelta(days=180)

    assert title(live).startswith(said)


def test_a_plan_whose_time_is_over_comes_to_its_end(live):
    live.bring_to(PlanState.MID_YEAR_DONE)
    with live.database.transaction() as db:
        db.get_one(GrowthPlan, live.plan_id).ends_on = utc_now().date() - timedelta(days=1)

    assert title(live) == "Say what came of your plan"


def test_a_signed_review_is_to_be_read(live):
    live.bring_to(PlanState.FINAL_SUBMITTED)
    live.sign()

    assert title(live) == "Your reader has signed"
    assert f"/plans/{live.plan_id}/acknowledge" in step(live)


def test_a_seat_that_a_colleague_left_free_is_to_be_filled_while_the_plan_waits(database, visit, sample):
    live = make_live(database, visit, sample, "peers")
    live.submit()
    live.post(live.cast.peers[0], "decline")

    assert title(live) == "Ask another colleague to read your plan"


def test_goals_of_a_support_plan_are_never_to_be_shared_and_hold_nothing_up(database, visit, sample):
    live = make_live(database, visit, sample, "support")
    live.submit()

    assert title(live) == "Find what you will learn with"


def test_goals_of_a_plan_that_was_given_up_ask_for_nothing(live):
    live.bring_to(PlanState.WITHDRAWN)

    assert title(live) == "Nothing waits for you"
