"""A framework of 20,000 items comes in by the command and by the page: in little memory, and one sees how far it is."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from subprocess import Popen
from typing import Any

import pytest
from sqlalchemy import func, select

from lti_tool.db import Base, Database
from lti_tool.people.models import Role
from lti_tool.standards.models import Indicator
from tests.conftest import make_person
from tests.postgres import scratch_database
from tests.standards.large import ITEMS, MOST_MEMORY, TOPS, finished, import_measured, large_package, start_measured

pytestmark = pytest.mark.processes


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=[pytest.mark.postgres, pytest.mark.long])])
def own_database(request, tmp_path):
    """Yield the address of a database of this test's own, with its tables."""
    if request.param == "sqlite":
        yield from _with_tables(f"sqlite:///{tmp_path / 'own.sqlite3'}")
        return
    server = os.environ.get("TEST_POSTGRES_URL", "postgresql+psycopg://postgres@127.0.0.1/postgres")
    with scratch_database(server, "frameworks") as url:
        yield from _with_tables(url)


def _with_tables(url: str) -> Iterator[str]:
    database = Database(url)
    Base.metadata.create_all(database.engine)
    yield url
    database.engine.dispose()


def test_the_command_imports_20_000_items_and_their_next_version_in_little_memory(own_database, tmp_path):
    path = tmp_path / "large.json"
    settings = {**os.environ, "DATABASE_URL": own_database, "INSTANCE_DIR": str(tmp_path / "instance")}
    for version in ("1", "2"):
        large_package(path, version)
        _, told, memory = import_measured(path, settings)
        assert f"{ITEMS} of {ITEMS} items" in told
        assert len([line for line in told if "of" in line]) > 1
        assert memory < MOST_MEMORY

    database = Database(own_database)
    with database.reading() as db:
        assert db.scalar(select(func.count()).select_from(Indicator)) == ITEMS
        assert db.scalar(select(func.count()).where(Indicator.parent_id.is_(None))) == TOPS
    database.engine.dispose()


@pytest.mark.long
def test_the_page_imports_20_000_items_in_little_memory_and_shows_how_far_it_is(app, database, sample, visit, tmp_path):
    path, settings = tmp_path / "large.json", app.extensions["settings"]
    with database.transaction() as db:
        designer = make_person(db, sample, "De Signer", Role.DESIGNER)
    visitor = visit(sample, designer)
    large_package(path, "1")
    env = {
        **os.environ, "DATABASE_URL": settings.database_url, "INSTANCE_DIR": str(settings.instance_dir),
        "KEYS_DIR": str(settings.keys_dir), "TOOL_URL": settings.tool_url, "BROKER_URL": "memory://",
    }  # fmt: skip

    page, _, web_memory = finished(
        start_measured("-m", "tests.standards.importing", "upload", visitor.prefix, str(path), env=env)
    )
    page = page.removeprefix(visitor.prefix)
    assert f"{ITEMS} in all" in visitor.get(page).text
    visitor.post(page)
    worker = start_measured("-m", "tests.standards.importing", "deliver", env=env)
    seen = _watched(visitor, page, worker)
    _, _, worker_memory = finished(worker)

    assert "Done" in visitor.get(page).text
    assert len([done for done in seen if 0 < done < ITEMS]) > 1
    assert max(web_memory, worker_memory) < MOST_MEMORY
    with database.reading() as db:
        assert db.scalar(select(func.count()).select_from(Indicator)) == ITEMS


def _watched(visitor: Any, page: str, worker: Popen[str]) -> set[int]:
    """Ask how far an import is, as its page does, for as long as the worker runs; return what was told."""
    seen = set()
    while worker.poll() is None:
        seen.add(visitor.get(f"{page}/progress.json").json["done"])
        time.sleep(0.05)
    return seen
