"""Choosing what to deliver next: due, nobody's, the newest of its key, in a lane that is open and not crowded.

At most so many messages of one client are at its LMS at once, in all its lanes and over all workers. A worker claims a
few more than that, which stand ready behind: one that is done hands its place to the next without asking the database.
Leases and due times go by the database's clock, as each machine has one of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, bindparam, func, select, update
from sqlalchemy.orm import Session, aliased

from lti_tool.db import UtcDateTime, database_time
from lti_tool.outbox.handlers import Message
from lti_tool.outbox.models import IS_LEASED, IS_OPEN, OPEN, MessageState, OutboxLane, OutboxMessage
from lti_tool.outbox.operations import is_free

AHEAD = 4
"""How many messages stand ready behind each one that is at the LMS, in a worker of several threads."""
CLAIMING = 0x6C676F78
"""The advisory lock under which workers claim on PostgreSQL, so that their counts of a lane hold."""


@dataclass(slots=True)
class Held:
    """What one worker holds of a lane."""

    sending: int = 0
    ready: int = 0


@dataclass(frozen=True, slots=True)
class Wish:
    """How much a worker can take."""

    threads: int
    """That are free."""
    most: int
    share: int = 1
    """How many threads one lane may have in this worker: a slow LMS must not take all."""
    ahead: int = 0
    at_once: int = 8
    """How many of one client may be at its LMS, in all its lanes and over all workers."""
    held: Mapping[str, Held] = field(default_factory=dict)
    clients: Mapping[str, str] = field(default_factory=dict)
    """Of the numbers of lanes which count as another one, being the same client of the same LMS."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that is this worker's now: to be sent at once, or to stand ready."""

    message: Message
    is_sending: bool


def claim_messages(db: Session, holder: str, lease: timedelta, wish: Wish) -> list[Claimed]:
    """Take what is next under a lease, as much as there is room for; the caller's transaction makes it so."""
    if db.get_bind().dialect.name == "postgresql":
        db.execute(select(func.pg_advisory_xact_lock(CLAIMING)))
    now = database_time(db)
    chosen = _Choice(db, now, wish, holder).made()
    for is_sending in (True, False):
        ids = [each.message.id for each in chosen if each.is_sending is is_sending]
        if ids:
            values = {"holder": holder, "until": now + lease, "sending": is_sending, "ids": ids}
            db.execute(TAKE, values, execution_options={"synchronize_session": False})
    return chosen


def client_of(lane: str, clients: Mapping[str, str]) -> str:
    """Return which client of an LMS a lane belongs to: `platform:7` and `rest:7` are two ways to the same one."""
    number = lane.partition(":")[2] or lane
    return clients.get(number, number)


def renew_leases(db: Session, held: Sequence[Message], lease: timedelta) -> None:
    """Hold messages for longer, those that are still this worker's."""
    db.execute(
        update(OutboxMessage)
        .where(
            OutboxMessage.id.in_([each.id for each in held]),
            OutboxMessage.lease.in_({each.holder for each in held}),
        )
        .values(leased_until=database_time(db) + lease)
        .execution_options(synchronize_session=False)
    )


def supersede_overtaken(db: Session) -> None:
    """Close messages that two transactions or a dead worker left behind a newer one of their key."""
    newer = aliased(OutboxMessage)
    overtaken = select(newer.id).where(newer.key == OutboxMessage.key, newer.id > OutboxMessage.id).exists()
    db.execute(
        update(OutboxMessage)
        .where(OutboxMessage.state.in_(OPEN), is_free(), overtaken)
        .values(state=MessageState.SUPERSEDED, lease="")
        .execution_options(synchronize_session=False)
    )


class _Choice:
    """Picks messages lane by lane until the worker has enough or every lane is full."""

    def __init__(self, db: Session, now: datetime, wish: Wish, holder: str) -> None:
        self._db, self._now, self._wish, self._holder = db, now, wish, holder
        lanes = db.execute(select(OutboxLane.name, OutboxLane.paused_until, OutboxLane.failures, OutboxLane.at_once))
        self._narrowed: dict[str, int] = {}
        self._closed: set[str] = set()
        for name, paused_until, failures, at_once in lanes:
            if paused_until > now:
                self._closed.add(name)
            width = 1 if failures >= TOLERATED else at_once
            if width is not None:
                self._narrowed[name] = min(width, wish.at_once)
        self._sending = dict(db.execute(SENDING, {"now": now}).all())
        self._at_client = Counter[str]()
        for lane, sending in self._sending.items():
            self._at_client[self._client_of(lane)] += sending
        self._held = {lane: Held(each.sending, each.ready) for lane, each in wish.held.items()}
        self._threads = wish.threads
        self._chosen: list[Claimed] = []

    def made(self) -> list[Claimed]:
        """Return what is chosen; each round but the last finds a lane that has no room for more."""
        while (wanted := self._wanted()) > 0:
            values = {"now": self._now, "closed": sorted(self._closed), "most": wanted, "known": self._known()}
            rows = self._db.execute(DUE, values).all()
            before = len(self._closed)
            for row in rows:
                self._consider(row)
            if len(rows) < wanted or len(self._closed) == before:
                break
        return self._chosen

    def _wanted(self) -> int:
        """Return how many more could find a thread, or a place behind one."""
        could = self._threads * (1 + self._wish.ahead)
        could += sum(max(self._wish.ahead * each.sending - each.ready, 0) for each in self._held.values())
        return min(could, self._wish.most - len(self._chosen))

    def _known(self) -> list[int]:
        return [each.message.id for each in self._chosen] or [0]

    def _consider(self, row: Row[*tuple[Any, ...]]) -> None:
        if len(self._chosen) >= self._wish.most or row.lane in self._closed:
            return
        is_sending = self._has_room(row.lane)
        if not is_sending and not self._may_stand_ready(row.lane):
            self._closed.add(row.lane)
            return
        held = self._held.setdefault(row.lane, Held())
        if is_sending:
            held.sending, self._threads = held.sending + 1, self._threads - 1
            self._sending[row.lane] = self._sending.get(row.lane, 0) + 1
            self._at_client[self._client_of(row.lane)] += 1
        else:
            held.ready += 1
        message = Message(
            row.id, row.kind, row.key, row.lane, row.district_id, row.payload, row.attempts + 1, self._holder
        )
        self._chosen.append(Claimed(message, is_sending))

    def _has_room(self, lane: str) -> bool:
        """Return whether a thread is free for a lane; work that needs no LMS has no lane and no limit but that."""
        if self._threads <= 0 or not lane:
            return self._threads > 0
        if self._at_client[self._client_of(lane)] >= self._wish.at_once:
            return False
        width = self._narrowed.get(lane, self._wish.at_once)
        return self._sending.get(lane, 0) < width and self._held.get(lane, Held()).sending < self._wish.share

    def _client_of(self, lane: str) -> str:
        return client_of(lane, self._wish.clients)

    def _may_stand_ready(self, lane: str) -> bool:
        held = self._held.get(lane, Held())
        is_well = bool(lane) and self._narrowed.get(lane, 2) > 1
        return is_well and held.ready < self._wish.ahead * held.sending


TOLERATED = 5
"""So many failures in a row and an LMS counts as down; one in twenty that fails says nothing of the others."""
TAKE = (
    update(OutboxMessage)
    .where(OutboxMessage.id.in_(bindparam("ids", expanding=True)))
    .values(
        lease=bindparam("holder"),
        leased_until=bindparam("until", type_=UtcDateTime()),
        is_sending=bindparam("sending"),
        attempts=OutboxMessage.attempts + 1,
    )
)
SENDING = (
    select(OutboxMessage.lane, func.count())
    .where(IS_LEASED, OutboxMessage.leased_until > bindparam("now", type_=UtcDateTime()), OutboxMessage.is_sending)
    .group_by(OutboxMessage.lane)
)


def _due() -> Select[*tuple[Any, ...]]:
    """Choose by the index of open messages in their order; what is in the way is few and looked up once."""
    newer, now = aliased(OutboxMessage), bindparam("now", type_=UtcDateTime())
    is_overtaken = select(newer.id).where(newer.key == OutboxMessage.key, newer.id > OutboxMessage.id).exists()
    keys_under_way = select(OutboxMessage.key).where(IS_LEASED, OutboxMessage.leased_until > now)
    return (
        select(
            OutboxMessage.id, OutboxMessage.kind, OutboxMessage.key, OutboxMessage.lane, OutboxMessage.district_id,
            OutboxMessage.payload, OutboxMessage.attempts,
        )
        .where(
            IS_OPEN,
            OutboxMessage.due_at <= now,
            is_free(now),  # said of the row itself, which PostgreSQL reads again once it has the lock
            OutboxMessage.key.not_in(keys_under_way),
            OutboxMessage.lane.not_in(bindparam("closed", expanding=True)),
            OutboxMessage.id.not_in(bindparam("known", expanding=True)),
            ~is_overtaken,
        )
        .order_by(OutboxMessage.due_at, OutboxMessage.id)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True, of=OutboxMessage)
    )  # fmt: skip


DUE = _due()
"""Built once: building a statement costs more than running it."""
