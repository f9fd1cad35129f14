"""One statement that inserts a row or changes the one that is there; SQLite and PostgreSQL spell it alike.

Statements are built once: on the path of a launch building them costs more than running them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import Executable
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lti_tool.db import Base


def upsert(db: Session, table: type[Base], values: Mapping[str, Any], *, unique: tuple[str, ...]) -> None:
    """Write `values`; a row with the same `unique` columns takes over all the others."""
    connection = db.connection()
    connection.execute(_statement(connection.dialect.name, table, tuple(values), unique), dict(values))


def insert_missing(db: Session, table: type[Base], values: Mapping[str, Any]) -> bool:
    """Write `values` unless a row stands in their way; return whether they were written."""
    connection = db.connection()
    insert = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table)
    written = insert.on_conflict_do_nothing().returning(*table.__table__.primary_key)
    return connection.execute(written, dict(values)).first() is not None


@lru_cache(maxsize=64)
def _statement(dialect: str, table: type[Base], columns: tuple[str, ...], unique: tuple[str, ...]) -> Executable:
    insert = (postgresql if dialect == "postgresql" else sqlite).insert(table)
    changed = {name: insert.excluded[name] for name in columns if name not in unique}
    statement: Executable = insert.on_conflict_do_update(index_elements=list(unique), set_=changed)
    return statement
