"""Tests of each role's first page."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import delete

from lti_tool.people.models import EducatorRole, Person, Role, School
from lti_tool.people.operations import create_admin_code
from lti_tool.plans.models import Activity, Audience, Declaration, Goal, GoalState, GrowthPlan, TryIt
from lti_tool.teams.models import Team, TeamMember, TeamState
from tests.conftest import make_person
from tests.full_district import make_full_district
from tests.query_counter import count_queries


@pytest.fixture
def educator(database, sample):
    with database.transaction() as db:
        return make_person(db, sample, "Ana Ruiz")


def make_goal(db, sample, person, **values) -> Goal:
    plan = GrowthPlan(district_id=sample.district.id, person_id=person.id, school_year=2026)
    goal = Goal(plan=plan, headline="Ask open questions", **values)
    for each in goal.activities:
        each.plan = plan
    db.add(goal)
    db.flush()
    return goal


def shared() -> Declaration:
    return Declaration(audience=Audience.SCHOOL)


def test_home_asks_for_a_school_only_where_there_are_some_to_choose_from(database, sample, educator, visit):
    with database.transaction() as db:
        me = db.get_one(Person, educator.id)
        me.educator_role, me.school = EducatorRole.TEACHER, None
    asking = visit(sample, me).get("/").text
    with database.transaction() as db:
        db.execute(delete(School))

    assert "Say at which school you work" in asking
    assert "Fill in your profile" not in visit(sample, me).get("/").text


def first_step(visit, sample, person) -> str:
    text: str = visit(sample, person).get("/").text
    return text.split('id="next-step-title">')[1].split("<", maxsplit=1)[0]


def test_without_a_goal_the_next_step_is_to_write_one(sample, educator, visit):
    assert first_step(visit, sample, educator) == "Write your first goal"


def test_a_goal_that_nobody_sees_is_to_be_shared(database, sample, educator, visit):
    with database.transaction() as db:
        make_goal(db, sample, educator)

    assert first_step(visit, sample, educator) == "Let colleagues know about your goal"


def test_a_private_card_is_not_shared(database, sample, educator, visit):
    with database.transaction() as db:
        make_goal(db, sample, educator, declaration=Declaration(audience=Audience.PRIVATE))

    assert first_step(visit, sample, educator) == "Let colleagues know about your goal"


def test_a_shared_goal_without_a_course_asks_for_one(database, sample, educator, visit):
    with database.transaction() as db:
        make_goal(db, sample, educator, declaration=shared())

    assert first_step(visit, sample, educator) == "Find what you will learn with"


def test_a_linked_course_is_to_be_opened_in_the_lms(database, sample, educator, visit):
    with database.transaction() as db:
        db.merge(sample.course).launch_url = "http://127.0.0.1:1/course/1"
        activities = [Activity(opportunity_id=sample.course.id)]
        make_goal(db, sample, educator, declaration=shared(), activities=activities)

    text = visit(sample, educator).get("/").text

    assert '<a class="btn btn-primary" href="http://127.0.0.1:1/course/1" target="_top">Open the course</a>' in text


def test_an_open_try_it_waits_for_words(database, sample, educator, visit):
    with database.transaction() as db:
        make_goal(db, sample, educator, declaration=shared(), tries=[TryIt(opportunity_id=sample.course.id)])

    assert first_step(visit, sample, educator) == "Try it, and say what came of it"


def test_a_goal_with_its_try_it_done_is_to_be_met(database, sample, educator, visit):
    with database.transaction() as db:
        done = TryIt(
            opportunity_id=sample.course.id, reflection="It worked.", done_at=sample.course.professional_learning_at
        )
        make_goal(db, sample, educator, declaration=shared(), tries=[done])

    assert first_step(visit, sample, educator) == "Is this goal met?"


def test_an_invitation_comes_first_since_others_wait(database, sample, educator, visit):
    with database.transaction() as db:
        goal = make_goal(db, sample, educator, tries=[TryIt()])
        team = Team(
            district_id=sample.district.id, course_id=sample.course.id, name="Blue Wren", state=TeamState.INVITING
        )
        team.members = [TeamMember(person_id=educator.id, goal_id=goal.id)]
        db.add(team)

    assert first_step(visit, sample, educator) == "You are invited to team Blue Wren"


def test_when_every_goal_is_met_nothing_waits(database, sample, educator, visit):
    with database.transaction() as db:
        make_goal(db, sample, educator, state=GoalState.MET)

    assert first_step(visit, sample, educator) == "Nothing waits for you"


def test_home_shows_how_far_a_goal_is_in_words(database, sample, educator, visit):
    with database.transaction() as db:
        make_goal(db, sample, educator, declaration=shared())

    text = visit(sample, educator).get("/").text

    assert text.count('class="chain-step done"') == 0
    assert text.count('class="chain-step next"') == 1
    assert "%" not in text


@pytest.mark.parametrize("view", ["educator", "designer", "administrator"])
def test_home_takes_as_many_queries_for_many_records_as_for_one(database, sample, visit, view):
    with database.transaction() as db:
        person = make_person(db, sample, "Omar Said", *Role)
        make_goal(db, sample, person)
    visitor = visit(sample, person)
    with count_queries(database) as few:
        visitor.get(f"/?as={view}")
    with database.transaction() as db:
        full = make_full_district(db, "Big Valley")
    visitor = visit(full.sample, full.administrator)

    with count_queries(database) as many:
        assert visitor.get(f"/?as={view}").status_code == 200

    assert len(many) <= len(few) + 4  # relations that were empty before are loaded once each
    assert len(many) <= 16


def test_a_designer_of_a_course_that_is_not_marked_learns_what_marking_stores(database, sample, visit):
    with database.transaction() as db:
        person = make_person(db, sample, "Nora Field", learner=False)
    context = {"id": "77", "title": "Planning for talk"}
    visitor = visit(sample, person, course_id=None, is_course_designer=True, context=context)

    text = visitor.get("/").text

    assert "<h1>Planning for talk</h1>" in text
    assert "Until you say so, Like Goals stores nothing" in text
    assert "Mark it as professional learning" in text


def test_a_designer_of_a_marked_course_is_led_to_its_standards_first(database, sample, visit):
    with database.transaction() as db:
        person = make_person(db, sample, "Nora Field", learner=False)

    text = visit(sample, person, is_course_designer=True).get("/").text

    assert "Say what this course is for" in text
    assert "<h1>Formative assessment</h1>" in text


def test_an_administrator_sees_four_numbers_and_what_needs_them(database, visit):
    with database.transaction() as db:
        full = make_full_district(db)

    text = visit(full.sample, full.administrator).get("/").text

    assert text.count('class="number"') == 4
    assert "The assignment is not published. Publish it in the LMS." in text
    assert "installed the tool in a second place" in text


def test_a_code_makes_whoever_enters_it_an_administrator_once(database, sample, educator, visit):
    with database.transaction() as db:
        code = create_admin_code(db, db.merge(sample.district))
    visitor = visit(sample, educator)

    assert visitor.post("/administrator-code", data={"code": f" {code.upper()} "}).status_code == 303
    again = visitor.post("/administrator-code", data={"code": code})

    assert again.status_code == 422
    assert "it was used before" in again.text
    assert code in again.text
    assert visitor.get("/people").status_code == 200


def test_an_empty_code_is_asked_for_again(sample, educator, visit):
    response = visit(sample, educator).post("/administrator-code", data={})

    assert response.status_code == 422
    assert "Enter the code." in response.text


def test_somebody_with_two_roles_switches_between_two_sets_of_tabs(database, sample, visit):
    with database.transaction() as db:
        person = make_person(db, sample, "Nora Field", Role.DESIGNER)
    visitor = visit(sample, person)

    assert 'aria-current="true">Designer' in visitor.get("/").text
    assert 'aria-current="true">Educator' in visitor.get("/?as=educator").text
    assert 'aria-current="true">Educator' in visitor.get("/my-data").text
    assert "Administrator" not in visitor.get("/?as=administrator").text


def test_an_educator_has_no_switch_and_at_most_six_tabs(sample, educator, visit):
    text = visit(sample, educator).get("/").text

    assert "View as" not in text
    assert 0 < text.split('class="tabs"')[1].split("</nav>")[0].count("<a ") <= 6


def tabs(page: str) -> list[str]:
    """Return the words of a page's bar of tabs, the one that shows marked."""
    bar = page.split('class="tabs"')[1].split("</nav>", maxsplit=1)[0]
    found = re.findall(r'<a href="[^"]*"( aria-current="page")?>([^<]+)</a>', bar)
    return [f"[{label}]" if current else label for current, label in found]


@pytest.mark.parametrize("role", [Role.DESIGNER, Role.SUPERVISOR, Role.ADMINISTRATOR])
def test_nobody_has_more_than_six_tabs(database, sample, visit, role):
    with database.transaction() as db:
        person = make_person(db, sample, "Nora Field", role, learner=False)

    page = visit(sample, person).get("/", query_string={"as": role.value}, follow_redirects=True).text

    assert 0 < len(tabs(page)) <= 6


def test_designers_find_plan_templates_under_frameworks(database, sample, educator, visit):
    with database.transaction() as db:
        person = make_person(db, sample, "Nora Field", Role.DESIGNER, learner=False)
    designer = visit(sample, person)
    bar = ["Home", "Courses", "Catalogue", "Coverage", "Teams", "[Frameworks]"]

    frameworks, templates = designer.get("/standards/").text, designer.get("/plans/templates").text

    assert "/plans/templates" in frameworks
    assert [tabs(page) for page in (frameworks, templates, designer.get("/plans/templates/new").text)] == [bar] * 3
    assert "/plans/templates" not in visit(sample, educator).get("/standards/").text


def test_a_notice_is_told_by_its_code_and_unknown_codes_tell_nothing(sample, educator, visit):
    visitor = visit(sample, educator)

    assert "Your profile is saved." in visitor.get("/my-data?notice=profile_saved").text
    assert '<div class="notice"' not in visitor.get("/my-data?notice=<b>x").text


def test_a_district_without_an_administrator_shows_where_a_code_is_entered(database, sample, educator, visit):
    visitor = visit(sample, educator)
    before = visitor.get("/").text
    with database.transaction() as db:
        make_person(db, sample, "Omar Said", Role.ADMINISTRATOR)

    assert "It has no administrator yet." in before
    assert "It has no administrator yet." not in visitor.get("/").text


def test_teams_that_designers_have_not_sent_yet_are_not_shown_to_their_members(database, sample, educator, visit):
    with database.transaction() as db:
        goal = make_goal(db, sample, educator, declaration=shared())
        team = Team(district_id=sample.district.id, course_id=sample.course.id, name="Coral Finch")
        team.members = [TeamMember(person_id=educator.id, goal_id=goal.id)]
        db.add(team)
    visitor = visit(sample, educator)

    assert "Coral Finch" not in visitor.get("/").text
    assert "Coral Finch" not in visitor.get("/my-data").text


def test_an_administrator_who_comes_from_an_unmarked_course_is_asked_about_it_first(database, sample, visit):
    with database.transaction() as db:
        person = make_person(db, sample, "Omar Said", Role.ADMINISTRATOR)
    context = {"id": "77", "title": "Planning for talk"}

    text = visit(sample, person, course_id=None, context=context).get("/").text

    assert "Is this course professional learning?" in text
    assert 'aria-current="true">Designer' in text


def test_a_person_with_a_session_sees_home(database, sample, visit):
    with database.transaction() as db:
        person = make_person(db, sample, "Ana Ruiz")
    visitor = visit(sample, person)

    response = visitor.get("/")

    assert response.status_code == 200
    assert "<h1" in response.text
