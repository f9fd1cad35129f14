"""What is exported and imported again is the same framework."""

from __future__ import annotations

import json
import re
import uuid
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from lti_tool.people.models import Role
from lti_tool.standards.case import Package, pack, read_package, read_sheet, unpack, write_package
from lti_tool.standards.models import Framework
from lti_tool.standards.operations import import_at_once, sample_packages
from lti_tool.standards.queries import package_of_framework
from tests.conftest import make_person
from tests.standards.packages import item, link, package, read, small_package, uid
from tests.standards.test_tables import OURS

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
words = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"]), min_size=1, max_size=80)
some_texts = st.lists(words, max_size=3)


def exported(found: Package) -> Any:
    return json.loads("".join(write_package(found, NOW)))


def again(found: Package) -> Package:
    return read(exported(found))


@st.composite
def packages(draw: st.DrawFn) -> Package:
    """Make a package of any tree: each item goes under the framework or under one before it."""
    size = draw(st.integers(1, 24))
    names = [str(number) for number in range(size)]
    items, links = [], []
    for number, name in enumerate(names):
        extra: dict[str, Any] = {
            "humanCodingScheme": draw(st.one_of(st.just(""), words)),
            "fullStatement": draw(words),
            "abbreviatedStatement": draw(st.one_of(st.just(""), words)),
            "educationLevel": draw(some_texts),
            "subject": draw(some_texts),
            "extensions": {"likeGoalsRoles": draw(some_texts), "other": draw(words)},
            "statusEndDate": draw(st.one_of(st.just(""), st.dates().map(str))),
            "notes": draw(st.one_of(st.none(), words)),
        }
        items.append({**item(name), **extra})
        parent = draw(st.sampled_from(["doc", *names[:number]]))
        links.append(link("isChildOf", name, parent, draw(st.integers(-5, 5))))
        if draw(st.booleans()):
            kind = draw(st.sampled_from(["exactMatchOf", "isPeerOf", "own kind"]))
            links.append(link(kind, name, draw(st.sampled_from(["elsewhere", *names]))))
        if number and draw(st.booleans()):
            links.append(link("replacedBy", name, draw(st.sampled_from(names[:number]))))
    document = {
        "version": draw(st.one_of(st.just(""), words)), "subject": draw(some_texts), "publisher": draw(words),
        "creator": draw(st.one_of(st.just(""), words)),
        "licenseURI": draw(st.one_of(st.just(""), st.just("https://example.test/l"), words.map(lambda w: f"L {w}"))),
    }  # fmt: skip
    return read(package(items, links, **document))


@given(packages())
@settings(max_examples=60, deadline=None)
def test_any_tree_exported_and_imported_again_is_equal(found):
    assert again(found) == found
    assert unpack(pack(found)) == found


@given(packages())
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_tree_that_was_in_the_database_is_equal_too(database, sample, found):
    with database.transaction() as db:
        framework, _ = import_at_once(db, sample.district.id, found)
        out = package_of_framework(db, framework)
        db.delete(framework)

    assert again(out) == found


def test_the_samples_and_a_table_come_back_as_they_were(database, sample):
    table = read_sheet(BytesIO(OURS.encode()), title="Our practice", district_id=1)
    for found in [*sample_packages(), table]:
        with database.transaction() as db:
            framework, _ = import_at_once(db, sample.district.id, found)
            assert again(package_of_framework(db, framework)) == found


def test_an_export_has_what_case_asks_for():
    wild = small_package(licenseURI="A licence", subject="teacher")
    wild["CFItems"][0] |= {"licenseURI": "https://example.test/l", "subjectURI": {"title": "Maths"}, "notes": ""}
    wild["CFAssociations"].append(
        {"associationType": "near", "originNodeURI": uid("A"), "destinationNodeURI": "https://x.test/9"}
    )
    data = exported(read(wild))

    assert data.keys() == {"CFDocument", "CFItems", "CFAssociations"}
    assert data["CFDocument"].keys() >= {"identifier", "uri", "creator", "title", "lastChangeDateTime"}
    assert data["CFDocument"]["caseVersion"] == "1.1"
    assert isinstance(data["CFDocument"]["subject"], list)
    for each in [data["CFDocument"]["licenseURI"], data["CFItems"][0]["licenseURI"], *data["CFItems"][0]["subjectURI"]]:
        assert each.keys() == {"title", "identifier", "uri"}
        assert UUID.fullmatch(each["identifier"])
    for each in data["CFItems"]:
        assert each.keys() >= {"identifier", "fullStatement", "uri", "lastChangeDateTime"}
        assert all(value not in ("", [], {}, None) for value in each.values())
    needed = {"identifier", "associationType", "uri", "originNodeURI", "destinationNodeURI", "lastChangeDateTime"}
    for each in data["CFAssociations"]:
        assert each.keys() - {"sequenceNumber"} == needed
        assert uuid.UUID(each["identifier"])
        assert all(
            each[end].keys() == {"title", "identifier", "uri"} for end in ("originNodeURI", "destinationNodeURI")
        )
    assert [each["associationType"] for each in data["CFAssociations"]].count("isChildOf") == 4
    assert "ext:near" in [each["associationType"] for each in data["CFAssociations"]]


def test_only_those_who_work_for_the_district_export_and_a_private_framework_says_so(database, sample, visit):
    with database.transaction() as db:
        framework, _ = import_at_once(db, sample.district.id, read(small_package()))
        designer = make_person(db, sample, "De Signer", Role.DESIGNER)
        educator = make_person(db, sample, "Ana Ruiz")
    page = f"/standards/frameworks/{framework.id}"

    answer = visit(sample, designer).get(f"{page}/case.json")

    assert read_package(BytesIO(answer.data)) == read(small_package())
    assert "private-to-the-district-our-practice.json" in answer.headers["Content-Disposition"]
    assert "Keep the file within it." in visit(sample, designer).get(page).text
    assert "Private to this district" in visit(sample, educator).get(page).text
    assert visit(sample, educator).get(f"{page}/case.json").status_code == 403
    with database.reading() as db:
        assert db.scalars(select(Framework)).one().is_private
