"""Whom designers asked: until a fixed time the next look for teams is the same whether they said no or nothing."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from lti_tool.people.models import Person, Role
from lti_tool.people.operations import grant_role
from lti_tool.teams.models import MemberState, Team, TeamMember, TeamState
from tests.teams.conftest import let_two_weeks_pass, only_team, propose, propose_and_send
from tests.teams.test_reforming_pages import look_for, make_team, people_in

ANSWERS = pytest.mark.parametrize("answer", ["decline", None], ids=["said no", "said nothing"])


@ANSWERS
def test_one_click_does_not_tell_who_said_no_from_who_has_not_answered(database, sample, visit, staff, answer):
    propose_and_send(visit, sample, staff)
    team_id = only_team(database).id
    for person in staff.educators[:3]:
        visit(sample, person).post(f"/teams/{team_id}/accept")
    designer, dinesh = visit(sample, staff.designer), visit(sample, staff.educators[3])
    if answer:
        dinesh.post(f"/teams/{team_id}/{answer}")

    seen = []
    for kind in ("joiners", "improve", "anew"):
        look_for(designer, kind)
        seen += [designer.get("/teams/").text, designer.get("/teams/changes").text]

    assert not [page for page in seen if "Dinesh Rao" in page]
    assert "who has not joined is left out, whatever the answer was" in seen[0]

    let_two_weeks_pass(database)
    propose(designer)

    assert "Dinesh Rao" in designer.get("/teams/").text.split("In no team yet")[1]


@ANSWERS
def test_a_seat_is_kept_for_whom_designers_asked_into_a_team_that_stands_until_a_fixed_time(
    database, sample, visit, staff, answer
):  # fmt: skip
    with database.transaction() as db:
        wren = make_team(db, sample, "Amber wren", staff.educators[:3], staff.goal_ids[:3])
    designer = visit(sample, staff.designer)
    look_for(designer, "joiners")
    designer.post("/teams/changes/send", data={"place": "course"})
    if answer:
        visit(sample, staff.educators[3]).post(f"/teams/{wren}/{answer}")

    look_for(designer, "joiners")
    soon = designer.get("/teams/changes").text
    let_two_weeks_pass(database)
    look_for(designer, "joiners")

    assert "Dinesh Rao" not in soon
    assert "Dinesh Rao" in designer.get("/teams/changes").text


@ANSWERS
def test_a_formed_team_of_which_one_is_left_stays_until_then_where_designers_asked_somebody(
    database, sample, visit, staff, answer
):  # fmt: skip
    propose_and_send(visit, sample, staff)
    team_id = only_team(database).id
    for person in staff.educators[:3]:
        visit(sample, person).post(f"/teams/{team_id}/accept")
    if answer:
        visit(sample, staff.educators[3]).post(f"/teams/{team_id}/{answer}")

    for person in staff.educators[1:3]:
        visit(sample, person).post(f"/teams/{team_id}/leave")
    soon = only_team(database).state
    let_two_weeks_pass(database)
    propose(visit(sample, staff.designer))

    assert soon is TeamState.FORMED
    with database.reading() as db:
        assert db.get_one(Team, team_id).state is TeamState.DISSOLVED
        proposed = db.scalars(select(Team).where(Team.state == TeamState.PROPOSED)).all()
        assert {"Ana Ruiz", "Dinesh Rao"} <= {each.person.name for team in proposed for each in team.members}


def test_whoever_joined_and_left_is_proposed_at_once(database, sample, visit, staff):
    propose_and_send(visit, sample, staff)
    team_id = only_team(database).id
    for person in staff.educators[:4]:
        visit(sample, person).post(f"/teams/{team_id}/accept")
    visit(sample, staff.educators[3]).post(f"/teams/{team_id}/leave")
    designer = visit(sample, staff.designer)

    look_for(designer, "joiners")

    assert "Dinesh Rao" in designer.get("/teams/changes").text


def test_a_colleague_who_was_asked_by_an_educator_is_proposed_all_the_same(database, sample, visit, staff):
    visit(sample, staff.educators[0]).post(
        "/teams/start", data={"goal_id": staff.goal_ids[0], "colleague_goal_id": staff.goal_ids[1]}
    )
    designer = visit(sample, staff.designer)

    propose(designer)
    asked = designer.get("/teams/").text
    started = next(team_id for team_id, state in states(database) if state is TeamState.INVITING)
    visit(sample, staff.educators[1]).post(f"/teams/{started}/decline")
    propose(designer)

    assert "Ben Okafor" in asked
    assert "Ben Okafor" in designer.get("/teams/").text


def states(database) -> list[tuple[int, TeamState]]:
    with database.reading() as db:
        return [(team.id, team.state) for team in db.scalars(select(Team))]


def test_no_run_ends_a_team_that_an_educator_started(database, sample, visit, staff):
    ana = visit(sample, staff.educators[0])
    ana.post("/teams/start", data={"goal_id": staff.goal_ids[0], "colleague_goal_id": staff.goal_ids[1]})
    team_id = only_team(database).id

    propose(visit(sample, staff.designer))

    assert people_in(database, team_id) == {"Ana Ruiz": MemberState.ACCEPTED, "Ben Okafor": MemberState.INVITED}


def test_a_pair_stays_on_the_list_of_the_designer_who_is_in_it_when_the_other_says_no(database, sample, visit, staff):
    chloe = staff.educators[2]
    with database.transaction() as db:
        ana = db.get_one(Person, staff.educators[0].id)
        grant_role(db, ana, Role.DESIGNER, source="administrator")
        db.flush()
        db.refresh(ana)
    designer = visit(sample, ana)
    propose(designer, "school")
    designer.post("/teams/send")
    with database.reading() as db:
        pair = db.scalars(select(TeamMember.team_id).where(TeamMember.person_id == chloe.id)).one()
    before = designer.get("/teams/?as=designer").text

    visit(sample, chloe).post(f"/teams/{pair}/decline")

    assert designer.get("/teams/?as=designer").text == before
