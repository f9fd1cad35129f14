"""Tests of the tables: what may never be stored, and that migrations and models agree."""

from __future__ import annotations

import re
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from lti_tool.db import Base, Database
from lti_tool.db_cli import MIGRATIONS, alembic_config

NEVER = re.compile(r"rating|rank|percentile|quartile|points|leader|rated")


def test_nothing_that_compares_people_has_a_column():
    names = [f"{table.name}.{column.name}" for table in Base.metadata.sorted_tables for column in table.columns]

    assert [name for name in names if NEVER.search(name)] == []


def test_every_table_has_constraints_with_names():
    nameless = [
        f"{table.name}: {constraint}"
        for table in Base.metadata.sorted_tables
        for constraint in table.constraints
        if constraint.name is None
    ]

    assert nameless == []


def test_migrations_have_one_head():
    assert len(ScriptDirectory(str(MIGRATIONS)).get_heads()) == 1


def test_migrations_make_the_tables_that_the_models_describe(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'migrated.sqlite3'}")

    command.upgrade(alembic_config(database), "head")

    with database.engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    database.engine.dispose()
    assert differences == []


@pytest.mark.parametrize("table", [table.name for table in Base.metadata.sorted_tables])
def test_a_foreign_key_can_be_followed_without_reading_the_whole_table(table):
    columns = Base.metadata.tables[table]
    constraints: Any = columns.constraints
    led = {next(iter(index.columns)).name for index in columns.indexes}
    led |= {next(iter(each.columns)).name for each in constraints if each.columns and not _is_foreign(each)}
    cascading = {
        key.parent.name
        for key in columns.foreign_keys
        if key.column.table.name in {"person", "goal", "team", "course"} and key.ondelete == "CASCADE"
    }

    assert cascading - led == set()


def _is_foreign(constraint: Any) -> bool:
    return type(constraint).__name__ == "ForeignKeyConstraint"
