"""A team becomes a group of the LMS course, and stays like the team."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Response, request
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lti_tool.db import utc_now
from lti_tool.outbox.models import MessageState, OutboxLane, OutboxMessage
from lti_tool.people.models import Identity
from lti_tool.teams.like_teams import teams_of_like_goals
from lti_tool.teams.models import MemberState, StepKind, Team, TeamMember, TeamState
from lti_tool.teams.operations import commitments, joining, proposing, sending
from lti_tool.teams.operations.announcing import announce
from lti_tool.teams.operations.naming import rename_team
from lti_tool.teams.queries import free_candidates
from lti_tool.teams.scopes import Scope
from practice_lms.canvas.throttle import refusal
from practice_lms.faults import Kind
from practice_lms.state import Flavour, Group
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
        scope = Scope.of_course(pd101.course(db))
        (team,) = proposing.keep_proposals(db, designer, scope, teams_of_like_goals(free_candidates(db, scope)))
        sending.send_proposal(db, designer, team.id)
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


def test_b3_a_formed_team_is_a_group_with_the_right_members_and_no_duplicate(pd101):
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


def test_b3_who_leaves_the_team_leaves_the_group_and_who_was_put_in_by_hand_stays(pd101):
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


def test_a_group_counts_as_confirmed_only_as_the_team_is_now(pd101):
    pd101.connect()
    team_id = form_team(pd101, *FOUR)
    pd101.work()
    pd101.fault(Kind.REFUSE, "/api/v1" if pd101.groups()[0].set_id else "/webservice", times=None)

    with pd101.database.transaction() as db:
        joining.leave_team(db, pd101.person(db, FOUR[0]), team_id)
    pd101.work()

    team = the_team(pd101, team_id)
    assert (team.lms_confirmed_at, team.lms_note) == (None, "")  # on its way: nobody is needed for that
    assert state_of_message(pd101) is MessageState.DUE


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
    let_it_be_due(pd101)
    pd101.work()

    assert set(pd101.groups()[0].member_ids) == pd101.ids(*FOUR)
    assert the_team(pd101, team_id).lms_note == ""


@pytest.mark.parametrize("any_lms", [Flavour.MOODLE], indirect=True)
def test_in_moodle_the_group_follows_its_team_into_the_grouping_of_the_next_cycle(pd101):
    team_id = team_in_its_second_cycle(pd101)

    (group,) = pd101.groups()
    groupings = {each.idnumber: each for each in pd101.practice.lms.group_sets.values()}
    assert set(groupings) == {"like-goals-cycle-1", "like-goals-cycle-2"}
    assert all(each.group_ids == {group.id} for each in groupings.values())
    assert the_team(pd101, team_id).lms_group_set_id == str(groupings["like-goals-cycle-2"].id)


@pytest.mark.parametrize("any_lms", [Flavour.CANVAS], indirect=True)
def test_in_canvas_a_team_has_a_group_in_each_cycle_and_who_leaves_leaves_both(pd101):
    team_id = team_in_its_second_cycle(pd101)
    one, two = pd101.groups()
    assert the_team(pd101, team_id).lms_group_id == str(two.id)
    assert set(one.member_ids) == set(two.member_ids) == pd101.ids(*FOUR)

    with pd101.database.transaction() as db:
        joining.leave_team(db, pd101.person(db, FOUR[0]), team_id)
    pd101.work()

    assert set(one.member_ids) == set(two.member_ids) == pd101.ids(*FOUR[1:])
    assert the_team(pd101, team_id).lms_confirmed_at is not None


def team_in_its_second_cycle(pd101: District101) -> int:
    pd101.connect()
    team_id = form_team(pd101, *FOUR)
    pd101.work()
    for login in FOUR:
        with pd101.database.transaction() as db:
            commitments.state_step(db, pd101.person(db, login), team_id, StepKind.CARRIED, "One more class")
    with pd101.database.transaction() as db:
        commitments.begin_next_cycle(db, pd101.person(db, FOUR[0]), team_id)
    pd101.work()
    return team_id


@pytest.mark.parametrize("any_lms", [Flavour.CANVAS], indirect=True)
def test_in_canvas_somebody_whom_a_teacher_moved_is_named_and_follows_once_free(pd101):
    pd101.connect()
    team_id = form_team(pd101, *FOUR)
    pd101.work()
    (group,) = pd101.groups()
    other = Group(pd101.practice.lms.new_id(), group.course_id, "Table 1", set_id=group.set_id)
    pd101.practice.lms.groups[other.id] = other
    group.member_ids.remove(pd101.practice.user("dev.patel").id)
    other.member_ids.append(pd101.practice.user("dev.patel").id)

    sync_again(pd101, team_id)

    team = the_team(pd101, team_id)
    assert "In another group of the same set: Dev Patel." in team.lms_note
    assert (team.lms_confirmed_at, state_of_message(pd101)) == (None, MessageState.WAITING)

    other.member_ids.clear()
    sync_again(pd101, team_id)
    assert set(group.member_ids) == pd101.ids(*FOUR)
    assert the_team(pd101, team_id).lms_confirmed_at is not None


@pytest.mark.parametrize("any_lms", [Flavour.CANVAS], indirect=True)
def test_of_somebody_whose_users_were_merged_in_canvas_the_newest_one_is_put_in(pd101):
    pd101.connect()
    with pd101.database.transaction() as db:
        old = db.scalars(select(Identity).where(Identity.person_id == pd101.people["dev.patel"])).one()
        merged = Identity(person_id=old.person_id, registration_id=old.registration_id, sub=old.sub)
        merged.lms_user_id, old.lms_user_id, old.sub = old.lms_user_id, "999999", "before the merge"
        db.flush()
        db.add(merged)
        team = team_of(pd101, db, "One", *FOUR)
    pd101.work()

    assert set(pd101.groups()[0].member_ids) == pd101.ids(*FOUR)
    assert the_team(pd101, team.id).lms_confirmed_at is not None


def test_who_was_put_in_while_the_answer_was_lost_and_leaves_then_leaves_the_group(pd101):
    pd101.connect()
    team_id = form_team(pd101, *FOUR)
    lose_answers_to_joining(pd101)
    pd101.work()
    (group,) = pd101.groups()
    assert pd101.practice.user(FOUR[0]).id in group.member_ids
    group.member_ids.append(pd101.practice.user("elena.petrova").id)

    with pd101.database.transaction() as db:
        joining.leave_team(db, pd101.person(db, FOUR[0]), team_id)
    pd101.work()

    assert set(group.member_ids) == pd101.ids(*FOUR[1:], "elena.petrova")


@pytest.mark.parametrize("any_lms", [Flavour.MOODLE], indirect=True)
def test_a_group_is_not_confirmed_when_somebody_left_while_the_lms_was_asked(pd101):
    pd101.connect()
    team_id = form_team(pd101, *FOUR)

    def leave(response: Response) -> Response:
        is_about_groups = "group" in request.form.get("wsfunction", "")
        with pd101.database.transaction() as db:
            team = db.get_one(Team, team_id)
            if is_about_groups and len(team.members) == len(FOUR):
                team.members.remove(team.members[0])
        return response

    pd101.practice.server.app.after_request_funcs.setdefault(None, []).append(leave)
    pd101.work()

    assert the_team(pd101, team_id).lms_confirmed_at is None


def test_a_name_that_a_team_gets_while_the_lms_was_asked_reaches_the_group(pd101):
    pd101.connect()
    team_id = form_team(pd101, *FOUR)
    named: list[str] = []

    def rename(response: Response) -> Response:
        is_about_groups = "group" in f"{request.path} {request.form.get('wsfunction', '')}"
        if is_about_groups and not named:
            with pd101.database.transaction() as db:
                named.append(rename_team(db, pd101.person(db, DESIGNER), team_id, designs=True).name)
        return response

    pd101.practice.server.app.after_request_funcs.setdefault(None, []).append(rename)
    for _look in range(4):
        pd101.work()

    assert [group.name for group in pd101.groups()] == named
    assert the_team(pd101, team_id).lms_confirmed_at is not None


def throttle(pd101: District101, ending: str) -> None:
    """Let the LMS refuse the next request with this path's end, or of this function, for being one too many."""
    left, lms = [True], pd101.practice.lms

    def refuse() -> Response | None:
        asked = {request.path.rsplit("/", 1)[-1], request.form.get("wsfunction")}
        if left and ending in asked and request.method != "GET":
            left.clear()
            return refusal(lms) if lms.flavour is Flavour.CANVAS else Response("Too many requests", 429)
        return None

    pd101.practice.server.app.before_request_funcs.setdefault(None, []).insert(0, refuse)


def test_a_group_that_the_lms_throttles_in_the_midst_waits_a_while_and_is_then_right_and_only_one(pd101):
    pd101.connect()
    team_id = form_team(pd101, *FOUR)
    is_canvas = pd101.practice.lms.flavour is Flavour.CANVAS
    throttle(pd101, "memberships" if is_canvas else "core_group_add_group_members")

    pd101.work()
    before, waiting = the_team(pd101, team_id), state_of_message(pd101)
    let_it_be_due(pd101)
    pd101.work()

    assert (before.lms_confirmed_at, waiting) == (None, MessageState.DUE)
    (group,) = pd101.groups()
    assert set(group.member_ids) == pd101.ids(*FOUR)
    assert the_team(pd101, team_id).lms_confirmed_at is not None


def test_a_group_of_which_the_lms_told_nobody_that_it_was_made_is_found_and_filled(pd101):
    pd101.connect()
    team_id = form_team(pd101, *FOUR)
    lose_answer_to_making(pd101)

    pd101.work()
    made, before = pd101.groups(), the_team(pd101, team_id)
    let_it_be_due(pd101)
    pd101.work()

    assert (len(made), before.lms_group_id, before.lms_confirmed_at) == (1, "", None)
    assert pd101.groups() == made
    assert set(made[0].member_ids) == pd101.ids(*FOUR)
    assert the_team(pd101, team_id).lms_group_id == str(made[0].id)


def let_it_be_due(pd101: District101) -> None:
    """Let the time be over that the LMS is left alone."""
    with pd101.database.transaction() as db:
        db.execute(update(OutboxMessage).values(due_at=utc_now() - timedelta(seconds=1)))
        for lane in db.scalars(select(OutboxLane)):
            db.delete(lane)


def lose_answer_to_making(pd101: District101) -> None:
    """Let the LMS make a group once and answer as if it were away."""
    left = [True]

    def lose(response: Response) -> Response:
        makes = request.form.get("wsfunction") == "core_group_create_groups"
        if left and (makes or (request.method == "POST" and request.path.endswith("/groups"))):
            left.clear()
            return Response("Bad gateway", 502)
        return response

    pd101.practice.server.app.after_request_funcs.setdefault(None, []).append(lose)


def lose_answers_to_joining(pd101: District101) -> None:
    """Let the LMS put somebody in once and answer as if it were away."""
    left = [True]

    def lose(response: Response) -> Response:
        joins = request.form.get("wsfunction") == "core_group_add_group_members"
        if left and (joins or (request.method == "POST" and request.path.endswith("/memberships"))):
            left.clear()
            return Response("Bad gateway", 502)
        return response

    pd101.practice.server.app.after_request_funcs.setdefault(None, []).append(lose)


@pytest.mark.parametrize("any_lms", [Flavour.CANVAS], indirect=True)
def test_somebody_who_goes_to_another_team_is_in_its_group_once_the_first_one_is_left(pd101):
    pd101.connect()
    with pd101.database.transaction() as db:
        one, other = (team_of(pd101, db, name, *logins) for name, logins in (("One", FOUR[:3]), ("Other", FOUR[3:])))
    pd101.work()
    with pd101.database.transaction() as db:
        one, other = db.get_one(Team, one.id), db.get_one(Team, other.id)
        one.members.remove(one.membership_of(pd101.people[FOUR[2]]))
        other.members.append(accepted(pd101, FOUR[2]))
        announce(db, other)
        announce(db, one)
    pd101.work()

    members = {group.name: set(group.member_ids) for group in pd101.groups()}
    assert members == {"One": pd101.ids(*FOUR[:2]), "Other": pd101.ids(*FOUR[2:])}
    assert the_team(pd101, other.id).lms_confirmed_at is not None


def team_of(pd101: District101, db: Session, name: str, *logins: str) -> Team:
    course = pd101.course(db)
    team = Team(district_id=course.district_id, course=course, name=name, state=TeamState.FORMED)
    team.members = [accepted(pd101, login) for login in logins]
    db.add(team)
    db.flush()
    announce(db, team)
    return team


def accepted(pd101: District101, login: str) -> TeamMember:
    return TeamMember(person_id=pd101.people[login], state=MemberState.ACCEPTED)


def test_ending_a_team_empties_its_group_of_whom_the_tool_put_in(pd101):
    pd101.connect()
    team_id = form_team(pd101, *FOUR)
    pd101.work()

    with pd101.database.transaction() as db:
        proposing.withdraw_team(db, pd101.person(db, DESIGNER), team_id)
    pd101.work()

    assert all(not group.member_ids for group in pd101.groups())
