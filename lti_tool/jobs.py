"""The Celery app and its schedule. Celery only carries "look now"; what is to be done is in the database.

By default one worker process does everything: a pool of threads, the schedule in a thread of its own, and a folder as
the broker. With Redis or RabbitMQ there can be many workers, and one `celery -A lti_tool.jobs beat` beside them.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar, cast

from celery import Celery, signals
from kombu.exceptions import OperationalError
from sqlalchemy.orm import Session

from config import Config
from lti_tool.db import Database

logger = logging.getLogger(__name__)

SWEEP_SECONDS = 15
READ_SECONDS = 60
TIDY_SECONDS = 3600
ALERT_SECONDS = 300
ROSTER_SECONDS = 300
COMPARE_SECONDS = 300
BEGIN_SECONDS = 300
WAKE_EXPIRES = 60
QUIET_SECONDS = 15
"""How long requests leave a broker alone that did not answer."""
ONE_TRY = {"max_retries": 1, "interval_start": 0, "interval_step": 0.1}
FOLDER_URL = "filesystem://localhost//"


def _every(seconds: int, task_name: str) -> dict[str, Any]:
    """Return a line of the schedule; a call that finds no worker is dropped when the next one comes."""
    return {"task": task_name, "schedule": seconds, "options": {"expires": seconds}}


SCHEDULE = {
    "sweep the outbox": _every(SWEEP_SECONDS, "outbox.sweep"),
    "read completions": _every(READ_SECONDS, "grades.read_due_courses"),
    "compare groups": _every(COMPARE_SECONDS, "teams.compare_groups"),
    "begin teams": _every(BEGIN_SECONDS, "teams.begin_due"),
    "read rosters": _every(ROSTER_SECONDS, "launch.read_due_rosters"),
    "forget old imports": _every(TIDY_SECONDS, "standards.forget_old_imports"),
    "forget old words of rooms": _every(TIDY_SECONDS, "teams.forget_old_words"),
    "forget old messages": _every(TIDY_SECONDS, "grades.forget_old_messages"),
    "raise alerts": _every(ALERT_SECONDS, "grades.raise_alerts"),
}

celery_app = Celery(
    "like_goals",
    include=[f"lti_tool.{each}.tasks" for each in ("outbox", "launch", "standards", "plans", "grades", "teams")],
    set_as_current=False,
    fixups=[],  # the one for Django would load the worker into the web process
)
stopping = threading.Event()
"""Set when the worker was asked to stop: tasks finish what they are at and take nothing new."""
Task = TypeVar("Task", bound=Callable[[], object])
_chosen: list[Config] = []
_quiet_until = 0.0


def task(name: str) -> Callable[[Task], Task]:
    """Make a function a task of the worker: what it works on is in the database, so it takes nothing."""
    return cast("Callable[[Task], Task]", celery_app.task(name=name))


def configure(config: Config) -> None:
    """Use these settings in this process; a worker that nobody configured reads the environment."""
    _chosen[:] = [config]
    celery_app.conf.update(_celery_settings(config))


def wake_worker(session: Session) -> None:
    """After a commit that added messages, tell a worker to look now."""
    if session.info.pop("has_new_messages", False):
        call_worker()


def call_worker() -> None:
    """Tell a worker to look now; a lost call is made good by the sweep."""
    global _quiet_until  # noqa: PLW0603 - one broker per process
    if time.monotonic() < _quiet_until:
        return
    try:
        celery_app.send_task("outbox.deliver_due", retry_policy=ONE_TRY, expires=WAKE_EXPIRES)
    except Exception as error:  # noqa: BLE001 - the change is committed; no broker may spoil the answer to it
        _quiet_until = time.monotonic() + QUIET_SECONDS
        logger.warning("the broker does not answer (%s); the sweep will find the messages", type(error).__name__)


def reaches_broker() -> bool:
    """Return whether the broker answers."""
    folder = celery_app.conf.broker_transport_options.get("data_folder_in")
    if folder:
        return os.access(folder, os.W_OK)
    try:
        with celery_app.connection_for_write() as connection:
            connection.ensure_connection(**ONE_TRY, timeout=1)
    except (OperationalError, OSError):
        return False
    return True


@lru_cache(maxsize=1)
def worker_resources() -> tuple[Database, Config]:
    """Return the database and the settings of this worker process."""
    config = _config()
    database = Database(config.database_url)
    database.when_committed(wake_worker)
    return database, config


def _config() -> Config:
    return _chosen[0] if _chosen else Config.from_env()


def _celery_settings(config: Config) -> dict[str, Any]:
    return {
        "broker_url": FOLDER_URL if _is_folder(config.broker_url) else config.broker_url,
        "broker_transport": "lti_tool.folder_queue:Transport" if _is_folder(config.broker_url) else None,
        "broker_transport_options": _transport_options(config),
        "broker_connection_retry_on_startup": True,
        "broker_connection_timeout": 1,
        "timezone": "UTC",
        "task_ignore_result": True,
        "task_acks_late": True,
        "worker_pool": "threads",
        "worker_concurrency": 4,
        "worker_prefetch_multiplier": 1,
        "worker_send_task_events": False,
        "beat_schedule": SCHEDULE,
        "beat_schedule_filename": str(config.instance_dir / "celery_schedule"),
    }


def _is_folder(broker_url: str) -> bool:
    return broker_url.startswith("filesystem:")


def _transport_options(config: Config) -> dict[str, Any]:
    if config.broker_url.startswith("redis"):
        return {"socket_connect_timeout": 1}
    if not _is_folder(config.broker_url):
        return {}
    queue = config.instance_dir / "queue"
    folders = {name: queue / name for name in ("messages", "control")}
    for folder in folders.values():
        folder.mkdir(parents=True, exist_ok=True)
    messages = str(folders["messages"])
    return {
        "data_folder_in": messages,
        "data_folder_out": messages,
        "control_folder": str(folders["control"]),
        "polling_interval": 0.3,
    }


def _begin_work(**_details: Any) -> None:
    """Look at once for what was left while no worker ran; keep the schedule where this is the only worker."""
    celery_app.send_task("outbox.sweep", expires=WAKE_EXPIRES)
    if not _is_folder(celery_app.conf.broker_url):
        return
    from celery.beat import EmbeddedService  # noqa: PLC0415 - only a worker needs it

    schedule = EmbeddedService(celery_app, thread=True)
    signals.worker_shutting_down.connect(lambda **_details: schedule.stop(), weak=False)
    schedule.start()


def _stop_taking_work(**_details: Any) -> None:
    stopping.set()


celery_app.add_defaults(lambda: _celery_settings(_config()))
signals.worker_ready.connect(_begin_work)
signals.worker_shutting_down.connect(_stop_taking_work)
