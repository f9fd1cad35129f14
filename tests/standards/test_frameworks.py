"""Frameworks of a district: the samples, the list, the tree, searching it, renaming and retiring."""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest
from sqlalchemy import func, select

from lti_tool.people.models import AuditEvent, Role
from lti_tool.plans.operations import GoalWords, create_goal
from lti_tool.plans.queries import goals_of
from lti_tool.standards.models import Framework, Indicator, Level
from lti_tool.standards.operations import import_at_once, install_sample_frameworks, sample_packages
from lti_tool.standards.queries import frameworks_of, trees_of
from tests.conftest import make_district, make_person
from tests.plans.writing import CHANGE, WHY, Writer
from tests.standards.packages import many_items, upload


def test_the_sample_frameworks_have_the_size_of_real_ones_and_a_licence():
    packages = {package.audience: package for package in sample_packages()}

    assert set(packages) == {"teacher", "counselor", "leader"}
    levels = Counter(item.level for item in packages["teacher"].items)
    assert (levels[Level.DOMAIN], levels[Level.COMPONENT], levels[Level.INDICATOR]) == (4, 10, 24)
    for audience in ("counselor", "leader"):
        levels = Counter(item.level for item in packages[audience].items)
        assert (levels[Level.DOMAIN], levels[Level.COMPONENT], levels[Level.INDICATOR]) == (4, 10, 20)
    assert all("CC0" in package.licence and package.attribution for package in packages.values())
    identifiers = [item.identifier for package in packages.values() for item in package.items]
    assert len(set(identifiers)) == len(identifiers)


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
    assert (
        visitor.get(f"/standards/opportunities/{sample.course.id}/alignment?framework={framework.id}").status_code
        == 404
    )
    assert json.dumps(framework.title) not in visitor.get("/standards/").text


def test_the_designer_of_one_course_brings_in_nothing_and_reads_whom_to_ask(database, sample, visit):
    with database.transaction() as db:
        person = make_person(db, sample, "Cora Teach", learner=False)
    visitor = visit(sample, person, is_course_designer=True)
    page = visitor.get("/standards/").text

    assert "CASE package" not in page
    assert "Add the sample frameworks" not in page
    assert "Ask a designer or an administrator of your district to add its standards." in page
    assert visitor.post("/standards/import", **upload(b"{}", "package.json")).status_code == 403
    assert visitor.post("/standards/samples").status_code == 403
    with database.reading() as db:
        assert frameworks_of(db, person) == []


@pytest.mark.parametrize(
    "page", ["/?as=designer", "/standards/opportunities/{course_id}/alignment", "/standards/coverage"]
)
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


def test_the_list_says_for_whom_under_which_licence_how_large_and_whether_in_use(database, sample, visit):
    with database.transaction() as db:
        install_sample_frameworks(db, sample.district.id)
        person = make_person(db, sample, "Ana Ruiz")
        leaf = db.scalars(select(Indicator).where(Indicator.code == "T1.1a")).one()
        create_goal(db, person, GoalWords("See what each student has understood", indicator_ids=(leaf.id,)))

    page = visit(sample, person).get("/standards/").text

    assert "CC0 1.0" in page
    assert 'href="https://creativecommons.org/publicdomain/zero/1.0/"' in page
    assert page.count("In use") == 1
    assert page.count("Not cited yet") == 2
    assert "status: Draft" in page
    assert '<td data-label="Indicators">24</td>' in page


def test_a_designer_retires_a_framework_and_takes_that_back(database, sample, visit):
    with database.transaction() as db:
        framework = install_sample_frameworks(db, sample.district.id)[0]
        designer = make_person(db, sample, "De Signer", Role.DESIGNER)
        educator = make_person(db, sample, "Ana Ruiz", position="counselor")
    designing, reading, page = visit(sample, designer), visit(sample, educator), f"/standards/frameworks/{framework.id}"
    choosing = Writer(reading).open("/plans/goals/new").send(**WHY).path

    assert reading.post(f"{page}/retire").status_code == 403
    assert "Makes it easy for any student" in reading.get(choosing).text
    designing.post(f"{page}/retire")
    assert "Makes it easy for any student" not in reading.get(choosing).text
    assert "New goals are not offered it." in reading.get(page).text
    with database.reading() as db:
        assert framework.title not in [each.title for each in frameworks_of(db, educator)]
    designing.post(f"{page}/restore")
    assert "Makes it easy for any student" in reading.get(choosing).text
    with database.reading() as db:
        acts = set(db.scalars(select(AuditEvent.action).where(AuditEvent.actor_id == designer.id)))
    assert acts == {"framework_retired", "framework_restored"}


def test_a_designer_renames_a_framework_and_no_framework_loses_its_title(database, sample, visit):
    with database.transaction() as db:
        framework = install_sample_frameworks(db, sample.district.id)[0]
        designer = make_person(db, sample, "De Signer", Role.DESIGNER)
    visitor, page = visit(sample, designer), f"/standards/frameworks/{framework.id}"

    refused = visitor.post(f"{page}/title", data={"title": "  "})
    assert refused.status_code == 422
    assert "A framework needs a title." in refused.text
    assert visitor.post(f"{page}/title", data={"title": "For our counselors"}).status_code == 303
    assert "<h1>For our counselors</h1>" in visitor.get(page).text


def test_a_framework_is_searched_by_words_and_codes(database, sample, visit):
    with database.transaction() as db:
        framework = install_sample_frameworks(db, sample.district.id)[2]
        person = make_person(db, sample, "Ana Ruiz")
    visitor, page = visit(sample, person), f"/standards/frameworks/{framework.id}"

    found = visitor.get(f"{page}?q=what+each+learner+has").text
    by_code = visitor.get(f"{page}?q=T2.2a").text
    nothing = visitor.get(f"{page}?q=volcano").text

    assert "Checks during a lesson what each learner has understood." in found
    assert found.count('<span class="code">') == 1
    assert "T2.2a" in by_code
    assert "Nothing found" in nothing


def test_a_large_framework_is_opened_branch_by_branch_and_page_by_page(database, sample, visit):
    with database.transaction() as db:
        framework, _ = import_at_once(db, sample.district.id, many_items(tops=60, each=12))
        person = make_person(db, sample, "Ana Ruiz")
        last = db.scalars(select(Indicator).where(Indicator.code == "59")).one()
    visitor, page = visit(sample, person), f"/standards/frameworks/{framework.id}"

    first = visitor.get(page).text
    after = first.partition("after=")[2].partition('"')[0]
    second = visitor.get(f"{page}?after={after}").text
    third = visitor.get(f"{page}?after={second.partition('after=')[2].partition(chr(34))[0]}").text
    branch = visitor.get(f"{page}?under={last.id}").text

    assert "Statement 0.3" in first
    assert "Statement 0.7" not in first  # six of each branch, and a link to the rest
    assert "(12 below)" in first
    assert "Statement 59" not in first
    assert "Statement 25.0" in second
    assert "Statement 59.5" in third
    assert "Show more" not in third
    assert "Statement 59.0" in branch
    assert "Statement 58" not in branch
    assert visitor.get(f"{page}?under=999999").status_code == 404


def boxes_in(page):
    return re.findall(r'name="indicator_ids" id="indicator_ids-(\d+)"', page)


def test_a_goal_finds_its_indicator_in_a_large_framework_without_script(database, sample, visit):
    with database.transaction() as db:
        import_at_once(db, sample.district.id, many_items(tops=60, each=12))
        person = make_person(db, sample, "Ana Ruiz")
    visitor = visit(sample, person)
    writer = Writer(visitor)

    form = writer.open("/plans/goals/new").send(**WHY).page
    found = writer.send(find="Statement 41.7", find_indicators="1").page
    goal_path = writer.send(indicator_ids=boxes_in(found)).send(**CHANGE).send("goal").path
    changed = {**WHY, **CHANGE, "headline": "Ask better questions", "indicator_ids": boxes_in(found)}
    found_later = writer.open(f"{goal_path}/edit").send(**changed, find="Statement 7.3", find_indicators="1").page
    writer.send(**{**changed, "indicator_ids": boxes_in(found_later)})

    assert "Statement 41.7" not in form
    assert 'type="checkbox" name="indicator_ids"' not in form
    assert 'value="Ask better questions"' in found_later
    with database.reading() as db:
        (goal,) = goals_of(db, person)
        assert goal.headline == "Ask better questions"
        assert sorted(each.statement for each in goal.indicators) == ["Statement 41.7", "Statement 7.3"]
    assert visitor.get("/standards/indicators.json?q=41.7").json["found"][0]["under"] == "Statement 41"
