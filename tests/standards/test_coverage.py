"""Coverage: what is offered for each indicator and for whom, and that its numbers are those of the tables."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select, text

from benchmarks.catalogue import INDICATORS, build_catalogue
from lti_tool.db import utc_now
from lti_tool.people.models import EducatorRole, GradeBand, Opportunity, OpportunityKind, SchoolContext
from lti_tool.plans.operations import GoalWords, create_goal
from lti_tool.standards.facets import FACETS, VALUES, Facets
from lti_tool.standards.models import EVERYBODY, Alignment, Framework, Indicator, Strength
from lti_tool.standards.queries import Coverage, CoverageChoice, coverage
from tests.conftest import make_person
from tests.standards.aligning import address, form

Facts = tuple[int, float, str]
FOR_EVERYBODY = Facets(*[(EVERYBODY,)] * len(FACETS))


def read(database, framework: Framework, **choice: Any) -> Coverage:
    with database.reading() as db:
        return coverage(db, framework, {}, CoverageChoice(**choice))


def gaps(database, framework: Framework, **only: str) -> list[str]:
    return [row.item.code for row in read(database, framework, only=only).gaps]


def offer(database, sample, ids: dict[str, int], facets: Facets = FOR_EVERYBODY, *, but: str = "") -> Opportunity:
    """Offer one thing that serves all indicators but one."""
    with database.transaction() as db:
        offered = Opportunity(district_id=sample.district.id, kind=OpportunityKind.STUDY, title="All of it", hours=2)
        db.add(offered)
        db.flush()
        for code, indicator_id in ids.items():
            if code != but:
                db.add(alignment := Alignment(
                    opportunity_id=offered.id, indicator_id=indicator_id, strength=Strength.DEVELOPS
                ))  # fmt: skip
                facets.to(alignment)
        return offered


def test_an_indicator_that_is_out_of_use_is_no_gap_and_no_column_of_the_grid(
    database, sample, designer, teachers, ids, visit
):
    offer(database, sample, ids, but="T4.3a")
    with database.transaction() as db:
        db.get_one(Indicator, ids["T4.3a"]).retired_at = utc_now()
        db.get_one(Indicator, ids["T1.1a"]).retired_at = utc_now()
    visitor = visit(sample, designer)

    map_ = visitor.get(f"/standards/coverage?framework={teachers.id}").text
    grid = visitor.get(f"/standards/grid?framework={teachers.id}").text

    assert gaps(database, teachers) == []
    assert "22 of 22 indicators" in map_
    assert ("T1.1a" in grid, "T1.1b" in grid) == (False, True)


def test_s7a_the_gap_list_names_exactly_the_planted_indicator(database, sample, designer, teachers, ids, visit):
    offer(database, sample, ids, but="T4.3a")

    shown = visit(sample, designer).get(f"/standards/coverage?framework={teachers.id}").text
    listed = shown.split('id="gap-title"')[1].split("</ol>")[0]

    assert gaps(database, teachers) == ["T4.3a"]
    assert re.findall(r'class="code">([^<]+)<', listed) == ["T4.3a"]
    assert "23 of 24 indicators (95%) have at least one offer" in shown
    assert f"/standards/opportunities/new?kind=live_session&amp;indicator={ids['T4.3a']}" in listed
    assert listed.count("/standards/grid?") == listed.count("/plans/board?component=") == 1


def test_a_long_list_of_gaps_is_folded_so_that_the_map_is_near(database, sample, designer, teachers, visit):
    page = visit(sample, designer).get(f"/standards/coverage?framework={teachers.id}").text
    before_the_map = page.split('id="gap-title"')[1].split('id="map"')[0]

    open_list, folded = before_the_map.split("<details>")
    assert open_list.count('class="gap-actions"') == 3
    assert "9 more gaps" in folded
    assert folded.count('class="gap-actions"') == 9
    assert 'href="#map"' in page


def test_s7a_align_a_course_and_the_gap_disappears_retire_it_and_the_gap_returns(
    database, sample, designer, teachers, ids, visit
):
    offer(database, sample, ids, but="T4.3a")
    visitor = visit(sample, designer)

    def listed() -> bool:
        shown = visitor.get(f"/standards/coverage?framework={teachers.id}").text
        assert gaps(database, teachers) == (["T4.3a"] if "Nothing offered</span>" in shown else [])
        return "Nothing offered</span>" in shown

    steps = [listed()]
    visitor.post(address(sample.course), data=form(teachers, {ids["T4.3a"]: "develops"}))
    steps.append(listed())
    visitor.post(f"/standards/opportunities/{sample.course.id}/retire")
    steps.append(listed())
    visitor.post(f"/standards/opportunities/{sample.course.id}/offer-again")
    steps.append(listed())
    with database.transaction() as db:
        db.merge(sample.course).professional_learning_at = None
    steps.append(listed())

    assert steps == [True, False, True, False, True]


def test_s7b_a_course_for_9_12_mathematics_leaves_a_gap_for_k_2_and_for_counselors(
    database, sample, designer, teachers, ids, visit
):
    whom = {"grade_bands": ["9-12"], "disciplines": ["Mathematics"], "roles": ["teacher"]}
    visitor = visit(sample, designer)
    visitor.post(address(sample.course), data=form(teachers, {ids["T1.1a"]: "develops"}, **whom))

    def is_gap(**only: str) -> bool:
        return "T1.1a" in gaps(database, teachers, **only)

    assert not is_gap()
    assert not is_gap(grade_bands="9-12", disciplines="MATHEMATICS", roles="teacher", contexts="rural")
    assert is_gap(grade_bands="K-2")
    assert is_gap(roles="counselor")
    assert is_gap(disciplines="science")
    row = next(row for row in read(database, teachers).rows if row.item.code == "T1.1a")
    assert row.missing == ["PK", "K-2", "3-5", "6-8"]
    shown = visitor.get(f"/standards/coverage?framework={teachers.id}&columns=roles&grade_bands=K-2").text
    assert shown.count("Nothing offered</span>") == 24 + 12  # each in the map, the first twelve beside it


@pytest.mark.parametrize(
    ("facet", "value"),
    [
        *(("grade_bands", band.value) for band in GradeBand),
        *(("roles", role.value) for role in EducatorRole),
        *(("contexts", context.value) for context in SchoolContext),
    ],
)
def test_s7b_a_gap_is_known_for_each_grade_each_role_and_each_kind_of_school(
    database, sample, teachers, ids, facet, value
):
    offer(database, sample, ids, Facets(**dict.fromkeys(FACETS, ("all",)) | {facet: (value,)}))

    others = [each for each in VALUES[facet] if each != value]
    assert gaps(database, teachers, **{facet: value}) == []
    assert all(len(gaps(database, teachers, **{facet: each})) == 24 for each in others)


def test_for_everybody_counts_for_every_value_and_what_nobody_said_counts_for_none(
    database, sample, designer, teachers, ids, visit
):
    offer(database, sample, {"T1.1a": ids["T1.1a"]})
    offer(database, sample, {"T1.1a": ids["T1.1a"]}, Facets(("K-2",), (), (), ()))

    row = next(row for row in read(database, teachers, columns="roles").rows if row.item.code == "T1.1a")
    shown = visit(sample, designer).get(f"/standards/coverage?framework={teachers.id}").text

    assert (row.offered.count, row.offered.hours, row.unsaid) == (2, Decimal(4), 1)
    assert {value: offered.count for value, offered in row.cells} == dict.fromkeys(VALUES["roles"], 1)
    assert shown.split("For whom is not said yet")[1].split("</section>")[0].count("All of it") == 1


def test_hours_and_the_last_refreshing_stand_beside_the_count(database, sample, designer, teachers, ids, visit):
    for hours, day in ((Decimal("1.5"), date(2025, 3, 4)), (Decimal("2.25"), date(2024, 1, 2)), (None, None)):
        offered = offer(database, sample, {"T1.1a": ids["T1.1a"]})
        with database.transaction() as db:
            kept = db.get_one(Opportunity, offered.id)
            kept.hours, kept.refreshed_on = hours, day

    row = next(row for row in read(database, teachers).rows if row.item.code == "T1.1a")
    shown = visit(sample, designer).get(f"/standards/coverage?framework={teachers.id}&measure=hours").text

    assert (row.offered.count, row.offered.hours, row.offered.refreshed_on) == (3, Decimal("3.75"), date(2025, 3, 4))
    assert shown.count(">3.75<") == 1 + len(GradeBand)


def test_gaps_in_demand_come_first_and_people_are_counted_from_five_on(
    database, sample, designer, teachers, ids, visit
):
    visitor = visit(sample, designer)

    def page_with(people: int) -> Any:
        with database.transaction() as db:
            for number in range(people):
                person = make_person(db, sample, f"Educator {number}")
                for code in ("T2.2a", "T2.2b"):
                    create_goal(db, person, GoalWords(f"Goal {code}", indicator_ids=(ids["T2.2a"], ids[code])))
        return visitor.get(f"/standards/coverage?framework={teachers.id}").text.split('class="table coverage"')[1]

    four, nine = page_with(4), page_with(5)

    assert "In demand, nothing offered" not in four
    assert four.count("fewer than 5") == 24
    assert nine.count("In demand, nothing offered") == 2
    assert nine.count("fewer than 5") == 22
    assert nine.index("T2.2a") < nine.index("T2.2b") < nine.index("T1.1a")


def test_the_map_comes_in_pages_and_counts_over_all_of_them(database, sample, designer, teachers, visit, monkeypatch):
    monkeypatch.setattr("lti_tool.standards.views.coverage.PAGE_SIZE", 10)
    visitor = visit(sample, designer)

    seen: list[str] = []
    page = f"/standards/coverage?framework={teachers.id}&columns=roles"
    while page:
        shown = visitor.get(page).text
        assert "0 of 24 indicators" in shown
        seen += re.findall(r'<th scope="row"><span class="code">([^<]+)<', shown)
        following = re.search(r'href="[^"]*(/standards/coverage[^"]*after=[^"]*)"', shown)
        page = following[1].replace("&amp;", "&") if following else ""

    assert len(seen) == len(set(seen)) == 24


@pytest.fixture
def large(database, sample) -> Framework:
    """A framework of a thousand indicators and five thousand opportunities, some of them not on offer."""
    with database.transaction() as db:
        framework = build_catalogue(db, sample.district.id)
    with database.transaction() as db:
        if database.engine.dialect.name == "postgresql":
            db.execute(text("ANALYZE"))  # as its autovacuum does within a minute
        assert (db.scalar(select(func.count()).select_from(Alignment)) or 0) > 20_000
    return framework


def independent(database, framework: Framework, facet: str, only: dict[str, Any]) -> dict[tuple[int, str], Facts]:
    """Count by SQL alone: for each indicator and value ("" is all of it), the number, the hours, the last day."""
    is_postgres = database.engine.dialect.name == "postgresql"
    each = "jsonb_array_elements_text(CAST(a.{} AS jsonb)) AS v(value)" if is_postgres else "json_each(a.{}) AS v"
    holds = " AND ".join(
        f"EXISTS (SELECT 1 FROM {each.format(name)} WHERE lower(v.value) IN ('all', :{name}))" for name in only
    )
    joined = "alignment a JOIN opportunity o ON o.id = a.opportunity_id JOIN indicator i ON i.id = a.indicator_id"
    offered = f"""i.framework_id = :framework AND {holds or "1 = 1"} AND o.unavailable_since IS NULL
        AND (o.retired_on IS NULL OR o.retired_on > :today)"""
    facts = "count(DISTINCT o.id), sum(coalesce(o.hours, 0)), max(o.refreshed_on)"
    given = {name: value.lower() for name, value in only.items()}
    given |= {"framework": framework.id, "today": utc_now().date()}
    in_all = text(f"SELECT i.id, '', {facts} FROM {joined} WHERE {offered} GROUP BY i.id")
    once = f"""SELECT DISTINCT i.id AS indicator, lower(v.value) AS value, o.id, o.hours, o.refreshed_on
        FROM {joined} CROSS JOIN {each.format(facet)} WHERE {offered}"""
    by_value = text(f"SELECT o.indicator, o.value, {facts} FROM ({once}) o GROUP BY o.indicator, o.value")
    with database.reading() as db:
        found = {(indicator, ""): plain(said) for indicator, _, *said in db.execute(in_all, given)}
        said_by = {(indicator, value): plain(said) for indicator, value, *said in db.execute(by_value, given)}
    values = {value.lower(): str(value) for value in VALUES.get(facet, ("mathematics", "science", "arts"))}
    for indicator in {indicator for indicator, _ in said_by}:
        for key, value in values.items():
            parts = [said_by[indicator, each] for each in ("all", key) if (indicator, each) in said_by]
            if parts:
                counts, hours, days = zip(*parts, strict=True)
                found[indicator, value] = (sum(counts), round(sum(hours), 2), max(days))
    return found


def plain(said: list[Any]) -> Facts:
    return said[0], round(float(said[1]), 2), str(said[2]) if said[2] else ""


CHOICES: list[tuple[str, dict[str, str]]] = [
    *((name, {}) for name in FACETS),
    ("roles", {"grade_bands": "K-2"}),
    ("grade_bands", {"roles": "counselor", "disciplines": "Mathematics", "contexts": "rural"}),
]


def test_s7a_coverage_equals_an_independent_sql_at_5000_courses_and_1000_indicators(database, large):
    for facet, only in CHOICES:
        found = read(database, large, columns=facet, only=only)
        expected = independent(database, large, facet, only)

        counted = {(row.item.id, ""): row.offered for row in found.rows if row.offered.count}
        counted |= {(row.item.id, value): each for row in found.rows for value, each in row.cells if each.count}
        got = {key: plain([each.count, each.hours, each.refreshed_on]) for key, each in counted.items()}
        assert got == expected, (facet, only)
        covered = len({indicator for indicator, value in expected if not value})
        assert found.percent == 100 * covered // INDICATORS
        assert 0 < covered < INDICATORS


def test_s7a_the_page_of_the_large_district_shows_the_numbers_of_the_tables(database, sample, designer, large, visit):
    expected = independent(database, large, "grade_bands", {})
    covered = len({indicator for indicator, value in expected if not value})

    shown = visit(sample, designer).get(f"/standards/coverage?framework={large.id}").text

    assert f"{covered} of {INDICATORS} indicators ({100 * covered // INDICATORS}%)" in shown
    offers = Counter(re.findall(r'data-label="Offers">(\d+)<', shown))
    assert offers["0"] == INDICATORS - covered
    assert sum(offers.values()) == 100


def test_s7b_what_a_framework_means_for_some_alone_is_no_gap_for_others(
    database, sample, designer, teachers, ids, visit
):
    with database.transaction() as db:
        nurses = db.get_one(Indicator, ids["T1.1a"])
        nurses.roles, nurses.grade_bands, nurses.disciplines = ["nurse"], ["09", "12", "AE"], []
        db.get_one(Indicator, ids["T1.1b"]).grade_bands = ["a grade of elsewhere"]
    offer(database, sample, ids, Facets(("9-12",), ("all",), ("nurse",), ("all",)))

    by_grade = {row.item.code: row.missing for row in read(database, teachers).rows}
    by_role = {row.item.code: row.missing for row in read(database, teachers, columns="roles").rows}
    for_teachers = gaps(database, teachers, roles="teacher")

    assert by_grade["T1.1a"] == by_role["T1.1a"] == []
    assert by_grade["T1.1b"] == by_grade["T2.2a"] == ["PK", "K-2", "3-5", "6-8"]
    assert "teacher" in by_role["T1.1b"]
    assert "T1.1a" not in for_teachers
    assert len(for_teachers) == 23
    assert "T1.1a" not in [row.item.code for row in read(database, teachers, only={"grade_bands": "K-2"}).rows]
    shown = visit(sample, designer).get(f"/standards/coverage?framework={teachers.id}").text
    assert shown.count("not meant for them") == 4
