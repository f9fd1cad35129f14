"""A new version in which an indicator that is cited has become a group of others."""

from __future__ import annotations

from typing import Any

import pytest

from lti_tool.people.models import Role
from lti_tool.plans.operations import GoalWords, create_goal
from lti_tool.standards.models import Alignment, Framework, Level, Strength
from lti_tool.standards.operations import import_at_once
from lti_tool.standards.queries import GridChoice, compare, coverage, grid_page
from tests.conftest import make_person
from tests.standards.packages import as_file, item, link, read, small_package
from tests.standards.test_imports import sent
from tests.standards.test_updates import indicator


def with_items_below(*names: str) -> dict[str, Any]:
    """Return a version in which one new item stands below each of these."""
    data = small_package(version="2")
    for name in names:
        data["CFItems"].append(item(f"{name}.i"))
        data["CFAssociations"].append(link("isChildOf", f"{name}.i", name, 1))
    return data


@pytest.fixture
def cited(database, sample):
    """A person whose goal cites A.1.a, which a course serves, in the framework's new version."""
    with database.transaction() as db:
        import_at_once(db, sample.district.id, read(small_package(version="1")))
        person = make_person(db, sample, "Ana Ruiz", Role.DESIGNER)
        old = indicator(db, "A.1.a")
        goal = create_goal(db, person, GoalWords("Ask better questions", indicator_ids=(old.id,)))
        db.add(Alignment(opportunity_id=sample.course.id, indicator_id=old.id, strength=Strength.DEVELOPS))
    with database.transaction() as db:
        framework, difference = import_at_once(db, sample.district.id, read(with_items_below("A.1.a", "A.1.b")))
    assert [each.code for each in difference.grouped.shown] == ["A.1.a", "A.1.b"]
    return person, goal.id, old.id, framework.id


def test_what_is_cited_stays_an_indicator_beside_its_new_parts_and_what_nobody_cites_becomes_a_group(
    database, sample, cited
):
    with database.transaction() as db:
        levels = {name: indicator(db, name).level for name in ("A.1.a", "A.1.a.i", "A.1.b", "A.1.b.i")}
        framework = db.get_one(Framework, cited[3])
        again = compare(db, framework, read(with_items_below("A.1.a", "A.1.b")))

    assert levels == {
        "A.1.a": Level.INDICATOR, "A.1.a.i": Level.INDICATOR, "A.1.b": Level.COMPONENT, "A.1.b.i": Level.INDICATOR,
    }  # fmt: skip
    assert sum(again.counts.values()) == 0


def test_the_forms_of_goals_and_alignments_still_show_it_chosen(database, sample, cited, visit):
    person, goal_id, old_id, framework_id = cited
    visitor = visit(sample, person)

    goal_form = visitor.get(f"/plans/goals/{goal_id}/edit?step=indicators").text
    alignment_form = visitor.get(f"/standards/opportunities/{sample.course.id}/alignment?framework={framework_id}").text

    assert f'value="{old_id}" checked' in goal_form
    assert f'value="{old_id}" checked' in alignment_form


def test_the_grid_and_the_coverage_still_have_it(database, sample, cited):
    person, _, old_id, framework_id = cited
    with database.reading() as db:
        framework = db.get_one(Framework, framework_id)
        grid = grid_page(db, person, framework, GridChoice())
        covered = coverage(db, framework, {})

    assert [each.code for each in grid.columns] == ["A.1.a", "A.1.a.i", "A.1.b.i"]
    assert old_id in {row.item.id for row in covered.rows}


def test_a_group_is_not_offered_as_a_successor(database, sample, cited, visit):
    person, goal_id, old_id, _ = cited
    data = with_items_below("A.1.b")
    data["CFAssociations"].append(link("replacedBy", "A.1.a", "A.1.b"))
    with database.transaction() as db:
        import_at_once(db, sample.district.id, read(data))
    visitor = visit(sample, person)

    moved = visitor.post(f"/plans/goals/{goal_id}/indicators/{old_id}/replaced", data={"answer": "move"})

    assert moved.status_code == 409
    assert "This indicator was replaced:" not in visitor.get(f"/plans/goals/{goal_id}").text


def test_the_page_says_that_an_indicator_is_now_a_group(database, sample, visit):
    with database.transaction() as db:
        import_at_once(db, sample.district.id, read(small_package()))
        designer = make_person(db, sample, "De Signer", Role.DESIGNER)
    visitor = visit(sample, designer)

    page = visitor.get(f"/standards/imports/{sent(visitor, as_file(with_items_below('A.1.a')))}").text

    assert "Now a group of other items; where it is cited it can still be chosen: 1" in page
