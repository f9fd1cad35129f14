"""The worker's side of the outbox: look now, and look every so often for what a lost call left."""

from __future__ import annotations

import threading

from lti_tool.jobs import call_worker, stopping, task, worker_resources
from lti_tool.outbox.claiming import supersede_overtaken
from lti_tool.outbox.delivery import Courier

BATCH = 100_000


class _Desk:
    """One courier for each worker process: who comes while it works only tells it to look again."""

    def __init__(self) -> None:
        self._is_taken, self._asked = threading.Lock(), threading.Event()
        self._courier: Courier | None = None

    def deliver(self) -> int:
        """Deliver until nothing is due; return how many messages were tried."""
        tried = 0
        self._asked.set()
        while self._asked.is_set() and not stopping.is_set():
            if not self._is_taken.acquire(blocking=False):
                self._tell_to_look()
                break
            try:
                self._asked.clear()
                tried += self._work()
            finally:
                self._is_taken.release()
        return tried

    def _tell_to_look(self) -> None:
        courier = self._courier
        if courier is not None:
            courier.look()

    def _work(self) -> int:
        database, settings = worker_resources()
        threads = settings.delivery_threads
        with Courier(
            database, settings, threads=threads, is_stopping=stopping.is_set, call_others=call_worker
        ) as courier:
            self._courier = courier
            try:
                return courier.run(BATCH)
            finally:
                self._courier = None


_desk = _Desk()


@task("outbox.deliver_due")
def deliver() -> int:
    """Deliver what is due, until nothing is or the worker stops; return how many messages were tried."""
    return _desk.deliver()


@task("outbox.sweep")
def sweep() -> int:
    """Tidy up behind lost calls and dead workers, and deliver what is due."""
    database, _settings = worker_resources()
    with database.transaction() as db:
        supersede_overtaken(db)
    return deliver()
