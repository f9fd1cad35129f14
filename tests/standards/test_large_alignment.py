"""Attaching something to a framework that is too large for one page: by branches and by search, without script."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from lti_tool.people.models import Role
from lti_tool.standards.models import Framework, Indicator, Strength
from lti_tool.standards.operations import import_at_once
from tests.conftest import make_person
from tests.query_counter import count_queries
from tests.standards.aligning import address, form, saved
from tests.standards.packages import many_items

SMALL = 200_000
"""Characters that a page stays within, however many items the framework has."""


@pytest.fixture
def large(database, sample) -> Framework:
    with database.transaction() as db:
        return import_at_once(db, sample.district.id, many_items(tops=150, each=40))[0]


@pytest.fixture
def attaching(database, sample, large, visit):
    """A designer of the district at the page on which its course is attached."""
    with database.transaction() as db:
        designer = make_person(db, sample, "De Signer", Role.DESIGNER, learner=False)
    return visit(sample, designer)


def ids_of(database, *codes: str) -> list[int]:
    with database.reading() as db:
        return [db.scalars(select(Indicator.id).where(Indicator.code == code)).one() for code in codes]


def offered(page: str) -> list[str]:
    """Return the ids of the indicators that can be ticked on a page, in its order."""
    return re.findall(r'name="indicator" value="(\d+)"', page)


def test_the_page_of_a_large_framework_stays_small_and_shows_what_is_chosen_first(database, sample, large, attaching):
    page = address(sample.course)
    far, near = ids_of(database, "149.30", "0.0")
    attaching.post(page, data=form(large, {far: "develops"}))

    with count_queries(database) as queries:
        shown = attaching.get(page).text

    assert len(shown) < SMALL
    assert len(queries) <= 16
    assert offered(shown)[:2] == [str(far), str(near)]
    assert shown.count("Statement 149.30") == 1


def test_opening_branches_and_searching_saves_nothing_and_loses_nothing_that_was_chosen(
    database, sample, large, attaching
):
    page = address(sample.course)
    first, second, third, top = ids_of(database, "0.0", "41.7", "149.39", "149")
    typed = form(large, {first: "introduces"}, grade_bands=["3-5"])

    found = attaching.post(page, data={**typed, "find": "Statement 41.7", "find_indicators": "1"})
    typed = form(large, {first: "introduces", second: "demonstrates"}, grade_bands=["3-5"])
    opened = attaching.post(page, data={**typed, "find": "Statement 41.7", "open": top})
    further = attaching.post(page, data={**typed, "under": top, "after": _after(opened.text)})
    before_saving = saved(database)
    typed = form(large, {first: "introduces", second: "demonstrates", third: "develops"}, grade_bands=["3-5"])
    answer = attaching.post(page, data={**typed, "under": top})

    assert {each.status_code for each in (found, opened, further)} == {200}
    assert offered(found.text) == [str(first), str(second)]
    assert offered(opened.text)[:2] == [str(first), str(second)]
    assert str(third) in offered(further.text)
    assert 'value="3-5" checked' in further.text
    assert max(len(each.text) for each in (found, opened, further)) < SMALL
    assert before_saving == {}
    assert answer.status_code == 303
    assert {code: each[:2] for code, each in saved(database).items()} == {
        "0.0": (Strength.INTRODUCES, ["3-5"]),
        "41.7": (Strength.DEMONSTRATES, ["3-5"]),
        "149.39": (Strength.DEVELOPS, ["3-5"]),
    }


def test_a_change_by_somebody_else_is_still_seen_after_looking_through_branches(database, sample, large, attaching):
    page = address(sample.course)
    (first,) = ids_of(database, "0.0")
    version = attaching.get(page).text.split('name="version" value="')[1].split('"')[0]
    attaching.post(page, data=form(large, {first: "introduces"}))

    looked = attaching.post(page, data=form(large, {first: "develops"}) | {"version": version, "open": ""}).text
    kept = looked.split('name="version" value="')[1].split('"')[0]
    late = attaching.post(page, data=form(large, {first: "develops"}) | {"version": kept})

    assert late.status_code == 409
    assert saved(database)["0.0"][0] is Strength.INTRODUCES


def test_a_choice_that_is_missing_does_not_hide_that_somebody_else_changed_it(database, sample, large, attaching):
    page = address(sample.course)
    (first,) = ids_of(database, "0.0")
    version = attaching.get(page).text.split('name="version" value="')[1].split('"')[0]
    attaching.post(page, data=form(large, {first: "introduces"}))

    refused = attaching.post(page, data=form(large, {first: "develops"}, roles=[]) | {"version": version})
    kept = refused.text.split('name="version" value="')[1].split('"')[0]

    assert refused.status_code == 422
    assert attaching.post(page, data=form(large, {first: "develops"}) | {"version": kept}).status_code == 409


def _after(page: str) -> str:
    return page.split('name="after" value="')[1].split('"', maxsplit=1)[0]
