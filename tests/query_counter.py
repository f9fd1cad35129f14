"""Counts the statements that a block sends to a database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import event

from lti_tool.db import Database
from tests.conftest import Visitor


@dataclass
class QueryCount:
    statements: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.statements)


@contextmanager
def count_queries(database: Database) -> Iterator[QueryCount]:
    """Yield a counter that grows with each statement sent to this database."""
    counted = QueryCount()

    def note(_connection, _cursor, statement, *_rest) -> None:
        counted.statements.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield counted
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


@contextmanager
def note_plans(database: Database) -> Iterator[list[str]]:
    """Yield a list that grows with each step of SQLite's plans for what is read."""
    steps: list[str] = []

    def note(_connection, cursor, statement, parameters, *_rest) -> None:
        if statement.startswith("SELECT"):
            plan = cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            steps.extend(row[-1] for row in plan)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield steps
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def queries_of_pages(database: Database, visitor: Visitor, pages: Sequence[str]) -> list[int]:
    """Return how many statements each of these pages sends."""
    counted = []
    for page in pages:
        with count_queries(database) as queries:
            assert visitor.get(page).status_code == 200
        counted.append(len(queries))
    return counted
