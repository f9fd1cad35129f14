"""The way of a package into a district: read, looked at, imported; each step is a transaction of its own."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session, undefer

from lti_tool.db import utc_now
from lti_tool.errors import ConflictError, NotFoundError
from lti_tool.outbox.operations import enqueue
from lti_tool.people.models import Person
from lti_tool.people.operations import record_audit
from lti_tool.standards.case import Package, pack, unpack
from lti_tool.standards.models import Framework, FrameworkImport, ImportItem, ImportState
from lti_tool.standards.operations.applying import DESCRIBED, apply_staged, described, stage_all, stage_next
from lti_tool.standards.queries.differences import compare, framework_like

AT_ONCE = 1000
"""Up to so many items are imported while the person waits; more by the worker, with progress."""
MOVED_ON = (
    "The framework changed after you looked at this file. What the file would change now is below. "
    "Look at it once more, then import it."
)
KEPT_FOR = timedelta(days=1)
SHOWN_WHOLE = 200
SHOWN_OF_LARGE = 60


def offer_package(db: Session, actor: Person, package: Package, source: str) -> FrameworkImport:
    """Let a package that was read wait for somebody to look at what it would change."""
    batch = _begin(db, actor, ImportState.WAITING, source)
    _read(db, batch, package)
    return batch


def offer_address(db: Session, actor: Person, url: str) -> FrameworkImport:
    """Have the worker fetch a package from its address."""
    batch = _begin(db, actor, ImportState.FETCHING, url)
    enqueue(db, kind="framework.fetch", **_to_worker(batch))
    return batch


def note_fetched(db: Session, batch: FrameworkImport, package: Package) -> None:
    """Let a package that the worker fetched wait for somebody to look at it."""
    batch.state, batch.problem = ImportState.WAITING, ""
    _read(db, batch, package)


def note_problem(db: Session, batch: FrameworkImport, problem: str, *, is_final: bool = True) -> None:
    """Write down why an import did not go on; nothing of it is kept, unless it is tried again."""
    batch.problem = problem[:500]
    if is_final:
        _end(db, batch, ImportState.FAILED)


def confirm_import(db: Session, actor: Person, batch: FrameworkImport) -> None:
    """Import what waits, at once where it is small, else by the worker; ask anew where the framework changed since."""
    if batch.state is not ImportState.WAITING:
        raise ConflictError("This was imported or discarded already. Nothing was changed by this.")
    package = _package(batch)
    if batch.summary.get("compared_with") != _state_of(framework_like(db, batch.district_id, package)):
        _read(db, batch, package)
        batch.problem = MOVED_ON
        return
    batch.state, batch.uploaded_by_id = ImportState.IMPORTING, actor.id
    if batch.total > AT_ONCE:
        enqueue(db, kind="framework.import", **_to_worker(batch))
        return
    for _ in stage_all(db, batch, package):
        pass
    _finish(db, batch, package)


def import_step(db: Session, import_id: int, package: Package) -> bool:
    """Import the next items of what waits, and with the last ones the framework; return whether there is more."""
    batch = claimed_import(db, import_id, ImportState.IMPORTING)
    if batch is None:
        return False
    if stage_next(db, batch, package):
        return True
    _finish(db, batch, package)
    return False


def claimed_import(db: Session, import_id: int, state: ImportState) -> FrameworkImport | None:
    """Return an import for the worker to change while nobody else does; None where it was given up in the meantime."""
    batch = db.get(FrameworkImport, import_id, with_for_update=True, options=[undefer(FrameworkImport.package)])
    return batch if batch is not None and batch.state is state else None


def package_of(db: Session, import_id: int) -> Package | None:
    """Return the package that is to be imported; None where it was given up in the meantime."""
    batch = claimed_import(db, import_id, ImportState.IMPORTING)
    return _package(batch) if batch else None


def cancel_import(db: Session, actor: Person, batch: FrameworkImport) -> None:
    """Give an import up; nothing of it was to be seen yet, and nothing of it stays."""
    if not batch.can_be_cancelled:
        raise ConflictError("This import is over already. Nothing was changed by this.")
    _end(db, batch, ImportState.CANCELLED)
    record_audit(db, actor, "framework_import_cancelled", "framework_import", batch.id)


def forget_old_imports(db: Session) -> int:
    """Delete imports that began more than a day ago; what was imported stays."""
    old = delete(FrameworkImport).where(FrameworkImport.created_at < utc_now() - KEPT_FOR)
    return len(db.scalars(old.returning(FrameworkImport.id)).all())


def lock_import(db: Session, actor: Person, import_id: int) -> FrameworkImport:
    """Return an import of the actor's district, to be changed by one request at a time."""
    batch = db.get(FrameworkImport, import_id, with_for_update=True)
    if batch is None or batch.district_id != actor.district_id:
        raise NotFoundError
    return batch


def _begin(db: Session, actor: Person, state: ImportState, source: str) -> FrameworkImport:
    batch = FrameworkImport(district_id=actor.district_id, uploaded_by_id=actor.id, state=state, source=source[:1000])
    db.add(batch)
    db.flush()  # the answer names it
    record_audit(db, actor, "framework_import_begun", "framework_import", batch.id)
    return batch


def _end(db: Session, batch: FrameworkImport, state: ImportState) -> None:
    batch.state, batch.package, batch.finished_at = state, None, utc_now()
    db.execute(delete(ImportItem).where(ImportItem.import_id == batch.id))


def _to_worker(batch: FrameworkImport) -> dict[str, Any]:
    return {
        "key": f"framework_import:{batch.id}",
        "district_id": batch.district_id,
        "payload": {"import_id": batch.id},
    }


def _read(db: Session, batch: FrameworkImport, package: Package) -> None:
    batch.package, batch.total, batch.done = pack(package), len(package.items), 0
    batch.summary = summary_of(db, batch.district_id, package)


def _package(batch: FrameworkImport) -> Package:
    if batch.package is None:
        raise ConflictError("What was uploaded is no longer here. Upload it again.")
    return unpack(batch.package)


def _finish(db: Session, batch: FrameworkImport, package: Package) -> None:
    framework, difference = apply_staged(db, batch, package)
    _end(db, batch, ImportState.DONE)
    batch.framework_id, batch.problem = framework.id, ""
    batch.summary = {**batch.summary, "outcome": difference.counts}


def summary_of(db: Session, district_id: int, package: Package) -> dict[str, Any]:
    """Return what the page says of a package before it is imported."""
    framework = framework_like(db, district_id, package)
    levels = Counter(item.level.value for item in package.items)
    return {
        **described(framework, package),
        "levels": dict(levels),
        "tree": _first_items(package),
        "notes": [[note.kind.value, note.count, note.examples] for note in package.notes],
        "before": {name: getattr(framework, name) for name in DESCRIBED} if framework else {},
        "compared_with": _state_of(framework),
        "difference": compare(db, framework, package).as_json() if framework else None,
    }


def _state_of(framework: Framework | None) -> str:
    """Return what tells whether a framework is still the one that a person looked at."""
    return f"{framework.id} {framework.updated_at.isoformat()}" if framework else ""


def _first_items(package: Package) -> list[list[Any]]:
    """Return the items to show, each as its depth, code and statement: all of a small package, else the upper ones."""
    depths: dict[str | None, int] = {None: -1}
    for item in package.items:
        depths[item.identifier] = depths[item.parent] + 1
    is_small = len(package.items) <= SHOWN_WHOLE
    shown = [item for item in package.items if is_small or depths[item.identifier] < 2]
    most = SHOWN_WHOLE if is_small else SHOWN_OF_LARGE
    return [[depths[item.identifier], item.code, item.statement[:300]] for item in shown[:most]]
