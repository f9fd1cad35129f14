"""What a course serves, and what the coverage of a framework shows."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from lti_tool.db import Database
from lti_tool.people.models import GradeBand, Role
from lti_tool.plans.operations import GoalWords, create_goal
from lti_tool.standards.models import CourseAlignment, Framework, Indicator, Level, Strength
from lti_tool.standards.operations import install_sample_frameworks
from lti_tool.standards.queries import coverage
from tests.conftest import make_course, make_district, make_person
from tests.query_counter import count_queries


@pytest.fixture
def designer(database, sample):
    """A designer of the whole district, which has the sample frameworks."""
    with database.transaction() as db:
        install_sample_frameworks(db, sample.district.id)
        return make_person(db, sample, "De Signer", Role.DESIGNER, learner=False)


@pytest.fixture
def teachers(database, designer):
    with database.reading() as db:
        return db.scalars(select(Framework).where(Framework.audience == "teacher")).one()


@pytest.fixture
def ids(database, teachers) -> dict[str, int]:
    """The ids of the teachers' indicators by code."""
    with database.reading() as db:
        found = select(Indicator).where(Indicator.framework_id == teachers.id, Indicator.level == Level.INDICATOR)
        return {each.code: each.id for each in db.scalars(found)}


def form(teachers: Framework, **rows: tuple[int, str, list[str]]) -> dict[str, Any]:
    data: dict[str, Any] = {"framework": teachers.id, "indicator": [str(chosen) for chosen, _, _ in rows.values()]}
    for chosen, strength, bands in rows.values():
        data |= {f"strength-{chosen}": strength, f"bands-{chosen}": bands}
    return data


def saved(database: Database) -> dict[str, Any]:
    with database.reading() as db:
        return {
            each.indicator.code: (each.strength, each.grade_bands, each.applies_to_all)
            for each in db.scalars(select(CourseAlignment))
        }


def test_a_designer_aligns_a_course_and_changes_it(database, sample, designer, teachers, ids, visit):
    visitor, page = visit(sample, designer), f"/standards/course/{sample.course.id}"

    first = visitor.post(
        page,
        data=form(
            teachers,
            a=(ids["T1.1a"], "introduces", ["K-2", "3-5"]),
            b=(ids["T2.2a"], "develops", ["all", "3-5"]),
        ),
    )
    after_first = saved(database)
    shown = visitor.get(page).text
    visitor.post(page, data=form(teachers, b=(ids["T2.2a"], "demonstrates", ["9-12"])))

    assert first.status_code == 303
    assert after_first == {
        "T1.1a": (Strength.INTRODUCES, ["K-2", "3-5"], False),
        "T2.2a": (Strength.DEVELOPS, [], True),
    }
    assert shown.count("checked") == 5
    assert saved(database) == {"T2.2a": (Strength.DEMONSTRATES, ["9-12"], False)}


def test_for_whom_must_be_said_and_what_was_chosen_comes_back(database, sample, designer, teachers, ids, visit):
    answer = visit(sample, designer).post(
        f"/standards/course/{sample.course.id}",
        data=form(teachers, a=(ids["T1.1a"], "introduces", ["K-2"]), b=(ids["T2.2a"], "develops", [])),
    )

    assert answer.status_code == 422
    assert answer.text.count("Choose the grades, or say that it applies to all.") == 1
    assert answer.text.count("checked") == 3
    assert saved(database) == {}


def test_other_frameworks_keep_their_alignments(database, sample, designer, teachers, ids, visit):
    visitor, page = visit(sample, designer), f"/standards/course/{sample.course.id}"
    with database.reading() as db:
        counselors = db.scalars(select(Framework).where(Framework.audience == "counselor")).one()
    visitor.post(page, data=form(teachers, a=(ids["T1.1a"], "introduces", ["all"])))

    visitor.post(page, data=form(counselors))
    foreign = visitor.post(page, data=form(counselors, a=(ids["T2.2a"], "introduces", ["all"])))

    assert foreign.status_code == 422
    assert set(saved(database)) == {"T1.1a"}
    assert "framework_id" not in visitor.get(f"{page}?framework={counselors.id}").text


def test_the_designer_of_one_course_aligns_that_one_only(database, sample, teachers, visit):
    with database.transaction() as db:
        person = make_person(db, sample, "Cora Teach", learner=False)
        other = make_course(db, sample.district.id, sample.registration.id, sample.deployment.id, "Another")
        far = make_district(db, "Far Valley")
    visitor = visit(sample, person, is_course_designer=True)

    assert visitor.get(f"/standards/course/{sample.course.id}").status_code == 200
    assert visitor.get(f"/standards/course/{other.id}").status_code == 403
    assert visitor.post(f"/standards/course/{other.id}", data={"framework": teachers.id}).status_code == 403
    assert visitor.get(f"/standards/course/{far.course.id}").status_code == 404
    assert visit(sample, person).get(f"/standards/course/{sample.course.id}").status_code == 403


def test_a_course_that_is_not_marked_is_not_aligned(database, sample, designer, visit):
    with database.transaction() as db:
        db.merge(sample.course).professional_learning_at = None

    assert visit(sample, designer).get(f"/standards/course/{sample.course.id}").status_code == 404


def test_without_a_framework_the_page_says_what_to_do(database, sample, visit):
    with database.transaction() as db:
        person = make_person(db, sample, "De Signer", Role.DESIGNER)
    visitor = visit(sample, person)

    assert "Go to frameworks" in visitor.get(f"/standards/course/{sample.course.id}").text
    assert "Go to frameworks" in visitor.get("/standards/coverage").text


def test_coverage_names_gaps_first_and_counts_by_grade(database, sample, designer, teachers, ids, visit):
    visitor = visit(sample, designer)
    rows = {code: (chosen, "develops", ["all"]) for code, chosen in ids.items() if code not in {"T3.1b", "T4.3a"}}
    rows["T1.1a"] = (ids["T1.1a"], "develops", ["K-2"])
    visitor.post(f"/standards/course/{sample.course.id}", data=form(teachers, **rows))

    with database.reading() as db:
        found = coverage(db, teachers, {ids["T4.3a"]: 5, ids["T3.1b"]: 4})

    assert [row.indicator.code for row in found if row.is_gap] == ["T4.3a", "T3.1b"]
    assert [row.indicator.code for row in found][:2] == ["T4.3a", "T3.1b"]
    assert [row.shown_demand for row in found[:2]] == [5, None]
    only_k2 = next(row for row in found if row.indicator.code == "T1.1a")
    assert only_k2.missing_bands == [GradeBand.PK, GradeBand.G35, GradeBand.G68, GradeBand.G912]
    assert (only_k2.courses, only_k2.by_band[GradeBand.K2]) == (1, 1)


def test_a_retired_course_opens_the_gap_again(database, sample, designer, teachers, ids, visit):
    visitor = visit(sample, designer)
    visitor.post(f"/standards/course/{sample.course.id}", data=form(teachers, a=(ids["T1.1a"], "develops", ["all"])))
    with database.reading() as db:
        before = sum(row.is_gap for row in coverage(db, teachers, {}))
    with database.transaction() as db:
        db.merge(sample.course).professional_learning_at = None

    with database.reading() as db:
        assert (before, sum(row.is_gap for row in coverage(db, teachers, {}))) == (23, 24)


def test_demand_is_shown_from_five_people_on(database, sample, designer, teachers, ids, visit):
    visitor = visit(sample, designer)

    def page_with(people: int) -> Any:
        with database.transaction() as db:
            for number in range(people):
                person = make_person(db, sample, f"Educator {number}")
                for code in ("T2.2a", "T2.2b"):
                    create_goal(db, person, GoalWords(f"Goal {code}", indicator_ids=(ids["T2.2a"], ids[code])))
        return visitor.get(f"/standards/coverage?framework={teachers.id}").text

    four, nine = page_with(4), page_with(5)

    assert "In demand, nothing offered" not in four
    assert four.count("fewer than 5") == 24
    assert nine.count("In demand, nothing offered") == 2
    assert nine.count("fewer than 5") == 22
    assert nine.index("T2.2a") < nine.index("T1.1a")


def test_pages_take_the_same_number_of_queries_however_much_is_aligned(
    database, sample, designer, teachers, ids, visit
):
    visitor = visit(sample, designer)
    pages = [f"/standards/course/{sample.course.id}", "/standards/coverage", f"/standards/frameworks/{teachers.id}"]

    def counts() -> list[int]:
        counted = []
        for page in pages:
            with count_queries(database) as queries:
                assert visitor.get(page).status_code == 200
            counted.append(len(queries))
        return counted

    visitor.post(pages[0], data=form(teachers, a=(ids["T1.1a"], "develops", ["all"])))
    before = counts()
    rows = {code: (chosen, "develops", ["all"]) for code, chosen in ids.items()}
    visitor.post(pages[0], data=form(teachers, **rows))

    assert counts() == before
    assert max(before) <= 12


def test_an_educator_has_no_designers_pages(database, sample, designer, visit):
    with database.transaction() as db:
        educator = make_person(db, sample, "Ana Ruiz")
    visitor = visit(sample, educator)

    assert visitor.get("/standards/coverage").status_code == 403
    assert visitor.post(f"/standards/course/{sample.course.id}").status_code == 403
