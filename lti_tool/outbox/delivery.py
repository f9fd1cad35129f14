"""Carries messages out, one at a time per worker thread.

A message is claimed by one statement under a lease, which is renewed while the handler runs, with no transaction
open; what came of it is settled only while the lease is still the worker's own. The class of the error alone decides
what happens next:

    nothing raised       delivered
    LMSUnavailableError  tried again later, further apart each time; its lane pauses
    LMSThrottledError    the same, at the time that the LMS named
    LMSAccessError       the lane stops until somebody mends the access; one message of it tries daily
    LMSWaitingError      tried daily until somebody has acted in the LMS
    LMSRejectedError     never tried again by itself
    anything else        a fault of the tool: logged, tried again like an LMS that is unavailable, alone in its lane
"""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from config import Config
from lti_tool.db import Database
from lti_tool.errors import LMSError
from lti_tool.outbox.claiming import claim_message, renew_lease
from lti_tool.outbox.settling import settle

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=1)
"""How long after a worker died its message goes to another."""
MOST_RENEWALS = 90
"""A handler that hangs loses its message in the end: with three renewals a lease, after half an hour."""


@dataclass(frozen=True, slots=True)
class Message:
    """A claimed message as its handler sees it."""

    id: int
    kind: str
    key: str
    lane: str
    district_id: int
    payload: dict[str, Any]
    attempts: int
    """Counts this one."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One try: the message, and what is needed to carry it out."""

    message: Message
    database: Database
    settings: Config


Handler = Callable[[Delivery], None]
_handlers: dict[str, Handler] = {}


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Make a function the handler of a kind of message.

    It opens short transactions of its own, holds none during an LMS call, and may run again for the same message:
    a worker can die after the LMS has accepted and before that is written down.
    """

    def register(handler: Handler) -> Handler:
        _handlers[kind] = handler
        return handler

    return register


def deliver_due(database: Database, settings: Config, *, limit: int = 50, lease: timedelta = LEASE) -> int:
    """Deliver what is due, oldest first, up to the limit; return how many were tried."""
    for tried in range(limit):
        if not _deliver_next(database, settings, lease):
            return tried
    return limit


def _deliver_next(database: Database, settings: Config, lease: timedelta) -> bool:
    holder = secrets.token_hex(16)
    with database.transaction() as db:
        row = claim_message(db, holder, lease)
        if row is None:
            return False
        message = Message(row.id, row.kind, row.key, row.lane, row.district_id, row.payload, row.attempts)
    with _renewing(database, message.id, holder, lease):
        error = _run(Delivery(message, database, settings))
    with database.transaction() as db:
        if not settle(db, message.id, holder, error):
            logger.warning("message %s was taken over by another worker before it was settled", message.id)
    return True


@contextmanager
def _renewing(database: Database, message_id: int, holder: str, lease: timedelta) -> Iterator[None]:
    """Keep the lease while the block runs: asking a large course for its completions takes minutes."""
    done = threading.Event()

    def renew() -> None:
        for _turn in range(MOST_RENEWALS):
            if done.wait(lease.total_seconds() / 3):
                return
            try:
                with database.transaction() as db:
                    renew_lease(db, message_id, holder, lease)
            except SQLAlchemyError:
                logger.warning("the lease of message %s could not be renewed", message_id)

    renewal = threading.Thread(target=renew, name=f"lease-{message_id}", daemon=True)
    renewal.start()
    try:
        yield
    finally:
        done.set()
        renewal.join()


def _run(delivery: Delivery) -> Exception | None:
    message = delivery.message
    try:
        _handlers[message.kind](delivery)
    except LMSError as error:
        logger.info("message %s (%s): %s", message.id, message.kind, error.code)
        return error
    except Exception as error:
        logger.exception("message %s (%s) met a fault of the tool", message.id, message.kind)
        return error
    return None
