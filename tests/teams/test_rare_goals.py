"""Somebody whose goal is rare is told so, and gets the nearest company across schools."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from lti_tool.people.models import Membership, Person, Supervision
from lti_tool.plans.models import Activity, Audience, Goal
from lti_tool.teams.models import (
    LeftAlone,
    MemberState,
    Team,
    TeamMember,
    TeamScope,
    TeamState,
    TeamWish,
    WishedPerson,
    WishKind,
)
from tests.conftest import make_person
from tests.query_counter import count_queries
from tests.teams.conftest import propose
from tests.teams.declared import make_goal
from tests.teams.test_reforming_pages import look_for, make_team


@pytest.fixture
def mia(database, sample, staff) -> Person:
    """Return a colleague in the other school with Eva's goal, who neither counts nor attends the course."""
    with database.transaction() as db:
        mia = make_person(db, sample, "Mia Lund", school=1)
        feedback = db.get_one(Goal, staff.goal_ids[4]).indicators[0]
        make_goal(db, sample, mia, feedback, headline="Feedback that is used")
        db.query(Activity).filter(Activity.goal_id != None, Activity.plan.has(person_id=mia.id)).delete()  # noqa: E711
        db.query(Membership).filter_by(person_id=mia.id).update({"is_active": False})
        return mia


def eva_of(page: str) -> str:
    return page.split("In no team yet")[1].split("Eva Novak")[1]


def test_the_nearest_company_across_schools_is_told_to_the_designer_and_to_the_educator(
    database, sample, visit, staff, mia
):
    designer, eva = visit(sample, staff.designer), visit(sample, staff.educators[4])

    propose(designer)
    with count_queries(database) as for_designer:
        listed = eva_of(designer.get("/teams/").text)
    with count_queries(database) as for_educator:
        mine = eva.get("/teams/?as=educator").text

    assert "No goal here that both may see is near enough" in listed
    assert "Nearest in the district: Mia Lund, Lake School, very near." in listed
    assert "Your goal is rare here" in mine
    assert "The nearest colleague who shared a goal is Mia Lund at Lake School, very near." in mine
    with database.reading() as db:
        goal_id = db.scalars(select(Goal.id).where(Goal.headline == "Feedback that is used")).one()
    answer = eva.post("/teams/start", data={"goal_id": staff.goal_ids[4], "colleague_goal_id": goal_id})
    assert answer.status_code == 303
    with database.reading() as db:
        team = db.scalars(select(Team).where(Team.state == TeamState.INVITING)).one()
    assert (team.course_id, team.scope) == (None, TeamScope.DISTRICT)
    assert "Your goal is rare here" not in eva.get("/teams/?as=educator").text
    assert max(len(for_designer), len(for_educator)) <= 20


def test_whom_a_wish_keeps_apart_is_not_named_as_the_nearest_company(database, sample, visit, staff, mia):
    designer, eva = visit(sample, staff.designer), visit(sample, staff.educators[4])
    propose(designer)
    with database.transaction() as db:
        district_id = sample.district.id
        apart = [WishedPerson(person_id=each) for each in (mia.id, staff.educators[4].id)]
        db.add(TeamWish(district_id=district_id, scope=TeamScope.DISTRICT, kind=WishKind.APART, people=apart))

    mine = eva.get("/teams/?as=educator").text

    assert "Your goal is rare here" in mine
    assert "Mia Lund" not in mine


def test_the_nearest_colleague_who_has_a_team_in_the_only_common_course_is_named_and_not_to_be_asked(
    database, sample, visit, staff, mia
):
    designer, eva = visit(sample, staff.designer), visit(sample, staff.educators[4])
    propose(designer)
    with database.transaction() as db:
        goal = db.scalars(select(Goal).where(Goal.headline == "Feedback that is used")).one()
        db.add(Activity(plan=goal.plan, goal_id=goal.id, opportunity_id=sample.course.id))
    asked = eva.get("/teams/?as=educator").text
    with database.transaction() as db:
        team = Team(
            district_id=sample.district.id, course_id=sample.course.id, name="Teal finch", state=TeamState.FORMED
        )  # fmt: skip
        team.members = [TeamMember(person_id=mia.id, state=MemberState.ACCEPTED)]
        db.add(team)

    now = eva.get("/teams/?as=educator").text

    assert "The nearest colleague who shared a goal is Mia Lund" in asked
    assert "The nearest colleague who shared a goal is Mia Lund" in now
    assert "Ask to team up" in asked
    assert "Ask to team up" not in now


def test_nobody_near_is_said_as_it_is(sample, visit, staff):
    designer, eva = visit(sample, staff.designer), visit(sample, staff.educators[4])

    propose(designer)

    assert "with little in common" in eva_of(designer.get("/teams/").text)
    assert "with little in common" in eva.get("/teams/?as=educator").text


@pytest.mark.parametrize("bar", ["reviews", "own school only", "withdrawn later"])
def test_no_goal_is_named_that_both_may_not_see_and_no_reviewer_ever(database, sample, visit, staff, mia, bar):
    with database.transaction() as db:
        if bar == "reviews":
            db.add(Supervision(person_id=staff.educators[4].id, supervisor_id=mia.id))
        if bar == "own school only":
            goal = db.scalars(select(Goal).where(Goal.headline == "Feedback that is used")).one()
            goal.declaration.show_to(Audience.SCHOOL, goal.owner)
    propose(visit(sample, staff.designer))
    if bar == "withdrawn later":
        with database.transaction() as db:
            goal = db.scalars(select(Goal).where(Goal.headline == "Feedback that is used")).one()
            db.delete(goal.declaration)

    assert "Mia Lund" not in eva_of(visit(sample, staff.designer).get("/teams/").text)
    assert "Mia Lund" not in visit(sample, staff.educators[4]).get("/teams/?as=educator").text


def test_whom_the_designer_took_out_is_not_told_that_the_goal_is_rare(database, sample, visit, staff):
    designer = visit(sample, staff.designer)
    propose(designer)
    with database.reading() as db:
        team = db.scalars(select(Team)).one()
        member = team.membership_of(staff.educators[0].id)
    designer.post(f"/teams/{team.id}/members/{member.id}/move", data={"target": "out"})

    assert "Your goal is rare here" not in visit(sample, staff.educators[0]).get("/teams/?as=educator").text
    with database.reading() as db:
        assert {row.why is None for row in db.scalars(select(LeftAlone))} == {True, False}


@pytest.mark.parametrize("kind", ["anew", "joiners", "improve"])
def test_whoever_is_alone_beside_full_teams_of_the_same_goal_is_not_called_rare(database, sample, visit, staff, kind):
    with database.transaction() as db:
        questions = db.get_one(Goal, staff.goal_ids[0]).indicators[0]
        more = [make_person(db, sample, name) for name in ("Farid Haddad", "Grace Lee")]
        goals = [make_goal(db, sample, each, questions).id for each in more]
        free = make_person(db, sample, "Hana Sato")
        make_goal(db, sample, free, questions)
        people, goal_ids = [*staff.educators[:4], *more], [*staff.goal_ids[:4], *goals]
        make_team(db, sample, "Amber wren", people, goal_ids)
    designer = visit(sample, staff.designer)

    look_for(designer, kind)
    listed = designer.get("/teams/").text.split("In no team yet")[1].split("Hana Sato")[1].split("</li>")[0]
    mine = visit(sample, free).get("/teams/?as=educator").text

    assert "Those with a like goal here are in teams" in listed
    assert "near enough" not in listed
    assert "No team has a place for your goal yet" in mine
    assert "Your goal is rare here" not in mine
