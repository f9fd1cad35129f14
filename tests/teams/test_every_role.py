"""Who is no classroom teacher comes as far as everybody else: a counselor walks through a whole year's beginning."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from lti_tool.people.models import Opportunity, Role
from lti_tool.people.operations import name_supervisor
from lti_tool.plans.models import GrowthPlan, PlanState
from lti_tool.standards.models import Framework
from lti_tool.standards.operations import install_sample_catalogue
from lti_tool.teams.models import TeamState
from tests.conftest import Visitor, make_person
from tests.plans.conftest import indicator
from tests.plans.writing import Writer, write_in_steps
from tests.standards.aligning import address, form
from tests.teams.conftest import only_team, propose

NAMES = ("Cora Lane", "Cal Moss", "Cleo Park")


@pytest.fixture
def designing(database, sample, visit):
    """The district's designer, who attaches the course to what counselors do, for counselors."""
    with database.transaction() as db:
        install_sample_catalogue(db, sample.district.id)
        designer = make_person(db, sample, "Nora Field", Role.DESIGNER, learner=False)
    visitor = visit(sample, designer)
    with database.reading() as db:
        framework = db.scalars(select(Framework).where(Framework.audience == "counselor")).one()
        chosen = {indicator(db, "C1.1a").id: "develops"}
    visitor.post(address(sample.course), data=form(framework, chosen, roles=["counselor"]))
    return visitor


@pytest.fixture
def counselors(database, sample, visit, designing):
    """Three counselors of two schools with a supervisor, each in a browser of their own."""
    with database.transaction() as db:
        administrator = make_person(db, sample, "Omar Said", Role.ADMINISTRATOR, learner=False)
        supervisor = make_person(db, sample, "Petra Lang", position="principal", learner=False)
        people = [
            make_person(db, sample, name, position="counselor", discipline="", school=place % 2)
            for place, name in enumerate(NAMES)
        ]
        for person in people:
            name_supervisor(db, administrator, person, supervisor)
    return [visit(sample, person) for person in people], visit(sample, supervisor)


def write_plan(database, visitor: Visitor) -> tuple[int, str]:
    """Write two goals in the steps of the page; return the plan's id, and where the first goal is."""
    with database.reading() as db:
        first, second = indicator(db, "C1.1a").id, indicator(db, "C1.3a").id
    goal = write_in_steps(Writer(visitor), first, do="goal").path
    write_in_steps(Writer(visitor), second, do="goal", headline="Recognise early who is in danger")
    with database.reading() as db:
        return db.scalars(select(GrowthPlan.id).where(GrowthPlan.person_id == visitor.person.id)).one(), goal


def test_s7b_a_counselor_writes_a_plan_finds_learning_and_joins_a_team(database, sample, counselors, designing):
    visitors, supervisor = counselors
    choosing = Writer(visitors[0]).open("/plans/goals/new").send().page
    goals = []
    for visitor in visitors:
        plan_id, goal = write_plan(database, visitor)
        goals.append(goal)
        assert visitor.post(f"/plans/{plan_id}/submit").status_code == 303
        supervisor.post(f"/plans/{plan_id}/open")
        assert supervisor.post(f"/plans/{plan_id}/decide", data={"do": "agree"}).status_code == 303

    assert choosing.index("C1.1a") < choosing.index("T1.1a")  # what is written for counselors comes first
    with database.reading() as db:
        assert set(db.scalars(select(GrowthPlan.state))) == {PlanState.ACTIVE}
        title = db.scalars(select(Opportunity.title).where(Opportunity.id == sample.course.id)).one()

    for visitor, goal in zip(visitors, goals, strict=True):
        found = visitor.get(f"{goal}/learning").text
        assert title in found
        assert visitor.post(f"{goal}/learning/{sample.course.id}").status_code == 303
        card = {"audience": "district", "next_step": "An open door at noon", "offer": "", "wish": "", "do": "share"}
        assert visitor.post(f"{goal}/declare", data=card).status_code == 303

    propose(designing)
    designing.post("/teams/send")
    team = only_team(database)
    for visitor in visitors:
        assert "An open door at noon" in visitor.get(f"/teams/{team.id}").text
        assert visitor.post(f"/teams/{team.id}/accept").status_code == 303

    formed = only_team(database)
    assert formed.state is TeamState.FORMED
    assert {each.person_id for each in formed.members} == {visitor.person.id for visitor in visitors}
    assert visitors[0].get(f"/teams/{team.id}/room").status_code == 200
