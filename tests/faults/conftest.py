"""Installations to break, and the account that each test gives of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

import lti_tool.app
import lti_tool.grades.tasks  # noqa: F401 - all tables, and what a worker can deliver
from config import Config
from lti_tool.db import Base, Database
from lti_tool.launch.keys import tool_keys
from practice_lms.state import Flavour
from tests.faults.counting import Account
from tests.faults.installation import Installation
from tests.faults.lms import held_lms
from tests.postgres import SERVER, answers, scratch_database

THEIR_LMS = {"sqlite": Flavour.MOODLE, "postgresql": Flavour.CANVAS}
"""Each fault is met by both LMSs and by both databases; every pair of these would say no more."""


@pytest.fixture(
    scope="session",
    params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)],
)
def fault_database(request, tmp_path_factory) -> Iterator[Database]:
    with ExitStack() as stack:
        if request.param == "sqlite":
            url = f"sqlite:///{tmp_path_factory.mktemp('faults') / 'faults.sqlite3'}"
        elif not answers(SERVER):
            pytest.skip("no PostgreSQL answers")
        else:
            url = stack.enter_context(scratch_database(SERVER, "faults"))
        database = Database(url)
        Base.metadata.create_all(database.engine)
        yield database
        database.engine.dispose()


@pytest.fixture(scope="session")
def fault_home(tmp_path_factory) -> Path:
    home: Path = tmp_path_factory.mktemp("installation")
    return home


@pytest.fixture
def install(fault_database, fault_home, request) -> Iterator[Callable[..., Installation]]:
    """Return `install(learners)`: an installation in which so many are owed the score of a course, or take it yet."""
    settings = Config.from_env(
        {
            "INSTANCE_DIR": str(fault_home), "KEYS_DIR": str(fault_home / "keys"), "SECRET_KEY": "s" * 40,
            "DATABASE_URL": fault_database.engine.url.render_as_string(hide_password=False),
            "LTI_PRIVATE_HOSTS": "127.0.0.1", "BROKER_URL": "memory://", "CONFIRM_AFTER": "0", "TOOL_URL": "http://localhost",
        }
    )  # fmt: skip
    tool_keys(settings).signing()
    made: list[Installation] = []
    with ExitStack() as stack:

        def make(
            learners: int = 5, flavour: Flavour | None = None, *, owed: bool = True, queued: bool = True
        ) -> Installation:
            flavour = flavour or THEIR_LMS[fault_database.engine.dialect.name]
            held = stack.enter_context(held_lms(flavour, learners, tool_keys(settings).public_set()))
            installation = Installation(settings, fault_database, held)
            if owed:
                installation.owe()
            if owed and queued:
                installation.queue()
            made.append(installation)
            return installation

        yield make
        for installation in made:
            installation.held.open_all()
            for worker in installation.workers:
                worker.kill()
        with fault_database.transaction() as db:
            for table in reversed(Base.metadata.sorted_tables):
                db.execute(table.delete())


@pytest.fixture
def count(request) -> Callable[[Installation], Account]:
    """Return `count(installation)`: takes the account, keeps it for the end, and insists that nothing is lost."""

    def count_all(installation: Installation) -> Account:
        account = installation.account()
        request.node.user_properties.append(account.as_property())
        assert (account.twice, account.beside, account.lost) == (0, 0, 0), account
        assert account.once + sum(account.review.values()) == account.completions
        return account

    return count_all
