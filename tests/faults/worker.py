"""A worker process without a broker: it looks again and again, as one does whose calls all get lost.

It runs what Celery's worker runs, `outbox.sweep`, and stops as that one does when it is asked to. Started as
`python -m tests.faults.worker`, it says "ready" when it has loaded everything. With `STAND_BEFORE` it stands still, and
says "here", before the first statement that begins so; with `STAND_AFTER` once such a statement was committed.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from datetime import datetime, timedelta, tzinfo
from types import FrameType
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

import lti_tool.db
import lti_tool.grades.tasks
import lti_tool.teams.tasks
from lti_tool.jobs import stopping
from lti_tool.outbox.tasks import sweep

SECONDS = 0.2
AHEAD = timedelta(seconds=float(os.environ.get("CLOCK_AHEAD", "0")))
STAND_BEFORE, STAND_AFTER = os.environ.get("STAND_BEFORE"), os.environ.get("STAND_AFTER")
has_come = threading.local()


class SetClock(datetime):
    """The clock of a machine that is set wrong, as `lti_tool.db.utc_now` reads it."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]  # SQLite takes no subclass of it
        return datetime.now(tz) + AHEAD


def _stand_still() -> None:
    sys.stdout.write("here\n")
    sys.stdout.flush()
    threading.Event().wait()


def _before_statement(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
    if STAND_BEFORE and statement.startswith(STAND_BEFORE):
        _stand_still()
    if STAND_AFTER and statement.startswith(STAND_AFTER):
        has_come.here = True


def _after_commit(_session: Session) -> None:
    if getattr(has_come, "here", False):
        _stand_still()


def _stop(_number: int, _frame: FrameType | None) -> None:
    stopping.set()


signal.signal(signal.SIGTERM, _stop)
vars(lti_tool.db)["datetime"] = SetClock
event.listen(Engine, "before_cursor_execute", _before_statement)
event.listen(Session, "after_commit", _after_commit)
sys.stdout.write("ready\n")
sys.stdout.flush()
pause = threading.Event()
while not stopping.is_set():
    try:
        sweep()
    except SQLAlchemyError:  # Celery, too, notes that a task failed, and begins the next
        logging.getLogger(__name__).warning("the database did not answer")
    pause.wait(SECONDS)
