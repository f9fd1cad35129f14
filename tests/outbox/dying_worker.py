"""A worker process for the test that kills it: takes a message, says so, and never finishes."""

from __future__ import annotations

import os
import sys
import time
from datetime import timedelta
from pathlib import Path

import lti_tool.app  # noqa: F401 - all tables
from config import Config
from lti_tool.db import Database
from lti_tool.outbox.delivery import deliver_due
from lti_tool.outbox.handlers import Delivery, handles

lease, marker = float(sys.argv[1]), Path(sys.argv[2])


@handles("test")
def hang(delivery: Delivery) -> None:
    """Say that the delivery has begun, and hang."""
    marker.write_text(str(delivery.message.id))
    time.sleep(60)


settings = Config.from_env(os.environ)
deliver_due(Database(settings.database_url), settings, lease=timedelta(seconds=lease))
