"""Canvas REST: the Progress object of work that is done later (progress_controller.rb).

The practice LMS does a job's work while it is asked how far it is: the first look finds it running, the second done.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, jsonify

from practice_lms.canvas.rest_access import caller, endpoint, forbidden, not_found
from practice_lms.connections import Job
from practice_lms.current import lms


def queue_job(context_type: str, context_id: int, tag: str, work: Callable[[], str | None]) -> Job:
    """Return a new job that waits; `work` returns why it could not be done, or None."""
    job = Job(lms().new_id(), context_id, context_type, tag, caller().id, lms().clock(), work)
    lms().connections.jobs[job.id] = job
    return job


@endpoint("GET", "/api/v1/progress/:id")
def show_job(id: str) -> Response:  # noqa: A002 (Canvas's name in the scope)
    """Return how far a job is; it moves on by being asked."""
    job = lms().connections.jobs.get(int(id)) if id.isdigit() else None
    if job is None:
        raise not_found()
    if job.user_id != caller().id and not caller().administrator:
        raise forbidden()
    _move_on(job)
    return jsonify(job_record(job))


def _move_on(job: Job) -> None:
    if job.workflow_state == "queued":
        job.workflow_state, job.completion = "running", 50
    elif job.workflow_state == "running":
        job.message = job.work()
        job.workflow_state, job.completion = ("failed", 50) if job.message else ("completed", 100)


def job_record(job: Job) -> dict[str, Any]:
    """Return a job as Canvas writes it."""
    created_at = job.created_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "id": job.id,
        "context_id": job.context_id,
        "context_type": job.context_type,
        "user_id": job.user_id,
        "tag": job.tag,
        "completion": job.completion,
        "workflow_state": job.workflow_state,
        "created_at": created_at,
        "updated_at": created_at,
        "message": job.message,
        "url": f"{lms().url}/api/v1/progress/{job.id}",
    }
