"""S10: goals that a school or a district shares: several owners, each with a goal, steps and evidence of their own."""

from __future__ import annotations

import pytest

from lti_tool.people.models import Person, Role
from lti_tool.plans.models import Audience, Goal, SharedGoal
from tests.conftest import make_person
from tests.plans.conftest import write_goal

PROPOSED = {"headline": "Everybody speaks in every lesson", "words": "Few do.", "reach": "district"}


@pytest.fixture
def bo(database, sample) -> Person:
    with database.transaction() as db:
        return make_person(db, sample, "Bo Lind", school=1)


def propose(database, visitor, **changed) -> int:
    answer = visitor.post("/plans/shared-goals", data={**PROPOSED, **changed})
    assert answer.status_code == 303
    with database.reading() as db:
        return int(db.query(SharedGoal).order_by(SharedGoal.id.desc()).first().id)


def test_s10_several_owners_work_on_one_shared_goal_each_with_a_goal_of_their_own(database, sample, ana, bo, visit):
    with database.transaction() as db:
        theirs = write_goal(db, bo, "Let everybody answer", audience=Audience.DISTRICT)
        hidden = write_goal(db, make_person(db, sample, "Kim Quiet"), "Told to nobody", audience=Audience.PRIVATE)
        kim = hidden.owner
    shared = propose(database, visit(sample, ana.person))
    for person, goal_id in ((ana.person, ana.goal_id), (bo, theirs.id), (kim, hidden.id)):
        answer = visit(sample, person).post(f"/plans/shared-goals/{shared}/mine", data={"goal_id": goal_id})
        assert answer.status_code == 303

    page = visit(sample, ana.person).get(f"/plans/shared-goals/{shared}").text

    with database.reading() as db:
        assert db.query(Goal).filter_by(shared_goal_id=shared).count() == 3
    assert "Let everybody answer" in page
    assert "It is worked on by fewer than 5 people." in page
    assert "Told to nobody" not in page
    assert "Kim Quiet" not in page
    assert PROPOSED["headline"] in visit(sample, bo).get(f"/plans/goals/{theirs.id}").text


def test_s10_a_goal_of_a_school_is_for_that_school_and_nobody_takes_anothers_goal_into_it(
    database, sample, ana, bo, visit
):
    shared = propose(database, visit(sample, ana.person), reach="school")

    assert visit(sample, bo).get(f"/plans/shared-goals/{shared}").status_code == 404
    assert PROPOSED["headline"] not in visit(sample, bo).get("/plans/shared-goals").text
    whole = propose(database, visit(sample, bo))
    taken = visit(sample, bo).post(f"/plans/shared-goals/{whole}/mine", data={"goal_id": ana.goal_id})
    assert taken.status_code == 404


def test_s10_what_is_in_a_support_plan_is_no_part_of_anything_shared(database, sample, ana, visit):
    visitor = visit(sample, ana.person)
    shared = propose(database, visitor)
    with database.transaction() as db:
        db.get_one(Goal, ana.goal_id).plan.is_restricted = True

    assert visitor.post(f"/plans/shared-goals/{shared}/mine", data={"goal_id": ana.goal_id}).status_code == 409


@pytest.mark.parametrize(
    ("roles", "school", "may"),
    [([], 0, False), ([Role.SUPERVISOR], 0, True), ([Role.SUPERVISOR], 1, None), ([Role.ADMINISTRATOR], 1, True)],
    ids=["an educator", "a supervisor of the school", "one of another school", "an administrator"],
)
def test_leaders_adopt_what_educators_propose_for_their_school(database, sample, ana, visit, roles, school, may):
    shared = propose(database, visit(sample, ana.person), reach="school")
    with database.transaction() as db:
        leader = make_person(db, sample, "Lou Lead", *roles, school=school, learner=False)

    answer = visit(sample, leader).post(f"/plans/shared-goals/{shared}/adopt")

    assert answer.status_code == {True: 303, False: 403, None: 404}[may]
    with database.reading() as db:
        assert (db.get_one(SharedGoal, shared).adopted_at is not None) is bool(may)


def test_whoever_proposed_it_takes_it_out_until_it_is_adopted_and_goals_go_on(database, sample, ana, bo, visit):
    visitor = visit(sample, ana.person)
    shared = propose(database, visitor)
    visitor.post(f"/plans/shared-goals/{shared}/mine", data={"goal_id": ana.goal_id})

    assert visit(sample, bo).post(f"/plans/shared-goals/{shared}/retire").status_code == 403
    assert visitor.post(f"/plans/shared-goals/{shared}/retire").status_code == 303

    assert PROPOSED["headline"] not in visitor.get("/plans/shared-goals").text
    assert visitor.get(f"/plans/goals/{ana.goal_id}").status_code == 200


def test_a_proposal_without_words_or_reach_comes_back_as_it_was_typed(sample, ana, visit):
    answer = visit(sample, ana.person).post("/plans/shared-goals", data={"headline": "", "words": "Few speak."})

    assert answer.status_code == 422
    assert "Few speak." in answer.text
    assert "Choose with whom" in answer.text
