"""A course with many teams is worked off page by page, and somebody is moved without reading all of it."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from lti_tool.plans.models import Goal
from lti_tool.standards.models import Indicator
from lti_tool.teams.models import Team, TeamMember, TeamState
from tests.conftest import make_person
from tests.query_counter import count_queries
from tests.teams.declared import make_goal

MANY = 25


@pytest.fixture
def many(database, sample, staff) -> list[int]:
    """Return the ids of as many proposals of two; the last of them is the only one near to Eva's goal."""
    with database.transaction() as db:
        questions = db.get_one(Goal, staff.goal_ids[0]).indicators[0]
        feedback = db.get_one(Goal, staff.goal_ids[4]).indicators[0]
        made = []
        for number in range(MANY):
            indicator = feedback if number == MANY - 1 else questions
            people = [make_person(db, sample, f"Mia {number:02}{letter}") for letter in "ab"]
            team = Team(district_id=sample.district.id, course_id=sample.course.id, name=f"Team {number:02}")
            team.members = [TeamMember(person=each, goal=make_goal(db, sample, each, indicator)) for each in people]
            db.add(team)
            made.append(team)
        eva = Team(district_id=sample.district.id, course_id=sample.course.id, name="Alone wren")
        eva.members = [TeamMember(person_id=staff.educators[4].id, goal_id=staff.goal_ids[4])]
        db.add(eva)
        db.flush()
        return [team.id for team in made]


def after(page: str, pattern: str = r"after=") -> int:
    """Return after which row the next page begins."""
    found = re.search(pattern + r"(\d+)", page)
    assert found
    return int(found.group(1))


def shown(page: str) -> list[str]:
    return re.findall(r'<h3 id="team-\d+">([^<]+)</h3>', page)


def test_proposals_are_shown_page_by_page_by_name(sample, visit, staff, many):
    designer = visit(sample, staff.designer)

    first = designer.get("/teams/").text
    following = after(first, r'href="\?as=designer&amp;list=proposed&amp;after=')
    second = designer.get(f"/teams/?as=designer&list=proposed&after={following}").text

    assert len(shown(first)) == 20
    assert "Send all 26 proposals" in first
    assert [*shown(first), *shown(second)] == ["Alone wren", *(f"Team {number:02}" for number in range(MANY))]
    assert "list=proposed" not in second


@pytest.mark.parametrize("state", [TeamState.INVITING, TeamState.FORMED])
def test_teams_that_were_sent_are_shown_page_by_page_too(database, sample, visit, staff, many, state):
    with database.transaction() as db:
        for team in db.scalars(select(Team).where(Team.id.in_(many))):
            team.state = state
    designer = visit(sample, staff.designer)

    first = designer.get("/teams/").text
    following = after(first, f"list={state}&amp;after=")
    second = designer.get(f"/teams/?as=designer&list={state}&after={following}").text

    assert first.count("<strong>Team ") == 20
    assert second.count("<strong>Team ") == 5


def test_whoever_is_in_no_team_is_listed_page_by_page(database, sample, visit, staff):
    with database.transaction() as db:
        indicator = db.scalars(select(Indicator)).first()
        for number in range(55):
            make_goal(db, sample, make_person(db, sample, f"Mia {number:02}"), indicator)
    designer = visit(sample, staff.designer)

    first = designer.get("/teams/").text.split("In no team yet")[1]
    following = after(first, "list=alone&amp;after=")
    second = designer.get(f"/teams/?as=designer&list=alone&after={following}").text.split("In no team yet")[1]

    assert "Mia 44" in first
    assert "Mia 54" not in first
    assert "Mia 54" in second


def test_the_nearest_proposals_are_offered_first_and_others_are_found_by_name(sample, visit, staff, many, database):
    designer = visit(sample, staff.designer)
    with database.reading() as db:
        eva = db.scalars(select(TeamMember).where(TeamMember.person_id == staff.educators[4].id)).one()
    path = f"/teams/{eva.team_id}/members/{eva.id}/move"

    near = designer.get(path).text
    called = designer.get(f"{path}?q=Mia+07a").text
    every = designer.get(f"{path}?q=").text
    following = designer.get(f"{path}?q=&after={after(every)}").text

    offered = re.findall(r"<strong>(Team \d\d)</strong>", near)
    assert len(offered) == 10
    assert offered[0] == f"Team {MANY - 1}"
    assert re.findall(r"<strong>(Team \d\d)</strong>", called) == ["Team 07"]
    assert re.findall(r"<strong>(Team \d\d)</strong>", every)[0] == "Team 00"
    assert re.findall(r"<strong>(Team \d\d)</strong>", following)[0] == "Team 10"


def test_the_pages_ask_as_often_for_many_as_for_few(database, sample, visit, staff, many):
    designer = visit(sample, staff.designer)
    with database.reading() as db:
        member_id = db.get_one(Team, many[0]).members[0].id
    for path in ("/teams/", f"/teams/{many[0]}/members/{member_id}/move", "/teams/district"):
        with count_queries(database) as sent:
            assert designer.get(path).status_code == 200
        assert len(sent) <= 16, path
