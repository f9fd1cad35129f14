"""The worker's side of the outbox: look now, and look every so often for what a lost call left."""

from __future__ import annotations

from lti_tool.jobs import stopping, task, worker_resources
from lti_tool.outbox.claiming import supersede_overtaken
from lti_tool.outbox.delivery import deliver_due

BATCH = 200


@task("outbox.deliver_due")
def deliver() -> int:
    """Deliver what is due, until nothing is or the worker stops; return how many messages were tried."""
    database, settings = worker_resources()
    for tried in range(BATCH):
        if stopping.is_set() or not deliver_due(database, settings, limit=1):
            return tried
    return BATCH


@task("outbox.sweep")
def sweep() -> int:
    """Tidy up behind lost calls and dead workers, and deliver what is due."""
    database, _settings = worker_resources()
    with database.transaction() as db:
        supersede_overtaken(db)
    return deliver()
