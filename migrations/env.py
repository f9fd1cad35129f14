"""How Alembic meets the database: with the engine it was handed, in one transaction."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Engine

import lti_tool.app  # noqa: F401  # every table is known once the application is imported
from lti_tool.db import Base

engine: Engine = context.config.attributes["engine"]

with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=engine.dialect.name == "sqlite",
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
