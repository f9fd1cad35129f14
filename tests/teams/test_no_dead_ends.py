"""No button of a page about teams leads to a refusal, and no form to a page that is closed."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from lti_tool.people.models import Course
from lti_tool.plans.models import Activity, Goal
from lti_tool.teams.models import MemberState, Team, TeamMember, TeamScope, TeamState
from tests.conftest import make_course, make_person
from tests.teams.conftest import only_team, propose_and_send
from tests.teams.declared import make_goal
from tests.teams.test_who_may_join import keep_apart

ASK = "Ask to team up"
WARNING = "You are in one team already. Two are the most"


def put_into_two_teams(database, sample, person, state=MemberState.ACCEPTED) -> None:
    with database.transaction() as db:
        for name in ("Amber Heron", "Blue Wren"):
            team = Team(
                district_id=sample.district.id, scope=TeamScope.DISTRICT, name=name, state=TeamState.FORMED
            )  # fmt: skip
            team.members = [TeamMember(person_id=person.id, state=state)]
            db.add(team)


def asked_about(visitor) -> int:
    page: str = visitor.get("/teams/?as=educator").text
    return page.count(ASK)


def test_whoever_is_asked_to_a_second_team_is_told_that_two_are_the_most(database, sample, visit, staff):
    propose_and_send(visit, sample, staff)
    team_id, ana = only_team(database).id, visit(sample, staff.educators[0])
    pages = "/teams/?as=educator", f"/teams/{team_id}"
    before = [WARNING in ana.get(path).text for path in pages]

    with database.transaction() as db:
        other = Team(district_id=sample.district.id, scope=TeamScope.DISTRICT, name="Blue Wren", state=TeamState.FORMED)
        other.members = [TeamMember(person_id=ana.person.id, state=MemberState.ACCEPTED)]
        db.add(other)

    assert before == [False, False]
    assert [WARNING in ana.get(path).text for path in pages] == [True, True]
    assert ana.post(f"/teams/{team_id}/accept").status_code == 303


def test_whoever_is_in_two_teams_is_not_offered_a_third(database, sample, visit, staff):
    ana = visit(sample, staff.educators[0])
    assert asked_about(ana) > 0

    put_into_two_teams(database, sample, staff.educators[0])

    assert asked_about(ana) == 0


def test_a_colleague_who_is_in_two_teams_is_shown_and_not_to_be_asked(database, sample, visit, staff):
    ana, ben = visit(sample, staff.educators[0]), staff.educators[1]
    before = asked_about(ana)

    put_into_two_teams(database, sample, ben)

    assert asked_about(ana) == before - 1
    assert ben.name in ana.get("/teams/?as=educator").text


def test_what_a_colleague_was_invited_to_is_not_told_by_a_missing_button(database, sample, visit, staff):
    ana = visit(sample, staff.educators[0])
    before = asked_about(ana)

    put_into_two_teams(database, sample, staff.educators[1], MemberState.INVITED)

    assert asked_about(ana) == before


def test_whoever_designs_one_course_and_ends_a_district_team_of_it_lands_on_the_course(database, sample, visit, staff):
    with database.transaction() as db:
        teacher = make_person(db, sample, "Tia Teacher")
        team = Team(
            district_id=sample.district.id, scope=TeamScope.DISTRICT, course_id=sample.course.id, name="Amber Heron",
            state=TeamState.FORMED,
        )  # fmt: skip
        team.members = [TeamMember(person_id=each.id, state=MemberState.ACCEPTED) for each in staff.educators[:2]]
        db.add(team)
    designer = visit(sample, teacher, is_course_designer=True)

    answer = designer.post(f"/teams/{team.id}/remove", follow_redirects=True)

    assert answer.status_code == 200
    assert f"Teams in {sample.course.title}" in answer.text


@pytest.fixture
def ana(database, sample, visit, staff):
    """Return Ana, who has a team of the course with Eva."""
    with database.transaction() as db:
        team = Team(
            district_id=sample.district.id, course_id=sample.course.id, name="Teal finch", state=TeamState.FORMED
        )  # fmt: skip
        people = staff.educators[0], staff.educators[4]
        team.members = [TeamMember(person_id=each.id, state=MemberState.ACCEPTED) for each in people]
        db.add(team)
    return visit(sample, staff.educators[0])


def ask_by_the_button(visitor, colleague_goal_id: int) -> tuple[int, int]:
    """Press the button beside a colleague's goal; return the own goal that it sends, and the answer."""
    page = visitor.get("/teams/?as=educator").text
    form = next(
        each for each in page.split("<form")[1:] if f'name="colleague_goal_id" value="{colleague_goal_id}"' in each
    )
    mine = int(re.findall(r'name="goal_id" value="(\d+)"', form)[0])
    answer = visitor.post("/teams/start", data={"goal_id": mine, "colleague_goal_id": colleague_goal_id})
    return mine, answer.status_code


def test_whom_a_designer_keeps_apart_neither_sees_the_other_to_ask(database, sample, visit, staff):
    one, other = (visit(sample, each) for each in staff.educators[:2])
    before = one.get("/teams/?as=educator").text, other.get("/teams/?as=educator").text
    keep_apart(database, sample, *staff.educators[:2])

    after = one.get("/teams/?as=educator").text, other.get("/teams/?as=educator").text

    assert "Ben Okafor" in before[0]
    assert "Ana Ruiz" in before[1]
    assert "Ben Okafor" not in after[0]
    assert "Ana Ruiz" not in after[1]
    assert all("Chloe Martin" in page for page in after)


def test_a_colleague_is_asked_with_the_own_goal_by_which_a_team_can_be(database, sample, staff, ana):
    with database.transaction() as db:
        indicator = db.get_one(Goal, staff.goal_ids[0]).indicators[0]
        other = make_goal(db, sample, ana.person, indicator, headline="Wait before anybody answers")
        other.activities = []

    assert ask_by_the_button(ana, staff.goal_ids[1]) == (other.id, 303)


def give_second_course(database, sample, goal_ids) -> int:
    """Let these goals count one more course, and return its id."""
    with database.transaction() as db:
        second = make_course(db, sample.district.id, sample.registration.id, sample.deployment.id, "Second course")
        for goal_id in goal_ids:
            goal = db.get_one(Goal, goal_id)
            goal.activities = [*goal.activities, Activity(plan=goal.plan, opportunity_id=second.id)]
        return second.id


def test_a_team_is_asked_for_in_the_common_course_in_which_one_has_none(database, sample, staff, ana):
    second_id = give_second_course(database, sample, staff.goal_ids[:2])

    assert ask_by_the_button(ana, staff.goal_ids[1]) == (staff.goal_ids[0], 303)
    with database.reading() as db:
        team = db.scalars(select(Team).where(Team.course_id == second_id)).one()
        assert {each.person_id for each in team.members} == {each.id for each in staff.educators[:2]}


def test_a_colleague_who_has_a_team_in_the_only_common_course_is_shown_and_not_to_be_asked(sample, visit, staff, ana):
    ben = visit(sample, staff.educators[1])

    page = ben.get("/teams/?as=educator").text

    assert ana.person.name in page
    assert f'name="colleague_goal_id" value="{staff.goal_ids[0]}"' not in page
    assert page.count(ASK) == 2
    refused = ben.post("/teams/start", data={"goal_id": staff.goal_ids[1], "colleague_goal_id": staff.goal_ids[0]})
    assert (refused.status_code, "cannot be asked any more" in refused.text) == (409, True)


def test_such_a_colleague_is_asked_in_another_common_course_and_can_say_yes(database, sample, visit, staff, ana):
    second_id = give_second_course(database, sample, staff.goal_ids[:2])

    asked = ask_by_the_button(visit(sample, staff.educators[1]), staff.goal_ids[0])

    assert asked == (staff.goal_ids[1], 303)
    with database.reading() as db:
        team_id = db.scalars(select(Team.id).where(Team.course_id == second_id)).one()
    assert ana.post(f"/teams/{team_id}/accept").status_code == 303


def test_a_colleague_who_is_asked_elsewhere_twice_is_asked_all_the_same_and_can_say_yes(database, sample, visit, staff):
    ben = staff.educators[1]
    put_into_two_teams(database, sample, ben, MemberState.INVITED)

    asked = ask_by_the_button(visit(sample, staff.educators[0]), staff.goal_ids[1])

    assert asked == (staff.goal_ids[0], 303)
    with database.reading() as db:
        team_id = db.scalars(select(Team.id).where(Team.state == TeamState.INVITING)).one()
    assert visit(sample, ben).post(f"/teams/{team_id}/accept").status_code == 303


JOIN = "Join this team<"


@pytest.mark.parametrize("why", ["two teams", "a team of the course"])
def test_whom_another_team_would_be_too_many_reads_what_to_do_and_is_offered_no_button(
    database, sample, visit, staff, why
):
    propose_and_send(visit, sample, staff)
    team_id, ana = only_team(database).id, visit(sample, staff.educators[0])
    pages = "/teams/?as=educator", f"/teams/{team_id}"
    before = [ana.get(path).text for path in pages]
    with database.transaction() as db:
        courses = [None, None] if why == "two teams" else [sample.course.id]
        others = [
            Team(district_id=sample.district.id, course_id=course_id, name=f"Wren {place}", state=TeamState.FORMED)
            for place, course_id in enumerate(courses)
        ]
        for other in others:
            other.members = [TeamMember(person_id=ana.person.id, state=MemberState.ACCEPTED)]
        db.add_all(others)

    now = [ana.get(path).text for path in pages]
    refused = ana.post(f"/teams/{team_id}/accept")
    ana.post(f"/teams/{others[0].id}/leave")
    after = [ana.get(path).text for path in pages]

    said = "two are the most that anybody can be in. Leave one" if why == "two teams" else "Leave it first."
    assert [JOIN in page for page in before] == [True, True]
    assert [(JOIN in page, said in page, "No, thank you" in page) for page in now] == [(False, True, True)] * 2
    assert (refused.status_code, said in refused.text) == (409, True)
    assert [(JOIN in page, said in page) for page in after] == [(True, False)] * 2
    assert ana.post(f"/teams/{team_id}/accept").status_code == 303


def test_b3_whom_a_third_team_would_be_too_many_says_no_without_a_trace(database, sample, visit, staff):
    propose_and_send(visit, sample, staff)
    team_id, ana = only_team(database).id, visit(sample, staff.educators[0])
    put_into_two_teams(database, sample, ana.person)
    designer = visit(sample, staff.designer)
    before = designer.get("/teams/").text

    answer = ana.post(f"/teams/{team_id}/decline")

    assert answer.status_code == 303
    assert designer.get("/teams/").text == before
    with database.reading() as db:
        assert ana.person.id not in db.scalars(select(TeamMember.person_id).where(TeamMember.team_id == team_id)).all()


def test_whoever_would_leave_one_of_two_teams_by_a_yes_is_offered_the_button(database, sample, visit, staff):
    ana = visit(sample, staff.educators[0])
    put_into_two_teams(database, sample, ana.person)
    with database.transaction() as db:
        left = db.scalars(select(Team).where(Team.name == "Blue Wren")).one()
        team = Team(district_id=sample.district.id, scope=TeamScope.DISTRICT, name="Teal finch", state=TeamState.FORMED)
        team.members = [
            TeamMember(person_id=ana.person.id, goal_id=staff.goal_ids[0], leaves_id=left.id),
            TeamMember(person_id=staff.educators[1].id, state=MemberState.ACCEPTED),
        ]
        db.add(team)

    pages = [ana.get(path).text for path in ("/teams/?as=educator", f"/teams/{team.id}")]

    assert all(JOIN in page and "By joining you leave Blue Wren" in page for page in pages)
    assert ana.post(f"/teams/{team.id}/accept").status_code == 303


def test_whoever_has_to_share_the_goal_again_is_offered_no_button_on_any_page(database, sample, visit, staff):
    propose_and_send(visit, sample, staff)
    team_id, ana = only_team(database).id, visit(sample, staff.educators[0])
    with database.transaction() as db:
        db.delete(db.get_one(Goal, staff.goal_ids[0]).declaration)

    pages = [ana.get(path).text for path in ("/teams/?as=educator", f"/teams/{team_id}")]

    assert all(JOIN not in page and "Share it again first" in page for page in pages)


def test_a_course_that_is_not_marked_any_more_is_no_place_for_a_new_team(database, sample, visit, staff):
    with database.transaction() as db:
        db.get_one(Course, sample.course.id).professional_learning_at = None
    ana = visit(sample, staff.educators[0])

    answer = ana.post("/teams/start", data={"goal_id": staff.goal_ids[0], "colleague_goal_id": staff.goal_ids[1]})

    assert answer.status_code == 303
    team = only_team(database)
    assert (team.scope, team.course_id) == (TeamScope.DISTRICT, None)
