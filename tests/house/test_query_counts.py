"""Tests that no page asks the database more often because there is more to show."""

from __future__ import annotations

import re

from flask import Flask

from benchmarks.district import build_district
from lti_tool.db import Base, Database
from lti_tool.home.record.parts import PARTS
from lti_tool.launch.operations.sessions import open_session
from lti_tool.people.models import Person, Role, RoleGrant
from tests.house.walking import addresses
from tests.query_counter import count_queries

A_PROPOSAL = {"team_id": 2, "member_id": 5}
MOST = 16
"""Of any page, the three that open the session included."""
MOST_WORDS = 18
"""Of a page with the whole record, besides its parts: the session, and the words of what parts name."""
RECORD = re.compile(r"/my-data$|\.json$")
"""What holds all that is known of somebody reads each of its parts once."""


def test_pages_ask_no_more_often_in_a_district_of_five_times_the_size(app, database):
    few = _queries_by_page(app, database, people=24, goals_each=2)
    many = _queries_by_page(app, database, people=120, goals_each=10)

    assert {page: (count, many[page]) for page, count in few.items() if many[page] > count} == {}
    assert {page: count for page, count in many.items() if count > MOST and not RECORD.search(page)} == {}
    assert max(many.values()) <= MOST_WORDS + len(PARTS)


def every_id(app: Flask) -> dict[str, int]:
    """Return the first row of each table for whatever an address names; the first indicators are headings."""
    names = {name for rule in app.url_map.iter_rules() for name in rule.arguments if name.endswith("_id")}
    return dict.fromkeys(names, 1) | {"indicator_id": 3, "step": 1}


def _queries_by_page(app: Flask, database: Database, **size: int) -> dict[str, int]:
    """Return how many statements each page that can be opened sends, to a visitor with every role."""
    prefix = _fill(database, **size)
    client, ids = app.test_client(), every_id(app)
    counts = {}
    for address in addresses(app, ids) + addresses(app, ids | A_PROPOSAL):
        if address.method == "GET":
            with count_queries(database) as sent:
                status = client.get(prefix + address.path).status_code
            if status == 200:
                counts[address.path] = len(sent)
    assert len({path.split("/")[1] for path in counts}) > 6
    return counts


def _fill(database: Database, **size: int) -> str:
    with database.transaction() as db:
        for table in reversed(Base.metadata.sorted_tables):
            db.execute(table.delete())
        district = build_district(db, **size)
        db.add_all(RoleGrant(person_id=district.educator_id, role=role, source="administrator") for role in Role)
        db.flush()
        key = open_session(
            db, db.get_one(Person, district.educator_id), registration_id=district.registration_id,
            deployment_id=district.deployment_id, course_id=district.course_id, is_course_designer=True,
        )  # fmt: skip
        return f"/s/{key}"
