"""Where measurements are made: the tool on a database of its own, SQLite and, where one answers, PostgreSQL."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

import lti_tool.lms.models  # noqa: F401 - its table too, which the web process does not read
from config import Config
from lti_tool.app import create_app
from lti_tool.db import Base, Database
from tests.postgres import SERVER, scratch_database

BACKENDS = text("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")


@dataclass(frozen=True)
class Place:
    """The tool with an empty database."""

    name: str
    app: Flask
    database: Database
    settings: Config

    def cpu_seconds(self) -> float:
        """Return the processor time of this process and, on PostgreSQL, of the processes that serve it."""
        return time.process_time() + sum(_used_by(pid) for pid in self._backends())

    def _backends(self) -> list[int]:
        if self.name == "SQLite":
            return []
        pids: list[int] = self.app.extensions.setdefault("backends", [])
        if not pids:
            with self.database.engine.connect() as connection:
                pids += connection.scalars(BACKENDS)
        return pids

    def analyze(self) -> None:
        """Let the database count its rows, as PostgreSQL does by itself after a while; SQLite never does."""
        if self.name == "PostgreSQL":
            with self.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("ANALYZE"))


def _used_by(pid: int) -> float:
    """Return the processor time of another process on Linux, in nanoseconds' grain."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


@contextmanager
def sqlite() -> Iterator[Place]:
    """Yield the tool on a new SQLite file."""
    with tempfile.TemporaryDirectory() as home:
        yield from _tool("SQLite", Path(home), f"sqlite:///{home}/bench.sqlite3")


@contextmanager
def postgresql() -> Iterator[Place | None]:
    """Yield the tool on a new PostgreSQL database, or None where no server answers."""
    with ExitStack() as stack:
        try:
            url = stack.enter_context(scratch_database(SERVER, "bench"))
        except OperationalError:
            yield None
            return
        home = stack.enter_context(tempfile.TemporaryDirectory())
        yield from _tool("PostgreSQL", Path(home), url)


def _tool(name: str, home: Path, url: str) -> Iterator[Place]:
    settings = Config.from_env(
        {
            "INSTANCE_DIR": str(home),
            "KEYS_DIR": str(home / "keys"),
            "DATABASE_URL": url,
            "BROKER_URL": "memory://",
            "TOOL_URL": "http://localhost",
            "LTI_PRIVATE_HOSTS": "localhost 127.0.0.1",
            "CONFIRM_AFTER": "0",
        }
    )
    app = create_app(settings)
    database: Database = app.extensions["database"]
    Base.metadata.create_all(database.engine)
    yield Place(name, app, database, settings)
    database.engine.dispose()
