"""A team becomes a group of the LMS course, and stays like the team."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from lti_tool.db import utc_now
from lti_tool.outbox.models import MessageState, OutboxLane, OutboxMessage
from lti_tool.teams.models import Team, TeamState
from lti_tool.teams.operations import joining, proposing
from tests.lms_fixtures import DESIGNER, any_lms, platform_keys, run_lms, tool_server
from tests.teams.in_lms import District101, open_district

__all__ = ["any_lms", "platform_keys", "run_lms", "tool_server"]

FOUR = ("ana.ruiz", "ben.okafor", "chloe.nguyen", "dev.patel")


@pytest.fixture
def pd101(app, database, any_lms) -> District101:
    opened = open_district(app, database, any_lms)
    opened.arrive(*FOUR)
    for login in FOUR:
        opened.declare(login)
    return opened


def form_team(pd101: District101, *logins: str) -> int:
    with pd101.database.transaction() as db:
        designer = pd101.person(db, DESIGNER)
        (team,) = proposing.propose_teams(db, designer, pd101.course(db))
        proposing.send_proposal(db, designer, team.id)
    for login in logins:
        with pd101.database.transaction() as db:
            joining.accept_team(db, pd101.person(db, login), team.id)
    return team.id


def sync_again(pd101: District101, team_id: int) -> None:
    with pd101.database.transaction() as db:
        joining.sync_group(db, pd101.person(db, DESIGNER), team_id)
    pd101.work()


def the_team(pd101: District101, team_id: int) -> Team:
    with pd101.database.reading() as db:
        return db.get_one(Team, team_id)


def state_of_message(pd101: District101) -> MessageState:
    with pd101.database.reading() as db:
        wanted = select(OutboxMessage).where(OutboxMessage.kind == "group").order_by(OutboxMessage.id.desc())
        message = db.scalars(wanted).first()
    assert message is not None
    return message.state


def test_a_formed_team_is_a_group_with_the_right_members_and_no_duplicate(pd101):
    pd101.connect()
    team_id = form_team(pd101, *FOUR)
    pd101.work()
    sync_again(pd101, team_id)

    (group,) = pd101.groups()
    team = the_team(pd101, team_id)
    assert team.state is TeamState.FORMED
    assert set(group.member_ids) == pd101.ids(*FOUR)
    assert group.name == team.name
    assert (team.lms_group_id, team.lms_note) == (str(group.id), "")
    assert team.lms_confirmed_at is not None


def test_who_leaves_the_team_leaves_the_group_and_who_was_put_in_by_hand_stays(pd101):
    pd101.connect()
    team_id = form_team(pd101, *FOUR)
    pd101.work()
    (group,) = pd101.groups()
    group.member_ids.append(pd101.practice.user("elena.petrova").id)

    with pd101.database.transaction() as db:
        joining.leave_team(db, pd101.person(db, FOUR[0]), team_id)
    pd101.work()

    (group,) = pd101.groups()
    assert set(group.member_ids) == pd101.ids(*FOUR[1:], "elena.petrova")
    assert "1 more person was put into the group in the LMS by hand" in the_team(pd101, team_id).lms_note
    assert the_team(pd101, team_id).lms_confirmed_at is not None


def test_without_access_the_group_waits_and_is_made_once_somebody_connects(pd101):
    team_id = form_team(pd101, *FOUR)
    pd101.work()
    assert state_of_message(pd101) is MessageState.STOPPED
    assert "downloads the teams as a file" in the_team(pd101, team_id).lms_note

    pd101.connect()
    pd101.work()

    assert len(pd101.groups()) == 1
    assert the_team(pd101, team_id).lms_confirmed_at is not None


def test_somebody_who_is_not_enrolled_is_named_and_follows_once_enrolled(pd101):
    pd101.connect()
    team_id = form_team(pd101, *FOUR)
    course, missing = pd101.practice.course(), pd101.practice.user("dev.patel")
    enrolment = course.enrolments.pop(missing.id)
    pd101.work()
    note = the_team(pd101, team_id).lms_note
    assert "Not enrolled in the course: Dev Patel." in note
    assert state_of_message(pd101) is MessageState.WAITING
    assert set(pd101.groups()[0].member_ids) == pd101.ids(*FOUR[:3])

    course.enrolments[missing.id] = enrolment
    with pd101.database.transaction() as db:
        db.execute(update(OutboxMessage).values(due_at=utc_now() - timedelta(seconds=1)))
        for lane in db.scalars(select(OutboxLane)):
            db.delete(lane)
    pd101.work()

    assert set(pd101.groups()[0].member_ids) == pd101.ids(*FOUR)
    assert the_team(pd101, team_id).lms_note == ""


def test_ending_a_team_empties_its_group_of_whom_the_tool_put_in(pd101):
    pd101.connect()
    team_id = form_team(pd101, *FOUR)
    pd101.work()

    with pd101.database.transaction() as db:
        proposing.withdraw_team(db, pd101.person(db, DESIGNER), team_id)
    pd101.work()

    assert all(not group.member_ids for group in pd101.groups())
