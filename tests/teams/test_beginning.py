"""When a team begins: by who has joined and by a fixed time, and never by what somebody else has answered."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from lti_tool.people.models import AuditEvent, MatchingPause, Supervision
from lti_tool.plans.models import Audience, Goal
from lti_tool.teams.models import MemberState, Team, TeamMember, TeamState
from lti_tool.teams.tasks import begin_due
from tests.grades.conftest import worker  # noqa: F401 - a fixture
from tests.teams.conftest import let_two_weeks_pass, only_team, propose, propose_and_send

pytestmark = pytest.mark.usefixtures("worker")


@pytest.fixture
def sent(database, sample, visit, staff) -> int:
    """Return a team of the first four that waits for their answers."""
    propose_and_send(visit, sample, staff)
    return only_team(database).id


@pytest.fixture
def answer(sample, visit, staff):
    """Return how the first of the educators, counted from 0, answer to a team."""

    def give(team_id: int, word: str, *numbers: int) -> None:
        for number in numbers:
            visit(sample, staff.educators[number]).post(f"/teams/{team_id}/{word}")

    return give


def test_two_who_joined_wait_for_a_third_and_begin_at_the_fixed_time(database, sent, answer):
    answer(sent, "accept", 0, 1)
    early = (begin_due(), only_team(database).state)

    let_two_weeks_pass(database)

    assert early == (0, TeamState.INVITING)
    assert begin_due() == 1
    assert only_team(database).state is TeamState.FORMED
    assert begin_due() == 0
    with database.reading() as db:
        formed = db.scalars(select(AuditEvent).where(AuditEvent.action == "team_formed")).one()
        assert (formed.subject_id, formed.actor_id) == (sent, None)


def test_whoever_was_still_asked_then_can_join_later(database, sent, answer):
    answer(sent, "accept", 0, 1)
    let_two_weeks_pass(database)
    begin_due()

    answer(sent, "accept", 3)

    assert len(only_team(database).accepted) == 3


def test_one_who_joined_alone_does_not_begin_then_and_begins_with_a_late_yes(database, sent, answer):
    answer(sent, "accept", 0)
    let_two_weeks_pass(database)
    alone = (begin_due(), only_team(database).state)

    answer(sent, "accept", 1)

    assert alone == (0, TeamState.INVITING)
    assert only_team(database).state is TeamState.FORMED


def test_two_of_whom_one_has_come_to_review_the_other_do_not_begin_then(database, staff, sent, answer):
    answer(sent, "accept", 0, 1)
    with database.transaction() as db:
        db.add(Supervision(person_id=staff.educators[0].id, supervisor_id=staff.educators[1].id))
    let_two_weeks_pass(database)

    assert begin_due() == 0
    assert only_team(database).state is TeamState.INVITING


@pytest.mark.parametrize("act", ["withdrew the goal", "paused"])
def test_a_team_begins_no_sooner_because_somebody_withdrew_a_goal_or_paused(database, staff, sent, answer, act):
    with database.transaction() as db:
        for number in (2, 3):
            if act == "paused":
                db.add(MatchingPause(person_id=staff.educators[number].id))
            else:
                db.get_one(Goal, staff.goal_ids[number]).declaration.audience = Audience.PRIVATE

    answer(sent, "accept", 0, 1)
    early = only_team(database).state
    let_two_weeks_pass(database)
    begin_due()

    assert early is TeamState.INVITING
    assert only_team(database).state is TeamState.FORMED


def test_members_and_designers_read_when_the_team_begins(database, sample, visit, staff, sent, answer):
    ana, designer = visit(sample, staff.educators[0]), visit(sample, staff.designer)
    answer(sent, "accept", 0, 1)
    answer(sent, "decline", 2, 3)

    pages = [visitor.get(f"/teams/{sent}").text for visitor in (ana, designer)]
    own = ana.get("/teams/?as=educator").text
    listed = designer.get("/teams/").text
    let_two_weeks_pass(database)

    assert all("The team begins once three have joined. If two have, it begins with them on" in page for page in pages)
    assert "Waits to begin" in own
    assert "Waits to begin" in ana.get("/").text
    assert "or two weeks after it was sent with two" in listed
    assert "The team begins once two have joined." in ana.get(f"/teams/{sent}").text


def test_a_pair_begins_with_both(database, sample, visit, staff, answer):
    designer = visit(sample, staff.designer)
    propose(designer, "school")
    designer.post("/teams/send")
    with database.reading() as db:
        mine = select(TeamMember.team_id).where(TeamMember.person_id == staff.educators[0].id)
        pair = db.scalars(mine).one()

    answer(pair, "accept", 0, 2)

    with database.reading() as db:
        assert db.get_one(Team, pair).state is TeamState.FORMED


def test_a_team_that_an_educator_started_begins_with_two_whatever_a_third_answers(
    database, sample, visit, staff, answer
):
    ana = visit(sample, staff.educators[0])
    ana.post("/teams/start", data={"goal_id": staff.goal_ids[0], "colleague_goal_id": staff.goal_ids[1]})
    team_id = only_team(database).id
    ana.post(f"/teams/{team_id}/ask", data={"goal_id": staff.goal_ids[2]})

    answer(team_id, "accept", 1)
    formed = only_team(database)
    answer(team_id, "accept", 2)

    assert formed.state is TeamState.FORMED
    assert {each.state for each in formed.members} == {MemberState.ACCEPTED, MemberState.INVITED}
    assert len(only_team(database).accepted) == 3
