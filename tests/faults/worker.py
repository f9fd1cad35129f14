"""A worker process without a broker: it looks again and again, as one does whose calls all get lost.

It runs what Celery's worker runs, `outbox.sweep`, and stops as that one does when it is asked to. Started as
`python -m tests.faults.worker`, it says "ready" when it has loaded everything.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from datetime import datetime, timedelta, tzinfo
from types import FrameType

from sqlalchemy.exc import SQLAlchemyError

import lti_tool.db
import lti_tool.grades.tasks
import lti_tool.teams.tasks
from lti_tool.jobs import stopping
from lti_tool.outbox.tasks import sweep

SECONDS = 0.2
AHEAD = timedelta(seconds=float(os.environ.get("CLOCK_AHEAD", "0")))


class SetClock(datetime):
    """The clock of a machine that is set wrong, as `lti_tool.db.utc_now` reads it."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]  # SQLite takes no subclass of it
        return datetime.now(tz) + AHEAD


def _stop(_number: int, _frame: FrameType | None) -> None:
    stopping.set()


signal.signal(signal.SIGTERM, _stop)
vars(lti_tool.db)["datetime"] = SetClock
sys.stdout.write("ready\n")
sys.stdout.flush()
pause = threading.Event()
while not stopping.is_set():
    try:
        sweep()
    except SQLAlchemyError:  # Celery, too, notes that a task failed, and begins the next
        logging.getLogger(__name__).warning("the database did not answer")
    pause.wait(SECONDS)
