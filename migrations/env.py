"""How Alembic meets the database: with the engine it was handed, in one transaction."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from alembic import context
from sqlalchemy import Engine

import lti_tool
from lti_tool.db import Base

for models in Path(lti_tool.__file__).parent.glob("*/models*"):
    import_module(f"lti_tool.{models.parent.name}.models")

engine: Engine = context.config.attributes["engine"]
is_sqlite = engine.dialect.name == "sqlite"

with engine.connect() as connection:
    if is_sqlite:  # a table is changed by making it anew; dropping the old one must not empty those that point to it
        connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
    context.configure(
        connection=connection, target_metadata=Base.metadata, render_as_batch=is_sqlite, compare_type=True
    )
    with context.begin_transaction():
        context.run_migrations()
    if is_sqlite and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").all()):
        raise RuntimeError(f"This migration would leave {len(broken)} rows that point to nothing. Nothing was changed.")
    connection.commit()
    if is_sqlite:
        connection.connection.cursor().execute("PRAGMA foreign_keys=ON")
