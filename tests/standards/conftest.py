"""What the tests of standards share: a district that has the sample frameworks, and its designer."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from lti_tool.people.models import Role
from lti_tool.standards.models import Framework, Indicator, Level
from lti_tool.standards.operations import install_sample_frameworks
from tests.conftest import make_person


@pytest.fixture
def designer(database, sample):
    """A designer of the whole district, which has the sample frameworks."""
    with database.transaction() as db:
        install_sample_frameworks(db, sample.district.id)
        return make_person(db, sample, "De Signer", Role.DESIGNER, learner=False)


@pytest.fixture
def teachers(database, designer):
    with database.reading() as db:
        return db.scalars(select(Framework).where(Framework.audience == "teacher")).one()


@pytest.fixture
def ids(database, teachers) -> dict[str, int]:
    """The ids of the teachers' indicators by code."""
    with database.reading() as db:
        found = select(Indicator).where(Indicator.framework_id == teachers.id, Indicator.level == Level.INDICATOR)
        return {each.code: each.id for each in db.scalars(found)}
