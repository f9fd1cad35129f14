"""What a load balancer and Prometheus ask: alive, able to work, numbers."""

from __future__ import annotations

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, Response, current_app, jsonify
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from config import ConfigError
from lti_tool import jobs
from lti_tool.db_cli import MIGRATIONS
from lti_tool.launch.acting import database, public
from lti_tool.launch.keys import tool_keys
from lti_tool.outbox.metrics import measure

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """Say that the process is alive."""
    return jsonify(status="ok")


@bp.get("/readyz")
@public
def readyz() -> ResponseReturnValue:
    """Say whether the database, its migrations, the broker and the tool's keys are there; 503 names what is not."""
    found = {"database": _has_database(), "broker": jobs.reaches_broker(), "keys": _has_keys()}
    missing = [name for name, is_there in found.items() if not is_there]
    return jsonify(status="ok" if not missing else "not ready", missing=missing), 503 if missing else 200


@bp.get("/metrics")
@public
def metrics() -> ResponseReturnValue:
    """Give the numbers in Prometheus's text format."""
    with database().reading() as db:
        measure(db)
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)


def _has_keys() -> bool:
    try:
        tool_keys(current_app.extensions["settings"]).signing()
    except (ConfigError, OSError):
        current_app.logger.exception("the tool's keys cannot be used")
        return False
    return True


def _has_database() -> bool:
    try:
        with database().engine.connect() as connection:
            connection.execute(text("SELECT 1"))
            revision = MigrationContext.configure(connection).get_current_revision()
    except SQLAlchemyError:
        current_app.logger.exception("the database does not answer")
        return False
    return revision == ScriptDirectory(str(MIGRATIONS)).get_current_head()
