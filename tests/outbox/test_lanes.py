"""Lanes of the outbox: an LMS that is down, slow or closed holds up its own messages and nobody else's."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lti_tool.db import utc_now
from lti_tool.errors import (
    LMSAccessError,
    LMSRejectedError,
    LMSThrottledError,
    LMSUnavailableError,
    LMSWaitingError,
)
from lti_tool.outbox.claiming import claim_message
from lti_tool.outbox.models import OutboxLane
from lti_tool.outbox.operations import resume_lane
from lti_tool.outbox.settling import LONGEST_PAUSE, pause_after, settle


def test_a_throttled_lane_is_left_alone_until_the_time_that_the_lms_named(outbox):
    until = utc_now() + timedelta(seconds=90)
    first, second = outbox.put("a", lane="platform:1"), outbox.put("b", lane="platform:1")
    outbox.fail_with(LMSThrottledError(retry_at=until))

    assert outbox.deliver() == 1

    assert outbox.message(first).due_at == until
    assert outbox.message(second).attempts == 0


def test_a_lane_that_is_down_does_not_delay_the_others(outbox):
    for number in range(3):
        outbox.put(f"a{number}", lane="platform:1")
    outbox.put("b", lane="platform:2")
    outbox.put("c")

    def behave(delivery):
        if delivery.message.lane == "platform:1":
            raise LMSUnavailableError

    outbox.behaviour = behave
    outbox.deliver()

    assert outbox.states() == ["due", "due", "due", "delivered", "delivered"]
    assert len(outbox.seen) == 3


def test_one_message_alone_tries_whether_a_lane_is_back_and_then_all_follow(outbox):
    for number in range(4):
        outbox.put(f"a{number}", lane="platform:1")
    outbox.fail_with(LMSUnavailableError())
    outbox.deliver()
    outbox.pass_time()

    with outbox.database.transaction() as db:
        probe = claim_message(db, "probe", timedelta(minutes=1))
        assert probe
        assert claim_message(db, "second", timedelta(minutes=1)) is None
    with outbox.database.transaction() as db:
        settle(db, probe.id, "probe", None)
        assert db.get(OutboxLane, "platform:1") is None
    outbox.fail_with(None)
    outbox.pass_time()
    outbox.deliver()

    assert outbox.states() == ["delivered"] * 4


@pytest.mark.parametrize("error", [LMSWaitingError(), LMSRejectedError()])
def test_a_refusal_shows_that_the_lms_is_back(outbox, error):
    for number in range(3):
        outbox.put(f"a{number}", lane="platform:1")
    outbox.fail_with(LMSUnavailableError())
    outbox.deliver()
    outbox.pass_time()

    outbox.fail_with(error)
    outbox.deliver(limit=1)

    with outbox.database.transaction() as db:
        assert db.get(OutboxLane, "platform:1") is None


def test_a_slow_lane_does_not_take_all_workers(outbox):
    for number in range(9):
        outbox.put(f"a{number}", lane="platform:1")
    outbox.put("b", lane="platform:2")

    with outbox.database.transaction() as db:
        lanes = [found.lane for turn in range(9) if (found := claim_message(db, str(turn), timedelta(minutes=1)))]

    assert lanes == ["platform:1"] * 3 + ["platform:2"]


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
