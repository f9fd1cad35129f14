"""Carries messages out, many at once, in the threads of one worker.

One transaction settles what is done and claims what comes next, under a lease that is renewed until each is settled. No
transaction is open while an LMS is called. What came of a message is only written down while its lease is still the
worker's own. The class of the error alone decides what happens next:

    nothing raised       delivered
    LMSUnavailableError  tried again later, further apart each time; after a few in a row its lane pauses
    LMSStrangeError      the same: a page, or another address, is what an LMS under maintenance answers with
    LMSThrottledError    the same, at the time that the LMS named; its lane goes on with half as many at once
    LMSAccessError       the lane stops until somebody mends the access; one message of it tries daily
    LMSWaitingError      tried daily, weekly after a month, until somebody has acted in the LMS
    LMSRejectedError     never tried again by itself
    GaveUpError          the same, said of work of the tool's own
    anything else        a fault of the tool: logged, tried again like an LMS that is unavailable, alone in its lane
"""

from __future__ import annotations

import logging
import secrets
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Self, TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from config import Config
from lti_tool.db import Database
from lti_tool.outbox.claiming import AHEAD, Claimed, Held, Wish, claim_messages, renew_leases
from lti_tool.outbox.handlers import BatchHandler, Message, Outcome, clients_of_lanes, handler_of
from lti_tool.outbox.settling import give_back, note_started, settle, still_held
from lti_tool.outbox.slots import Job, Slots

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=1)
"""How long after a worker died its messages go to another."""
MOST_RENEWALS = 90
"""A handler that hangs loses its message in the end: with three renewals a lease, after half an hour."""
LOOK_AGAIN = 1.0
"""How many seconds a busy worker lets pass before it looks for what has become due since."""
CLIENTS_LAST = 60.0
"""How many seconds a worker believes which lanes lead to the same client; registrations hardly ever change."""
SHARE = 0.75
"""How much of a worker one lane may take."""
DATABASE_PAUSE = 0.5

Dealt = TypeVar("Dealt", Outcome, Claimed)


@dataclass(frozen=True, slots=True)
class _Turn:
    """What one transaction does: settle, give back, note who took whose place, and claim."""

    finished: Sequence[Outcome]
    taken_over: Sequence[Message]
    returned: Sequence[Message]
    wish: Wish


def deliver_due(
    database: Database, settings: Config, *, limit: int = 50, lease: timedelta = LEASE, threads: int = 1
) -> int:
    """Deliver what is due, oldest first, up to the limit; return how many were tried."""
    with Courier(database, settings, threads=threads, lease=lease) as courier:
        return courier.run(limit)


class Courier:
    """Delivers in one process until nothing is due. One thread alone takes one message after another."""

    def __init__(
        self,
        database: Database,
        settings: Config,
        *,
        threads: int,
        lease: timedelta = LEASE,
        is_stopping: Callable[[], bool] = lambda: False,
        call_others: Callable[[], None] = lambda: None,
    ) -> None:
        self._database, self._settings, self._lease = database, settings, lease
        self._is_stopping, self._call_others = is_stopping, call_others
        self._slots = Slots(threads, is_stopping)
        self._share, self._ahead = max(int(threads * SHARE), 1), AHEAD if threads > 1 else 0
        self._handlers: dict[str, BatchHandler] = {}
        self._renewed_at, self._called_at, self._is_crowded = time.monotonic(), 0.0, False
        self._clients: Mapping[str, str] = {}
        self._asked_clients_at = float("-inf")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._slots.close()

    def look(self) -> None:
        """Have a running courier look for new messages now."""
        self._slots.interrupt()

    def run(self, limit: int) -> int:
        """Deliver until nothing is due, the limit is reached or the worker stops; return how many were tried."""
        tried = 0
        while True:
            finished, taken_over = self._slots.finished(min(LOOK_AGAIN, self._lease.total_seconds() / 3))
            returned = self._slots.returned(everything=self._is_stopping())
            tried -= len(returned)
            before = self._slots.held()
            wish = self._wish(0 if self._is_stopping() else limit - tried, before)
            jobs = self._turn(_Turn(finished, taken_over, returned, wish))
            tried += len(jobs)
            self._slots.start(jobs, before)
            self._renew()
            self._ask_for_help()
            if not self._slots.busy:
                return tried

    def _wish(self, most: int, held: Mapping[str, Held]) -> Wish:
        return Wish(
            threads=self._slots.free,
            most=most,
            share=self._share,
            ahead=self._ahead,
            at_once=self._settings.lms_at_once,
            held=held,
        )

    def _turn(self, turn: _Turn) -> list[tuple[Job, bool]]:
        """Settle, give back and claim in one transaction; where the database went away, once it is back."""
        ends = time.monotonic() + self._lease.total_seconds()
        while True:
            try:
                with self._database.transaction() as db:
                    give_back(db, turn.returned)  # before a lost access stops what nobody holds
                    self._settle(db, turn.finished)
                    note_started(db, turn.taken_over)
                    return self._claim(db, turn.wish)
            except DBAPIError:
                if time.monotonic() > ends:
                    raise
                logger.warning("the database does not answer; what was delivered is written down once it does")
                time.sleep(DATABASE_PAUSE)

    def _settle(self, db: Session, finished: Sequence[Outcome]) -> None:
        if not finished:
            return
        held = still_held(db, [outcome.message for outcome in finished])
        for outcome in finished:
            if outcome.message.id not in held:
                logger.warning("message %s was taken over by another worker", outcome.message.id)
        kept = [outcome for outcome in finished if outcome.message.id in held]
        written = [each for kind, some in _by_kind(kept) for each in self._written(db, kind, some)]
        settle(db, written, self._settings.lms_at_once)

    def _written(self, db: Session, kind: str, outcomes: Sequence[Outcome]) -> list[Outcome]:
        """Let a handler write down what came of it; what it fails at is a fault of that message alone."""
        try:
            with db.begin_nested():
                self._handler(kind).finish(db, outcomes)
        except Exception as error:
            _raise_if_gone(error)
            if len(outcomes) == 1:
                logger.exception("message %s (%s) could not be written down", outcomes[0].message.id, kind)
                return [replace(outcomes[0], error=error)]
            return [each for one in outcomes for each in self._written(db, kind, [one])]
        return list(outcomes)

    def _claim(self, db: Session, wish: Wish) -> list[tuple[Job, bool]]:
        if wish.most <= 0:
            return []
        wish = replace(wish, clients=self._clients_now(db))
        claimed = claim_messages(db, secrets.token_hex(16), self._lease, wish)
        self._is_crowded = not self._slots.free - sum(each.is_sending for each in claimed)
        if not claimed:
            return []
        found: dict[int, Any] = {}
        for kind, some in _by_kind(claimed):
            found |= self._begun(db, kind, [each.message for each in some])
        return [
            (Job(each.message, self._handler(each.message.kind), found.get(each.message.id)), each.is_sending)
            for each in claimed
        ]

    def _clients_now(self, db: Session) -> Mapping[str, str]:
        if time.monotonic() - self._asked_clients_at >= CLIENTS_LAST:
            self._clients, self._asked_clients_at = clients_of_lanes(db), time.monotonic()
        return self._clients

    def _begun(self, db: Session, kind: str, messages: Sequence[Message]) -> Mapping[int, Any]:
        """Let a handler read what messages need; one that it fails at does not hold up the others."""
        try:
            with db.begin_nested():
                return self._handler(kind).begin(db, messages)
        except Exception as error:  # noqa: BLE001 - it becomes what came of the message
            _raise_if_gone(error)
            if len(messages) == 1:
                return {messages[0].id: error}
            return {id_: work for one in messages for id_, work in self._begun(db, kind, [one]).items()}

    def _handler(self, kind: str) -> BatchHandler:
        if kind not in self._handlers:
            self._handlers[kind] = handler_of(kind, self._database, self._settings)
        return self._handlers[kind]

    def _ask_for_help(self) -> None:
        """Call other workers while all threads of this one are taken."""
        if self._is_crowded and time.monotonic() - self._called_at >= LOOK_AGAIN:
            self._called_at = time.monotonic()
            self._call_others()

    def _renew(self) -> None:
        """Keep the leases of what is under way: asking a large course for its completions takes minutes."""
        now, each = time.monotonic(), self._lease.total_seconds() / 3
        if now - self._renewed_at < each:
            return
        self._renewed_at = now
        held = [message for message, begun in self._slots.begun() if now - begun < MOST_RENEWALS * each]
        try:
            with self._database.transaction() as db:
                renew_leases(db, held, self._lease)
        except DBAPIError:
            logger.warning("the leases of %s messages could not be renewed", len(held))


def _by_kind(dealt: Iterable[Dealt]) -> list[tuple[str, list[Dealt]]]:
    kinds: defaultdict[str, list[Dealt]] = defaultdict(list)
    for each in dealt:
        kinds[each.message.kind].append(each)
    return sorted(kinds.items())


def _raise_if_gone(error: Exception) -> None:
    """Let a lost connection end the transaction: it is no fault of a message."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        raise error
