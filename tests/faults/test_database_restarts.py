"""A PostgreSQL server of the test's own that is stopped and started again in the midst of a delivery."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from lti_tool.db import Base, Database
from practice_lms.processes import free_port
from tests.faults.installation import eventually

pytestmark = [pytest.mark.processes, pytest.mark.postgres]
PROGRAMS = shutil.which("initdb") or next((str(each) for each in Path("/usr/lib/postgresql").glob("*/bin/initdb")), "")
AS_POSTGRES = ("runuser", "-u", "postgres", "--") if os.geteuid() == 0 else ()
"""A PostgreSQL server does not run as root."""


@dataclass(frozen=True)
class Server:
    """A PostgreSQL server in a folder of its own."""

    folder: Path
    port: int

    def make(self) -> None:
        self.folder.chmod(0o777)
        self._run("initdb", "--auth", "trust", "--username", "postgres", "--no-sync")

    def start(self) -> None:
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1"
        self._run("pg_ctl", "-w", "-o", options, "-l", str(self.folder / "log"), "start")

    def stop(self, how: str) -> None:
        """Stop it: `fast` ends every connection in order, `immediate` is what a power cut does."""
        self._run("pg_ctl", "-w", "-m", how, "stop")

    def _run(self, program: str, *arguments: str) -> None:
        command = [*AS_POSTGRES, str(Path(PROGRAMS).parent / program), "-D", str(self.folder / "data"), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")


@pytest.fixture
def server() -> Iterator[Server]:
    if not PROGRAMS:
        pytest.skip("no PostgreSQL is installed here")
    with tempfile.TemporaryDirectory(prefix="like-goals-pg-") as folder:
        server = Server(Path(folder), free_port())
        server.make()
        server.start()
        yield server
        server.stop("immediate")


@pytest.fixture
def fault_database(server) -> Iterator[Database]:
    database = Database(f"postgresql+psycopg://postgres@127.0.0.1:{server.port}/postgres")
    Base.metadata.create_all(database.engine)
    yield database
    database.engine.dispose()


@pytest.mark.parametrize("how", ["fast", "immediate"])
def test_a_database_server_that_is_restarted_loses_nothing(how, server, install, count):
    installation = install(learners=60)
    installation.held.seconds = 0.1
    installation.start_workers(2)

    for wanted in (5, 25):
        assert eventually(partial(installation.held.has_had, wanted))
        server.stop(how)
        server.start()

    assert eventually(installation.all_confirmed), installation.states()
    assert all(worker.process.poll() is None for worker in installation.workers), "a worker ended"
    assert count(installation).once == 60
