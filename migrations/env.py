"""How Alembic meets the database: with the engine it was handed, in one transaction."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from alembic import context
from sqlalchemy import Engine

import lti_tool
from lti_tool.db import Base

for models in Path(lti_tool.__file__).parent.glob("*/models.py"):
    import_module(f"lti_tool.{models.parent.name}.models")

engine: Engine = context.config.attributes["engine"]

with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=engine.dialect.name == "sqlite",
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
