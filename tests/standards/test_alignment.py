"""What a course serves, and what the coverage of a framework shows."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from lti_tool.people.models import Opportunity, Role
from lti_tool.standards.models import Framework, Strength
from tests.conftest import make_course, make_district, make_person
from tests.query_counter import queries_of_pages
from tests.standards.aligning import EVERYBODY, address, form, saved


def test_a_designer_says_once_for_whom_a_course_is_and_changes_it(database, sample, designer, teachers, ids, visit):
    visitor, page = visit(sample, designer), address(sample.course)
    chosen = {ids["T1.1a"]: "introduces", ids["T2.2a"]: "develops"}
    whom = {"grade_bands": ["3-5", "K-2"], "roles": ["teacher", "all"], "disciplines": ["mathematics"]}

    first = visitor.post(page, data=form(teachers, chosen, **whom, more_disciplines=" Latin,MUSIC , latin"))
    after_first = saved(database)
    shown = visitor.get(page).text
    visitor.post(page, data=form(teachers, {ids["T2.2a"]: "demonstrates"}, grade_bands=["9-12"]))

    for_whom = (["K-2", "3-5"], ["mathematics", "latin", "music"], ["all"], ["all"])
    assert first.status_code == 303
    assert after_first == {
        "T1.1a": (Strength.INTRODUCES, *for_whom),
        "T2.2a": (Strength.DEVELOPS, *for_whom),
    }
    assert shown.count("checked") == 2 + 2 + 2 + 1 + 1
    assert 'value="latin"' in shown
    assert saved(database) == {"T2.2a": (Strength.DEMONSTRATES, ["9-12"], ["all"], ["all"], ["all"])}


@pytest.mark.parametrize(
    "unsaid",
    [
        ("grade_bands", "Choose the grades, or say that it is for all grades."),
        ("disciplines", "Choose the disciplines, or say that it is for all disciplines."),
        ("roles", "Choose the roles, or say that it is for all roles."),
        ("contexts", "Choose the kinds of school, or say that it is for all schools."),
    ],
)
def test_s7b_a_facet_without_an_answer_is_refused_by_name_and_all_is_never_the_default(
    database, sample, designer, teachers, ids, visit, unsaid
):
    facet, sentence = unsaid
    visitor, page = visit(sample, designer), address(sample.course)
    unanswered: dict[str, list[str]] = {facet: []}

    answer = visitor.post(page, data=form(teachers, {ids["T1.1a"]: "introduces"}, **unanswered))

    assert 'value="all" checked' not in visitor.get(page).text
    assert answer.status_code == 422
    assert answer.text.count("field-error") == 1
    assert sentence in answer.text
    assert answer.text.count("checked") == 1 + 3
    assert saved(database) == {}


def test_one_indicator_is_set_apart_and_keeps_its_facets_when_the_others_change(
    database, sample, designer, teachers, ids, visit
):
    visitor, page = visit(sample, designer), address(sample.course)
    chosen = {ids[code]: "develops" for code in ("T1.1a", "T2.2a", "T4.2b")}
    visitor.post(page, data=form(teachers, chosen))
    apart = f"{page}/{ids['T4.2b']}"

    refused = visitor.post(apart, data={**EVERYBODY, "roles": []})
    visitor.post(apart, data={**EVERYBODY, "roles": ["librarian"]})
    visitor.post(page, data=form(teachers, chosen, grade_bands=["6-8"]))

    assert refused.status_code == 422
    assert "Choose the roles" in refused.text
    for_all = (Strength.DEVELOPS, ["6-8"], ["all"], ["all"], ["all"])
    assert saved(database) == {
        "T1.1a": for_all,
        "T2.2a": for_all,
        "T4.2b": (Strength.DEVELOPS, ["all"], ["all"], ["librarian"], ["all"]),
    }
    assert "For others than the rest:" in visitor.get(page).text
    assert visitor.get(f"{page}/{ids['T4.3b']}").status_code == 404


def test_two_designers_do_not_overwrite_each_other_on_the_page_of_one_course(
    database, sample, designer, teachers, ids, visit
):
    visitor, page = visit(sample, designer), address(sample.course)
    version = visitor.get(page).text.split('name="version" value="')[1].split('"')[0]
    visitor.post(page, data=form(teachers, {ids["T1.1a"]: "introduces"}) | {"version": version})

    late = visitor.post(page, data=form(teachers, {ids["T1.1a"]: "demonstrates"}) | {"version": version})

    assert late.status_code == 409
    assert "saved meanwhile: Introduces it" in late.text
    assert saved(database)["T1.1a"][0] is Strength.INTRODUCES
    again = late.text.split('name="version" value="')[1].split('"')[0]
    visitor.post(page, data=form(teachers, {ids["T1.1a"]: "demonstrates"}) | {"version": again})
    assert saved(database)["T1.1a"][0] is Strength.DEMONSTRATES


def test_other_frameworks_keep_their_alignments(database, sample, designer, teachers, ids, visit):
    visitor, page = visit(sample, designer), address(sample.course)
    with database.reading() as db:
        counselors = db.scalars(select(Framework).where(Framework.audience == "counselor")).one()
    visitor.post(page, data=form(teachers, {ids["T1.1a"]: "introduces"}))

    visitor.post(page, data=form(counselors, {}))
    foreign = visitor.post(page, data=form(counselors, {ids["T2.2a"]: "introduces"}))

    assert foreign.status_code == 422
    assert set(saved(database)) == {"T1.1a"}
    assert "framework_id" not in visitor.get(f"{page}?framework={counselors.id}").text


def test_the_designer_of_one_course_aligns_that_one_only(database, sample, teachers, visit):
    with database.transaction() as db:
        person = make_person(db, sample, "Cora Teach", learner=False)
        other = make_course(db, sample.district.id, sample.registration.id, sample.deployment.id, "Another")
        far = make_district(db, "Far Valley")
    visitor = visit(sample, person, is_course_designer=True)

    assert visitor.get(address(sample.course)).status_code == 200
    assert visitor.get(address(other)).status_code == 403
    assert visitor.post(address(other), data={"framework": teachers.id}).status_code == 403
    assert visitor.get(address(far.course)).status_code == 404
    assert visit(sample, person).get(address(sample.course)).status_code == 403


def test_who_hosts_an_offer_says_what_it_serves(database, sample, teachers, ids, visit):
    with database.transaction() as db:
        host, other = make_person(db, sample, "Ana Ruiz"), make_person(db, sample, "Ben Okafor")
        door = Opportunity(district_id=sample.district.id, kind="open_door", title="Questions", host_id=host.id)
        db.add(door)
    page = address(door)

    assert visit(sample, other).get(page).status_code == 403
    assert visit(sample, host).post(page, data=form(teachers, {ids["T2.1b"]: "demonstrates"})).status_code == 303
    assert set(saved(database)) == {"T2.1b"}


def test_a_course_that_is_not_marked_is_not_aligned(database, sample, designer, visit):
    with database.transaction() as db:
        db.merge(sample.course).professional_learning_at = None

    assert visit(sample, designer).get(address(sample.course)).status_code == 404


def test_without_a_framework_the_page_says_what_to_do(database, sample, visit):
    with database.transaction() as db:
        person = make_person(db, sample, "De Signer", Role.DESIGNER)
    visitor = visit(sample, person)

    assert "Go to frameworks" in visitor.get(address(sample.course)).text
    assert "Go to frameworks" in visitor.get("/standards/coverage").text


def test_pages_take_the_same_number_of_queries_however_much_is_aligned(
    database, sample, designer, teachers, ids, visit
):
    visitor = visit(sample, designer)
    pages = [address(sample.course), "/standards/coverage", f"/standards/frameworks/{teachers.id}", "/standards/grid"]

    visitor.post(pages[0], data=form(teachers, {ids["T1.1a"]: "develops"}))
    before = queries_of_pages(database, visitor, pages)
    visitor.post(pages[0], data=form(teachers, dict.fromkeys(ids.values(), "develops")))

    assert queries_of_pages(database, visitor, pages) == before
    assert max(before) <= 13


def test_an_educator_has_no_designers_pages(database, sample, designer, visit):
    with database.transaction() as db:
        educator = make_person(db, sample, "Ana Ruiz")
    visitor = visit(sample, educator)

    assert visitor.get("/standards/coverage").status_code == 403
    assert visitor.post(address(sample.course)).status_code == 403
