"""The Celery app and its schedule. Celery only carries "look now"; what is to be done is in the database."""

from __future__ import annotations

import logging

from celery import Celery
from kombu.exceptions import OperationalError
from sqlalchemy.orm import Session

from config import Config

logger = logging.getLogger(__name__)

celery_app = Celery(
    "like_goals",
    include=["lti_tool.outbox.tasks", "lti_tool.grades.tasks", "lti_tool.teams.tasks"],
    set_as_current=False,
)


def configure(config: Config) -> None:
    """Set the broker and the schedule for these settings."""
    celery_app.conf.update(broker_url=config.broker_url, task_ignore_result=True, timezone="UTC")


def wake_worker(session: Session) -> None:
    """After a commit that added messages, tell a worker to look now; a lost call is made good by the sweep."""
    if session.info.pop("has_new_messages", False):
        try:
            celery_app.send_task("outbox.deliver_due", retry=False)
        except OperationalError:
            logger.warning("the broker does not answer; the sweep will find the messages")


def reaches_broker() -> bool:
    """Return whether the broker answers."""
    try:
        with celery_app.connection_for_write() as connection:
            connection.ensure_connection(max_retries=1, timeout=2)
    except (OperationalError, OSError):
        return False
    return True
