"""Lanes of the outbox: an LMS that is down, slow or closed holds up its own messages and nobody else's."""

from __future__ import annotations

import secrets
import threading
import time
from collections import Counter
from datetime import timedelta

import pytest

import lti_tool.launch.tasks  # noqa: F401 - it tells which lanes lead to one client
from lti_tool.db import utc_now
from lti_tool.errors import (
    LMSAccessError,
    LMSRejectedError,
    LMSStrangeError,
    LMSThrottledError,
    LMSUnavailableError,
    LMSWaitingError,
)
from lti_tool.launch.models import Registration
from lti_tool.outbox.claiming import TOLERATED
from lti_tool.outbox.models import OutboxLane
from lti_tool.outbox.operations import resume_lane
from lti_tool.outbox.settling import LONGEST_PAUSE, pause_after


def test_a_throttled_lane_is_left_alone_until_the_time_that_the_lms_named(outbox):
    until = utc_now() + timedelta(seconds=90)
    first, second = outbox.put("a", lane="platform:1"), outbox.put("b", lane="platform:1")
    outbox.fail_with(LMSThrottledError(retry_at=until))

    assert outbox.deliver() == 1

    assert abs(outbox.message(first).due_at - until) < timedelta(seconds=1)
    assert outbox.message(second).attempts == 0


def test_a_lane_that_is_down_does_not_delay_the_others(outbox):
    for number in range(TOLERATED + 3):
        outbox.put(f"a{number}", lane="platform:1")
    outbox.put("b", lane="platform:2")
    outbox.put("c")

    def behave(delivery):
        if delivery.message.lane == "platform:1":
            raise LMSUnavailableError

    outbox.behaviour = behave
    outbox.deliver()

    assert outbox.states() == ["due"] * (TOLERATED + 3) + ["delivered", "delivered"]
    assert len(outbox.seen) == TOLERATED + 2


def close(outbox, messages):
    """Put messages in and let so many fail that the lane closes; what is left is due."""
    for number in range(messages):
        outbox.put(f"a{number}", lane="platform:1")
    outbox.fail_with(LMSUnavailableError())
    outbox.deliver()
    assert len(outbox.seen) == TOLERATED
    outbox.pass_time()


def test_one_message_alone_tries_whether_a_lane_is_back_and_then_all_follow(outbox):
    close(outbox, TOLERATED + 3)

    (probe,) = outbox.claim(threads=8)
    assert outbox.claim(threads=8) == []
    outbox.settle(probe)
    with outbox.database.transaction() as db:
        assert db.get(OutboxLane, "platform:1") is None
    outbox.fail_with(None)
    outbox.deliver()

    assert outbox.states() == ["delivered"] * (TOLERATED + 3)


def test_a_lane_that_is_still_down_pauses_longer_each_time(outbox):
    close(outbox, TOLERATED + 3)

    pauses = []
    for _turn in range(4):
        outbox.deliver()
        with outbox.database.transaction() as db:
            pauses.append(db.get_one(OutboxLane, "platform:1").paused_until - utc_now())
        outbox.pass_time()

    assert pauses == sorted(pauses)
    assert len(outbox.seen) == TOLERATED + 4, "one message at a time tries"
    assert pauses[-1] > timedelta(seconds=60)


def test_failures_of_one_moment_close_a_lane_once(outbox):
    for number in range(8):
        outbox.put(f"a{number}", lane="platform:1")
    under_way = outbox.claim(threads=8)
    assert len(under_way) == 8

    for message in under_way:
        outbox.settle(message, LMSUnavailableError())

    with outbox.database.transaction() as db:
        lane = db.get_one(OutboxLane, "platform:1")
    assert lane.failures == TOLERATED
    assert lane.paused_until - utc_now() <= timedelta(seconds=10)


def test_a_few_failures_among_many_do_not_close_a_lane(outbox):
    for number in range(40):
        outbox.put(f"a{number}", lane="platform:1")

    def behave(delivery):
        if delivery.message.id % 3 == 0:
            raise LMSUnavailableError

    outbox.behaviour = behave
    outbox.deliver()

    assert len(outbox.seen) == 40


@pytest.mark.parametrize("error", [LMSWaitingError(), LMSRejectedError()])
def test_a_refusal_shows_that_the_lms_is_back(outbox, error):
    close(outbox, TOLERATED + 3)

    outbox.fail_with(error)
    outbox.deliver(limit=1)

    with outbox.database.transaction() as db:
        assert db.get(OutboxLane, "platform:1") is None


def test_an_lms_that_answers_with_pages_is_left_alone_like_one_that_is_away(outbox):
    for number in range(40):
        outbox.put(f"a{number}", lane="platform:1")

    outbox.fail_with(LMSStrangeError(http_status=302))
    outbox.deliver()

    assert len(outbox.seen) == TOLERATED


def test_a_slow_lane_does_not_take_all_threads_of_a_worker(outbox):
    for number in range(9):
        outbox.put(f"a{number}", lane="platform:1")
    outbox.put("b", lane="platform:2")

    lanes = [message.lane for message in outbox.claim(threads=8, share=6)]

    assert lanes == ["platform:1"] * 6 + ["platform:2"]


def test_over_all_workers_no_more_of_a_lane_are_under_way_than_its_lms_bears(outbox):
    for number in range(30):
        outbox.put(f"a{number}", lane="platform:1")

    taken = [len(outbox.claim(threads=6)) for _worker in range(4)]

    assert taken == [6, 2, 0, 0]


def test_the_lanes_of_one_client_share_what_its_lms_bears(outbox):
    for number in range(6):
        for lane in ("platform:1", "rest:1", "platform:2"):
            outbox.put(f"{lane}-{number}", lane=lane)

    claimed = outbox.claim(threads=40, share=40, at_once=8)

    lanes = Counter(message.lane for message in claimed)
    assert lanes["platform:1"] + lanes["rest:1"] == 8
    assert lanes["platform:2"] == 6


def test_registrations_that_are_one_client_of_one_lms_share_what_it_bears(outbox):
    with outbox.database.transaction() as db:
        made = [register(outbox, "https://canvas.example", client) for client in ("170", "170", "230")]
        db.add_all(made)
        db.flush()
        lanes = [f"platform:{each.id}" for each in made]
    for number in range(12):
        for lane in lanes:
            outbox.put(f"{lane}-{number}", lane=lane)
    at_work, most, lock = Counter[str](), Counter[str](), threading.Lock()

    def behave(delivery):
        client = "230" if delivery.message.lane == lanes[2] else "170"
        with lock:
            at_work[client] += 1
            most[client] = max(most[client], at_work[client])
        time.sleep(0.05)
        with lock:
            at_work[client] -= 1

    outbox.behaviour = behave
    outbox.deliver(threads=40)

    assert outbox.states() == ["delivered"] * 36
    assert most["170"] <= outbox.settings.lms_at_once
    assert most["230"] <= outbox.settings.lms_at_once


def register(outbox, issuer: str, client_id: str) -> Registration:
    address = f"{issuer}/lti"
    return Registration(
        district_id=outbox.district_id, login_key=secrets.token_hex(8), issuer=issuer, client_id=client_id,
        auth_login_url=address, auth_token_url=address, key_set_url=address,
    )  # fmt: skip


def test_what_stands_ready_does_not_count_as_under_way(outbox):
    for number in range(30):
        outbox.put(f"a{number}", lane="platform:1")

    first = outbox.claim(threads=4, ahead=2, most=99)
    second = outbox.claim(threads=8, ahead=2, most=99)

    assert (len(first), len(second)) == (4 + 8, 4 + 8)


def test_a_throttled_lane_goes_on_with_half_as_many_and_widens_again(outbox):
    for number in range(30):
        outbox.put(f"a{number}", lane="platform:1")
    first, *others = outbox.claim(threads=8)
    outbox.settle(first, LMSThrottledError(retry_at=utc_now() + timedelta(seconds=60)))
    outbox.settle(others[0], LMSThrottledError(retry_at=utc_now() + timedelta(seconds=60)))
    for message in others[1:]:
        outbox.settle(message)
    assert outbox.claim(threads=8) == []
    outbox.pass_time()

    narrow = outbox.claim(threads=8)
    for message in narrow:
        outbox.settle(message)
    wide = outbox.claim(threads=20)

    assert 4 <= len(narrow) < 8
    assert len(wide) == 8


def test_lost_access_stops_the_whole_lane_after_one_refusal(outbox):
    for number in range(3):
        outbox.put(f"a{number}", lane="platform:1")
    outbox.put("b", lane="platform:2")

    def behave(delivery):
        if delivery.message.lane == "platform:1":
            raise LMSAccessError

    outbox.behaviour = behave
    outbox.deliver()

    assert outbox.states() == ["stopped", "stopped", "stopped", "delivered"]
    assert len(outbox.seen) == 2


def test_a_mended_lane_sends_all_that_was_stopped(outbox):
    for number in range(3):
        outbox.put(f"a{number}", lane="platform:1")
    outbox.fail_with(LMSAccessError())
    outbox.deliver()
    outbox.fail_with(None)
    assert outbox.deliver() == 0

    with outbox.database.transaction() as db:
        assert resume_lane(db, "platform:1") == 3
        assert db.info["has_new_messages"]
    outbox.deliver()

    assert outbox.states() == ["delivered"] * 3


def test_a_new_message_that_gets_through_resumes_its_lane(outbox):
    outbox.put("a", lane="platform:1")
    outbox.fail_with(LMSAccessError())
    outbox.deliver()
    outbox.fail_with(None)

    outbox.put("b", lane="platform:1")
    outbox.deliver()

    assert outbox.states() == ["delivered", "delivered"]


def test_pauses_grow_and_are_never_equal_nor_endless():
    pauses = [pause_after(failures) for failures in (1, 3, 6, 500)]

    assert pauses == sorted(pauses)
    assert pauses[0] <= timedelta(seconds=10)
    assert pauses[-1] <= LONGEST_PAUSE
    assert len({pause_after(4) for _ in range(20)}) > 1
