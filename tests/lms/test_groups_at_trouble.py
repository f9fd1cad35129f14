"""A group in an LMS that throttles, loses its answers, or is asked by two workers at once: in the end all is right."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from flask import Response, request

from lti_tool.errors import LMSThrottledError, LMSUnavailableError
from lti_tool.lms.rest import GroupRead, GroupSpec
from practice_lms.canvas.throttle import refusal
from practice_lms.state import Enrolment
from tests.lms.conftest import ANA, BEN, CHLOE, DEV, OUTSIDER, World

CHANGES = ("create", "add", "delete", "assign", "update")


def is_change() -> bool:
    """Say whether the request changes something."""
    asked = request.form.get("wsfunction", "")
    return any(word in asked for word in CHANGES) if asked else request.method != "GET"


@dataclass
class Trouble:
    """Strikes one request: the one before which `wait` others of its kind came by."""

    world: World
    wait: int | None = None
    loses_answers: bool = False

    def __post_init__(self) -> None:
        hooks = self.world.server.app
        if self.loses_answers:
            hooks.after_request_funcs.setdefault(None, []).append(self.lose)
        else:
            hooks.before_request_funcs.setdefault(None, []).insert(0, self.throttle)

    def throttle(self) -> Response | None:
        if not self.comes():
            return None
        return refusal(self.world.lms) if self.world.is_canvas else Response("Too many requests", 429)

    def lose(self, response: Response) -> Response:
        return Response("Bad gateway", 502) if is_change() and self.comes() else response

    def comes(self) -> bool:
        if self.wait is not None:
            self.wait -= 1
        return self.wait == -1


def start_afresh(world: World) -> None:
    world.lms.groups.clear()
    world.lms.group_sets.clear()


def sync(world: World, spec: GroupSpec) -> GroupRead:
    return world.rest.sync_group(str(world.course.id), spec)


@pytest.mark.parametrize(("loses_answers", "error"), [(True, LMSUnavailableError), (False, LMSThrottledError)])
def test_whichever_request_is_struck_the_next_try_ends_complete_with_nothing_twice(world, loses_answers, error):
    spec = world.spec(ANA, OUTSIDER, BEN)
    trouble, struck = Trouble(world, loses_answers=loses_answers), 0

    while True:
        start_afresh(world)
        trouble.wait = struck
        try:
            sync(world, spec)
            break
        except error:
            read = sync(world, spec)
        struck += 1
        assert (read.members, read.missing) == (tuple(world.ids(ANA, BEN)), tuple(world.ids(OUTSIDER)))
        (group,), (group_set,) = world.lms.groups.values(), world.lms.group_sets.values()
        assert (group.name, sorted(group.member_ids)) == ("Blue heron 17", sorted(map(int, read.members)))
        assert group_set.group_ids == {group.id}

    assert struck >= 4


def test_in_canvas_nobody_counts_as_taken_out_of_a_group_of_a_new_cycle_that_was_made_by_half(canvas):
    one = sync(canvas, canvas.spec(ANA, BEN))
    following = canvas.spec(ANA, BEN, cycle=2, group_id=one.group_id, given_name=one.name, seen=one.members)
    Trouble(canvas, wait=2, loses_answers=True)  # the category and the group are made, and then the first has joined

    with pytest.raises(LMSUnavailableError):
        sync(canvas, following)
    read = sync(canvas, following)

    assert (set(read.members), read.removed) == (set(canvas.ids(ANA, BEN)), ())


def meet_at(world: World, is_meant: Callable[[], bool]) -> None:
    """Let the first two requests that are meant go on only once both have come."""
    barrier, left = threading.Barrier(2, timeout=5), [None, None]

    def wait() -> None:
        if is_meant() and left:
            left.pop()
            barrier.wait()

    world.server.app.before_request_funcs.setdefault(None, []).insert(0, wait)


def both(world: World, *specs: GroupSpec) -> list[GroupRead]:
    with ThreadPoolExecutor(2) as threads:
        return list(threads.map(lambda spec: sync(world, spec), specs))


def test_two_teams_of_a_course_that_are_synced_at_once_share_one_set(world):
    meet_at(world, lambda: "group_categories" in request.path.rsplit("/", 1)[-1] and is_change())
    meet_at(world, lambda: request.form.get("wsfunction") == "core_group_create_groupings")

    one, two = both(world, world.spec(ANA, BEN), world.spec(CHLOE, DEV, team=18))

    assert one.set_id == two.set_id
    assert len(world.lms.group_sets) == 1
    assert [set(each.members) for each in (one, two)] == [set(world.ids(ANA, BEN)), set(world.ids(CHLOE, DEV))]


def test_in_moodle_two_teams_of_one_name_that_are_synced_at_once_both_get_a_group(moodle):
    meet_at(moodle, lambda: request.form.get("wsfunction") == "core_group_create_groups")
    one, other = moodle.spec(ANA, BEN), moodle.spec(CHLOE, DEV, team=18)
    other = GroupSpec(other.idnumber, one.name, other.members)

    names = {each.name for each in both(moodle, one, other)}

    assert names == {"Blue heron 17", "Blue heron 17 (2)"}
    assert {each.idnumber for each in moodle.lms.groups.values()} == {"like-goals-team-17", "like-goals-team-18"}


def test_somebody_who_leaves_the_course_while_moodle_is_asked_does_not_spoil_the_batch(moodle):
    def leave() -> None:
        if request.form.get("wsfunction") == "core_group_add_group_members":
            moodle.course.enrolments.pop(moodle.user(BEN).id, None)

    moodle.server.app.before_request_funcs.setdefault(None, []).insert(0, leave)

    read = sync(moodle, moodle.spec(ANA, BEN, CHLOE))

    assert set(read.members) == set(moodle.ids(ANA, CHLOE))
    assert read.refused == tuple(moodle.ids(BEN))


def test_somebody_who_leaves_the_course_while_canvas_is_asked_does_not_spoil_the_rest(canvas):
    def leave() -> None:
        if request.method == "POST" and request.path.endswith("/memberships"):
            canvas.course.enrolments.pop(canvas.user(BEN).id, None)

    canvas.server.app.before_request_funcs.setdefault(None, []).insert(0, leave)

    read = sync(canvas, canvas.spec(ANA, BEN, CHLOE))

    assert set(read.members) == set(canvas.ids(ANA, CHLOE))
    assert read.missing == tuple(canvas.ids(BEN))


def test_somebody_whom_canvas_does_not_take_in_is_told_apart_from_who_is_not_enrolled(canvas):
    read = sync(canvas, canvas.spec(ANA))
    canvas.lms.groups[int(read.group_id)].max_membership = 1

    full = sync(canvas, canvas.spec(ANA, BEN, group_id=read.group_id, set_id=read.set_id))

    assert (full.members, full.refused, full.missing) == (tuple(canvas.ids(ANA)), tuple(canvas.ids(BEN)), ())
    assert canvas.course.enrolments[canvas.user(BEN).id] is Enrolment.STUDENT
