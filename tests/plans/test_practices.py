"""Passing practices on: found inside the audience, the own school's first; the trail is visible to both ends alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lti_tool.db import utc_now
from lti_tool.people.models import OpportunityKind, Person
from lti_tool.plans.models import Audience, Goal, GoalState, PlanState, PracticeCard, PracticeTry
from lti_tool.plans.operations.practices import PracticeWords, write_practice
from lti_tool.plans.queries.practices import PracticeFilter, practices_for
from lti_tool.teams.models import MemberState, Team, TeamMember, TeamState
from tests.conftest import make_district, make_person
from tests.plans.conftest import indicator, write_goal
from tests.plans.learning import FOR_ALL, offer

WORDS = {
    "title": "Two minutes of silence", "did": "Everybody writes first.", "with_whom": "Two grade 7 classes",
    "needed": "A clock", "would_change": "One minute.", "audience": "district",
}  # fmt: skip


@pytest.fixture
def bo(database, sample, ana) -> Person:
    """A colleague at another school."""
    with database.transaction() as db:
        return make_person(db, sample, "Bo Lind", school=1)


def pass_on(database, author, title, audience=Audience.DISTRICT, *codes) -> int:
    with database.transaction() as db:
        ids = tuple(indicator(db, code).id for code in codes)
        words = PracticeWords(title, "We wrote first.", "", "", "", audience, ids)
        return write_practice(db, db.merge(author), words).id


def titles(database, person, **narrowed) -> list[str]:
    with database.reading() as db:
        return [line.card.title for line in practices_for(db, person, PracticeFilter(**narrowed)).lines]


def test_b4_an_educator_in_no_team_writes_finds_and_uses_a_card(database, sample, ana, bo, visit):
    author, finder = visit(sample, ana.person), visit(sample, bo)

    written = author.post("/plans/practices/new", data=WORDS)
    found = finder.get("/plans/practices?words=silence")
    with database.reading() as db:
        card = db.query(PracticeCard).one()
    told = finder.post(f"/plans/practices/{card.id}/try", data={"words": "More of them spoke.", "is_adapted": "true"})

    assert (written.status_code, told.status_code) == (303, 303)
    assert "Two minutes of silence" in found.text


def test_b4_tried_it_from_another_school_reaches_the_author(database, sample, ana, bo, visit):
    card_id = pass_on(database, ana.person, "Two minutes of silence")

    visit(sample, bo).post(f"/plans/practices/{card_id}/try", data={"words": "More of them spoke."})

    page = visit(sample, ana.person).get(f"/plans/practices/{card_id}").text
    assert "More of them spoke." in page
    assert "Bo Lind" in page
    assert "Lake School" in page


@pytest.mark.parametrize(("audience", "is_seen"), [(Audience.DISTRICT, True), (Audience.SCHOOL, False)])
def test_a_card_reaches_exactly_its_audience(database, ana, bo, audience, is_seen):
    pass_on(database, ana.person, "Two minutes of silence", audience)
    with database.transaction() as db:
        far = make_person(db, make_district(db, "Far Valley"), "Fay Far")

    assert (titles(database, bo) != []) is is_seen
    assert titles(database, far) == []


def test_s13_the_own_schools_practices_come_first(database, sample, ana, bo):
    with database.transaction() as db:
        here = make_person(db, sample, "Cy Moreau")
    pass_on(database, bo, "A practice of elsewhere")
    pass_on(database, here, "Zebra questions")

    assert titles(database, ana.person) == ["Zebra questions", "A practice of elsewhere"]


def test_s13_a_practice_that_is_taken_out_disappears_at_once(database, sample, ana, bo, visit):
    card_id = pass_on(database, ana.person, "Two minutes of silence", Audience.DISTRICT, "T2.2a")
    assert titles(database, bo) == ["Two minutes of silence"]

    visit(sample, ana.person).post(f"/plans/practices/{card_id}/retire")

    assert titles(database, bo) == []
    assert visit(sample, bo).get(f"/plans/practices/{card_id}").status_code == 404


def test_practices_are_narrowed_by_the_part_of_the_standards(database, ana, bo):
    pass_on(database, ana.person, "On questions", Audience.DISTRICT, "T2.2a")
    pass_on(database, ana.person, "On planning", Audience.DISTRICT, "T1.1a")
    with database.reading() as db:
        component = indicator(db, "T2.2a").parent_id

    assert titles(database, bo, component_id=component) == ["On questions"]


def test_s15_a_card_says_in_how_many_classrooms_only_from_five_on(database, sample, ana, visit):
    card_id = pass_on(database, ana.person, "Two minutes of silence")
    with database.transaction() as db:
        people = [make_person(db, sample, f"Person {number}") for number in range(5)]
        db.add_all(PracticeTry(card_id=card_id, person_id=each.id, words="It helped.") for each in people[:4])
    viewer = visit(sample, people[4])

    before = viewer.get(f"/plans/practices/{card_id}").text
    viewer.post(f"/plans/practices/{card_id}/try", data={"words": "It helped me too."})
    after = viewer.get(f"/plans/practices/{card_id}").text

    assert "Tried in fewer than 5 classrooms." in before
    assert "Tried in 5 classrooms." in after
    assert "Person 1" not in after


def test_s15_words_show_with_a_name_only_by_their_writers_choice(database, sample, ana, bo, visit):
    card_id = pass_on(database, ana.person, "Two minutes of silence")
    with database.transaction() as db:
        third = make_person(db, sample, "Cy Moreau")
    teller, reader = visit(sample, bo), visit(sample, third)

    teller.post(f"/plans/practices/{card_id}/try", data={"words": "More of them spoke."})
    assert "More of them spoke." not in reader.get(f"/plans/practices/{card_id}").text
    teller.post(f"/plans/practices/{card_id}/try", data={"words": "More of them spoke.", "is_named": "true"})
    assert "More of them spoke." in reader.get(f"/plans/practices/{card_id}").text


def test_s18_the_trail_to_another_educators_goal_is_visible_to_both_and_nobody_else(database, sample, ana, bo, visit):
    card_id = pass_on(database, ana.person, "Two minutes of silence")
    with database.transaction() as db:
        goal = write_goal(db, db.merge(bo), "Hear every voice", "T2.2a", audience=Audience.DISTRICT)
        third = make_person(db, sample, "Cy Moreau")
    data = {"words": "More of them spoke.", "goal_id": goal.id, "is_named": "true"}

    visit(sample, bo).post(f"/plans/practices/{card_id}/try", data=data)

    pages = {
        person.name: visit(sample, person).get(f"/plans/practices/{card_id}").text for person in (ana.person, bo, third)
    }
    shown = {name: "For the goal “Hear every voice”" in page for name, page in pages.items()}
    assert shown == {"Ana Ruiz": True, "Bo Lind": True, "Cy Moreau": False}


@pytest.mark.parametrize("audience", [Audience.PRIVATE, Audience.SCHOOL])
def test_the_words_of_a_goal_that_is_not_shared_with_the_author_stay_private_on_the_trail(
    database, sample, ana, bo, visit, audience
):
    card_id = pass_on(database, ana.person, "Two minutes of silence")
    with database.transaction() as db:
        goal = write_goal(db, db.merge(bo), "Hear every voice", "T2.2a", audience=audience)

    visit(sample, bo).post(f"/plans/practices/{card_id}/try", data={"words": "It helped.", "goal_id": goal.id})

    page = visit(sample, ana.person).get(f"/plans/practices/{card_id}").text
    assert "For a goal of theirs." in page
    assert "Hear every voice" not in page


@pytest.mark.parametrize("audience", [Audience.PRIVATE, Audience.SCHOOL, Audience.DISTRICT])
def test_a_goal_stays_on_the_trail_once_it_is_met_as_far_as_it_is_shared_and_until_its_plan_ends(
    database, sample, ana, bo, visit, audience
):
    card_id = pass_on(database, ana.person, "Two minutes of silence")
    with database.transaction() as db:
        goal = write_goal(db, db.merge(bo), "Hear every voice", "T2.2a", audience=audience)
    visit(sample, bo).post(f"/plans/practices/{card_id}/try", data={"words": "It helped.", "goal_id": goal.id})
    author = visit(sample, ana.person)

    with database.transaction() as db:
        met = db.get_one(Goal, goal.id)
        met.state, met.met_at = GoalState.MET, utc_now()
    while_it_goes_on = author.get(f"/plans/practices/{card_id}").text
    with database.transaction() as db:
        db.get_one(Goal, goal.id).plan.state = PlanState.CLOSED
    after_its_end = author.get(f"/plans/practices/{card_id}").text

    assert ("For the goal “Hear every voice”." in while_it_goes_on) is (audience is Audience.DISTRICT)
    assert ("For a goal of theirs." in while_it_goes_on) is (audience is not Audience.DISTRICT)
    assert "Hear every voice" not in after_its_end


def test_only_the_author_changes_a_card(database, sample, ana, bo, visit):
    card_id = pass_on(database, ana.person, "Two minutes of silence")
    other = visit(sample, bo)

    assert other.get(f"/plans/practices/{card_id}/edit").status_code == 403
    assert other.post(f"/plans/practices/{card_id}/edit", data=WORDS).status_code == 403
    assert other.post(f"/plans/practices/{card_id}/retire").status_code == 403
    assert visit(sample, ana.person).post(f"/plans/practices/{card_id}/try", data={"words": "Mine"}).status_code == 409


def test_a_card_that_is_refused_keeps_what_was_typed(database, sample, ana, visit):
    answer = visit(sample, ana.person).post("/plans/practices/new", data=WORDS | {"title": " ", "audience": "private"})

    assert answer.status_code == 422
    assert "Give your practice a title." in answer.text
    assert "Everybody writes first." in answer.text


def test_s18_the_trail_from_a_card_to_anothers_goal_is_visible_to_both_and_to_nobody_else(
    database, sample, ana, bo, visit
):
    card_id = pass_on(database, ana.person, "Two minutes of silence")
    with database.transaction() as db:
        goal = write_goal(db, bo, "Let everybody answer", audience=Audience.DISTRICT)
        third = make_person(db, sample, "Cy Third")
    author, finder, other = visit(sample, ana.person), visit(sample, bo), visit(sample, third)

    kept = finder.post(f"/plans/practices/{card_id}/keep", data={"goal_id": goal.id})
    pages = [finder.get(f"/plans/goals/{goal.id}").text, author.get(f"/plans/practices/{card_id}").text]
    assert kept.status_code == 303
    assert all("means to try it" in page for page in pages)
    assert "Let everybody answer" in pages[1]
    assert "Nobody told yet that they tried it" in pages[1]
    assert "Bo Lind" not in other.get(f"/plans/practices/{card_id}").text

    finder.post(
        f"/plans/practices/{card_id}/try", data={"words": "Five spoke.", "is_adapted": "true", "goal_id": goal.id}
    )
    pages = [finder.get(f"/plans/goals/{goal.id}").text, author.get(f"/plans/practices/{card_id}").text]
    assert all("adapted it" in page and "Five spoke." in page for page in pages)
    assert "Five spoke." not in other.get(f"/plans/practices/{card_id}").text


def test_a_practice_is_kept_for_an_own_goal_alone(database, sample, ana, bo, visit):
    card_id = pass_on(database, ana.person, "Two minutes of silence")
    keep = f"/plans/practices/{card_id}/keep"
    finder, author = visit(sample, bo), visit(sample, ana.person)

    assert finder.post(keep, data={}).status_code == 422
    assert finder.post(keep, data={"goal_id": ana.goal_id}).status_code == 404
    assert author.post(keep, data={"goal_id": ana.goal_id}).status_code == 409


def test_s13_practices_stand_in_find_learning_before_outside_courses_the_own_teams_first(
    database, sample, ana, bo, visit
):
    with database.transaction() as db:
        mate, near = make_person(db, sample, "Mia Mate", school=1), make_person(db, sample, "Ned Near")
        team = Team(district_id=sample.district.id, course_id=sample.course.id, name="Wren", state=TeamState.FORMED)
        both = (mate, ana.person)
        team.members = [TeamMember(person_id=each.id, state=MemberState.ACCEPTED) for each in both]
        db.add(team)
        offer(db, sample, OpportunityKind.EXTERNAL, "A summer school", **FOR_ALL)
    for author, title in ((bo, "C of the district"), (near, "B of the school"), (mate, "A of the team")):
        pass_on(database, author, title, Audience.DISTRICT, "T2.2a")
    pass_on(database, bo, "Seen at another school alone", Audience.SCHOOL, "T2.2a")

    page = visit(sample, ana.person).get("/plans/learning?words=T2.2a").text

    order = ["A of the team", "B of the school", "C of the district", "A summer school"]
    assert sorted(order, key=page.index) == order
    assert "Seen at another school alone" not in page


def test_b4_the_digest_holds_by_indicator_only_what_is_shared_with_the_reader(database, sample, ana, bo, visit):
    pass_on(database, bo, "For the district", Audience.DISTRICT, "T2.2a")
    pass_on(database, bo, "For another school", Audience.SCHOOL, "T2.2a")
    old_id = pass_on(database, bo, "Of last year", Audience.DISTRICT, "T2.2a")
    with database.transaction() as db:
        db.get_one(PracticeCard, old_id).created_at = utc_now() - timedelta(days=300)
        offer(db, sample, OpportunityKind.OPEN_DOOR, "A door of today", host_id=bo.id, **FOR_ALL)

    page = visit(sample, ana.person).get("/plans/practices/lately").text

    assert "T2.2a" in page
    assert [title in page for title in ("For the district", "A door of today")] == [True, True]
    assert not any(title in page for title in ("For another school", "Of last year"))
