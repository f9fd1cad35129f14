"""Taking somebody out of a team that was sent, and invitations back: nobody holds a team up by never answering."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from lti_tool.outbox.models import OutboxMessage
from lti_tool.people.models import AuditEvent
from lti_tool.teams.models import HelpRequest, Team, TeamState
from tests.conftest import make_person
from tests.teams.conftest import only_team, propose, propose_and_send
from tests.teams.test_commitments import confirm, is_kept, say
from tests.teams.test_reforming_pages import people_in
from tests.teams.test_room import four, members  # noqa: F401 - fixtures


def take_out(designer, team_id: int, person):
    return designer.post(f"/teams/{team_id}/people/{person.id}/out")


def test_b5_a_designer_takes_out_who_has_left_the_job_and_the_team_goes_on(
    database, sample, four, members, staff, visit  # noqa: F811
):  # fmt: skip
    designer, dinesh = visit(sample, staff.designer), four.people[3]
    members[3].post(f"{four.room}/help", data={"words": "Who has exit notes?"})
    for place in range(3):
        say(members[place], four, "carried", "One more class")
        confirm(database, members[(place + 1) % 3], four, four.people[place])

    page = designer.get(f"/teams/{four.team_id}/people").text
    answer = take_out(designer, four.team_id, dinesh)

    assert "comes into the room no more" in page
    assert "Dinesh Rao" in page
    assert "If fewer than two people are left" not in page
    assert answer.status_code == 303
    assert "Dinesh Rao" not in people_in(database, four.team_id)
    assert is_kept(database)
    assert members[3].get(four.room).status_code == 404
    with database.reading() as db:
        assert not db.scalars(select(HelpRequest)).one().is_open
        assert db.scalars(select(OutboxMessage).where(OutboxMessage.kind == "group")).all()
        taken = db.scalars(select(AuditEvent).where(AuditEvent.action == "team_member_taken_out")).one()
        assert taken.actor_id == staff.designer.id


@pytest.mark.parametrize("answer", ["decline", None])
def test_a_designer_takes_back_an_invitation_without_reading_whether_it_was_open(
    database, sample, visit, staff, answer
):  # fmt: skip
    propose_and_send(visit, sample, staff)
    team, designer, dinesh = only_team(database), visit(sample, staff.designer), staff.educators[3]
    if answer:
        visit(sample, dinesh).post(f"/teams/{team.id}/{answer}")

    page = designer.get(f"/teams/{team.id}/people").text
    taken = take_out(designer, team.id, dinesh)
    again = take_out(designer, team.id, dinesh)

    assert "Dinesh Rao" in page.split("Whom designers asked")[1]
    assert (taken.status_code, again.status_code) == (303, 404)
    assert "Dinesh Rao" not in people_in(database, team.id)
    assert "Dinesh Rao" not in designer.get(f"/teams/{team.id}/people").text
    propose(designer)
    assert "Dinesh Rao" in designer.get("/teams/").text


def test_a_formed_team_is_the_same_to_its_designer_before_and_after_a_no_of_whom_they_asked(
    database, sample, visit, staff
):  # fmt: skip
    propose_and_send(visit, sample, staff)
    team, designer = only_team(database), visit(sample, staff.designer)
    for person in staff.educators[:3]:
        visit(sample, person).post(f"/teams/{team.id}/accept")
    paths = (f"/teams/{team.id}", f"/teams/{team.id}/people", "/teams/")
    before = [designer.get(path).text for path in paths]

    visit(sample, staff.educators[3]).post(f"/teams/{team.id}/decline")

    assert [designer.get(path).text for path in paths] == before


def test_whom_members_asked_no_designer_reads_or_takes_out(database, sample, visit, staff):
    ana, ben = staff.educators[:2]
    visit(sample, ana).post("/teams/start", data={"goal_id": staff.goal_ids[0], "colleague_goal_id": staff.goal_ids[1]})
    team, designer = only_team(database), visit(sample, staff.designer)

    page = designer.get(f"/teams/{team.id}/people").text

    assert "Ana Ruiz" in page
    assert "Ben Okafor" not in page
    assert take_out(designer, team.id, ben).status_code == 404


def test_an_educator_takes_back_an_invitation_that_nobody_answers(database, sample, visit, staff):
    ana, ben = (visit(sample, each) for each in staff.educators[:2])
    ana.post("/teams/start", data={"goal_id": staff.goal_ids[0], "colleague_goal_id": staff.goal_ids[1]})
    team = only_team(database)
    address = f"/teams/{team.id}/members/{team.members[1].id}/take-back"

    offered = ana.get(f"/teams/{team.id}").text
    by_the_invited = ben.post(address)
    taken = ana.post(address)

    assert "Take the invitation back" in offered
    assert "Take the invitation back" not in ben.get("/teams/?as=educator").text
    assert (by_the_invited.status_code, taken.status_code) == (403, 303)
    with database.reading() as db:
        assert db.scalars(select(Team)).all() == []
    assert team.name not in ben.get("/teams/?as=educator").text


def test_members_take_back_what_they_asked_and_not_what_designers_did(database, sample, visit, staff):
    propose_and_send(visit, sample, staff)
    team, ana = only_team(database), visit(sample, staff.educators[0])
    ana.post(f"/teams/{team.id}/accept")
    dinesh = next(each for each in team.members if each.person_id == staff.educators[3].id)

    page = ana.get(f"/teams/{team.id}").text
    answer = ana.post(f"/teams/{team.id}/members/{dinesh.id}/take-back")

    assert "Take the invitation back" not in page
    assert answer.status_code == 409
    assert "Dinesh Rao" in people_in(database, team.id)


def test_taking_out_all_but_one_ends_a_team_which_is_said_first(database, sample, visit, staff):
    ana, ben = staff.educators[:2]
    visit(sample, ana).post("/teams/start", data={"goal_id": staff.goal_ids[0], "colleague_goal_id": staff.goal_ids[1]})
    team, designer = only_team(database), visit(sample, staff.designer)
    visit(sample, ben).post(f"/teams/{team.id}/accept")

    page = designer.get(f"/teams/{team.id}/people").text
    take_out(designer, team.id, ben)

    assert "If fewer than two people are left, the team ends." in page
    assert only_team(database).state is TeamState.DISSOLVED


def test_nobody_but_the_designer_takes_people_out(database, sample, four, members, visit):  # noqa: F811
    with database.transaction() as db:
        colleague = make_person(db, sample, "Una Other")

    answers = [take_out(visitor, four.team_id, four.people[1]) for visitor in (members[0], visit(sample, colleague))]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert len(people_in(database, four.team_id)) == 4


@pytest.mark.parametrize("state", [TeamState.INVITING, TeamState.FORMED])
@pytest.mark.parametrize("answer", ["decline", None])
def test_taking_somebody_out_who_has_not_joined_does_the_same_to_the_team_whatever_the_answer_was(
    database, sample, visit, staff, answer, state
):
    propose_and_send(visit, sample, staff)
    team_id, designer = only_team(database).id, visit(sample, staff.designer)
    ana, ben, chloe, dinesh = staff.educators[:4]
    if answer:
        for each in (chloe, dinesh):
            visit(sample, each).post(f"/teams/{team_id}/{answer}")
    for each in (ana, ben):
        visit(sample, each).post(f"/teams/{team_id}/accept")
    if state is TeamState.FORMED:
        designer.post(f"/teams/{team_id}/form")
        visit(sample, ben).post(f"/teams/{team_id}/leave")

    states = []
    for each in (chloe, dinesh):
        designer.post(f"/teams/{team_id}/people/{each.id}/out")
        states.append(only_team(database).state)

    ends_as = TeamState.FORMED if state is TeamState.INVITING else TeamState.DISSOLVED
    assert states == [state, ends_as]
