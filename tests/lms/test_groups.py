"""Groups over the REST side of each LMS."""

from __future__ import annotations

from dataclasses import replace

import pytest
import requests
from flask import request
from werkzeug.datastructures import MultiDict

from lti_tool.errors import LMSAccessError, LMSRejectedError, LMSWaitingError
from lti_tool.lms.platform import RestCredentials
from lti_tool.lms.rest import GroupRead
from practice_lms.moodle.webservice_tokens import create_web_service_token
from practice_lms.state import Group, GroupSet
from tests.lms.conftest import ANA, BEN, CHLOE, DEV, OUTSIDER, World, connect_rest


def group_members(world: World, read: GroupRead) -> set[int]:
    return set(world.lms.groups[int(read.group_id)].member_ids)


def known(read: GroupRead) -> dict[str, str]:
    return {"group_id": read.group_id, "set_id": read.set_id}


@pytest.mark.parametrize("status", [401, 403])
def test_canvas_permissions_that_are_lacking_wait_for_somebody_in_both_dialects(canvas, status):
    canvas.lms.forbidden_status = status
    canvas.platform = connect_rest(canvas.lms, canvas.platform, OUTSIDER)

    with pytest.raises((LMSWaitingError, LMSRejectedError)) as refused:
        canvas.rest.sync_group(str(canvas.course.id), canvas.spec(ANA))

    assert not isinstance(refused.value, LMSAccessError)


def test_a_group_is_made_filled_and_read_back_once(world):
    spec = world.spec(ANA, BEN, CHLOE)

    read = world.rest.sync_group(str(world.course.id), spec)
    again = world.rest.sync_group(str(world.course.id), replace(spec, previous_members=read.members))

    assert read == again
    assert set(read.members) == set(spec.members)
    assert (read.missing, read.others, read.elsewhere) == ((), (), ())
    assert len(world.lms.groups) == len(world.lms.group_sets) == 1
    assert group_members(world, read) == {int(each) for each in spec.members}


def test_a_group_that_was_made_but_never_noted_is_found_again(world):
    read = world.rest.sync_group(str(world.course.id), world.spec(ANA, BEN))
    known = world.rest.sync_group(
        str(world.course.id), world.spec(ANA, BEN, group_id=read.group_id, set_id=read.set_id)
    )

    assert known.group_id == read.group_id


def test_only_people_that_the_tool_put_in_are_taken_out(world):
    read = world.rest.sync_group(str(world.course.id), world.spec(ANA, BEN))
    by_hand = world.user(DEV).id
    world.lms.groups[int(read.group_id)].member_ids.append(by_hand)

    read = world.rest.sync_group(
        str(world.course.id), world.spec(ANA, CHLOE, previous_members=tuple(world.ids(ANA, BEN)))
    )

    assert set(read.members) == set(world.ids(ANA, CHLOE))
    assert read.others == (str(by_hand),)
    assert group_members(world, read) == {*map(int, world.ids(ANA, CHLOE)), by_hand}


def test_people_who_are_not_enrolled_are_reported_and_do_not_spoil_the_rest(world):
    read = world.rest.sync_group(str(world.course.id), world.spec(ANA, OUTSIDER, BEN))

    assert read.members == tuple(world.ids(ANA, BEN))
    assert read.missing == tuple(world.ids(OUTSIDER))


def replace_by_hand(world: World, read: GroupRead, *logins: str) -> None:
    """Let somebody give the group another list of members, as a teacher or another tool does."""
    if world.is_canvas:
        assert world.platform.rest is not None
        answer = requests.put(
            f"{world.lms.url}/api/v1/groups/{read.group_id}", data={"members[]": world.ids(*logins)}, timeout=5,
            headers={"Authorization": f"Bearer {world.platform.rest.access_token}"},
        )  # fmt: skip
        assert answer.status_code == 200
    else:
        world.lms.groups[int(read.group_id)].member_ids = [world.user(login).id for login in logins]


def test_a_list_of_members_that_was_replaced_in_the_lms_is_told_and_nobody_is_thrown_out_or_put_back(world):
    made = world.rest.sync_group(str(world.course.id), world.spec(ANA, BEN))
    replace_by_hand(world, made, BEN, DEV)

    read = world.rest.sync_group(
        str(world.course.id),
        world.spec(ANA, BEN, CHLOE, seen=made.members, previous_members=made.members, **known(made)),
    )

    assert set(read.members) == set(world.ids(BEN, CHLOE))
    assert (read.removed, read.others) == (tuple(world.ids(ANA)), tuple(world.ids(DEV)))
    assert group_members(world, read) == set(map(int, world.ids(BEN, CHLOE, DEV)))


def test_canvas_is_never_sent_a_list_of_members_that_would_replace_the_one_it_has(canvas):
    sent: list[str] = []
    hooks = canvas.server.app.before_request_funcs.setdefault(None, [])
    hooks.append(lambda: sent.extend([*request.form, *(request.get_json(silent=True) or {})]))

    made = canvas.rest.sync_group(str(canvas.course.id), canvas.spec(ANA, BEN))
    canvas.lms.groups[int(made.group_id)].name = "Room 12"
    changed = canvas.spec(ANA, CHLOE, previous_members=made.members, **known(made))
    canvas.rest.sync_group(str(canvas.course.id), changed)

    assert "user_id" in sent
    assert not [name for name in sent if name.startswith("members")]


def test_a_group_that_somebody_deleted_is_noticed_and_made_again_only_when_asked(world):
    made = world.rest.sync_group(str(world.course.id), world.spec(ANA, BEN))
    if world.is_canvas:
        world.lms.groups[int(made.group_id)].deleted = True
    else:
        del world.lms.groups[int(made.group_id)]

    noticed = world.rest.sync_group(str(world.course.id), world.spec(ANA, BEN, **known(made)))
    again = world.rest.sync_group(str(world.course.id), world.spec(ANA, BEN, set_id=made.set_id))

    assert (noticed.is_gone, noticed.members) == (True, ())
    assert again.group_id != made.group_id
    assert set(again.members) == set(world.ids(ANA, BEN))


def test_whom_somebody_took_out_by_hand_stays_out_until_asked(world):
    made = world.rest.sync_group(str(world.course.id), world.spec(ANA, BEN))
    world.lms.groups[int(made.group_id)].member_ids.remove(world.user(BEN).id)

    read = world.rest.sync_group(str(world.course.id), world.spec(ANA, BEN, CHLOE, seen=made.members, **known(made)))
    put_back = world.rest.sync_group(str(world.course.id), world.spec(ANA, BEN, CHLOE, **known(made)))

    assert set(read.members) == set(world.ids(ANA, CHLOE))
    assert (read.removed, read.missing, read.refused) == (tuple(world.ids(BEN)), (), ())
    assert set(put_back.members) == set(world.ids(ANA, BEN, CHLOE))


def test_a_name_that_somebody_changed_is_left_and_one_that_is_to_be_given_follows(world):
    made = world.rest.sync_group(str(world.course.id), world.spec(ANA, BEN))
    world.lms.groups[int(made.group_id)].name = "Room 12"

    left = world.rest.sync_group(str(world.course.id), world.spec(ANA, BEN, given_name=made.name, **known(made)))
    given = world.rest.sync_group(str(world.course.id), world.spec(ANA, BEN, **known(made)))

    assert (left.name, given.name) == ("Room 12", "Blue heron 17")
    assert set(given.members) == set(world.ids(ANA, BEN))


def test_the_group_of_a_team_that_ended_is_found_by_its_mark_and_emptied_and_never_made(world):
    made = world.rest.sync_group(str(world.course.id), world.spec(ANA, BEN))
    ended = {"previous_members": made.members, "may_be_made": False}

    emptied = world.rest.sync_group(str(world.course.id), world.spec(**ended))
    never_made = world.rest.sync_group(str(world.course.id), world.spec(team=18, **ended))

    assert (emptied.group_id, group_members(world, made)) == (made.group_id, set())
    assert (never_made.is_gone, len(world.lms.groups)) == (True, 1)


def test_a_name_that_moodle_has_already_gets_a_number(moodle):
    first = moodle.rest.sync_group(str(moodle.course.id), moodle.spec(ANA))
    second = moodle.rest.sync_group(str(moodle.course.id), replace(moodle.spec(BEN), idnumber="like-goals-team-18"))

    assert (first.name, second.name) == ("Blue heron 17", "Blue heron 17 (2)")


def test_a_name_that_another_group_of_moodle_took_meanwhile_gets_a_number_too(moodle):
    made = moodle.rest.sync_group(str(moodle.course.id), moodle.spec(ANA))
    number = moodle.lms.new_id()
    moodle.lms.groups[number] = Group(number, moodle.course.id, "Teal finch")

    renamed = moodle.rest.sync_group(str(moodle.course.id), replace(moodle.spec(ANA, **known(made)), name="Teal finch"))

    assert (renamed.group_id, renamed.name) == (made.group_id, "Teal finch (2)")
    assert {each.name for each in moodle.lms.groups.values()} == {"Teal finch", "Teal finch (2)"}


def test_two_teams_of_one_name_are_two_groups_of_canvas_each_known_by_its_mark(canvas):
    specs = canvas.spec(ANA, BEN), replace(canvas.spec(CHLOE, DEV), idnumber="like-goals-team-18")

    made = [canvas.rest.sync_group(str(canvas.course.id), spec) for spec in specs]
    again = [canvas.rest.sync_group(str(canvas.course.id), spec) for spec in specs]

    assert made == again
    assert [each.name for each in made] == ["Blue heron 17"] * 2
    members = [group_members(canvas, each) for each in made]
    assert members == [set(map(int, canvas.ids(ANA, BEN))), set(map(int, canvas.ids(CHLOE, DEV)))]


def test_a_grouping_of_the_same_name_that_somebody_made_by_hand_is_left_alone(moodle):
    theirs = GroupSet(moodle.lms.new_id(), moodle.course.id, "Like Goals teams, cycle 1")
    moodle.lms.group_sets[theirs.id] = theirs

    read = moodle.rest.sync_group(str(moodle.course.id), moodle.spec(ANA, BEN))

    assert theirs.group_ids == set()
    ours = moodle.lms.group_sets[int(read.set_id)]
    assert (ours.name, ours.group_ids) == ("Like Goals teams, cycle 1 (2)", {int(read.group_id)})


def test_in_moodle_somebody_in_two_teams_of_a_cycle_is_in_both_groups(moodle):
    one = moodle.rest.sync_group(str(moodle.course.id), moodle.spec(ANA, BEN))
    two = moodle.rest.sync_group(str(moodle.course.id), moodle.spec(ANA, CHLOE, team=18))
    again = moodle.rest.sync_group(str(moodle.course.id), moodle.spec(ANA, BEN, seen=one.members, **known(one)))

    assert one.set_id == two.set_id
    assert (again.members, again.removed, again.elsewhere) == (one.members, (), ())
    assert [group_members(moodle, each) for each in (one, two)] == [
        set(map(int, moodle.ids(ANA, BEN))), set(map(int, moodle.ids(ANA, CHLOE))),
    ]  # fmt: skip


def test_moodle_puts_all_teams_of_a_cycle_into_one_grouping(moodle):
    one = moodle.rest.sync_group(str(moodle.course.id), moodle.spec(ANA))
    two = moodle.rest.sync_group(str(moodle.course.id), moodle.spec(ANA, BEN, team=18))

    assert one.set_id == two.set_id
    grouping = moodle.lms.group_sets[int(one.set_id)]
    assert (grouping.name, grouping.idnumber) == ("Like Goals teams, cycle 1", "like-goals-cycle-1")
    assert grouping.group_ids == {int(one.group_id), int(two.group_id)}


def test_in_moodle_a_team_keeps_its_group_and_goes_into_the_grouping_of_each_cycle(moodle):
    one = moodle.rest.sync_group(str(moodle.course.id), moodle.spec(ANA, BEN))
    known = {"group_id": one.group_id, "set_id": one.set_id}
    two = moodle.rest.sync_group(str(moodle.course.id), moodle.spec(ANA, BEN, cycle=2, **known))

    assert one.group_id == two.group_id
    groupings = {each.idnumber: each.group_ids for each in moodle.lms.group_sets.values()}
    assert groupings == {"like-goals-cycle-1": {int(one.group_id)}, "like-goals-cycle-2": {int(one.group_id)}}


def test_in_moodle_a_grouping_that_lost_its_idnumber_is_still_known(moodle):
    one = moodle.rest.sync_group(str(moodle.course.id), moodle.spec(ANA))
    moodle.lms.group_sets[int(one.set_id)].idnumber = ""

    again = moodle.rest.sync_group(str(moodle.course.id), moodle.spec(ANA, group_id=one.group_id, set_id=one.set_id))

    assert again.set_id == one.set_id


def test_in_canvas_nobody_loses_one_team_by_joining_another(canvas):
    one = canvas.rest.sync_group(str(canvas.course.id), canvas.spec(ANA, BEN))
    two = canvas.rest.sync_group(str(canvas.course.id), canvas.spec(ANA, CHLOE, team=18))
    three = canvas.rest.sync_group(str(canvas.course.id), canvas.spec(DEV, team=19))

    assert group_members(canvas, one) == set(map(int, canvas.ids(ANA, BEN)))
    assert group_members(canvas, two) == set(map(int, canvas.ids(ANA, CHLOE)))
    assert one.set_id == three.set_id != two.set_id
    names = [each.name for each in canvas.lms.group_sets.values()]
    assert names == ["Like Goals teams, cycle 1", "Like Goals teams, cycle 1 (2)"]


def test_in_canvas_each_cycle_has_a_family_of_categories_and_who_leaves_leaves_all_groups_of_the_team(canvas):
    one = canvas.rest.sync_group(str(canvas.course.id), canvas.spec(ANA, BEN, CHLOE))
    two = canvas.rest.sync_group(str(canvas.course.id), canvas.spec(ANA, BEN, CHLOE, cycle=2, group_id=one.group_id))

    left = replace(canvas.spec(ANA, BEN, cycle=2, **known(two)), previous_members=two.members)
    canvas.rest.sync_group(str(canvas.course.id), left)

    assert one.group_id != two.group_id
    names = [each.name for each in canvas.lms.group_sets.values()]
    assert names == ["Like Goals teams, cycle 1", "Like Goals teams, cycle 2"]
    assert [group_members(canvas, each) for each in (one, two)] == [set(map(int, canvas.ids(ANA, BEN)))] * 2


def test_a_category_of_the_same_name_that_somebody_made_by_hand_is_left_alone(canvas):
    theirs = GroupSet(canvas.lms.new_id(), canvas.course.id, "Like Goals teams, cycle 1")
    canvas.lms.group_sets[theirs.id] = theirs
    by_hand = Group(canvas.lms.new_id(), canvas.course.id, "Table 1", set_id=theirs.id, member_ids=[])
    canvas.lms.groups[by_hand.id] = by_hand

    read = canvas.rest.sync_group(str(canvas.course.id), canvas.spec(ANA, BEN))

    assert read.set_id != str(theirs.id)
    assert canvas.lms.group_sets[int(read.set_id)].name == "Like Goals teams, cycle 1 (2)"


def test_canvas_is_asked_once_who_is_in_the_groups_however_many_these_are(canvas):
    for team in range(6):
        canvas.rest.sync_group(str(canvas.course.id), canvas.spec(DEV if team else CHLOE, team=100 + team))
    asked = watched(canvas)

    canvas.rest.sync_group(str(canvas.course.id), canvas.spec(ANA, BEN))

    assert sum(path.endswith("/memberships") for method, path in asked if method == "GET") == 2


def test_a_key_of_canvas_that_lets_no_includes_through_has_the_groups_read_one_by_one(canvas):
    one = canvas.rest.sync_group(str(canvas.course.id), canvas.spec(ANA, BEN))
    canvas.server.app.before_request_funcs.setdefault(None, []).append(without_includes)

    two = canvas.rest.sync_group(str(canvas.course.id), canvas.spec(ANA, CHLOE, team=18))

    assert group_members(canvas, one) == set(map(int, canvas.ids(ANA, BEN)))
    assert two.set_id != one.set_id


def without_includes() -> None:
    request.args = MultiDict(pair for pair in request.args.items(multi=True) if pair[0] != "include[]")


def watched(world: World) -> list[tuple[str, str]]:
    """Return the list in which each request from now on is kept."""
    asked: list[tuple[str, str]] = []

    def note() -> None:
        asked.append((request.method, request.path))

    world.server.app.before_request_funcs.setdefault(None, []).append(note)
    return asked


def test_in_canvas_somebody_whom_a_teacher_moved_is_left_there_and_reported(canvas):
    one = canvas.rest.sync_group(str(canvas.course.id), canvas.spec(ANA, BEN))
    canvas.rest.sync_group(str(canvas.course.id), canvas.spec(DEV, team=19))

    read = canvas.rest.sync_group(
        str(canvas.course.id), canvas.spec(ANA, BEN, DEV, previous_members=one.members, group_id=one.group_id)
    )

    assert set(read.members) == set(canvas.ids(ANA, BEN))
    assert read.elsewhere == tuple(canvas.ids(DEV))
    assert read.missing == ()


def test_moodles_account_without_a_role_in_the_course_waits(moodle):
    token = create_web_service_token(moodle.lms, moodle.user(ANA))
    moodle.platform = replace(moodle.platform, rest=RestCredentials(moodle.lms.url, token))

    with pytest.raises(LMSWaitingError):
        moodle.rest.sync_group(str(moodle.course.id), moodle.spec(ANA))
