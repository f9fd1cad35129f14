"""Groups over the REST side of each LMS."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lti_tool.errors import LMSAccessError, LMSRejectedError, LMSWaitingError
from lti_tool.lms.platform import RestCredentials
from lti_tool.lms.rest import GroupRead
from practice_lms.moodle.webservice_tokens import create_web_service_token
from tests.lms.conftest import ANA, BEN, CHLOE, DEV, OUTSIDER, World, connect_rest


def group_members(world: World, read: GroupRead) -> set[int]:
    return set(world.lms.groups[int(read.group_id)].member_ids)


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
    read = world.rest.sync_group(str(world.course.id), world.spec(ANA, OUTSIDER))

    assert read.members == tuple(world.ids(ANA))
    assert read.missing == tuple(world.ids(OUTSIDER))


def test_a_group_that_somebody_deleted_is_made_again(world):
    read = world.rest.sync_group(str(world.course.id), world.spec(ANA, BEN))
    if world.is_canvas:
        world.lms.groups[int(read.group_id)].deleted = True
    else:
        del world.lms.groups[int(read.group_id)]

    again = world.rest.sync_group(
        str(world.course.id), world.spec(ANA, BEN, group_id=read.group_id, set_id=read.set_id)
    )

    assert again.group_id != read.group_id
    assert set(again.members) == set(world.ids(ANA, BEN))


def test_a_name_that_moodle_has_already_gets_a_number(moodle):
    first = moodle.rest.sync_group(str(moodle.course.id), moodle.spec(ANA))
    second = moodle.rest.sync_group(str(moodle.course.id), replace(moodle.spec(BEN), idnumber="like-goals-team-18"))

    assert (first.name, second.name) == ("Blue heron 17", "Blue heron 17 (2)")


def test_moodle_puts_all_teams_into_one_grouping(moodle):
    one = moodle.rest.sync_group(str(moodle.course.id), moodle.spec(ANA))
    two = moodle.rest.sync_group(str(moodle.course.id), moodle.spec(ANA, BEN, team=18))

    assert one.set_id == two.set_id
    assert moodle.lms.group_sets[int(one.set_id)].group_ids == {int(one.group_id), int(two.group_id)}


def test_in_canvas_nobody_loses_one_team_by_joining_another(canvas):
    one = canvas.rest.sync_group(str(canvas.course.id), canvas.spec(ANA, BEN))
    two = canvas.rest.sync_group(str(canvas.course.id), canvas.spec(ANA, CHLOE, team=18))
    three = canvas.rest.sync_group(str(canvas.course.id), canvas.spec(DEV, team=19))

    assert group_members(canvas, one) == set(map(int, canvas.ids(ANA, BEN)))
    assert group_members(canvas, two) == set(map(int, canvas.ids(ANA, CHLOE)))
    assert one.set_id == three.set_id != two.set_id
    names = [each.name for each in canvas.lms.group_sets.values()]
    assert names == ["Like Goals teams", "Like Goals teams 2"]


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
