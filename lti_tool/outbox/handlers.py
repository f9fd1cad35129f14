"""Who carries out which kind of message, and what a handler is given.

Most kinds are carried out one by one by a function. A kind of which thousands are due at once has a batch handler: it
reads what many messages need in the transaction that claims them, calls the LMS with no transaction open, and writes
down what came of it in the transaction that settles them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol

from sqlalchemy.orm import Session

from config import Config
from lti_tool.db import Database


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
    holder: str = ""
    """Under whose lease; each claim has a name of its own."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One try: the message, and what is needed to carry it out."""

    message: Message
    database: Database
    settings: Config


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a try: what the handler returned, or what it raised."""

    message: Message
    work: Any = None
    result: Any = None
    error: Exception | None = None
    rest: timedelta = field(default=timedelta())
    """For how long the LMS's own count of requests asks to leave it alone."""
    status: int | None = None
    """With which the LMS answered last; empty where it was not asked."""


class BatchHandler(Protocol):
    """Carries out many messages of one kind; one is made for each worker's run."""

    def begin(self, db: Session, messages: Sequence[Message]) -> Mapping[int, Any]:
        """Return what to do by message, or the `LMSError` that forbids it; nothing where nothing is left to do."""

    def carry_out(self, message: Message, work: Any) -> Any:
        """Do it, in any thread, with no transaction open; it may run again for the same message."""

    def finish(self, db: Session, outcomes: Sequence[Outcome]) -> None:
        """Write down what came of messages that this worker still holds; `work` is as `begin` gave it."""


Handler = Callable[[Delivery], None]
BatchMaker = Callable[[Database, Config], BatchHandler]
_makers: dict[str, BatchMaker] = {}
ClientReader = Callable[[Session], Mapping[str, str]]
_client_readers: list[ClientReader] = []


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Make a function the handler of a kind of message.

    It opens short transactions of its own, holds none during an LMS call, and may run again for the same message:
    a worker can die after the LMS has accepted and before that is written down.
    """

    def register(handler: Handler) -> Handler:
        _makers[kind] = lambda database, settings: _OneByOne(handler, database, settings)
        return handler

    return register


def handles_batches(kind: str) -> Callable[[BatchMaker], BatchMaker]:
    """Make a class the batch handler of a kind of message."""

    def register(maker: BatchMaker) -> BatchMaker:
        _makers[kind] = maker
        return maker

    return register


def tells_clients(reader: ClientReader) -> ClientReader:
    """Make a function what tells of the numbers of lanes which count as another one: one client of one LMS."""
    _client_readers.append(reader)
    return reader


def clients_of_lanes(db: Session) -> Mapping[str, str]:
    """Return of the numbers of lanes which count as another one."""
    return {number: other for reader in _client_readers for number, other in reader(db).items()}


def handler_of(kind: str, database: Database, settings: Config) -> BatchHandler:
    """Return a new handler of a kind; one for a kind that nobody knows fails as a fault of the tool."""
    return _makers.get(kind, _Unknown)(database, settings)


class _OneByOne:
    """A function as a batch handler."""

    def __init__(self, handler: Handler, database: Database, settings: Config) -> None:
        self._handler, self._database, self._settings = handler, database, settings

    def begin(self, _db: Session, messages: Sequence[Message]) -> Mapping[int, Delivery]:
        return {message.id: Delivery(message, self._database, self._settings) for message in messages}

    def carry_out(self, _message: Message, work: Delivery) -> None:
        self._handler(work)

    def finish(self, db: Session, outcomes: Sequence[Outcome]) -> None:
        """Leave it to the function, which wrote down what it had to."""


class _Unknown(_OneByOne):
    """The handler of a kind that nobody registered: a newer version's, or a module that was not loaded."""

    def __init__(self, database: Database, settings: Config) -> None:
        super().__init__(self._refuse, database, settings)

    @staticmethod
    def _refuse(delivery: Delivery) -> None:
        raise LookupError(delivery.message.kind)
