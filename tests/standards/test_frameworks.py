"""Frameworks: the samples, CASE packages, and packages that are not right."""

from __future__ import annotations

import copy
import json
from collections import Counter
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import func, select

from lti_tool.errors import InvalidInputError
from lti_tool.people.models import Role
from lti_tool.standards.case import read_package
from lti_tool.standards.models import Framework, Indicator, Level
from lti_tool.standards.operations import install_sample_frameworks, sample_packages
from lti_tool.standards.queries import frameworks_of, trees_of
from tests.conftest import make_district, make_person


def node(identifier: str) -> dict[str, str]:
    return {"title": identifier, "identifier": identifier, "uri": f"https://example.test/{identifier}"}


def awkward_package() -> dict[str, Any]:
    """Return items in no order, one that repeats, one whose parent is unknown, and a URI as plain text."""
    items = [
        {"identifier": "leaf-2", "fullStatement": "Second leaf ü", "humanCodingScheme": "A.1.2"},
        {"identifier": "leaf-1", "fullStatement": "First leaf", "humanCodingScheme": "A.1.1"},
        {"identifier": "component", "fullStatement": "Component", "humanCodingScheme": "A.1"},
        {"identifier": "domain", "fullStatement": "Domain", "humanCodingScheme": "A"},
        {"identifier": "leaf-1", "fullStatement": "Repeated", "humanCodingScheme": "A.1.1"},
        {"identifier": "lost", "fullStatement": "Nobody knows its parent"},
    ]
    links = [("leaf-2", "component", 2), ("leaf-1", "component", 1), ("component", "domain", 1), ("domain", "doc", 1),
             ("lost", "nowhere", 1)]  # fmt: skip
    associations = [
        {"associationType": "isChildOf", "originNodeURI": node(child), "destinationNodeURI": node(parent),
         "sequenceNumber": number}
        for child, parent, number in links
    ]  # fmt: skip
    associations[0]["originNodeURI"] = "https://example.test/leaf-2"
    associations.append(
        {"associationType": "isRelatedTo", "originNodeURI": node("leaf-1"), "destinationNodeURI": node("lost")}
    )
    return {
        "CFDocument": {"identifier": "doc", "title": "Awkward", "licenseURI": "https://example.test/licence"},
        "CFItems": items,
        "CFAssociations": associations,
    }


def test_the_sample_frameworks_have_the_size_of_real_ones_and_a_licence():
    packages = {package.audience: package for package in sample_packages()}

    assert set(packages) == {"teacher", "counselor", "leader"}
    levels = Counter(item.level for item in packages["teacher"].items)
    assert (levels[Level.DOMAIN], levels[Level.COMPONENT], levels[Level.INDICATOR]) == (4, 10, 24)
    assert all("CC0" in package.licence and package.attribution for package in packages.values())
    identifiers = [item.identifier for package in packages.values() for item in package.items]
    assert len(set(identifiers)) == len(identifiers)


def test_an_awkward_package_is_read_as_its_tree():
    package = read_package(awkward_package())

    found = [(item.level, item.path, item.statement, item.parent) for item in package.items]
    assert found == [
        (Level.INDICATOR, "1", "Nobody knows its parent", None),
        (Level.DOMAIN, "A", "Domain", None),
        (Level.COMPONENT, "A/A.1", "Component", "domain"),
        (Level.INDICATOR, "A/A.1/A.1.1", "First leaf", "component"),
        (Level.INDICATOR, "A/A.1/A.1.2", "Second leaf ü", "component"),
    ]
    assert package.licence == "https://example.test/licence"


def test_what_is_not_a_tree_or_not_a_package_is_refused():
    circle = awkward_package()
    circle["CFAssociations"][3]["destinationNodeURI"] = node("leaf-1")
    incomplete = copy.deepcopy(awkward_package())
    del incomplete["CFItems"][0]["fullStatement"]

    wrongs: list[dict[str, Any]] = [circle, incomplete, {}, {"CFDocument": {}, "CFItems": None}]
    for wrong in wrongs:
        with pytest.raises(InvalidInputError):
            read_package(wrong)


def test_installing_twice_changes_nothing_and_districts_are_apart(database, sample):
    with database.transaction() as db:
        other = make_district(db, "Far Valley")
        first = install_sample_frameworks(db, sample.district.id)
        install_sample_frameworks(db, other.district.id)
    with database.transaction() as db:
        again = install_sample_frameworks(db, sample.district.id)
        person = make_person(db, sample, "Ana Ruiz")

    with database.reading() as db:
        assert (len(first), len(again)) == (3, 0)
        assert len(frameworks_of(db, person)) == 3
        assert db.scalar(select(func.count()).select_from(Framework)) == 6


@pytest.mark.parametrize(
    ("position", "audience"),
    [("teacher", "teacher"), ("School Counselor", "counselor"), ("principal", "leader"), ("librarian", "teacher")],
)
def test_the_framework_for_ones_own_work_comes_first(database, sample, position, audience):
    with database.transaction() as db:
        install_sample_frameworks(db, sample.district.id)
        person = make_person(db, sample, "Ana Ruiz", position=position)

    with database.reading() as db:
        trees = trees_of(db, person)

    assert trees[0].framework.audience == audience
    assert all(leaf.item.level is Level.INDICATOR for leaf in trees[0].branches[0].children[0].children)


def test_the_command_installs_and_says_what_it_did(app, database, sample):
    runner = app.test_cli_runner()

    first = runner.invoke(args=["standards", "install", "--district", "Cedar Valley"])
    again = runner.invoke(args=["standards", "install", "--district", "Cedar Valley"])
    new = runner.invoke(args=["standards", "install", "--district", "New Valley"])

    assert first.output.count("Installed:") == 3
    assert "already" in again.output
    assert new.output == first.output


def test_a_designer_adds_the_samples_and_everybody_reads_them(database, sample, visit):
    with database.transaction() as db:
        designer = make_person(db, sample, "De Signer", Role.DESIGNER)
        educator = make_person(db, sample, "Ana Ruiz")
    designing, reading = visit(sample, designer), visit(sample, educator)

    assert "Add the sample frameworks" in designing.get("/standards/").text
    assert "Add the sample frameworks" not in reading.get("/standards/").text
    assert reading.post("/standards/samples").status_code == 403
    assert designing.post("/standards/samples").status_code == 303
    with database.reading() as db:
        teachers = next(each for each in frameworks_of(db, educator) if each.audience == "teacher")
        assert db.scalar(select(func.count()).where(Indicator.framework_id == teachers.id)) == 38
    page = reading.get(f"/standards/frameworks/{teachers.id}").text
    assert "Checks during a lesson what each learner has understood." in page
    assert "CC0" in page


def test_a_framework_of_another_district_is_not_there(database, sample, visit):
    with database.transaction() as db:
        other = make_district(db, "Far Valley")
        (framework, *_) = install_sample_frameworks(db, other.district.id)
        person = make_person(db, sample, "Ana Ruiz", Role.DESIGNER)
    visitor = visit(sample, person)

    assert visitor.get(f"/standards/frameworks/{framework.id}").status_code == 404
    assert visitor.get(f"/standards/coverage?framework={framework.id}").status_code == 404
    assert visitor.get(f"/standards/course/{sample.course.id}?framework={framework.id}").status_code == 404
    assert json.dumps(framework.title) not in visitor.get("/standards/").text


def upload(content: bytes) -> dict[str, Any]:
    return {"data": {"package": (BytesIO(content), "package.json")}, "content_type": "multipart/form-data"}


def test_a_designer_imports_a_framework_once(database, sample, visit):
    with database.transaction() as db:
        designer = make_person(db, sample, "De Signer", Role.DESIGNER)
    visitor, package = visit(sample, designer), json.dumps(awkward_package()).encode()

    first = visitor.post("/standards/import", **upload(package))
    again = visitor.post("/standards/import", **upload(package))

    assert first.status_code == 303
    assert "Second leaf ü" in visitor.get(first.location.removeprefix(visitor.prefix)).text
    assert again.status_code == 409
    assert "here already" in again.text


@pytest.mark.parametrize("content", [b"", b"not json", b"\xff\xfe", b"[1]", b"{}", b'{"a":' * 2000])
def test_a_file_that_is_no_package_is_refused_with_a_sentence(database, sample, visit, content):
    with database.transaction() as db:
        designer = make_person(db, sample, "De Signer", Role.DESIGNER)

    answer = visit(sample, designer).post("/standards/import", **upload(content))

    assert answer.status_code == 422
    assert "not a CASE package" in answer.text


def test_a_tree_without_end_is_refused():
    deep: dict[str, Any] = {"CFDocument": {"identifier": "0", "title": "Deep"}, "CFItems": [], "CFAssociations": []}
    for number in range(1, 2000):
        deep["CFItems"].append({"identifier": str(number), "fullStatement": "Deeper"})
        deep["CFAssociations"].append(
            {
                "associationType": "isChildOf",
                "originNodeURI": node(str(number)),
                "destinationNodeURI": node(str(number - 1)),
            }
        )

    with pytest.raises(InvalidInputError, match="too deeply"):
        read_package(deep)


def test_the_designer_of_one_course_brings_in_nothing_and_reads_whom_to_ask(database, sample, visit):
    with database.transaction() as db:
        person = make_person(db, sample, "Cora Teach", learner=False)
    visitor = visit(sample, person, is_course_designer=True)
    page = visitor.get("/standards/").text

    assert "CASE package" not in page
    assert "Add the sample frameworks" not in page
    assert "Ask a designer or an administrator of your district to add its standards." in page
    assert visitor.post("/standards/import", **upload(b"{}")).status_code == 403
    assert visitor.post("/standards/samples").status_code == 403
    with database.reading() as db:
        assert frameworks_of(db, person) == []


@pytest.mark.parametrize("page", ["/?as=designer", "/standards/course/{course_id}", "/standards/coverage"])
def test_without_a_framework_each_page_of_a_designer_says_who_adds_one(database, sample, visit, page):
    with database.transaction() as db:
        person = make_person(db, sample, "Cora Teach", learner=False)

    text = visit(sample, person, is_course_designer=True).get(page.format(course_id=sample.course.id)).text

    assert "designers and administrators of the district add one" in text
    assert "Go to frameworks" in text
    assert "Add a framework" not in text


@pytest.mark.parametrize("role", [Role.DESIGNER, Role.ADMINISTRATOR])
def test_designers_and_administrators_of_the_district_add_the_samples(database, sample, visit, role):
    with database.transaction() as db:
        person = make_person(db, sample, "Nora Field", role, learner=False)
    visitor = visit(sample, person)

    assert "Add the sample frameworks" in visitor.get("/standards/").text
    assert visitor.post("/standards/samples").status_code == 303


@pytest.mark.parametrize("identifier", ["x" * 65, "", 7])
def test_an_item_with_no_usable_identifier_is_refused(identifier):
    package = awkward_package()
    package["CFItems"].append({"identifier": identifier, "fullStatement": "A statement"})

    with pytest.raises(InvalidInputError):
        read_package(package)


@pytest.mark.parametrize("text", ["\\u0000", "\\ud800"])
def test_a_file_with_text_that_no_database_keeps_is_refused(database, sample, visit, text):
    with database.transaction() as db:
        person = make_person(db, sample, "Nora Field", Role.DESIGNER)
    file = json.dumps(awkward_package()).replace("First leaf", text).encode()

    answer = visit(sample, person).post("/standards/import", data={"package": (BytesIO(file), "package.json")})

    assert answer.status_code == 422
    assert "not a CASE package" in answer.text
