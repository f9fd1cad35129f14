"""Members of a team that has a seat ask another colleague, within the rules of size, audience and review."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from lti_tool.people.models import MatchingPause, Supervision
from lti_tool.plans.models import Audience, Goal
from lti_tool.teams.models import MemberState, Team, TeamMember, TeamState
from tests.conftest import make_person
from tests.teams.declared import make_goal

ASK = "Ask another colleague"


@pytest.fixture
def wren(database, sample, staff) -> int:
    """Return a formed team without a course of the first three; Dinesh, with a like goal, is in none."""
    with database.transaction() as db:
        team = Team(district_id=sample.district.id, scope="district", name="Amber wren", state=TeamState.FORMED)
        team.members = [
            TeamMember(person_id=person.id, goal_id=goal_id, state=MemberState.ACCEPTED)
            for person, goal_id in zip(staff.educators[:3], staff.goal_ids[:3], strict=True)
        ]
        db.add(team)
        db.flush()
        return team.id


def test_a_member_asks_a_colleague_who_then_answers_alone(database, sample, visit, staff, wren):
    ana, dinesh = visit(sample, staff.educators[0]), visit(sample, staff.educators[3])

    page = ana.get(f"/teams/{wren}").text
    asking = ana.get(f"/teams/{wren}/ask").text
    answer = ana.post(f"/teams/{wren}/ask", data={"goal_id": staff.goal_ids[3]})
    invited = dinesh.get("/teams/?as=educator").text
    dinesh.post(f"/teams/{wren}/accept")

    assert ASK in page
    assert "The designer can name one; until then the room works without a group." in page
    assert "Dinesh Rao" in asking
    assert "Eva Novak" not in asking
    assert answer.status_code == 303
    assert "Amber wren" in invited
    with database.reading() as db:
        joined = select(TeamMember.person_id).where(TeamMember.team_id == wren)
        joined = joined.where(TeamMember.state == MemberState.ACCEPTED)
        assert staff.educators[3].id in set(db.scalars(joined))


@pytest.mark.parametrize("bar", ["reviews a member", "paused", "shared with the own school alone", "in a support plan"])
def test_nobody_is_asked_who_may_not_be_in_the_team(database, sample, visit, staff, wren, bar):
    dinesh = staff.educators[3]
    with database.transaction() as db:
        goal = db.get_one(Goal, staff.goal_ids[3])
        if bar == "reviews a member":
            db.add(Supervision(person_id=staff.educators[1].id, supervisor_id=dinesh.id))
        elif bar == "paused":
            db.add(MatchingPause(person_id=dinesh.id))
        elif bar == "in a support plan":
            goal.plan.is_restricted = True
        else:
            goal.declaration.show_to(Audience.SCHOOL, goal.owner)
    ana = visit(sample, staff.educators[0])

    assert "Dinesh Rao" not in ana.get(f"/teams/{wren}/ask").text
    assert ana.post(f"/teams/{wren}/ask", data={"goal_id": staff.goal_ids[3]}).status_code == 409


def test_a_full_team_asks_nobody_and_nobody_asks_for_a_team_that_they_have_not_joined(
    database, sample, visit, staff, wren
):
    with database.transaction() as db:
        questions = db.get_one(Goal, staff.goal_ids[0]).indicators[0]
        more = [make_person(db, sample, name) for name in ("Farid Haddad", "Grace Lee", "Mia Lund")]
        for person in more:
            goal = make_goal(db, sample, person, questions)
            db.add(TeamMember(team_id=wren, person_id=person.id, goal_id=goal.id))
    ana, farid, dinesh = (visit(sample, each) for each in (staff.educators[0], more[0], staff.educators[3]))

    assert ASK not in ana.get(f"/teams/{wren}").text
    assert ana.post(f"/teams/{wren}/ask", data={"goal_id": staff.goal_ids[3]}).status_code == 409
    assert farid.post(f"/teams/{wren}/ask", data={"goal_id": staff.goal_ids[3]}).status_code == 403
    assert dinesh.post(f"/teams/{wren}/ask", data={"goal_id": staff.goal_ids[3]}).status_code == 404


def test_whom_others_asked_is_asked_all_the_same_so_that_no_list_tells_of_a_no(database, sample, visit, staff, wren):
    ana, dinesh = visit(sample, staff.educators[0]), visit(sample, staff.educators[3])
    with database.transaction() as db:
        others = [
            Team(district_id=sample.district.id, scope="district", name=name, state=TeamState.FORMED)
            for name in ("Blue Wren", "Teal finch")
        ]
        for team in others:
            team.members = [TeamMember(person_id=dinesh.person.id, goal_id=staff.goal_ids[3])]
        db.add_all(others)
    before = ana.get(f"/teams/{wren}/ask").text

    dinesh.post(f"/teams/{others[0].id}/decline")

    assert "Dinesh Rao" in before
    assert ana.get(f"/teams/{wren}/ask").text == before
    assert ana.post(f"/teams/{wren}/ask", data={"goal_id": staff.goal_ids[3]}).status_code == 303
