"""kombu's `filesystem://` transport, made safe to lean on.

As it comes, a message's file can be read while it is still being written, and one that cannot be read ends the worker.
Here a file gets its name when it is whole, and what cannot be read is left out: a call to look now can be lost.
"""

from __future__ import annotations

import logging
import time
import uuid
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import filesystem
from kombu.utils import json

logger = logging.getLogger(__name__)


class Channel(filesystem.Channel):
    """Messages as files of one folder, in the order of their names."""

    def _put(self, queue: str, payload: Any, **_options: Any) -> None:  # type: ignore[override]
        folder, name = Path(self.data_folder_out), f"{time.time_ns():020}_{uuid.uuid4()}"
        draft = folder / f"{name}.draft"
        draft.write_text(json.dumps(payload))  # type: ignore[no-untyped-call]
        draft.rename(folder / f"{name}.{queue}.msg")

    def _get(self, queue: str, timeout: float | None = None) -> Any:  # noqa: ARG002 - a folder is only looked at
        try:
            return super()._get(queue)  # type: ignore[no-untyped-call]
        except ValueError:
            logger.warning("a message in the queue's folder could not be read and is left out")
            raise Empty from None


class Transport(filesystem.Transport):
    """The transport to name in `broker_transport`."""

    Channel = Channel
