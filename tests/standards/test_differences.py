"""What the page of an import says before it: all that would change, once, and nothing of what was meanwhile."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from lti_tool.people.models import Role
from lti_tool.standards.case import Oddity
from lti_tool.standards.models import Framework
from lti_tool.standards.operations import import_at_once
from lti_tool.standards.queries import compare
from tests.conftest import make_person
from tests.standards.packages import as_file, item, link, package, read, small_package
from tests.standards.test_imports import sent
from tests.standards.test_updates import counts


@pytest.fixture
def visitor(database, sample, visit):
    with database.transaction() as db:
        designer = make_person(db, sample, "De Signer", Role.DESIGNER)
    return visit(sample, designer)


@pytest.mark.parametrize(
    "more",
    [
        {"educationLevel": ["09"]},
        {"subject": "Science"},
        {"CFItemType": "Standard"},
        {"extensions": {"likeGoalsRoles": ["teacher"]}},
        {"extensions": {"ours": 1}},
        {"statusEndDate": "2999-08-31"},
    ],
    ids=" ".join,
)
def test_what_is_said_of_an_item_beside_its_words_is_a_change(database, sample, more):
    said = small_package()
    said["CFItems"][2] |= more
    with database.transaction() as db:
        framework, _ = import_at_once(db, sample.district.id, read(small_package()))
        new = compare(db, framework, read(said))
        import_at_once(db, sample.district.id, read(said))
        again = compare(db, framework, read(said))
        dropped = compare(db, framework, read(small_package()))

    assert new.counts == dropped.counts == counts(changed=1)
    assert [each.code for each in new.changed.shown] == ["A.1.a"]
    assert again.counts == counts()


def test_the_page_shows_the_licence_before_and_after(database, sample, visitor):
    with database.transaction() as db:
        import_at_once(db, sample.district.id, read(small_package(version="1", licenseURI="CC BY 4.0")))

    page = visitor.get(f"/standards/imports/{sent(visitor, as_file(small_package(version='2')))}").text

    assert "<del>CC BY 4.0</del>" in page
    assert "None is known: private to this district" in page
    assert "<del>1</del>" in page


def test_a_replacement_is_said_once(database, sample):
    said = small_package()
    said["CFAssociations"] += [link("replacedBy", "A.1.a", "A.1.b"), link("replacedBy", "A.1.b", "elsewhere")]
    with database.transaction() as db:
        framework, first = import_at_once(db, sample.district.id, read(said))
        again = compare(db, framework, read(said))

    assert (first.counts["added"], again.counts) == (4, counts())


def test_an_item_that_several_others_replace_is_said():
    links = [link("replacedBy", "A", "B"), link("replacedBy", "A", "C"), link("replacedBy", "A", "B")]
    found = read(package([item("A"), item("B"), item("C")], links))

    assert {note.kind: note.examples for note in found.notes}[Oddity.SPLIT] == ["A"]


def test_a_file_that_was_looked_at_before_a_newer_one_came_in_is_looked_at_anew(database, visitor):
    first, newer = (sent(visitor, as_file(small_package(version=version))) for version in ("1", "2"))
    assert visitor.post(f"/standards/imports/{newer}").status_code == 303

    visitor.post(f"/standards/imports/{first}")
    asked = visitor.get(f"/standards/imports/{first}").text
    with database.reading() as db:
        kept = db.scalars(select(Framework.version)).one()
    visitor.post(f"/standards/imports/{first}")

    assert "The framework changed after you looked at this file." in asked
    assert "<del>2</del>" in asked
    assert kept == "2"
    with database.reading() as db:
        assert db.scalars(select(Framework.version)).one() == "1"


def test_a_version_that_only_orders_items_anew_says_where_and_how(database, sample, visitor):
    said = small_package()
    for association, number in zip(said["CFAssociations"][2:], (2, 1), strict=True):
        association["sequenceNumber"] = number
    with database.transaction() as db:
        framework, _ = import_at_once(db, sample.district.id, read(small_package()))

    import_id = sent(visitor, as_file(said))
    page = visitor.get(f"/standards/imports/{import_id}").text
    visitor.post(f"/standards/imports/{import_id}")
    with database.reading() as db:
        again = compare(db, db.get_one(Framework, framework.id), read(said))

    assert "Its parts come in another order: 1" in page
    assert "<del>A.1.a, A.1.b</del>" in page
    assert "<ins>A.1.b, A.1.a</ins>" in page
    assert again.counts == counts()


def test_a_file_that_was_looked_at_before_its_framework_was_renamed_is_looked_at_anew(database, sample, visitor):
    with database.transaction() as db:
        framework, _ = import_at_once(db, sample.district.id, read(small_package()))
    import_id = sent(visitor, as_file(small_package(version="2")))

    visitor.post(f"/standards/frameworks/{framework.id}/title", data={"title": "For our counselors"})
    visitor.post(f"/standards/imports/{import_id}")

    assert "The framework changed after you looked at this file." in visitor.get(f"/standards/imports/{import_id}").text
    with database.reading() as db:
        assert db.get_one(Framework, framework.id).title == "For our counselors"
