"""Lanes beside a model: a pause holds, one message alone tries whether an LMS is back, and nothing is left."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test
from sqlalchemy import delete

from lti_tool.db import utc_now
from lti_tool.errors import LMSError, LMSThrottledError, LMSUnavailableError, LMSWaitingError
from lti_tool.outbox.claiming import TOLERATED
from lti_tool.outbox.handlers import Message
from lti_tool.outbox.models import OutboxLane, OutboxMessage
from tests.outbox.conftest import Outbox

LANES = ("platform:1", "platform:2")
THREADS = 4


def throttled() -> LMSError:
    return LMSThrottledError(retry_at=utc_now() + timedelta(minutes=5))


ERRORS = {"unavailable": LMSUnavailableError, "throttled": throttled, "waiting": LMSWaitingError}


@dataclass
class Expected:
    """What the model says of one lane."""

    due: set[int] = field(default_factory=set)
    later: set[int] = field(default_factory=set)
    at_lms: dict[int, Message] = field(default_factory=dict)
    failures: int = 0
    """In a row."""
    is_paused: bool = False


class LaneMachine(RuleBasedStateMachine):
    """Puts in, claims, and lets an LMS answer, fail or throttle, in any order."""

    outbox: Outbox

    def __init__(self) -> None:
        super().__init__()
        with self.outbox.database.transaction() as db:
            db.execute(delete(OutboxMessage))
            db.execute(delete(OutboxLane))
        self.model = {lane: Expected() for lane in LANES}
        self.count = 0

    @rule(lane=st.sampled_from(LANES), many=st.integers(1, 3))
    def put(self, lane: str, many: int) -> None:
        """There is more for an LMS."""
        for _each in range(many):
            self.count += 1
            self.model[lane].due.add(self.outbox.put(f"key-{self.count}", lane=lane))

    @rule()
    def claim(self) -> None:
        """Of an open lane something goes out, of one that was down one message alone, of a paused one nothing."""
        idle = [lane for lane, each in self.model.items() if each.due and not each.is_paused and not each.at_lms]
        claimed = self.outbox.claim(threads=THREADS)
        for message in claimed:
            expected = self.model[message.lane]
            assert not expected.is_paused
            expected.due.remove(message.id)
            expected.at_lms[message.id] = message
            assert expected.failures < TOLERATED or len(expected.at_lms) == 1
        assert not idle or claimed

    @precondition(lambda self: any(each.at_lms for each in self.model.values()))
    @rule(data=st.data(), ending=st.sampled_from([None, "unavailable", "unavailable", *ERRORS]))
    def settle(self, data: st.DataObject, ending: str | None) -> None:
        """The LMS answers, or does not."""
        expected = data.draw(st.sampled_from([each for each in self.model.values() if each.at_lms]))
        self.end(expected, data.draw(st.sampled_from(sorted(expected.at_lms))), ending)

    @rule(lane=st.sampled_from(LANES))
    def go_down(self, lane: str) -> None:
        """An LMS answers to nothing any more."""
        expected = self.model[lane]
        self.put(lane, TOLERATED)
        for _look in range(TOLERATED):
            self.claim()
            for message_id in sorted(expected.at_lms):
                self.end(expected, message_id, "unavailable")

    def end(self, expected: Expected, message_id: int, ending: str | None) -> None:
        """Write down what came of a message."""
        message = expected.at_lms.pop(message_id)
        assert self.outbox.settle(message, ERRORS[ending]() if ending else None)
        if ending is not None:
            expected.later.add(message.id)
        if ending in (None, "waiting"):
            expected.failures = 0
        elif ending == "throttled":
            expected.is_paused = True
        elif not expected.is_paused:
            expected.failures += 1
            expected.is_paused = expected.failures >= TOLERATED

    @rule()
    def pass_time(self) -> None:
        """All pauses are over."""
        self.outbox.pass_time()
        for each in self.model.values():
            each.due, each.later, each.is_paused = each.due | each.later, set(), False

    def teardown(self) -> None:
        """All LMSs answer again, and nothing is left."""
        for each in self.model.values():
            for message in each.at_lms.values():
                assert self.outbox.settle(message)
        self.outbox.fail_with(None)
        for _look in LANES:
            self.outbox.pass_time()
            self.outbox.deliver(threads=THREADS, limit=1000)
        assert set(self.outbox.states()) <= {"delivered"}


@pytest.mark.timeout(240)
def test_lanes_do_what_their_model_does(outbox):
    machine = type("Machine", (LaneMachine,), {"outbox": outbox, "TestCase": None})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=int(os.environ.get("MODEL_EXAMPLES", "10")), stateful_step_count=40, deadline=None,
            suppress_health_check=list(HealthCheck), database=None, phases=[Phase.generate],
        ),
    )  # fmt: skip
