"""Commands about the database: `flask --app wsgi db …`."""

from __future__ import annotations

from pathlib import Path

import click
from alembic import command
from alembic.config import Config as AlembicConfig
from flask import current_app
from flask.cli import AppGroup

from config import Config
from lti_tool.db import Database

MIGRATIONS = Path(__file__).parent.parent / "migrations"

db_cli = AppGroup("db", help="The database and its migrations.")


def alembic_config(database: Database) -> AlembicConfig:
    """Return the settings with which Alembic works on this database."""
    config = AlembicConfig()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["engine"] = database.engine
    return config


def upgrade_database(database: Database, settings: Config) -> None:
    """Bring the tables up to date; made from nothing where there are none."""
    settings.instance_dir.mkdir(parents=True, exist_ok=True)
    command.upgrade(alembic_config(database), "head")


@db_cli.command("upgrade")
def upgrade() -> None:
    """Bring the database up to date."""
    upgrade_database(current_app.extensions["database"], current_app.extensions["settings"])


@db_cli.command("revision")
@click.argument("message")
def revision(message: str) -> None:
    """Write a migration for what the models have and the database has not."""
    command.revision(alembic_config(current_app.extensions["database"]), message, autogenerate=True)
