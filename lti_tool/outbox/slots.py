"""The threads of one worker and what stands ready behind them, lane by lane.

A message that is at an LMS fills a place there. When it is done its place goes to the next of its lane that stands
ready; the database learns of both in one transaction, so that all workers together never fill more than were given out.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from lti_tool.errors import LMSAccessError, LMSError, LMSThrottledError, LMSUnavailableError
from lti_tool.lms.throttling import watching
from lti_tool.outbox.claiming import TOLERATED, Held
from lti_tool.outbox.handlers import BatchHandler, Message, Outcome

logger = logging.getLogger(__name__)

GATHER = 0.06
"""How many seconds what is done waits for company, while enough stands ready: one transaction settles all of it."""


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed message and how it is carried out."""

    message: Message
    handler: BatchHandler
    work: Any

    def outcome(self) -> Outcome:
        """Carry it out and return what came of it."""
        message, result = self.message, None
        error: Exception | None = None
        with watching() as allowance:
            try:
                result = self._carried_out()
            except LMSError as refused:
                logger.info("message %s (%s): %s", message.id, message.kind, refused.code)
                error = refused
            except Exception as fault:
                logger.exception("message %s (%s) met a fault of the tool", message.id, message.kind)
                error = fault
        return Outcome(message, self.work, result, error, allowance.rest, allowance.status)

    def _carried_out(self) -> Any:
        if isinstance(self.work, Exception):
            raise self.work
        return None if self.work is None else self.handler.carry_out(self.message, self.work)


@dataclass(slots=True)
class _Lane:
    ready: deque[Job] = field(default_factory=deque)
    sending: int = 0
    failures: int = 0

    def is_troubled_by(self, outcome: Outcome) -> bool:
        """Count a try, and return whether what stands ready had better not follow."""
        failed = isinstance(outcome.error, LMSUnavailableError)
        self.failures = self.failures + 1 if failed else 0
        is_told_to_stop = isinstance(outcome.error, LMSThrottledError | LMSAccessError) or bool(outcome.rest)
        return is_told_to_stop or self.failures >= TOLERATED


class Slots:
    """Carries out jobs in threads; one other thread starts them and takes back what is finished."""

    def __init__(self, threads: int, is_stopping: Callable[[], bool] = lambda: False) -> None:
        self._threads, self._is_stopping = threads, is_stopping
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="courier")
        self._changed = threading.Condition()
        self._lanes: defaultdict[str, _Lane] = defaultdict(_Lane)
        self._under_way: dict[int, tuple[Message, float]] = {}
        self._finished: list[Outcome] = []
        self._taken_over: list[Message] = []
        self._given_up: list[Message] = []
        self._is_interrupted = False

    def close(self) -> None:
        """End the threads."""
        self._pool.shutdown()

    def interrupt(self) -> None:
        """End a wait for something to be finished."""
        with self._changed:
            self._is_interrupted = True
            self._changed.notify()

    @property
    def busy(self) -> bool:
        with self._changed:
            return bool(self._under_way)

    @property
    def free(self) -> int:
        """How many threads have nothing to do."""
        with self._changed:
            return self._threads - sum(lane.sending for lane in self._lanes.values())

    def held(self) -> dict[str, Held]:
        """Return what is held of each lane."""
        with self._changed:
            return {name: Held(lane.sending, len(lane.ready)) for name, lane in self._lanes.items()}

    def begun(self) -> list[tuple[Message, float]]:
        """Return what is under way and since when."""
        with self._changed:
            return list(self._under_way.values())

    def start(self, jobs: Iterable[tuple[Job, bool]], before: Mapping[str, Held]) -> None:
        """Carry out jobs, or let them stand ready where it says so.

        A place of a lane that fell free since `before`, when they were claimed, goes to one that was to stand ready.
        """
        with self._changed:
            freed = {name: held.sending - self._lanes[name].sending for name, held in before.items()}
            for job, is_sending in jobs:
                name, lane = job.message.lane, self._lanes[job.message.lane]
                self._under_way[job.message.id] = (job.message, time.monotonic())
                if not is_sending and freed.get(name, 0) <= 0:
                    lane.ready.append(job)
                    continue
                if not is_sending:
                    freed[name] -= 1
                    self._taken_over.append(job.message)
                lane.sending += 1
                self._pool.submit(self._run, job)

    def finished(self, patience: float) -> tuple[list[Outcome], list[Message]]:
        """Return what is done, waiting for something if need be, and what took the places of it."""
        with self._changed:
            if self._under_way and not self._finished and not self._is_interrupted:
                self._changed.wait(patience)
            ends = time.monotonic() + GATHER
            while self._finished and self._has_work_left() and (left := ends - time.monotonic()) > 0:
                self._changed.wait(left)
            found = self._finished, self._taken_over
            self._finished, self._taken_over, self._is_interrupted = [], [], False
            for outcome in found[0]:
                del self._under_way[outcome.message.id]
            return found

    def returned(self, *, everything: bool) -> list[Message]:
        """Return what is not to be tried any more for now: of lanes in trouble, or everything that stands ready."""
        with self._changed:
            if everything:
                for lane in self._lanes.values():
                    self._give_up(lane)
            found, self._given_up = self._given_up, []
            for message in found:
                del self._under_way[message.id]
            return found

    def _has_work_left(self) -> bool:
        """Return whether each lane that is under way has enough ready to go on while this waits."""
        busy = [lane for lane in self._lanes.values() if lane.sending]
        return bool(busy) and all(len(lane.ready) >= lane.sending for lane in busy)

    def _run(self, job: Job | None) -> None:
        """Carry out a job and then what stands ready behind it."""
        while job is not None:
            job = self._next_after(job.outcome())

    def _next_after(self, outcome: Outcome) -> Job | None:
        with self._changed:
            self._finished.append(outcome)
            lane = self._lanes[outcome.message.lane]
            if lane.is_troubled_by(outcome) or self._is_stopping():
                self._give_up(lane)
            following = lane.ready.popleft() if lane.ready else None
            if following is None:
                lane.sending -= 1
            else:
                self._taken_over.append(following.message)
            self._changed.notify()
            return following

    def _give_up(self, lane: _Lane) -> None:
        self._given_up += [job.message for job in lane.ready]
        lane.ready.clear()
