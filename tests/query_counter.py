"""Counts the statements that a block sends to a database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import event

from lti_tool.db import Database


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
