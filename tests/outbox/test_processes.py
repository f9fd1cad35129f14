"""Real processes: a worker that is killed in the middle, and the worker as an operator starts it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from config import Config
from lti_tool import jobs
from lti_tool.db import Base, Database
from lti_tool.outbox.models import OutboxMessage
from lti_tool.outbox.operations import enqueue
from lti_tool.people.models import District

ROOT = Path(__file__).parent.parent.parent
pytestmark = pytest.mark.processes


def eventually(holds: Callable[[], bool], seconds: float = 20) -> bool:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if holds():
            return True
        time.sleep(0.02)
    return False


def start(*command: str, **env: str) -> subprocess.Popen[str]:
    whole = {**os.environ, "PYTHONPATH": str(ROOT), "SECRET_KEY": "s" * 40, **env}
    return subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, env=whole, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def test_a_killed_workers_message_goes_to_another_when_its_lease_ends(outbox, database_url, tmp_path):
    message_id, marker = outbox.put(), tmp_path / "begun"
    worker = start(
        "-m", "tests.outbox.dying_worker", "0.6", str(marker), DATABASE_URL=database_url, INSTANCE_DIR=str(tmp_path)
    )
    assert eventually(marker.exists), worker.communicate(timeout=1)

    worker.send_signal(signal.SIGKILL)
    worker.communicate()
    assert outbox.deliver() == 0

    assert eventually(lambda: outbox.deliver() == 1, 5)
    assert outbox.message(message_id).state == "delivered"
    assert outbox.message(message_id).attempts == 2


@pytest.fixture
def instance(tmp_path, configure):
    """Return a database and the environment of a fresh installation, with this process as its web process."""
    env = {"INSTANCE_DIR": str(tmp_path), "SECRET_KEY": "s" * 40, "TOOL_URL": "http://localhost"}
    config = Config.from_env(env)
    configure(config)
    database = Database(config.database_url)
    Base.metadata.create_all(database.engine)
    yield database, env
    database.engine.dispose()


def put(database: Database) -> int:
    with database.transaction() as db:
        district = District(name=f"District {time.monotonic_ns()}")
        db.add(district)
        db.flush()
        message = enqueue(db, kind="nobody", key=str(district.id), district_id=district.id, payload={})
    return message.id


def was_tried(database: Database, message_id: int) -> bool:
    with database.reading() as db:
        message = db.get(OutboxMessage, message_id)
        return message is not None and message.last_error_class == "fault"


def test_the_worker_works_as_it_is_with_a_folder_for_a_broker(instance, tmp_path):
    database, env = instance
    left_behind = put(database)
    worker = start("-W", "error::DeprecationWarning", "-m", "celery", "-A", "lti_tool.jobs", "worker", **env)
    try:
        assert eventually(lambda: was_tried(database, left_behind)), "the worker did not look at its start"

        broken = tmp_path / "queue" / "messages" / "0_half-written.celery.msg"
        broken.touch()
        assert eventually(lambda: not broken.exists())

        database.when_committed(jobs.wake_worker)
        asked_at, message_id = time.monotonic(), put(database)
        assert eventually(lambda: was_tried(database, message_id), 10), "the worker was not woken"
        assert time.monotonic() - asked_at < jobs.SWEEP_SECONDS / 2
    finally:
        worker.send_signal(signal.SIGTERM)
        log, _ = worker.communicate(timeout=20)
    assert worker.returncode == 0, log
    assert "Deprecat" not in log
    assert (tmp_path / "queue" / "control").is_dir()
    assert list(tmp_path.glob("celery_schedule*")), "the schedule was not kept in the instance folder"


@pytest.mark.redis
def test_the_worker_works_with_redis_for_a_broker(tmp_path, configure):
    broker = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/11")
    env = {"INSTANCE_DIR": str(tmp_path), "SECRET_KEY": "s" * 40, "BROKER_URL": broker}
    config = Config.from_env(env)
    configure(config)
    if not jobs.reaches_broker():
        pytest.skip("no Redis answers")
    database = Database(config.database_url)
    Base.metadata.create_all(database.engine)
    left_behind = put(database)
    worker = start("-W", "error::DeprecationWarning", "-m", "celery", "-A", "lti_tool.jobs", "worker", **env)
    try:
        assert eventually(lambda: was_tried(database, left_behind)), "the worker did not look at its start"
        database.when_committed(jobs.wake_worker)
        message_id = put(database)
        assert eventually(lambda: was_tried(database, message_id), 10), "the worker was not woken"
    finally:
        worker.send_signal(signal.SIGTERM)
        log, _ = worker.communicate(timeout=20)
        database.engine.dispose()
    assert worker.returncode == 0, log
    assert "Deprecat" not in log


def test_the_web_process_does_not_load_the_workers_modules():
    code = (
        "import sys, lti_tool.app\n"
        "loaded = {'lti_tool.outbox.tasks', 'lti_tool.grades.tasks', 'lti_tool.teams.tasks', 'celery.worker',"
        " 'celery.beat', 'numpy', 'scipy'} & set(sys.modules)\n"
        "print(sorted(loaded))"
    )

    done = start("-c", code)
    out, _ = done.communicate(timeout=30)

    assert out.strip() == "[]"
