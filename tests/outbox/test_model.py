"""The outbox beside a model of a few lines: whatever order things happen in, both say the same of every message."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import delete, select, update

from lti_tool.db import utc_now
from lti_tool.errors import (
    ConflictError,
    LMSAccessError,
    LMSError,
    LMSRejectedError,
    LMSUnavailableError,
    LMSWaitingError,
)
from lti_tool.outbox.handlers import Message
from lti_tool.outbox.models import OutboxLane, OutboxMessage
from lti_tool.outbox.operations import resume_lane, send_again
from tests.outbox.conftest import Outbox

KEYS, LANES = ("a", "b", "c"), ("platform:1", "platform:2")
OPEN = ("due", "waiting", "stopped")
ERRORS: dict[str, tuple[Callable[[], LMSError], str]] = {
    "unavailable": (LMSUnavailableError, "due"),
    "waiting": (LMSWaitingError, "waiting"),
    "access": (LMSAccessError, "stopped"),
    "rejected": (LMSRejectedError, "rejected"),
}


@dataclass
class Expected:
    """What the model says of one message."""

    key: str
    lane: str
    state: str = "due"
    is_due: bool = True
    holder: str = ""
    """Who claimed it last and has not settled it."""
    is_leased: bool = False


class OutboxMachine(RuleBasedStateMachine):
    """Puts in, claims, settles, lets leases end, mends and sends again, in any order."""

    outbox: Outbox

    def __init__(self) -> None:
        super().__init__()
        with self.outbox.database.transaction() as db:
            db.execute(delete(OutboxMessage))
            db.execute(delete(OutboxLane))
        self.model: dict[int, Expected] = {}
        self.claimed: list[Message] = []

    def newer(self, number: int) -> bool:
        return any(other > number and each.key == self.model[number].key for other, each in self.model.items())

    @rule(key=st.sampled_from(KEYS))
    def put(self, key: str) -> None:
        """The newest of a key takes the place of all that nobody holds."""
        lane = LANES[KEYS.index(key) % 2]
        for each in self.model.values():
            if each.key == key and each.state in (*OPEN, "rejected") and not each.is_leased:
                each.state, each.holder = "superseded", ""
        self.model[self.outbox.put(key, lane=lane)] = Expected(key, lane)

    @rule()
    def claim(self) -> None:
        """Only what is due, nobody's and alone of its key is given out, the oldest first."""
        held = {each.key for each in self.model.values() if each.is_leased}
        possible = {
            number for number, each in self.model.items()
            if each.state in OPEN and each.is_due and not each.is_leased and each.key not in held
            and not self.newer(number)
        }  # fmt: skip
        found = self.outbox.claim()
        assert len(found) == min(len(possible), 1)
        for message in found:
            assert message.id in possible
            self.model[message.id].holder, self.model[message.id].is_leased = message.holder, True
            self.claimed.append(message)

    @precondition(lambda self: self.claimed)
    @rule(data=st.data(), ending=st.sampled_from([None, *ERRORS]))
    def settle(self, data: st.DataObject, ending: str | None) -> None:
        """What came of a try counts until somebody else took the message over."""
        message = self.claimed.pop(data.draw(st.integers(0, len(self.claimed) - 1)))
        expected = self.model[message.id]
        is_held = expected.holder == message.holder
        error, state = ERRORS[ending] if ending else (None, "delivered")
        assert self.outbox.settle(message, error() if error else None) is is_held
        if not is_held:
            return
        expected.holder, expected.is_leased = "", False
        expected.state, expected.is_due = state, False
        if state != "delivered" and self.newer(message.id):
            expected.state = "superseded"
        for each in self.model.values():
            if each.lane != expected.lane or each is expected:
                continue
            if ending == "access" and each.state in ("due", "stopped") and not each.is_leased:
                each.state, each.is_due = "stopped", False
            elif ending is None and each.state == "stopped":
                each.state, each.is_due = "due", True
        self.open_lanes()

    def open_lanes(self) -> None:
        """Lanes have tests of their own; here they never close."""
        with self.outbox.database.transaction() as db:
            db.execute(delete(OutboxLane))

    @precondition(lambda self: self.claimed)
    @rule()
    def end_leases(self) -> None:
        """Workers that died give back what they held; one that was only slow may still come back."""
        with self.outbox.database.transaction() as db:
            past = utc_now() - timedelta(seconds=1)
            db.execute(update(OutboxMessage).where(OutboxMessage.leased_until.is_not(None)).values(leased_until=past))
        for each in self.model.values():
            each.is_leased = False

    @rule()
    def pass_time(self) -> None:
        """A day later everything that waits is due."""
        self.outbox.pass_time()
        for each in self.model.values():
            each.is_due = True

    @rule(lane=st.sampled_from(LANES))
    def mend(self, lane: str) -> None:
        """Mended access makes all that was stopped due."""
        with self.outbox.database.transaction() as db:
            resume_lane(db, lane)
        for each in self.model.values():
            if each.lane == lane and each.state == "stopped":
                each.state, each.is_due = "due", True

    @precondition(lambda self: self.model)
    @rule(data=st.data())
    def send_again(self, data: st.DataObject) -> None:
        """A person can have sent again what is open or was refused, and nothing else."""
        number = data.draw(st.sampled_from(sorted(self.model)))
        expected = self.model[number]
        try:
            with self.outbox.database.transaction() as db:
                send_again(db, number)
        except ConflictError:
            assert expected.state in ("delivered", "superseded")
            return
        assert expected.state in (*OPEN, "rejected")
        expected.state, expected.is_due = "due", True

    @invariant()
    def says_the_same(self) -> None:
        with self.outbox.database.reading() as db:
            kept = {row.id: row for row in db.scalars(select(OutboxMessage))}
        assert {number: row.state.value for number, row in kept.items()} == {
            number: each.state for number, each in self.model.items()
        }

    @invariant()
    def never_holds_two_of_a_key(self) -> None:
        with self.outbox.database.reading() as db:
            held = db.scalars(select(OutboxMessage.key).where(OutboxMessage.leased_until > utc_now())).all()
        assert len(held) == len(set(held))


@pytest.mark.timeout(240)
def test_the_outbox_does_what_its_model_does(outbox):
    machine = type("Machine", (OutboxMachine,), {"outbox": outbox, "TestCase": None})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=int(os.environ.get("MODEL_EXAMPLES", "10")), stateful_step_count=30, deadline=None,
            suppress_health_check=list(HealthCheck), database=None,
        ),
    )  # fmt: skip
