"""Tests of a district that requires declaring: an approved plan waits for it, and nobody can tell who is exempt."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import select

import lti_tool.plans.tasks  # noqa: F401 - the worker's handlers of plans
from lti_tool.outbox.delivery import deliver_due
from lti_tool.people.models import Person
from lti_tool.plans.models import (
    Audience,
    DeclarationExemption,
    DeclarationRule,
    ExemptionReason,
    Goal,
    GrowthPlan,
    PlanChange,
    PlanState,
)
from lti_tool.plans.operations import set_policy
from tests.conftest import make_person
from tests.plans.life import Live, make_live
from tests.query_counter import count_queries

REQUIRED = {"rule": "required", "minimum": "school"}


@pytest.fixture
def live(database, visit, sample) -> Live:
    """A plan that waits for its readers, in a district that requires declaring."""
    live = make_live(database, visit, sample, "annual")
    with database.transaction() as db:
        set_policy(db, db.merge(live.cast.administrator), DeclarationRule.REQUIRED, Audience.SCHOOL)
    live.submit()
    return live


def goal_ids(live: Live) -> list[int]:
    with live.database.reading() as db:
        return [goal.id for goal in db.get_one(GrowthPlan, live.plan_id).goals]


def declare(live: Live, goal_id: int, audience: str = "school") -> None:
    answer = live.as_(live.cast.owner).post(f"/plans/goals/{goal_id}/declare", data={"audience": audience})
    assert answer.status_code == 303


def exempt(live: Live) -> None:
    data = {"person_id": live.cast.owner.id, "reason": "safety"}
    assert live.as_(live.cast.administrator).post("/plans/policy/exemptions", data=data).status_code == 303


def test_b2_an_approved_plan_waits_until_each_goal_is_declared(live):
    live.approve()
    assert live.state() is PlanState.APPROVED
    assert "Approved, not active yet" in live.as_(live.cast.owner).get(f"/plans/{live.plan_id}").text

    first, *others = goal_ids(live)
    for goal_id in others:
        declare(live, goal_id)
    declare(live, first, "team")
    assert live.state() is PlanState.APPROVED

    declare(live, first)
    assert live.state() is PlanState.ACTIVE


def test_b2_a_plan_of_declared_goals_is_active_once_it_is_approved(live):
    for goal_id in goal_ids(live):
        declare(live, goal_id)

    live.approve()

    assert live.state() is PlanState.ACTIVE


def test_b2_the_plan_of_an_exempt_person_is_active(live):
    exempt(live)

    live.approve()

    assert live.state() is PlanState.ACTIVE


def test_b2_an_exemption_lets_a_plan_that_waits_be_active_in_its_owners_name(live):
    live.approve()

    exempt(live)

    assert live.state() is PlanState.ACTIVE
    history = live.as_(live.cast.owner).get(f"/plans/{live.plan_id}/history").text
    assert live.cast.administrator.name not in history


def test_b2_a_reader_cannot_tell_who_is_exempt_from_who_has_not_declared_yet(live):
    live.approve()
    reader = live.as_(live.cast.supervisor)
    pages = ("/plans/queue", f"/plans/{live.plan_id}/review", f"/plans/{live.plan_id}/history")
    before = [reader.get(page).text for page in pages]

    exempt(live)

    assert live.state() is PlanState.ACTIVE
    assert [reader.get(page).text for page in pages] == before


def test_b2_a_reader_cannot_tell_at_mid_year_or_at_the_end_either(live):
    """A plan that was never declared comes as far as that of an exempt person, and reads the same at each step."""
    reader, owner = live.as_(live.cast.supervisor), live.cast.owner
    pages = ("/plans/queue", f"/plans/{live.plan_id}/review", f"/plans/{live.plan_id}/history")
    live.approve()

    assert live.post(owner, "mid-year", words="Half of the questions are open ones now.") == 303
    assert live.state() is PlanState.APPROVED
    assert "not active yet" in live.as_(owner).get(f"/plans/{live.plan_id}").text
    live.post(live.cast.supervisor, "open")
    before = [reader.get(page).text for page in pages]
    exempt(live)

    assert live.state() is PlanState.ACTIVE
    assert [reader.get(page).text for page in pages] == before


def test_b2_a_plan_that_was_never_declared_comes_to_its_end(live):
    live.approve()
    live.come_to_mid_year()
    live.hand_in_end()
    live.post(live.cast.supervisor, "open")
    live.sign()
    live.acknowledge()

    assert live.state() is PlanState.CLOSED


def test_plans_that_wait_are_active_once_the_district_does_not_require_it_any_more(live):
    live.approve()
    data = {**REQUIRED, "rule": "expected"}

    assert live.as_(live.cast.administrator).post("/plans/policy", data=data).status_code == 303

    assert live.state() is PlanState.ACTIVE


def test_a_withdrawn_card_leaves_the_plan_active_and_the_board_without_it(live):
    for goal_id in goal_ids(live):
        declare(live, goal_id)
    live.approve()
    goal_id = goal_ids(live)[0]

    assert live.as_(live.cast.owner).post(f"/plans/goals/{goal_id}/withdraw").status_code == 303

    assert live.state() is PlanState.ACTIVE
    assert "part 1" not in live.as_(live.cast.peers[0]).get("/plans/board").text


def test_a_goal_that_is_met_needs_no_declaring(live):
    live.approve()
    first, *others = goal_ids(live)
    for goal_id in others:
        declare(live, goal_id)

    words = {"words": "More of them explain."}
    assert live.as_(live.cast.owner).post(f"/plans/goals/{first}/meet", data=words).status_code == 303

    assert live.state() is PlanState.ACTIVE


def test_a_support_plan_waits_for_nothing(database, visit, sample):
    live = make_live(database, visit, sample, "support")
    with database.transaction() as db:
        set_policy(db, db.merge(live.cast.administrator), DeclarationRule.REQUIRED, Audience.SCHOOL)
    live.submit()

    live.approve()

    assert live.state() is PlanState.ACTIVE


def approved_plans(database, live: Live, people: int) -> None:
    """Let so many more people of the district have a plan that waits for one goal to be declared."""
    with database.transaction() as db:
        for number in range(people):
            owner = make_person(db, live.cast.sample, f"Owner {number:04}")
            plan = GrowthPlan(
                district_id=owner.district_id, person_id=owner.id, school_year=2026, state=PlanState.APPROVED
            )
            plan.goals = [Goal(headline="Ask open questions")]
            db.add(plan)


def states(database) -> Counter[PlanState]:
    with database.reading() as db:
        return Counter(db.scalars(select(GrowthPlan.state)))


def test_a_new_policy_asks_for_many_plans_as_often_as_for_few_and_leaves_the_rest_to_the_worker(app, database, live):
    data, visitor = {**REQUIRED, "rule": "expected"}, live.as_(live.cast.administrator)
    asked = []
    for people in (40, 250):
        approved_plans(database, live, people)
        with count_queries(database) as sent:
            assert visitor.post("/plans/policy", data=data).status_code == 303
        asked.append(sum(each.lstrip().upper().startswith("SELECT") for each in sent.statements))
    first = states(database)

    deliver_due(database, app.extensions["settings"])

    assert asked[1] <= asked[0] + 1  # what the outbox asks of its key
    assert first[PlanState.APPROVED] == 150
    assert states(database)[PlanState.ACTIVE] == 290
    with database.reading() as db:
        changes = db.scalars(select(PlanChange).where(PlanChange.to_state == PlanState.ACTIVE)).all()
        assert len({each.plan_id for each in changes}) == len(changes) == 290


def test_plans_that_go_on_waiting_do_not_keep_the_worker_from_those_after_them(app, database, live):
    approved_plans(database, live, 220)
    with database.transaction() as db:
        for number in (150, 219):
            person = db.scalars(select(Person).where(Person.name == f"Owner {number:04}")).one()
            db.add(DeclarationExemption(person_id=person.id, reason=ExemptionReason.OTHER))

    assert live.as_(live.cast.administrator).post("/plans/policy", data=REQUIRED).status_code == 303
    deliver_due(database, app.extensions["settings"])

    assert states(database) == {PlanState.APPROVED: 218, PlanState.ACTIVE: 2, PlanState.SUBMITTED: 1}
