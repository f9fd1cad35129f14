"""The outbox on SQLite and, where one answers, on PostgreSQL; handlers that do as a test says."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

import lti_tool.app  # noqa: F401 - all tables
from config import Config
from lti_tool import jobs
from lti_tool.db import Base, Database, utc_now
from lti_tool.outbox import handlers
from lti_tool.outbox.claiming import Wish, claim_messages
from lti_tool.outbox.delivery import deliver_due
from lti_tool.outbox.handlers import Delivery, Message, Outcome
from lti_tool.outbox.models import OutboxLane, OutboxMessage
from lti_tool.outbox.operations import enqueue
from lti_tool.outbox.settling import settle, still_held
from lti_tool.people.models import District
from tests.postgres import SERVER, answers, scratch_database


@pytest.fixture(scope="session", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request, tmp_path_factory) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('outbox') / 'outbox.sqlite3'}"
        return
    if not answers(SERVER):
        pytest.skip("no PostgreSQL answers")
    with scratch_database(SERVER, "outbox") as url:
        yield url


@pytest.fixture(scope="session")
def _tables(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    Base.metadata.create_all(database.engine)
    yield database
    database.engine.dispose()


@pytest.fixture
def database(_tables: Database) -> Iterator[Database]:
    yield _tables
    with _tables.transaction() as db:
        for table in reversed(Base.metadata.sorted_tables):
            db.execute(table.delete())


@pytest.fixture
def settings(tmp_path, database_url) -> Config:
    return Config.from_env({"INSTANCE_DIR": str(tmp_path), "DATABASE_URL": database_url, "BROKER_URL": "memory://"})


@pytest.fixture
def configure() -> Iterator[Callable[[Config], None]]:
    """Return `configure(config)`: gives this process another broker until the test is over."""
    before = list(jobs._chosen)

    def configure(config: Config) -> None:
        jobs.configure(config)
        jobs.celery_app._after_fork()  # drops the connections to the broker before

    yield configure
    jobs._quiet_until = 0.0
    jobs._chosen[:] = []
    if before:
        configure(before[0])


@dataclass
class Outbox:
    """The outbox under test: puts messages in, delivers, and notes what the handler of kind `test` saw."""

    database: Database
    settings: Config
    district_id: int
    seen: list[dict[str, Any]] = field(default_factory=list)
    behaviour: Callable[[Delivery], None] = lambda _delivery: None

    def put(self, key="a", lane="", due_in=0.0, **payload) -> int:
        with self.database.transaction() as db:
            message = enqueue(
                db, kind="test", key=key, lane=lane, district_id=self.district_id, payload=payload,
                due_at=utc_now() + timedelta(seconds=due_in) if due_in else None,
            )  # fmt: skip
            return message.id

    def deliver(self, **options) -> int:
        return deliver_due(self.database, self.settings, **options)

    def claim(self, seconds=60.0, threads=1, **wish) -> list[Message]:
        """Take what is next as a worker does that has so many free threads."""
        wish = {"most": threads, "share": threads, **wish}
        with self.database.transaction() as db:
            chosen = claim_messages(db, secrets.token_hex(16), timedelta(seconds=seconds), Wish(threads, **wish))
        return [each.message for each in chosen]

    def settle(self, message: Message, error: Exception | None = None) -> bool:
        """Write down what came of a claimed message; False when it is somebody else's by now."""
        with self.database.transaction() as db:
            held = still_held(db, [message])
            settle(db, [Outcome(message, error=error)] if held else [], self.settings.lms_at_once)
        return bool(held)

    def fail_with(self, error: Exception | None) -> None:
        def behave(_delivery: Delivery) -> None:
            if error:
                raise error

        self.behaviour = behave

    def message(self, message_id: int) -> OutboxMessage:
        with self.database.transaction() as db:
            found = db.get(OutboxMessage, message_id)
            assert found is not None
            return found

    def states(self) -> list[str]:
        with self.database.transaction() as db:
            return [each.value for each in db.scalars(select(OutboxMessage.state).order_by(OutboxMessage.id))]

    def pass_time(self, message_ids=()) -> None:
        """Make everything due and every pause over."""
        past = utc_now() - timedelta(seconds=1)
        with self.database.transaction() as db:
            db.execute(update(OutboxMessage).values(due_at=past))
            db.execute(update(OutboxLane).values(paused_until=past))


@pytest.fixture
def outbox(database, settings, monkeypatch) -> Outbox:
    with database.transaction() as db:
        district = District(name="Cedar Valley")
        db.add(district)
        db.flush()
        made = Outbox(database, settings, district.id)

    def handle(delivered: Delivery) -> None:
        made.seen.append({"id": delivered.message.id, **delivered.message.payload})
        made.behaviour(delivered)

    monkeypatch.setattr(handlers, "_makers", dict(handlers._makers))
    handlers.handles("test")(handle)
    return made
