"""Tests of every page that a person can open: its structure, its policy, its words."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from tests.full_district import make_full_district, make_newcomer
from tests.house.pages import broken_rules
from tests.house.walking import addresses


def walk(app, visitor, ids) -> dict[str, list[str]]:
    """Open every page and return the broken rules by page; a page that is for others is left out."""
    broken = {}
    for address in addresses(app, ids):
        if address.method != "GET":
            continue
        response = visitor.get(address.path)
        if response.status_code in {303, 403} or response.mimetype != "text/html":
            continue
        nonce = re.search(r"'nonce-([^']+)'", response.headers["Content-Security-Policy"])
        problems = broken_rules(response.text, nonce.group(1) if nonce else "")
        problems += [f"status {response.status_code}"] if response.status_code not in {200, 404, 409} else []
        if problems:
            broken[address.endpoint] = problems
    return broken


@pytest.mark.parametrize("role", ["educator", "designer", "administrator", "supervisor"])
def test_every_page_of_a_role_keeps_the_rules(app, database, visit, role):
    with database.transaction() as db:
        full = make_full_district(db)
    visitor = visit(full.sample, getattr(full, role))

    assert walk(app, visitor, full.ids) == {}


def test_every_page_of_a_newcomer_keeps_the_rules(app, database, visit):
    with database.transaction() as db:
        full = make_full_district(db)
        newcomer = make_newcomer(db, full)
    visitor = visit(full.sample, newcomer, course_id=None)

    assert walk(app, visitor, full.ids) == {}


def test_no_two_features_give_templates_different_things_under_one_name(app):
    with app.test_request_context():
        offers = [offer() for offer in app.template_context_processors[None]]
    times = Counter(name for offer in offers for name in offer)

    assert [name for name, count in times.items() if count > 1] == []


def test_error_pages_keep_the_rules(app):
    response = app.test_client().get("/s/unknown/")

    assert broken_rules(response.text) == []


def test_pages_tell_numbers_below_five_as_fewer(app, database, visit):
    with database.transaction() as db:
        full = make_full_district(db)
    visitor = visit(full.sample, full.designer)

    text = visitor.get("/?as=designer").text

    assert "goals of fewer than 5 educators" in text
