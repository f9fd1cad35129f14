"""A served app with a full district in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from lti_tool.launch.operations.sessions import open_session
from lti_tool.people.models import Person
from tests.full_district import FullDistrict, make_full_district
from tests.serving import serving


@dataclass(frozen=True)
class Site:
    """The served app, with a full district and a way to open a session in it."""

    url: str
    full: FullDistrict
    enter: Callable[..., str]


@pytest.fixture
def site(app, database) -> Iterator[Site]:
    with database.transaction() as db:
        full = make_full_district(db)

    def enter(person: Person, **details) -> str:
        """Open a session as a launch would; return the address of its first page."""
        details.setdefault("course_id", full.sample.course.id)
        with database.transaction() as db:
            key = open_session(
                db, db.merge(person), registration_id=full.sample.registration.id,
                deployment_id=full.sample.deployment.id, **details,
            )  # fmt: skip
        return f"{url}/s/{key}"

    with serving(app) as url:
        yield Site(url, full, enter)
