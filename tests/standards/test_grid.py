"""The grid: many opportunities at once, each row saved on its own and never over somebody else's."""

from __future__ import annotations

import html
import json
import re
from typing import Any

from lti_tool.people.models import AuditEvent, Opportunity
from lti_tool.standards.models import Strength
from lti_tool.standards.queries import grid as queries
from tests.conftest import make_course, make_district, make_person
from tests.standards.aligning import EVERYBODY, address, form, saved


def hidden(text: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    assert found, name
    return html.unescape(found[1])


def row_of(text: str, opportunity: Any) -> str:
    return text.split(f'id="row-{opportunity.id}"')[1].split("</tbody>", maxsplit=1)[0]


def row_form(text: str, opportunity: Any, strengths: dict[int, str], **facets: Any) -> dict[str, Any]:
    """What the row's form sends after these cells were set."""
    row = row_of(text, opportunity)
    indicators = re.findall(r'name="indicator" value="(\d+)"', row)
    cells = {f"strength-{each}": strengths.get(int(each), "") for each in indicators}
    kept = {"framework": hidden(row, "framework"), "version": hidden(row, "version"), "indicator": indicators}
    return {**kept, **cells, **EVERYBODY, **facets}


def test_a_row_is_saved_on_its_own_and_says_for_whom_once(database, sample, designer, teachers, ids, visit):
    visitor = visit(sample, designer)
    page = visitor.get(f"/standards/grid?framework={teachers.id}").text
    chosen = {ids["T1.1a"]: "introduces", ids["T1.2b"]: "develops"}
    data = row_form(page, sample.course, chosen, roles=["counselor"])

    unsaid = visitor.post(f"/standards/grid/{sample.course.id}", data=data | {"roles": []})
    answer = visitor.post(f"/standards/grid/{sample.course.id}", data=data)

    assert unsaid.status_code == 422
    assert "Choose the roles, or say that it is for all roles." in unsaid.text
    assert '<option value="introduces" selected>' in unsaid.text
    assert answer.status_code == 303
    assert answer.location.endswith(f"notice=row_saved#row-{sample.course.id}")
    assert saved(database) == {
        "T1.1a": (Strength.INTRODUCES, ["all"], ["all"], ["counselor"], ["all"]),
        "T1.2b": (Strength.DEVELOPS, ["all"], ["all"], ["counselor"], ["all"]),
    }


def test_what_the_row_does_not_show_stays_as_it_is(database, sample, designer, teachers, ids, visit):
    visitor = visit(sample, designer)
    visitor.post(address(sample.course), data=form(teachers, {ids["T4.3b"]: "develops", ids["T1.1a"]: "develops"}))
    visitor.post(f"{address(sample.course)}/{ids['T1.1a']}", data={**EVERYBODY, "grade_bands": ["PK"]})
    page = visitor.get(f"/standards/grid?framework={teachers.id}").text
    data = row_form(page, sample.course, {ids["T1.1a"]: "demonstrates", ids["T1.1b"]: "develops"})

    visitor.post(f"/standards/grid/{sample.course.id}", data=data | {"grade_bands": ["6-8"]})

    assert str(ids["T4.3b"]) not in data["indicator"]
    assert {code: (str(said[0]), said[1]) for code, said in saved(database).items()} == {
        "T4.3b": ("develops", ["all"]),
        "T1.1a": ("demonstrates", ["6-8"]),  # alone in the row it is what the row says
        "T1.1b": ("develops", ["6-8"]),
    }


def test_an_indicator_that_is_for_others_keeps_them_in_the_grid(database, sample, designer, teachers, ids, visit):
    visitor = visit(sample, designer)
    chosen = {ids[code]: "develops" for code in ("T1.1a", "T1.1b", "T1.2a")}
    visitor.post(address(sample.course), data=form(teachers, chosen))
    visitor.post(f"{address(sample.course)}/{ids['T1.2a']}", data={**EVERYBODY, "grade_bands": ["PK"]})
    page = visitor.get(f"/standards/grid?framework={teachers.id}").text

    visitor.post(f"/standards/grid/{sample.course.id}", data=row_form(page, sample.course, chosen, roles=["nurse"]))

    assert {code: said[1:4] for code, said in saved(database).items()} == {
        "T1.1a": (["all"], ["all"], ["nurse"]),
        "T1.1b": (["all"], ["all"], ["nurse"]),
        "T1.2a": (["PK"], ["all"], ["all"]),
    }


def test_two_designers_do_not_overwrite_each_other_and_see_both_values(
    database, sample, designer, teachers, ids, visit
):
    visitor = visit(sample, designer)
    page = visitor.get(f"/standards/grid?framework={teachers.id}").text
    mine = row_form(page, sample.course, {ids["T1.1a"]: "introduces"})
    visitor.post(f"/standards/grid/{sample.course.id}", data=row_form(page, sample.course, {ids["T1.1a"]: "develops"}))

    late = visitor.post(f"/standards/grid/{sample.course.id}", data=mine)

    row = row_of(late.text, sample.course)
    assert late.status_code == 409
    assert '<option value="introduces" selected>' in row
    assert "saved: Develops it" in row
    assert saved(database)["T1.1a"][0] is Strength.DEVELOPS
    again = visitor.post(f"/standards/grid/{sample.course.id}", data=mine | {"version": hidden(row, "version")})
    assert again.status_code == 303
    assert saved(database)["T1.1a"][0] is Strength.INTRODUCES


def test_the_script_gets_the_row_alone_with_an_undo_that_puts_everything_back(
    database, sample, designer, teachers, ids, visit
):
    visitor = visit(sample, designer)
    chosen = {ids[code]: "develops" for code in ("T1.1a", "T1.1b", "T1.2a")}
    visitor.post(address(sample.course), data=form(teachers, chosen))
    visitor.post(f"{address(sample.course)}/{ids['T1.2a']}", data={**EVERYBODY, "grade_bands": ["PK"]})
    before = saved(database)
    page = visitor.get(f"/standards/grid?framework={teachers.id}").text

    cleared = visitor.post(f"/standards/grid/{sample.course.id}", data=row_form(page, sample.course, {}) | {"alone": 1})
    emptied = saved(database)
    undo = cleared.text.split('class="grid-undo"')[1]
    sent = {name: hidden(undo, name) for name in ("framework", "version", "state")}
    indicators = re.findall(r'name="indicator" value="(\d+)"', undo)
    put_back = visitor.post(f"/standards/grid/{sample.course.id}", data={**sent, "indicator": indicators, "alone": "1"})

    assert cleared.status_code == put_back.status_code == 200
    assert "<html" not in cleared.text
    assert emptied == {}
    assert len(before) == 3
    assert saved(database) == before


def test_without_script_the_page_after_saving_offers_to_put_the_row_back(
    database, sample, designer, teachers, ids, visit
):
    visitor = visit(sample, designer)
    visitor.post(address(sample.course), data=form(teachers, {ids["T1.1a"]: "develops", ids["T1.1b"]: "introduces"}))
    before = saved(database)
    page = visitor.get(f"/standards/grid?framework={teachers.id}&title=form").text

    cleared = visitor.post(
        f"/standards/grid/{sample.course.id}", data=row_form(page, sample.course, {}) | {"title": "form"}
    )
    after = visitor.client.get(cleared.location).text
    emptied = saved(database)
    undo = after.split('class="grid-undo"')[1]
    sent = {name: hidden(undo, name) for name in ("framework", "version", "state", "title")}
    indicators = re.findall(r'name="indicator" value="(\d+)"', undo.split("</form>")[0])
    put_back = visitor.post(f"/standards/grid/{sample.course.id}", data={**sent, "indicator": indicators})

    assert page.count("grid-undo") == 0
    assert after.count("grid-undo") == 1
    assert emptied == {}
    assert saved(database) == before
    assert "title=form" in put_back.location
    assert "grid-undo" not in visitor.client.get(put_back.location).text
    assert "grid-undo" not in visitor.get(f"/standards/grid?saved={sample.course.id}&before=nonsense").text


def test_an_undo_cannot_reach_beyond_its_row(database, sample, designer, teachers, ids, visit):
    visitor = visit(sample, designer)
    page = visitor.get(f"/standards/grid?framework={teachers.id}").text
    data = row_form(page, sample.course, {})
    foreign = {"indicator_id": ids["T4.3b"], "strength": "develops", **EVERYBODY}

    visitor.post(f"/standards/grid/{sample.course.id}", data=data | {"state": json.dumps([foreign])})
    wrong = [
        visitor.post(f"/standards/grid/{sample.course.id}", data=data | {"state": text}).status_code
        for text in ("", "{", "{}", "[1]", json.dumps([foreign | {"strength": "most"}]))
    ]

    assert saved(database) == {}
    assert set(wrong) == {422}


def test_the_grid_comes_in_pages_of_rows_and_of_indicators(database, sample, designer, teachers, visit, monkeypatch):
    monkeypatch.setattr(queries, "PAGE_SIZE", 3)
    with database.transaction() as db:
        for number in range(5):
            make_course(db, sample.district.id, sample.registration.id, sample.deployment.id, f"Course {number}")
        make_district(db, "Far Valley")
    visitor = visit(sample, designer)

    first = visitor.get(f"/standards/grid?framework={teachers.id}&title=course").text
    following = re.search(r'href="[^"]*?(/standards/grid[^"]*)">Next rows', first)
    columns = re.search(r'href="[^"]*?(/standards/grid[^"]*)">Next indicators', first)
    assert following
    assert columns
    second = visitor.get(html.unescape(following[1])).text
    later = visitor.get(html.unescape(columns[1])).text

    assert [number for number in range(5) if f'data-title="Course {number}"' in first] == [0, 1, 2]
    assert [number for number in range(5) if f'data-title="Course {number}"' in second] == [3, 4]
    assert "Formative" not in first + second
    assert (first.count("grid-statement"), later.count("grid-statement")) == (10, 10)
    assert ">T1.1a<" in first
    assert ">T1.1a<" not in later


def test_one_part_of_a_framework_stays_within_a_screen(database, sample, designer, teachers, ids, visit):
    visitor = visit(sample, designer)
    with database.reading() as db:
        (part,) = [each for each in queries.parts_of(db, teachers) if each.code == "T2.2"]

    text = visitor.get(f"/standards/grid?framework={teachers.id}&part={part.id}").text

    assert [code for code in ids if f'<span class="code">{code}</span>' in text] == ["T2.2a", "T2.2b", "T2.2c"]


def test_who_designs_one_course_has_that_row_alone(database, sample, teachers, ids, visit):
    with database.transaction() as db:
        teacher = make_person(db, sample, "Cora Teach", learner=False)
        other = make_course(db, sample.district.id, sample.registration.id, sample.deployment.id, "Another")
    visitor = visit(sample, teacher, is_course_designer=True)

    text = visitor.get(f"/standards/grid?framework={teachers.id}").text
    answer = visitor.post(f"/standards/grid/{other.id}", data=row_form(text, sample.course, {ids["T1.1a"]: "develops"}))

    assert text.count('class="grid-row"') == 1
    assert answer.status_code == 403
    assert saved(database) == {}


def test_what_is_not_on_offer_has_no_row_and_every_change_leaves_an_audit_row(
    database, sample, designer, teachers, ids, visit
):
    visitor = visit(sample, designer)
    page = visitor.get(f"/standards/grid?framework={teachers.id}").text
    visitor.post(f"/standards/grid/{sample.course.id}", data=row_form(page, sample.course, {ids["T1.1a"]: "develops"}))
    with database.transaction() as db:
        event = db.query(AuditEvent).filter_by(action="opportunity_aligned").one()
        db.get_one(Opportunity, sample.course.id).retired_on = event.at.date()

    assert (event.subject_id, event.detail) == (sample.course.id, {"added": [ids["T1.1a"]], "removed": []})
    assert "Nothing on offer fits this choice" in visitor.get(f"/standards/grid?framework={teachers.id}").text


def test_a_row_begins_with_whom_it_is_for_elsewhere(database, sample, designer, teachers, ids, visit):
    visitor = visit(sample, designer)
    visitor.post(address(sample.course), data=form(teachers, {ids["T4.3b"]: "develops"}, roles=["nurse"]))

    row = row_of(visitor.get(f"/standards/grid?framework={teachers.id}").text, sample.course)

    assert re.findall(r'name="(\w+)" value="(\w+)" checked', row) == [
        ("grade_bands", "all"), ("disciplines", "all"), ("roles", "nurse"), ("contexts", "all"),
    ]  # fmt: skip
