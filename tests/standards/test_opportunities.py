"""The catalogue: what there is to learn with, who may offer, change and retire it, and what is on offer today."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from lti_tool.db import utc_now
from lti_tool.grades.operations import asking, completions
from lti_tool.lms.rest import CompletionRead, PersonCompletion
from lti_tool.people.models import (
    Availability,
    Course,
    EducatorRole,
    GradeBand,
    Opportunity,
    OpportunityKind,
    Person,
    Role,
)
from lti_tool.people.operations import erase_person, note_course_gone, set_school
from lti_tool.people.queries import is_on_offer
from lti_tool.standards.models import Alignment, Framework
from lti_tool.standards.operations import install_sample_catalogue
from lti_tool.standards.queries import CoverageChoice, coverage
from lti_tool.standards.queries import opportunities as queries
from tests.conftest import make_person
from tests.full_district import make_full_district

SESSION = {
    "kind": "live_session", "title": "Asking before telling", "starts_at": "2099-03-04T15:30", "place": "Library",
    "hours": "1.5", "description": "Bring a lesson.", "refreshed_on": "2026-09-01",
}  # fmt: skip
DOOR = {"kind": "open_door", "starts_at": "2099-03-04T08:10", "title": "Who speaks after a question"}


@pytest.fixture
def ana(database, sample) -> Person:
    with database.transaction() as db:
        return make_person(db, sample, "Ana Ruiz")


@pytest.fixture
def ben(database, sample) -> Person:
    with database.transaction() as db:
        return make_person(db, sample, "Ben Okafor", school=1)


def added(answer: Any) -> int:
    assert answer.status_code == 303, answer.text
    found = re.search(r"/opportunities/(\d+)", answer.location)
    assert found
    return int(found[1])


def titles(page: str) -> list[str]:
    return [html.unescape(each) for each in re.findall(r'<th scope="row"><a href="[^"]*">([^<]*)</a>', page)]


def test_s5_the_catalogue_filtered_by_kind_returns_each_kind_from_the_sample_data(database, sample, designer, visit):
    with database.transaction() as db:
        install_sample_catalogue(db, sample.district.id)
        expected = {
            kind: sorted(db.scalars(select(Opportunity.title).where(Opportunity.kind == kind)))
            for kind in OpportunityKind
        }
    visitor = visit(sample, designer)

    found = {kind: titles(visitor.get(f"/standards/opportunities?kind={kind}").text) for kind in OpportunityKind}

    assert {kind: sorted(each) for kind, each in found.items()} == expected
    assert all(expected.values())
    assert len(titles(visitor.get("/standards/opportunities").text)) == 31
    assert titles(visitor.get("/standards/opportunities?search=attendance").text) == ["Reading attendance together"]


def test_s7b_the_sample_data_has_the_planted_gaps_and_each_role_and_grade_band(database, sample, app):
    said = [
        app.test_cli_runner().invoke(args=["standards", "sample-catalogue", "--district", sample.district.name]).output
        for _ in range(2)
    ]

    with database.reading() as db:
        frameworks = list(db.scalars(select(Framework)))

        def gaps(**only: str) -> list[str]:
            choice = CoverageChoice(only=only)
            return [row.item.code for each in frameworks for row in coverage(db, each, {}, choice).gaps]

        found = gaps(), gaps(roles="counselor"), gaps(grade_bands="K-2")
        alignments = list(db.scalars(select(Alignment)))
        inside = [not each.is_outside for each in db.scalars(select(Opportunity)) if each.course is None]
    assert found == (["T4.3b"], ["T2.1c", "T4.3b"], ["T1.2b", "T4.3b"])
    assert (len(inside), sum(inside)) == (30, 9)
    assert {role for each in alignments for role in each.roles} == {"all", *EducatorRole}
    assert {band for each in alignments for band in each.grade_bands} == {"all", *GradeBand}
    assert said == ["Added: 30 opportunities for learning.\n", "The sample catalogue was there already.\n"]


def test_a_designer_adds_a_session_for_a_gap_and_goes_on_to_say_what_it_serves(
    database, sample, designer, teachers, ids, visit, ben
):
    visitor = visit(sample, designer)
    form = visitor.get(f"/standards/opportunities/new?kind=live_session&indicator={ids['T4.3a']}").text

    answer = visitor.post(
        "/standards/opportunities/new", data={**SESSION, "host": "BEN@example.test", "indicator": ids["T4.3a"]}
    )
    opportunity_id = added(answer)
    following = visitor.get(answer.location[answer.location.index("/standards") :]).text

    assert '<span class="code">T4.3a</span>' in form
    assert re.findall(r'value="(\d+)" checked', following) == [str(ids["T4.3a"])]
    with database.reading() as db:
        kept = db.get_one(Opportunity, opportunity_id)
        assert (kept.title, kept.place, float(kept.hours or 0)) == ("Asking before telling", "Library", 1.5)
        assert (kept.host_id, kept.school_id, kept.created_by_id) == (ben.id, ben.school_id, designer.id)
        assert (str(kept.starts_at), str(kept.refreshed_on)) == ("2099-03-04 15:30:00+00:00", "2026-09-01")


def test_an_offer_is_at_the_school_of_whoever_holds_it_now(database, sample, ana, ben, designer, visit):
    visitor = visit(sample, designer)
    opportunity_id = added(visitor.post("/standards/opportunities/new", data={**SESSION, "host": "Ben Okafor"}))

    def school_id() -> int | None:
        with database.reading() as db:
            kept: Opportunity = db.get_one(Opportunity, opportunity_id)
            return kept.school_id

    assert school_id() == ben.school_id
    visitor.post(f"/standards/opportunities/{opportunity_id}/edit", data={**SESSION, "host": "Ana Ruiz"})
    assert school_id() == ana.school_id != ben.school_id
    with database.transaction() as db:
        set_school(db, db.merge(designer), db.merge(ana), db.merge(sample.schools[1]))
    assert school_id() == sample.schools[1].id
    visitor.post(f"/standards/opportunities/{opportunity_id}/edit", data={**SESSION, "host": ""})
    assert school_id() is None


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"title": ""}, "Say in a few words what it is."),
        ({"starts_at": ""}, "Say when it is."),
        ({"starts_at": "soon"}, "Enter a day and a time."),
        ({"place": ""}, "Say where it is, or enter the address to join."),
        ({"url": "javascript:alert(1)"}, "Begin with https://."),
        ({"hours": "-1"}, "Enter hours from 0 to 1000."),
        ({"hours": "many"}, "Enter a number of hours, such as 1.5."),
        ({"refreshed_on": "0001-01-01"}, "Enter a day of these years."),
        ({"host": "Nobody Here"}, "Nobody of the district has this name or address."),
        ({"kind": "external", "provider": "", "url": "https://x.example"}, "Say who offers it."),
        ({"kind": "external", "provider": "Somebody"}, "Enter the address where people find it."),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_comes_back(database, sample, designer, visit, changed, sentence):
    answer = visit(sample, designer).post("/standards/opportunities/new", data=SESSION | changed)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert answer.text.count("field-error") == 1
    assert "Bring a lesson." in answer.text
    with database.reading() as db:
        assert db.scalars(select(Opportunity.kind)).all() == [OpportunityKind.COURSE]


def test_any_educator_opens_their_door_with_two_fields_and_manages_it(database, sample, ana, ben, designer, visit):
    visitor, other = visit(sample, ana), visit(sample, ben)

    door = added(visitor.post("/standards/opportunities/new", data=DOOR))
    page = f"/standards/opportunities/{door}"
    visitor.post(f"{page}/edit", data={"title": "Who answers whom", "starts_at": "2099-05-06T09:00"})

    assert "Who answers whom" in other.get(page).text
    assert "Ana Ruiz, Hill School" in other.get(page).text
    assert "Looking after it" not in other.get(page).text
    assert [other.get(f"{page}/edit").status_code, other.post(f"{page}/edit", data=DOOR).status_code] == [403, 403]
    assert [other.post(f"{page}/{what}").status_code for what in ("retire", "refreshed", "offer-again")] == [403] * 3
    assert other.get(f"{page}/alignment").status_code == 403
    assert visitor.get(f"{page}/alignment").status_code == 200
    assert visit(sample, designer).post(f"{page}/edit", data=DOOR).status_code == 303
    with database.reading() as db:
        kept = db.get_one(Opportunity, door)
        assert (kept.host_id, kept.title, kept.kind) == (ana.id, "Who speaks after a question", "open_door")


@pytest.mark.parametrize("kind", list(OpportunityKind))
def test_an_educator_offers_a_door_a_study_a_problem_or_to_mentor_and_nothing_else(database, sample, ana, visit, kind):
    visitor, form = visit(sample, ana), f"/standards/opportunities/new?kind={kind}"
    whole = {**SESSION, "kind": kind.value, "provider": "Somebody", "url": "https://x.example"}

    expected = (200, 303) if kind in {"open_door", "study", "mentor", "solve_together"} else (403, 403)
    answers = visitor.get(form).status_code, visitor.post("/standards/opportunities/new", data=whole).status_code

    assert answers == expected


def test_an_educator_names_no_host_but_themselves(database, sample, ana, ben, visit):
    data = {"kind": "mentor", "title": "The first year", "host": "ben@example.test"}

    mentor = added(visit(sample, ana).post("/standards/opportunities/new", data=data))

    with database.reading() as db:
        assert db.get_one(Opportunity, mentor).host_id == ana.id


def test_s13_an_offer_that_its_host_withdraws_disappears_from_search_at_once(database, sample, ana, ben, visit):
    host, other = visit(sample, ana), visit(sample, ben)
    door = added(host.post("/standards/opportunities/new", data=DOOR))
    page = f"/standards/opportunities/{door}"

    before = titles(other.get("/standards/opportunities?search=speaks").text)
    host.post(f"{page}/retire")
    after = titles(other.get("/standards/opportunities?search=speaks").text)
    mine = host.get("/standards/opportunities?show=mine").text
    host.post(f"{page}/offer-again")

    assert (before, after) == (["Who speaks after a question"], [])
    assert "Retired" in mine
    assert "<time" in other.get(page).text
    assert titles(other.get("/standards/opportunities?search=speaks").text) == before


def test_retiring_is_dated_today_or_later_and_can_be_taken_back(database, sample, designer, visit):
    visitor, today = visit(sample, designer), utc_now().date()
    page = f"/standards/opportunities/{sample.course.id}"

    past = visitor.post(f"{page}/retire", data={"on": (today - timedelta(days=5)).isoformat()})
    visitor.post(f"{page}/retire", data={"on": (today + timedelta(days=30)).isoformat()})
    later = visitor.get("/standards/opportunities").text
    visitor.post(f"{page}/offer-again")
    again = visitor.post(f"{page}/offer-again")
    visitor.post(f"{page}/retire", data={"on": today.isoformat()})

    assert past.status_code == 422
    assert "Choose today or a later day." in past.text
    assert titles(later) == ["Formative assessment"]
    assert "Retires" in later
    assert again.status_code == 409
    assert titles(visitor.get("/standards/opportunities").text) == []
    assert titles(visitor.get("/standards/opportunities?show=retired").text) == ["Formative assessment"]


def test_a_course_of_the_lms_gets_hours_a_description_and_a_day_but_keeps_its_title(
    database, sample, designer, ana, visit
):
    visitor, page = visit(sample, designer), f"/standards/opportunities/{sample.course.id}"

    visitor.post(f"{page}/edit", data={"title": "Another", "hours": "12", "description": "Six weeks."})
    visitor.post(f"{page}/refreshed")

    shown = visit(sample, ana).get(page).text
    assert "<h1>Formative assessment</h1>" in shown
    assert "Six weeks." in shown
    with database.reading() as db:
        kept = db.get_one(Opportunity, sample.course.id)
        assert (float(kept.hours or 0), kept.refreshed_on) == (12, utc_now().date())


def test_what_is_on_offer_is_the_same_in_sql_and_on_the_object(database, sample):
    now = utc_now()
    course, door = OpportunityKind.COURSE, OpportunityKind.OPEN_DOOR
    cases: dict[Availability, list[dict[str, Any]]] = {
        Availability.OFFERED: [
            {}, {"retired_on": (now + timedelta(days=2)).date()}, {"kind": door, "starts_at": now - timedelta(hours=3)},
            {"kind": OpportunityKind.COACHING, "starts_at": now - timedelta(days=90)},
        ],
        Availability.RETIRED: [{"retired_on": now.date()}, {"retired_on": now.date(), "unavailable_since": now}],
        Availability.UNAVAILABLE: [{"unavailable_since": now}],
        Availability.OVER: [{"kind": door, "starts_at": now - timedelta(days=2)}],
    }  # fmt: skip
    with database.transaction() as db:
        for kept, rows in cases.items():
            for each in rows:
                db.add(Opportunity(**{"district_id": sample.district.id, "kind": OpportunityKind.STUDY, **each,
                                      "title": kept.value}))  # fmt: skip
        db.merge(sample.course).professional_learning_at = None
        db.get_one(Opportunity, sample.course.id).title = Availability.UNMARKED.value

    with database.reading() as db:
        on_offer = set(db.scalars(select(Opportunity.id).where(is_on_offer())))
        found = list(db.scalars(select(Opportunity)))
        assert {each.id: each.availability.value for each in found} == {each.id: each.title for each in found}
        assert on_offer == {each.id for each in found if each.availability is Availability.OFFERED}
        assert course in {each.kind for each in found}


def test_s7c_a_course_that_the_lms_removed_is_flagged_with_its_date_leaves_search_and_comes_back(
    app, database, sample, designer, ana, visit
):
    visitor = visit(sample, designer)
    with database.transaction() as db:
        asking.note_gone(db, sample.course.id)
    gone = visitor.get("/standards/opportunities").text
    flagged = visitor.get("/standards/opportunities?show=retired").text
    page = visit(sample, ana).get(f"/standards/opportunities/{sample.course.id}").text

    with database.transaction() as db:
        plan = asking.plan_read(db, [sample.course.id], app.extensions["settings"], database)
        assert plan is not None
        completions.record_read(db, plan.courses[0], CompletionRead())
        still = db.get_one(Opportunity, sample.course.id).unavailable_since
        completions.record_read(db, plan.courses[0], CompletionRead((PersonCompletion("7", False),)))

    assert titles(gone) == []
    for text in (flagged, page):
        assert re.search(r"No longer in the LMS</span>\s+since\s+<time", text)
    assert "Open the course" not in page
    assert still is not None
    assert titles(visitor.get("/standards/opportunities").text) == ["Formative assessment"]


def test_whoever_is_erased_offers_nothing_any_more(database, sample, ana, ben, visit):
    door = added(visit(sample, ana).post("/standards/opportunities/new", data=DOOR))

    with database.transaction() as db:
        erase_person(db, db.merge(ana))

    shown = visit(sample, ben).get(f"/standards/opportunities/{door}").text
    assert "Retired" in shown
    assert "Ana Ruiz" not in shown


def test_the_catalogue_comes_in_pages_by_title_and_knows_no_other_district(
    database, sample, designer, visit, monkeypatch
):
    monkeypatch.setattr(queries, "PAGE_SIZE", 10)
    with database.transaction() as db:
        install_sample_catalogue(db, sample.district.id)
        make_full_district(db, "Far Valley")
    visitor = visit(sample, designer)

    seen: list[str] = []
    page = "/standards/opportunities"
    while page:
        shown = visitor.get(page).text
        seen += titles(shown)
        following = re.search(r'href="[^"]*(/standards/opportunities\?after=[^"]*)"', shown)
        page = following[1].replace("&amp;", "&") if following else ""

    assert len(seen) == 31
    assert seen == sorted(seen)


def test_every_empty_list_says_what_to_do(database, sample, designer, ana, visit):
    with database.transaction() as db:
        db.merge(sample.course).professional_learning_at = None
    visitor = visit(sample, designer)

    for query, words in {
        "": "Nothing is on offer yet", "?search=zebra": "Nothing fits this choice",
        "?show=mine": "You host nothing yet",
        "?show=retired": "Nothing was taken off the list",
    }.items():  # fmt: skip
        assert words in visitor.get(f"/standards/opportunities{query}").text


def test_a_note_that_a_course_is_gone_is_made_once(database, sample):
    with database.transaction() as db:
        course = db.get_one(Course, sample.course.id)
        note_course_gone(db, course.opportunity)
        first = course.opportunity.unavailable_since
        note_course_gone(db, course.opportunity)

        assert course.opportunity.unavailable_since == first


def test_when_the_content_was_brought_up_to_date_is_for_designers_and_in_plain_words_for_others(
    database, sample, ana, visit
):
    with database.transaction() as db:
        designer = make_person(db, sample, "Nora Field", Role.DESIGNER, learner=False)
        made = Opportunity(district_id=sample.district.id, kind=OpportunityKind.EXTERNAL, title="Small steps")
        made.refreshed_on = utc_now().date()
        db.add(made)
    educator, field = visit(sample, ana), visit(sample, designer)

    listed = [each.get("/standards/opportunities").text for each in (educator, field)]
    one = [each.get(f"/standards/opportunities/{made.id}").text for each in (educator, field)]

    assert ["Brought up to date" in page for page in (*listed, *one)] == [False, True, False, True]
    assert "Content as of" in one[0]
