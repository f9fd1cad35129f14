"""The engine, the base class of all tables, and the one way to a transaction.

One use case is one transaction, opened at the edge (a request, a task, a command) and never committed
inside: returning commits, raising rolls back. No LMS is called while one is open.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import DateTime, Dialect, Engine, Enum, MetaData, String, create_engine, event, select
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, always aware and in UTC, on databases that forget the zone too."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is not None and value.tzinfo is None:
            raise ValueError("A time without a zone cannot be stored.")
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def text_enum(kind: type[StrEnum]) -> Enum:
    """Return the column type that stores an enumeration as its text, without a database type of its own."""
    return Enum(kind, native_enum=False, length=32, values_callable=lambda members: [each.value for each in members])


LARGEST_ID = 2**31 - 1
"""Ids are 32 bits wide on PostgreSQL."""


def row_id(text: str) -> int:
    """Return the number in a text that can be the id of a row; raise `ValueError` when it holds none."""
    number = int(text)
    if not 0 < number <= LARGEST_ID:
        raise ValueError("No row has this id.")
    return number


DEEPEST_VALUE = 100
"""How many lists and objects may stand within each other: what walks through a value needs no end of room for it."""


def is_storable(value: object) -> bool:
    """Return whether any database keeps a value: text without NUL or half a character, numbers, not nested too deep."""
    level: list[object] = [value]
    for _ in range(DEEPEST_VALUE):
        if not all(map(_is_storable_alone, level)):
            return False
        level = [part for each in level for part in _within(each)]
        if not level:
            return True
    return False


def _is_storable_alone(value: object) -> bool:
    if isinstance(value, str):
        return "\0" not in value and value == value.encode(errors="replace").decode()
    return not isinstance(value, float) or math.isfinite(value)


def _within(value: object) -> Iterable[object]:
    if isinstance(value, Mapping):
        return (*value.keys(), *value.values())
    return value if isinstance(value, list | tuple) else ()


class Base(DeclarativeBase):
    """All tables; constraints are named by rule so that migrations can always alter them."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: UtcDateTime, str: String}  # noqa: RUF012


def utc_now() -> datetime:
    """Return this moment in UTC."""
    return datetime.now(UTC)


class database_now(FunctionElement[datetime]):  # noqa: N801 - written like a function of SQL
    """This moment by the database's clock, said in SQL: of many machines each has a clock of its own."""

    type = UtcDateTime()
    inherit_cache = True


@compiles(database_now, "postgresql")
def _now_of_postgresql(_element: object, _compiler: object, **_more: object) -> str:
    return "statement_timestamp()"


@compiles(database_now, "sqlite")
def _now_of_sqlite(_element: object, _compiler: object, **_more: object) -> str:
    return "strftime('%Y-%m-%d %H:%M:%f000', 'now')"


def database_time(db: Session) -> datetime:
    """Return this moment by the database's clock."""
    return db.scalars(NOW).one()


NOW = select(database_now())
"""Built once: building a statement costs more than running it."""


def create_database_engine(url: str) -> Engine:
    """Return an engine; SQLite gets one writer at a time, readers beside it, and foreign keys that hold.

    What is written stays out of error messages, and so out of logs.
    """
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True, hide_parameters=True)
    engine = create_engine(url, connect_args={"timeout": 30}, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    cast("Any", connection).isolation_level = None  # the driver would begin late; `_begin_sqlite` does it
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=NORMAL", "busy_timeout=30000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    """Take the write lock at the start: a read that later writes would fail at once, without waiting."""
    reads_only = connection.get_execution_options().get("reads_only", False)
    connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")


class Database:
    """One database and its transactions."""

    def __init__(self, url: str) -> None:
        self.engine = create_database_engine(url)
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Yield a session whose work is committed when the block returns and undone when it raises."""
        with self._sessions.begin() as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Yield a session for reading beside a writer; nothing done in it is kept."""
        with self._sessions(bind=self.engine.execution_options(reads_only=True)) as session:
            yield session

    def when_committed(self, callback: Callable[[Session], None]) -> None:
        """Call back after each commit, with the session; no statement may be sent from there."""
        event.listen(self._sessions, "after_commit", callback)
