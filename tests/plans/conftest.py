"""What the tests of plans share: goals to write, and Ana, who has one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.db import Database
from lti_tool.people.models import Person
from lti_tool.plans.cards import CardWords
from lti_tool.plans.models import Audience, Goal
from lti_tool.plans.operations import GoalWords, create_goal, declare_goal
from lti_tool.plans.queries import goal_of
from lti_tool.standards.models import Indicator, Level
from lti_tool.standards.operations import install_sample_frameworks
from tests.conftest import SampleDistrict, Visitor, make_person
from tests.plans.writing import Writer


def indicator(db: Session, code: str) -> Indicator:
    found = db.scalar(select(Indicator).where(Indicator.code == code, Indicator.level == Level.INDICATOR))
    assert found is not None
    return found


def write_goal(
    db: Session, owner: Person, headline: str, *codes: str, audience: Audience | None = None, **card: str
) -> Goal:
    """Return a new goal of this owner on these indicators, declared to an audience if one is given."""
    ids = tuple(indicator(db, code).id for code in codes or ("T2.2a",))
    goal = create_goal(db, owner, GoalWords(headline, indicator_ids=ids))
    if audience is not None:
        declare_goal(db, owner, goal, CardWords(audience, **card))
        db.flush()
    return goal


@dataclass(frozen=True)
class Ana:
    """An educator with one open goal in a district that has the sample frameworks."""

    person: Person
    goal_id: int
    read: Callable[[Session], Goal]


@pytest.fixture
def ana(database: Database, sample: SampleDistrict) -> Ana:
    with database.transaction() as db:
        install_sample_frameworks(db, sample.district.id)
        person = make_person(db, sample, "Ana Ruiz")
        goal = write_goal(db, person, "See what each student has understood")
    return Ana(person, goal.id, lambda db: goal_of(db, person, goal.id))


@pytest.fixture
def chosen(database: Database, ana: Ana) -> int:
    """Return the id of an indicator that Ana's goal is not on."""
    with database.reading() as db:
        return indicator(db, "T2.1b").id


@pytest.fixture
def writer(sample: SampleDistrict, ana: Ana, visit: Callable[..., Visitor]) -> Writer:
    return Writer(visit(sample, ana.person))
