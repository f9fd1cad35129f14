"""Finding learning: inside first, in the order in which it fits this person and this goal, each with its reason."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from lti_tool.db import Database, utc_now
from lti_tool.people.models import (
    EducatorProfile,
    EducatorRole,
    GradeBand,
    Opportunity,
    OpportunityKind,
    Person,
    Role,
    SchoolContext,
)
from lti_tool.plans.finding import time_of
from lti_tool.plans.models import Activity, Audience, LookedInside
from lti_tool.plans.operations import withdraw_declaration
from lti_tool.standards.models import Alignment, Framework, Strength
from lti_tool.teams.models import MemberState, Team, TeamMember, TeamState
from tests.conftest import make_person
from tests.plans.conftest import indicator, write_goal
from tests.plans.learning import FOR_ALL, align, offer, offer_course
from tests.query_counter import queries_of_pages
from tests.standards.aligning import form

INSIDE = [kind for kind in OpportunityKind if kind not in {OpportunityKind.COURSE, OpportunityKind.EXTERNAL}]


class Headings(HTMLParser):
    """Reads the titles of what was found, in the order of the page, each with the text that follows it."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._in_title = self._in_line = False

    def handle_starttag(self, tag, attrs) -> None:
        if tag == "li":
            self._in_line = ("class", "found-line") in attrs
        elif tag == "h3" and self._in_line:
            self._in_title = True
            self.found.append(("", ""))

    def handle_endtag(self, tag) -> None:
        if tag == "h3":
            self._in_title = False
        elif tag == "li":
            self._in_line = False

    def handle_data(self, data) -> None:
        if not self._in_line or not self.found:
            return
        title, text = self.found[-1]
        self.found[-1] = (title + data, text) if self._in_title else (title, " ".join(f"{text} {data}".split()))


def found_on(page: str) -> list[tuple[str, str]]:
    reader = Headings()
    reader.feed(page)
    return reader.found


def titles(page: str) -> list[str]:
    return [title.strip() for title, _ in found_on(page)]


@pytest.fixture
def catalogue(database, sample, ana):
    """Three courses for one indicator: for two kinds of educators, and one of which nobody has said for whom."""
    with database.transaction() as db:
        offer_course(db, sample, "Exit tickets in early grades", grade_bands=["3-5"], disciplines=["Mathematics"],
                     roles=["teacher"], contexts=["all"])  # fmt: skip
        offer_course(db, sample, "Listening in group counseling", grade_bands=["6-8", "9-12"], disciplines=["all"],
                     roles=["counselor"], contexts=["all"])  # fmt: skip
        offer_course(db, sample, "A course for everybody", **FOR_ALL)
        offer_course(db, sample, "A new course")


def test_s4_two_educators_with_the_same_goal_get_different_first_results(database, sample, ana, catalogue, visit):
    with database.transaction() as db:
        counselor = make_person(
            db, sample, "Cora Lane", position="counselor", grade_bands=[GradeBand.G912], discipline=""
        )  # fmt: skip
        goal = write_goal(db, counselor, "See what each student has understood")

    teachers = visit(sample, ana.person).get(f"/plans/goals/{ana.goal_id}/learning").text
    counselors = visit(sample, counselor).get(f"/plans/goals/{goal.id}/learning").text

    assert titles(teachers)[:4] == [
        "Exit tickets in early grades", "A course for everybody", "Listening in group counseling", "A new course",
    ]  # fmt: skip
    assert titles(counselors)[:4] == [
        "Listening in group counseling", "A course for everybody", "Exit tickets in early grades", "A new course",
    ]  # fmt: skip


def test_s4_each_result_says_because_of_what_and_against_what(database, sample, ana, catalogue, visit):
    with database.transaction() as db:
        offer(
            db, sample, OpportunityKind.OPEN_DOOR, "Come and see", grade_bands=["3-5"], school_id=sample.schools[0].id
        )

    said = dict(found_on(visit(sample, ana.person).get(f"/plans/goals/{ana.goal_id}/learning").text))

    assert "Because: indicator T2.2a, grades 3-5, your school" in said["Come and see"]
    assert "Because: indicator T2.2a, grades 3-5, Mathematics, teacher" in said["Exit tickets in early grades"]
    assert "Because: indicator T2.2a, meant for everybody" in said["A course for everybody"]
    assert "Meant for others: grades 6-8, 9-12, counselor." in said["Listening in group counseling"]
    assert "Because: indicator T2.2a Nobody has said yet for whom this is." in said["A new course"]


def test_what_serves_the_very_indicator_comes_before_any_number_of_things_near_it(database, sample, ana, visit):
    with database.transaction() as db:
        made = [
            Opportunity(district_id=sample.district.id, kind=OpportunityKind.COACHING, title=f"Coaching {place}")
            for place in range(420)
        ]
        db.add_all(made)
        db.flush()
        near = indicator(db, "T2.2c").id
        db.add_all(Alignment(opportunity_id=each.id, indicator_id=near, strength=Strength.DEVELOPS) for each in made)
        offer(db, sample, OpportunityKind.COACHING, "Zebra crossings of thought")

    found = found_on(visit(sample, ana.person).get(f"/plans/goals/{ana.goal_id}/learning").text)

    assert found[0][0] == "Zebra crossings of thought"
    assert "Because: indicator T2.2a" in found[0][1]


def test_what_happens_at_an_hour_says_the_hour_and_ten_hours_are_ten(database, sample, ana, visit):
    with database.transaction() as db:
        begins = utc_now().replace(hour=14, minute=30) + timedelta(days=5)
        offer(db, sample, OpportunityKind.OPEN_DOOR, "Come and see", starts_at=begins, hours=Decimal(10))

    said = dict(found_on(visit(sample, ana.person).get(f"/plans/goals/{ana.goal_id}/learning").text))

    assert re.search(r"Open door · \d+ \w+.*, 2:30\sPM · 10 hours", said["Come and see"])


def test_s4_an_educator_with_an_empty_profile_and_no_goal_gets_a_usable_list(database, sample, ana, catalogue, visit):
    with database.transaction() as db:
        empty = make_person(db, sample, "Zoe Adams", position="", grade_bands=(), discipline="")
        empty.school = None
    visitor = visit(sample, empty)

    without_goal = visitor.get("/plans/learning")
    with database.transaction() as db:
        goal = write_goal(db, db.merge(empty), "Ask better questions")
    with_goal = visitor.get(f"/plans/goals/{goal.id}/learning").text

    assert without_goal.status_code == 200
    assert len(titles(without_goal.text)) == 5
    assert titles(with_goal)[0] == "A course for everybody"
    assert titles(with_goal)[3] == "A new course"
    assert "your profile does not say" in dict(found_on(with_goal))["Exit tickets in early grades"]


def test_s4_what_fits_as_well_is_ordered_by_how_one_likes_to_learn(database, sample, ana, visit):
    with database.transaction() as db:
        after_school = datetime(2027, 3, 2, 16, 0, tzinfo=UTC)
        offer(db, sample, OpportunityKind.LIVE_SESSION, "A session", starts_at=after_school, **FOR_ALL)
        offer(db, sample, OpportunityKind.STUDY, "B study with Somali families", **FOR_ALL)
        offer(db, sample, OpportunityKind.COACHING, "C coaching", **FOR_ALL)
        offer(db, sample, OpportunityKind.STUDY, "D first steps", strength=Strength.INTRODUCES, **FOR_ALL)
    firsts = {}
    likings = {
        "formats": ["colleague"], "languages": "Somali", "times": ["after_school"], "experience": "0-3",
    }  # fmt: skip
    for name, value in likings.items():
        with database.transaction() as db:
            person = make_person(db, sample, f"Educator who said {name}")
            person.profile = EducatorProfile(**{name: value})
            goal_id = write_goal(db, person, "See what each student has understood").id
        firsts[name] = found_on(visit(sample, person).get(f"/plans/goals/{goal_id}/learning").text)[0]

    assert {name: title for name, (title, _) in firsts.items()} == {
        "formats": "C coaching", "languages": "B study with Somali families", "times": "A session",
        "experience": "D first steps",
    }  # fmt: skip
    assert "the way you like to learn" in firsts["formats"][1]
    assert "when you have time" in firsts["times"][1]


def test_s4_learning_for_schools_like_mine_comes_before_that_for_all_schools(database, sample, ana, visit):
    with database.transaction() as db:
        db.merge(sample.schools[0]).contexts = [SchoolContext.RURAL.value]
        offer_course(db, sample, "A course for all schools", **FOR_ALL)
        offer_course(db, sample, "Small classes far out", **{**FOR_ALL, "contexts": ["rural"]})

    said = found_on(visit(sample, as_it_is(database, ana.person)).get(f"/plans/goals/{ana.goal_id}/learning").text)

    assert said[0][0] == "Small classes far out"
    assert "rural schools" in said[0][1]


def test_s13_what_is_inside_comes_before_courses_and_those_before_outside(database, sample, ana, visit):
    with database.transaction() as db:
        outside: dict[str, Any] = {**FOR_ALL, "provider": "County university"}
        offer(db, sample, OpportunityKind.EXTERNAL, "A summer school", **outside)
        offer(db, sample, OpportunityKind.LIVE_SESSION, "A talk from elsewhere", **outside)
        offer_course(db, sample, "B course of the LMS", **FOR_ALL)
        offer(db, sample, OpportunityKind.MENTOR, "Z mentor of the district")
        offer(db, sample, OpportunityKind.OPEN_DOOR, "Z door at Hill School", school_id=sample.schools[0].id)
        mate = _team_mate(db, sample, ana)
        offer(db, sample, OpportunityKind.COACHING, "Z coaching by a team mate", host_id=mate.id)
        ben = make_person(db, sample, "Ben Okafor", school=1)
        write_goal(
            db, ben, "Exit tickets that I use", "T2.2a", audience=Audience.DISTRICT, offer="A set of exit tickets"
        )

    page = visit(sample, ana.person).get("/plans/learning?words=T2.2a").text

    assert titles(page) == [
        "Z coaching by a team mate", "Z door at Hill School", "A set of exit tickets", "Z mentor of the district",
        "B course of the LMS", "A summer school", "A talk from elsewhere",
    ]  # fmt: skip
    places = ["In your team", "At your school", "In your district", "Courses in the LMS", "Outside the district"]
    assert sorted(places, key=page.index) == places


def test_s13a_an_inside_offer_stands_before_an_outside_course_and_goes_the_moment_it_is_withdrawn(
    database, sample, ana, visit
):
    with database.transaction() as db:
        offer(db, sample, OpportunityKind.EXTERNAL, "A summer school", **FOR_ALL)
        ben = make_person(db, sample, "Ben Okafor")
        goal = write_goal(
            db, ben, "Exit tickets", "T2.2a", audience=Audience.SCHOOL, offer="Come and see my exit tickets"
        )
    visitor = visit(sample, ana.person)
    searches = ("/plans/learning?words=T2.2a", f"/plans/goals/{ana.goal_id}/learning", "/plans/learning?words=exit")

    before = [titles(visitor.get(path).text)[:2] for path in searches]
    with database.transaction() as db:
        withdraw_declaration(db, db.merge(ben), db.merge(goal))
    after = [titles(visitor.get(path).text) for path in searches]

    assert before[:2] == [["Come and see my exit tickets", "A summer school"]] * 2
    assert before[2][0] == "Come and see my exit tickets"
    assert not any("Come and see my exit tickets" in found for found in after)
    assert "A summer school" in after[0]


def test_s13_only_what_the_audience_lets_the_viewer_see_is_found(database, sample, ana, visit):
    with database.transaction() as db:
        mate = _team_mate(db, sample, ana)
        elsewhere = make_person(db, sample, "Eva Novak", school=1)
        stranger = make_person(db, sample, "Sam Stone", school=0)
        for owner, audience, words in (
            (mate, Audience.TEAM, "For my team"), (stranger, Audience.TEAM, "For another team"),
            (elsewhere, Audience.SCHOOL, "For another school"), (stranger, Audience.PRIVATE, "For nobody"),
            (stranger, Audience.SCHOOL, "For our school"),
        ):  # fmt: skip
            write_goal(db, owner, words, "T2.2a", audience=audience, offer=words)

    page = visit(sample, ana.person).get(f"/plans/goals/{ana.goal_id}/learning").text

    assert titles(page)[:2] == ["For my team", "For our school"]
    assert "another" not in page
    assert "For nobody" not in page


def test_s13_an_outside_course_counts_once_it_is_said_whom_inside_was_looked_for(database, sample, ana, visit):
    with database.transaction() as db:
        outside = offer(db, sample, OpportunityKind.EXTERNAL, "A summer school", **FOR_ALL)
        offer(db, sample, OpportunityKind.MENTOR, "A mentor for checks", **FOR_ALL)
        ben = make_person(db, sample, "Ben Okafor")
        write_goal(db, ben, "Exit tickets", "T2.2a", audience=Audience.SCHOOL, offer="Come and see my exit tickets")
    visitor, count_it = visit(sample, ana.person), f"/plans/goals/{ana.goal_id}/learning/{outside.id}"

    asked = visitor.get(f"/plans/learning/{outside.id}").text
    unsaid = visitor.post(count_it)
    kept_unsaid = visitor.post(f"/plans/learning/{outside.id}/note")
    answer = visitor.post(count_it, data={"looked_inside": "nobody"})

    assert "Whom inside did you ask or look for?" in asked
    assert "Come and see my exit tickets" in asked
    assert "A mentor for checks" in asked
    assert [unsaid.status_code, kept_unsaid.status_code] == [422, 422]
    assert "Say whom inside you asked or looked for." in unsaid.text
    assert answer.status_code == 303
    with database.reading() as db:
        assert ana.read(db).activities[0].looked_inside is LookedInside.NOBODY


def test_s13_a_course_that_a_designer_says_a_vendor_offers_is_outside_and_is_asked_about(database, sample, ana, visit):
    with database.transaction() as db:
        designer = make_person(db, sample, "Nora Field", Role.DESIGNER, learner=False)
        inside = offer_course(db, sample, "A course of the district", **FOR_ALL)
        vendors = offer_course(db, sample, "A course of a vendor", **FOR_ALL)
        chosen = {indicator(db, "T2.2a").id: "develops"}
        framework = db.scalars(select(Framework).where(Framework.audience == "teacher")).one()
    attaching, visitor = visit(sample, designer), visit(sample, ana.person)
    page = f"/standards/opportunities/{vendors.id}/alignment"
    count_it = f"/plans/goals/{ana.goal_id}/learning"

    too_long = attaching.post(page, data=form(framework, chosen, provider="x" * 201))
    attaching.post(page, data=form(framework, chosen, provider=" Bright Lessons Inc. "))
    found = visitor.get(count_it).text
    unsaid = visitor.post(f"{count_it}/{vendors.id}")

    assert (too_long.status_code, unsaid.status_code) == (422, 422)
    assert 'value="Bright Lessons Inc."' in attaching.get(page).text
    assert found.index("A course of the district") < found.index("A course of a vendor")
    assert "Bright Lessons Inc." in found
    assert "Say whom inside you asked or looked for." in unsaid.text
    assert visitor.post(f"{count_it}/{vendors.id}", data={"looked_inside": "nobody"}).status_code == 303
    assert visitor.post(f"{count_it}/{inside.id}").status_code == 303
    searched = titles(visitor.get("/plans/learning?words=A+course+of").text)
    assert searched == ["A course of the district", "A course of a vendor"]


def test_nobody_is_recommended_what_they_offer_themselves_but_they_find_it_by_its_words(database, sample, ana, visit):
    with database.transaction() as db:
        offer(db, sample, OpportunityKind.OPEN_DOOR, "My own door", host_id=ana.person.id, **FOR_ALL)
    visitor = visit(sample, ana.person)

    assert "My own door" not in visitor.get("/plans/learning").text
    assert "My own door" in visitor.get("/plans/learning?words=own+door").text


def test_s13_the_page_says_so_when_nobody_inside_is_known(database, sample, ana, visit):
    with database.transaction() as db:
        outside = offer(db, sample, OpportunityKind.EXTERNAL, "A summer school", **FOR_ALL)

    asked = visit(sample, ana.person).get(f"/plans/learning/{outside.id}").text

    assert "Nobody and nothing inside the district is known for this." in asked


def test_s5_the_search_finds_each_kind_by_itself(database, sample, ana, visit):
    with database.transaction() as db:
        for kind in OpportunityKind:
            if kind is not OpportunityKind.COURSE:
                offer(db, sample, kind, f"One {kind.value}", code=None)
    visitor = visit(sample, ana.person)

    found = {kind: titles(visitor.get(f"/plans/learning?kind={kind.value}").text) for kind in OpportunityKind}

    assert found.pop(OpportunityKind.COURSE) == ["Formative assessment"]
    assert found == {kind: [f"One {kind.value}"] for kind in found}


def test_words_find_titles_descriptions_providers_and_standards_and_nothing_else(database, sample, ana, visit):
    with database.transaction() as db:
        offer(db, sample, OpportunityKind.STUDY, "Reading circles", code=None)
        offer(db, sample, OpportunityKind.STUDY, "Second", code=None, description="About 100% reading")
        offer(db, sample, OpportunityKind.EXTERNAL, "Third", code=None, provider="Reading council")
    visitor = visit(sample, ana.person)

    assert titles(visitor.get("/plans/learning?words=reading").text) == ["Reading circles", "Second", "Third"]
    assert titles(visitor.get("/plans/learning?words=100%25").text) == ["Second"]
    nothing = visitor.get("/plans/learning?words=nobody-offers-this").text
    assert "Nothing on offer fits this search" in nothing


def test_what_serves_a_neighbour_of_the_indicator_follows_what_serves_it_and_says_so(database, sample, ana, visit):
    with database.transaction() as db:
        offer_course(db, sample, "A neighbour", "T2.2b", **FOR_ALL)
        offer_course(db, sample, "The indicator itself", "T2.2a", **FOR_ALL)

    said = found_on(visit(sample, ana.person).get(f"/plans/goals/{ana.goal_id}/learning").text)

    assert [title for title, _ in said[:2]] == ["The indicator itself", "A neighbour"]
    assert "near your indicator: T2.2b" in said[1][1]


def test_all_of_a_long_list_is_reached_page_by_page_once(database, sample, ana, visit):
    with database.transaction() as db:
        for number in range(25):
            offer(db, sample, INSIDE[number % len(INSIDE)], f"Fits {number:02}", **FOR_ALL)
            offer(db, sample, OpportunityKind.EXTERNAL, f"Other {number:02}", code=None)
    visitor, path, pages = visit(sample, ana.person), f"/plans/goals/{ana.goal_id}/learning", []
    while path:
        page = visitor.get(path).text
        pages.append(titles(page))
        following = re.search(r'href="[^"]*?(/plans/goals/\d+/learning\?after=\d+)"', page)
        path = following.group(1) if following else ""

    seen = [title for page in pages for title in page]
    assert [len(page) for page in pages] == [20, 20, 11]
    assert len(set(seen)) == len(seen) == 51
    assert [title[:4] for title in seen[:25]] == ["Fits"] * 25


def test_the_number_of_queries_does_not_grow_with_what_is_on_offer(database, sample, ana, catalogue, visit):
    visitor = visit(sample, ana.person)
    pages = ["/plans/learning", "/plans/learning?words=T2.2a", f"/plans/goals/{ana.goal_id}/learning", "/plans/"]

    with database.transaction() as db:
        first = make_person(db, sample, "First host")
        write_goal(db, first, "First goal", audience=Audience.SCHOOL, offer="Come and see")
        offer(db, sample, OpportunityKind.OPEN_DOOR, "First door", host_id=first.id, **FOR_ALL)
    few = queries_of_pages(database, visitor, pages)
    with database.transaction() as db:
        for number in range(12):
            host = make_person(db, sample, f"Host {number}")
            write_goal(db, host, f"Goal {number}", audience=Audience.SCHOOL, offer="Come and see")
            made = offer(db, sample, INSIDE[number % len(INSIDE)], f"Door {number}", host_id=host.id, **FOR_ALL)
            align(db, made, "T2.2b", Strength.DEVELOPS)
            db.add(Activity(plan_id=ana.read(db).plan_id, opportunity_id=made.id))

    assert queries_of_pages(database, visitor, pages) == few
    assert max(few) <= 16


class Links(HTMLParser):
    """Reads where a page's links lead."""

    def __init__(self) -> None:
        super().__init__()
        self.targets: list[str] = []

    def handle_starttag(self, tag, attrs) -> None:
        if tag == "a":
            self.targets.append(dict(attrs).get("href") or "")


def links_of(page: str) -> list[str]:
    reader = Links()
    reader.feed(page)
    return reader.targets


def test_s7c_from_a_goal_the_resource_in_the_lms_is_two_links_away_at_most(database, sample, ana, visit):
    address = "http://127.0.0.1:1/course/view.php?id=77"
    with database.transaction() as db:
        course = offer_course(db, sample, "Exit tickets", launch_url=address, **FOR_ALL)
    visitor, goal = visit(sample, ana.person), f"/plans/goals/{ana.goal_id}"

    first = links_of(visitor.get(goal).text)
    second = [each for link in first if link.startswith("/") for each in links_of(visitor.client.get(link).text)]
    visitor.post(f"{goal}/learning/{course.id}")

    assert address not in first
    assert address in second
    assert address in links_of(visitor.get(goal).text)


def test_s7c_what_is_led_by_a_colleague_names_who_when_and_where(database, sample, ana, visit):
    with database.transaction() as db:
        host = make_person(db, sample, "Ben Okafor")
        door = offer(db, sample, OpportunityKind.OPEN_DOOR, "Come and see", host_id=host.id, url="https://example.test/x",
                     school_id=sample.schools[0].id, starts_at=utc_now() + timedelta(days=400))  # fmt: skip

    page = visit(sample, ana.person).get(f"/plans/learning/{door.id}").text

    assert "Ask Ben Okafor in person." in page
    assert "Hill School" in page
    assert 'datetime="20' in page
    assert "https://example.test/x" in links_of(page)


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "//elsewhere.test"])
def test_an_address_that_is_no_web_page_is_no_link(database, sample, ana, visit, address):
    with database.transaction() as db:
        door = offer(db, sample, OpportunityKind.STUDY, "A study", url=address)

    assert address not in links_of(visit(sample, ana.person).get(f"/plans/learning/{door.id}").text)


def test_s7c_what_is_retired_is_not_found_says_since_when_and_cannot_be_taken_up(database, sample, ana, visit):
    with database.transaction() as db:
        kept = offer(db, sample, OpportunityKind.STUDY, "Lesson study", **FOR_ALL)
        late = offer(db, sample, OpportunityKind.MENTOR, "A mentor", **FOR_ALL)
        unmarked = offer_course(db, sample, "No longer professional learning", **FOR_ALL)
    visitor = visit(sample, ana.person)
    visitor.post(f"/plans/goals/{ana.goal_id}/learning/{kept.id}")
    with database.transaction() as db:
        for each in (kept, late):
            db.merge(each).retired_on = utc_now().date()
        db.merge(unmarked).professional_learning_at = None

    found = titles(visitor.get(f"/plans/goals/{ana.goal_id}/learning").text)
    goal, page = visitor.get(f"/plans/goals/{ana.goal_id}").text, visitor.get(f"/plans/learning/{late.id}").text
    answers = [visitor.post(f"/plans/goals/{ana.goal_id}/learning/{each.id}").status_code for each in (late, unmarked)]
    noted = visitor.post(f"/plans/learning/{late.id}/note").status_code

    assert found == ["Formative assessment"]
    assert "Retired" in goal
    assert "Lesson study" in goal
    assert "It cannot be taken up." in page
    assert f'datetime="{utc_now().date()}"' in page
    assert "Count it" not in page
    assert (answers, noted) == ([409, 404], 409)


@pytest.mark.parametrize(
    ("moment", "part"),
    [("2027-03-02T12:30", "before_school"), ("2027-03-02T13:00", "school_day"), ("2027-03-02T20:00", "after_school"),
     ("2027-03-02T23:30", "evening"), ("2027-03-06T15:00", "weekend"), ("2027-03-08T02:00", "weekend")],
)  # fmt: skip
def test_a_moment_falls_in_the_part_of_the_week_that_it_is_where_the_person_is(moment, part):
    assert time_of(datetime.fromisoformat(moment).replace(tzinfo=UTC), ZoneInfo("America/New_York")) == part


def test_a_session_that_has_been_comes_after_those_to_come_and_is_gone_after_a_month(database, sample, ana, visit):
    with database.transaction() as db:
        month_ago, week_ago, _ = (
            offer(
                db, sample, OpportunityKind.LIVE_SESSION, title, starts_at=utc_now() + timedelta(days=days), **FOR_ALL
            )
            for title, days in (("A month ago", -32), ("Last week", -7), ("Next week", 7))
        )
    visitor, goal = visit(sample, ana.person), f"/plans/goals/{ana.goal_id}/learning"

    said = found_on(visitor.get(goal).text)
    counted = [visitor.post(f"{goal}/{each.id}").status_code for each in (week_ago, month_ago)]

    assert [title for title, _ in said] == ["Next week", "Last week", "Formative assessment"]
    assert "It has been. If you were there, count it." in said[1][1]
    assert "It has been" not in said[0][1]
    assert counted == [303, 409]


def test_s4_the_role_that_was_chosen_counts_and_not_the_position(database, sample, ana, catalogue, visit):
    with database.transaction() as db:
        db.get_one(Person, ana.person.id).educator_role = EducatorRole.COUNSELOR
        db.get_one(Person, ana.person.id).grade_bands = [GradeBand.G68.value]

    found = titles(visit(sample, as_it_is(database, ana.person)).get(f"/plans/goals/{ana.goal_id}/learning").text)

    assert found[0] == "Listening in group counseling"


def as_it_is(database: Database, person: Person) -> Person:
    """Return the person as the database has them now."""
    with database.reading() as db:
        return db.get_one(Person, person.id)


def _team_mate(db, sample, ana) -> Person:
    """Return a colleague at another school who is in a formed team with Ana."""
    mate = make_person(db, sample, "Mia Mate", school=1)
    team = Team(district_id=sample.district.id, course_id=sample.course.id, name="Amber Heron", state=TeamState.FORMED)
    team.members = [
        TeamMember(person_id=each.id, state=MemberState.ACCEPTED) for each in (ana.person, mate)
    ]  # fmt: skip
    db.add(team)
    db.flush()
    return mate
