"""PostgreSQL in the tests: a scratch database for each process, and the second, short pass of `make test` on it.

`python -m tests.postgres` runs what differs between databases: locks, ordering, lengths, numbers and deleting; with
arguments of pytest it runs these, as `make test-long` does.
What failed is run once more by itself, as in the first pass (docs/decisions/0030-failed-tests-run-again-alone.md).
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import OperationalError

SERVER = os.environ.get("TEST_POSTGRES_URL", "postgresql+psycopg://postgres@127.0.0.1/postgres")
SECOND_PASS = (
    "tests/people", "tests/plans/test_writing_at_once.py", "tests/plans/test_writing_goals.py",
    "tests/plans/test_hours.py", "tests/plans/test_lifecycle.py", "tests/plans/test_board.py",
    "tests/plans/test_queue.py", "tests/plans/test_saved_elsewhere.py", "tests/teams/test_teams.py",
    "tests/home/test_record.py::test_s19_a_record_goes_from_instance_to_instance_and_back_with_the_same_hash",
    "tests/home/test_record.py::test_everything_brought_is_erased_with_the_person",
    "tests/teams/test_at_once.py", "tests/standards/test_imports.py", "tests/standards/test_coverage.py",
    "tests/grades/test_sync_pages.py", "tests/grades/test_scores.py", "tests/house/test_routes.py",
    "tests/house/test_bad_input.py::test_no_query_breaks_a_page", "-m", "not long",
    "tests/launch/test_sessions.py", "tests/launch/test_launches_at_once.py",
    "tests/launch/test_course_copies.py",
)  # fmt: skip


@contextmanager
def scratch_database(server_url: str, purpose: str) -> Iterator[str]:
    """Yield the address of a new, empty database of this process on that server."""
    name = f"like_goals_{purpose}_{os.getpid()}"
    server = create_engine(server_url, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 2})
    try:
        with server.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
            connection.execute(text(f"CREATE DATABASE {name}"))
        try:
            yield make_url(server_url).set(database=name).render_as_string(hide_password=False)
        finally:
            with server.connect() as connection:
                connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    finally:
        server.dispose()


def answers(server_url: str) -> bool:
    """Return whether a PostgreSQL server is there."""
    server = create_engine(server_url, connect_args={"connect_timeout": 2})
    try:
        with server.connect():
            return True
    except OperationalError:
        return False
    finally:
        server.dispose()


def main() -> int:
    """Run the second pass; without a server say so, which is a failure in CI."""
    if not answers(SERVER):
        sys.stdout.write("No PostgreSQL answers here: the second pass is left out. TEST_POSTGRES_URL names one.\n")
        return int(os.environ.get("CI") == "true")
    workers = str(2 * (os.cpu_count() or 1))  # many tests wait for something
    outcome = _pytest("-n", workers, "--dist", "loadgroup", *(sys.argv[1:] or SECOND_PASS))
    if outcome == pytest.ExitCode.TESTS_FAILED:
        outcome = _pytest("--last-failed", "--last-failed-no-failures", "none")
    return outcome


def _pytest(*arguments: str) -> int:
    command = [sys.executable, "-m", "pytest", "-q", *arguments]
    return subprocess.run(command, env={**os.environ, "DATABASE_URL": SERVER}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
