"""Tests of every route at once: that it is guarded, and that nobody reaches into another district."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from lti_tool.db import Base
from lti_tool.launch.acting import Right
from lti_tool.people.models import Role
from tests.conftest import make_district, make_person
from tests.full_district import make_full_district
from tests.house.walking import SESSION_PREFIX, addresses

NOT_OURS = {"static", "bootstrap.static"}


def test_every_view_says_who_may_open_it(app):
    unguarded = [
        endpoint
        for endpoint, view in app.view_functions.items()
        if endpoint not in NOT_OURS and not isinstance(getattr(view, "guard", None), Right)
    ]

    assert unguarded == []


def test_only_views_outside_of_a_session_are_public(app):
    public = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(SESSION_PREFIX) and app.view_functions[rule.endpoint].guard is Right.PUBLIC
    }

    assert public == set()


def test_opening_a_page_changes_nothing(app, database, visit):
    with database.transaction() as db:
        full = make_full_district(db)
        everything = make_person(db, full.sample, "Sam Stone", *Role)
    visitor = visit(full.sample, everything, is_course_designer=True)
    before = _records(database)

    for address in addresses(app, full.ids):
        if address.method == "GET":
            visitor.get(address.path)

    assert _records(database) == before


def test_a_stranger_of_another_district_finds_nothing_and_changes_nothing(app, database, visit):
    with database.transaction() as db:
        full = make_full_district(db)
        elsewhere = make_district(db, "Elsewhere")
        stranger = make_person(db, elsewhere, "Sam Stone", *Role)
    visitor = visit(elsewhere, stranger, is_course_designer=True)
    before = _records(database)

    answers = {}
    for address in addresses(app, full.ids):
        if address.has_id:
            send = visitor.get if address.method == "GET" else visitor.post
            answers[f"{address.method} {address.endpoint}"] = send(address.path).status_code

    assert {name: status for name, status in answers.items() if status not in {403, 404}} == {}
    assert _records(database) == before


def test_an_educator_reaches_no_page_of_another_role(app, database, visit):
    with database.transaction() as db:
        full = make_full_district(db)
    visitor = visit(full.sample, full.educator)
    before = _records(database)

    reached = []
    for address in addresses(app, full.ids):
        if app.view_functions[address.endpoint].guard in {Right.PUBLIC, Right.EDUCATOR}:
            continue
        send = visitor.get if address.method == "GET" else visitor.post
        if send(address.path).status_code != 403:
            reached.append(address.endpoint)

    assert reached == []
    assert _records(database) == before


def _records(database: Any) -> dict[str, list[Any]]:
    with database.reading() as db:
        return {table.name: _rows(db, table) for table in Base.metadata.sorted_tables if table.name != "launch_session"}


def _rows(db: Session, table: Any) -> list[Any]:
    return sorted(map(repr, db.execute(table.select())))
