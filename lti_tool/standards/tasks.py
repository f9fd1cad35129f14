"""What the worker does for standards: attach copied courses, fetch packages, import large frameworks."""

from __future__ import annotations

from io import BytesIO

from lti_tool.errors import InvalidInputError, LMSAccessError, LMSStrangeError, LMSUnavailableError, ToolError
from lti_tool.jobs import task, worker_resources
from lti_tool.lms.http import Gateway
from lti_tool.outbox.handlers import Delivery, handles
from lti_tool.standards.case import Package, read_package
from lti_tool.standards.models import ImportState
from lti_tool.standards.operations import (
    claimed_import,
    forget_old_imports,
    import_step,
    inherit_alignments,
    note_fetched,
    note_problem,
    package_of,
)
from lti_tool.standards.schemas import LARGEST_FILE

MOST_TRIES = 3
NEEDS_LOGIN = "The server asks for a login. Download the package there and choose the file here."
NO_ANSWER = "The server does not answer. Try it later, or download the package there and choose the file here."
NOT_FETCHED = "The package could not be read, for a reason that is a fault of this tool. Nothing was changed."
NOT_IMPORTED = "The framework could not be imported, for a reason that is a fault of this tool. Nothing was changed."


@handles("course.copied")
def attach_copy(delivery: Delivery) -> None:
    """Attach a copied course as its nearest origin is."""
    payload = delivery.message.payload
    with delivery.database.transaction() as db:
        inherit_alignments(db, int(payload["course_id"]), [int(each) for each in payload["origin_ids"]])


@handles("framework.fetch")
def fetch_package(delivery: Delivery) -> None:
    """Get a package from its address and let it wait for somebody to look at it."""
    import_id = int(delivery.message.payload["import_id"])
    if delivery.message.attempts > MOST_TRIES:
        _note(delivery, import_id, NOT_FETCHED)
        return
    with delivery.database.transaction() as db:
        batch = claimed_import(db, import_id, ImportState.FETCHING)
        url = batch.source if batch else ""
    if not url:
        return
    try:
        package = _fetched(url, delivery.settings.lti_private_hosts)
    except LMSStrangeError as error:  # what is no package now will be none later
        _note(delivery, import_id, error.message)
        return
    except LMSUnavailableError:
        is_last = delivery.message.attempts >= MOST_TRIES
        _note(delivery, import_id, NO_ANSWER, is_final=is_last)
        if not is_last:
            raise
        return
    except ToolError as error:
        _note(delivery, import_id, NEEDS_LOGIN if isinstance(error, LMSAccessError) else error.message)
        return
    with delivery.database.transaction() as db:
        batch = claimed_import(db, import_id, ImportState.FETCHING)
        if batch is not None:
            note_fetched(db, batch, package)


@handles("framework.import")
def import_framework(delivery: Delivery) -> None:
    """Import a large framework part by part; a worker that comes after one that died goes on where that was."""
    import_id = int(delivery.message.payload["import_id"])
    if delivery.message.attempts > MOST_TRIES:
        _note(delivery, import_id, NOT_IMPORTED)
        return
    try:
        with delivery.database.transaction() as db:
            package = package_of(db, import_id)
        while package is not None and _step(delivery, import_id, package):
            continue
    except ToolError as error:
        _note(delivery, import_id, error.message)


@task("standards.forget_old_imports")
def forget_imports() -> int:
    """Delete what was uploaded more than a day ago and was for looking at only."""
    database, _settings = worker_resources()
    with database.transaction() as db:
        return forget_old_imports(db)


def _fetched(url: str, private_hosts: frozenset[str]) -> Package:
    gateway = Gateway(private_hosts, largest=LARGEST_FILE)
    answer = gateway.send("GET", url, headers={"Accept": "application/json"})
    try:
        return read_package(BytesIO(answer.body))
    except InvalidInputError as error:
        raise InvalidInputError(f"What is at this address cannot be imported. {error.message}") from error


def _step(delivery: Delivery, import_id: int, package: Package) -> bool:
    with delivery.database.transaction() as db:
        return import_step(db, import_id, package)


def _note(delivery: Delivery, import_id: int, problem: str, *, is_final: bool = True) -> None:
    with delivery.database.transaction() as db:
        batch = claimed_import(db, import_id, ImportState.FETCHING) or claimed_import(
            db, import_id, ImportState.IMPORTING
        )
        if batch is not None:
            note_problem(db, batch, problem, is_final=is_final)
