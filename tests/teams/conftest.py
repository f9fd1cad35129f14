"""Educators with like goals, their designer, and the shortest way to a team."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import selectinload

import lti_tool.teams.tasks  # noqa: F401 - registers what finds teams
from lti_tool.db import Database, utc_now
from lti_tool.outbox.delivery import deliver_due
from lti_tool.people.models import Person, Role
from lti_tool.teams.models import Asking, Team
from tests.conftest import Visitor, make_person
from tests.teams.declared import make_goal, make_indicators


@dataclass(frozen=True)
class Staff:
    designer: Person
    educators: list[Person]
    goal_ids: list[int]


@pytest.fixture
def staff(database, sample) -> Staff:
    with database.transaction() as db:
        questions, feedback = make_indicators(db, sample, "1/1c/1c.2", "3/3d/3d.1")
        names = ("Ana Ruiz", "Ben Okafor", "Chloe Martin", "Dinesh Rao", "Eva Novak")
        educators = [make_person(db, sample, name, school=number % 2) for number, name in enumerate(names)]
        designer = make_person(db, sample, "Nora Field", Role.DESIGNER, learner=False)
        goals = [make_goal(db, sample, person, questions, next_step="Try wait time") for person in educators[:4]]
        goals.append(make_goal(db, sample, educators[4], feedback, headline="Give feedback sooner"))
        return Staff(designer, educators, [goal.id for goal in goals])


def only_team(database: Database) -> Team:
    with database.reading() as db:
        return db.scalars(select(Team).options(selectinload(Team.members))).one()


def let_two_weeks_pass(database: Database) -> None:
    """Let the time be over until which designers asked people."""
    with database.transaction() as db:
        db.execute(update(Asking).values(until=utc_now()))


def propose_and_send(visit, sample, staff) -> None:
    designer = visit(sample, staff.designer)
    propose(designer)
    designer.post("/teams/send")


def propose(designer: Visitor, reach: str = "district") -> None:
    """Ask for teams and let the worker find them, after what was due before."""
    designer.post("/teams/propose", data={"reach": reach})
    extensions = designer.client.application.extensions
    deliver_due(extensions["database"], extensions["settings"], limit=10)
