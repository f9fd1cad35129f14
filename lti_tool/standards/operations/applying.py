"""Bringing a package into a district: its items wait in a table of their own until all are there.

What waits is seen by nobody, so that it can come in parts, with progress, and be given up at any time. It then becomes
a framework, or the new version of one, by a few statements in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, case, delete, insert, literal, null, or_, select, update
from sqlalchemy.orm import Session, aliased

from lti_tool.db import utc_now
from lti_tool.people.models import AuditEvent
from lti_tool.standards.case import Package, PackageItem
from lti_tool.standards.models import Framework, FrameworkImport, ImportItem, ImportState, Indicator, Level
from lti_tool.standards.queries.differences import Difference, citations, compare, framework_like

BATCH = 500
CARRIED = (
    "level", "code", "path", "title", "statement", "grade_bands", "roles", "disciplines", "details", "retired_at",
    "position",
)  # fmt: skip
DESCRIBED = ("title", "version", "audience", "licence", "attribution", "adoption_status")
QUIETLY = {"synchronize_session": False}


def import_at_once(
    db: Session,
    district_id: int,
    package: Package,
    *,
    actor_id: int | None = None,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> tuple[Framework, Difference]:
    """Bring a package into a district in one go; return the framework, and what that changed."""
    batch = FrameworkImport(
        district_id=district_id, uploaded_by_id=actor_id, state=ImportState.IMPORTING, total=len(package.items)
    )
    db.add(batch)
    db.flush()  # what waits refers to it
    for done in stage_all(db, batch, package):
        progress(done, batch.total)
    framework, difference = apply_staged(db, batch, package)
    db.delete(batch)  # and with it what waited
    return framework, difference


def stage_all(db: Session, batch: FrameworkImport, package: Package) -> Iterator[int]:
    """Let all items of a package wait; yield after each part how many do."""
    while stage_next(db, batch, package):
        yield batch.done


def stage_next(db: Session, batch: FrameworkImport, package: Package) -> bool:
    """Let the next items of a package wait; return whether there were any."""
    items = package.items[batch.done : batch.done + BATCH]
    if items:
        db.execute(insert(ImportItem), [_row(batch, batch.done + n, item) for n, item in enumerate(items)])
        batch.done += len(items)
        db.flush()
    return bool(items)


def _row(batch: FrameworkImport, position: int, item: PackageItem) -> dict[str, Any]:
    return {
        "import_id": batch.id,
        "position": position,
        "identifier": item.identifier,
        "parent": item.parent,
        "level": item.level,
        "code": item.code,
        "path": item.path,
        "title": item.title,
        "statement": item.statement,
        "grade_bands": list(item.grade_bands),
        "roles": list(item.roles),
        "disciplines": list(item.disciplines),
        "details": dict(item.details),
        "retired_at": datetime.fromisoformat(item.ends_on).replace(tzinfo=UTC) if item.ends_on else None,
    }


def apply_staged(db: Session, batch: FrameworkImport, package: Package) -> tuple[Framework, Difference]:
    """Make what waits a framework, or the new version of the one that is here; its indicators keep their ids."""
    framework = framework_like(db, batch.district_id, package)
    difference = compare(db, framework, package)
    is_new = framework is None
    if framework is None:
        framework = Framework(district_id=batch.district_id, identifier=package.identifier)
        db.add(framework)
    _describe(framework, package)
    if db.is_modified(framework) or any(difference.counts.values()):
        framework.updated_at = utc_now()
    db.flush()
    _update_known(db, framework, batch)
    _add_new(db, framework, batch)
    _set_parents(db, framework, batch)
    _take_leave(db, framework, batch, len(package.items))
    _link_successors(db, framework, package)
    db.add(_event(batch, framework, "framework_installed" if is_new else "framework_updated", difference))
    return framework, difference


def _event(batch: FrameworkImport, framework: Framework, action: str, difference: Difference) -> AuditEvent:
    return AuditEvent(
        district_id=batch.district_id,
        actor_id=batch.uploaded_by_id,
        action=action,
        subject="framework",
        subject_id=framework.id,
        detail=difference.counts,
    )


def described(framework: Framework | None, package: Package) -> dict[str, str]:
    """Return what a framework will say of itself; what a table does not say stays as it is."""
    said = {name: getattr(package, name) for name in DESCRIBED}
    if framework is None or not package.is_table:
        return said
    return {name: words or getattr(framework, name) or "" for name, words in said.items()}


def _describe(framework: Framework, package: Package) -> None:
    for name, words in described(framework, package).items():
        setattr(framework, name, words)
    if not package.is_table:
        framework.details = dict(package.details)
    framework.size = len(package.items)


def _update_known(db: Session, framework: Framework, batch: FrameworkImport) -> None:
    """Renew what is here already. What came after it in a framework of its own still does: that package said so.

    What is cited stays an indicator also where others come under it, or forms would silently drop it.
    """
    level = case(
        (Indicator.id.in_(citations()), literal(Level.INDICATOR, Indicator.level.type)), else_=ImportItem.level
    )
    values = {name: getattr(ImportItem, name) for name in CARRIED} | {"level": level}
    successor = aliased(Indicator)
    here = select(successor.id).where(successor.framework_id == framework.id)
    elsewhere = case((Indicator.replaced_by_id.not_in(here), Indicator.replaced_by_id), else_=null())
    db.execute(
        update(Indicator)
        .where(Indicator.framework_id == framework.id, *_staged(batch))
        .values(**values, replaced_by_id=elsewhere, awaited_successor=""),
        execution_options=QUIETLY,
    )


def _add_new(db: Session, framework: Framework, batch: FrameworkImport) -> None:
    here = select(Indicator.identifier).where(Indicator.framework_id == framework.id)
    columns = ("identifier", *CARRIED)
    values = (literal(framework.id), literal(""), *(getattr(ImportItem, name) for name in columns))
    waiting = select(*values).where(ImportItem.import_id == batch.id, ImportItem.identifier.not_in(here))
    names = ["framework_id", "awaited_successor", *columns]
    db.execute(insert(Indicator).from_select(names, waiting, include_defaults=False))


def _set_parents(db: Session, framework: Framework, batch: FrameworkImport) -> None:
    parent = aliased(Indicator)
    found = (
        select(parent.id)
        .where(parent.framework_id == framework.id, parent.identifier == ImportItem.parent)
        .correlate(ImportItem)
        .scalar_subquery()
    )
    db.execute(
        update(Indicator).where(Indicator.framework_id == framework.id, *_staged(batch)).values(parent_id=found),
        execution_options=QUIETLY,
    )


def _staged(batch: FrameworkImport) -> tuple[Any, Any]:
    return ImportItem.import_id == batch.id, ImportItem.identifier == Indicator.identifier


def _take_leave(db: Session, framework: Framework, batch: FrameworkImport, size: int) -> None:
    """Keep what is gone and yet cited, out of use, with what is above it; remove the rest of what is gone."""
    staged = select(ImportItem.identifier).where(ImportItem.import_id == batch.id)
    rows = db.execute(
        select(Indicator.id, Indicator.parent_id, Indicator.id.in_(citations()))
        .where(Indicator.framework_id == framework.id, Indicator.identifier.not_in(staged))
        .order_by(Indicator.position)
    ).all()
    parents = {each: parent for each, parent, _ in rows}
    kept = {each for each, _, is_cited in rows if is_cited}
    for each in list(kept):
        kept.update(_above(each, parents))
    for number, each in enumerate(each for each in parents if each in kept):
        changes = update(Indicator).where(Indicator.id == each).values(position=size + number)
        db.execute(changes, execution_options=QUIETLY)
    for part in _parts(kept):
        is_in_use = or_(Indicator.retired_at.is_(None), Indicator.retired_at > utc_now())
        retired = update(Indicator).where(Indicator.id.in_(part), is_in_use)
        db.execute(retired.values(retired_at=utc_now()), execution_options=QUIETLY)
    for part in _parts(parents.keys() - kept):
        db.execute(delete(Indicator).where(Indicator.id.in_(part)), execution_options=QUIETLY)


def _above(item_id: int, parents: dict[int, int | None]) -> Iterator[int]:
    parent = parents[item_id]
    while parent is not None and parent in parents:
        yield parent
        parent = parents[parent]


def _parts(ids: Iterable[int]) -> Iterator[list[int]]:
    ordered = sorted(ids)
    for start in range(0, len(ordered), BATCH):
        yield ordered[start : start + BATCH]


def _link_successors(db: Session, framework: Framework, package: Package) -> None:
    """Note for each indicator of the district what replaced it, also in another framework or in one yet to come."""
    ids = _ids_in_district(db, framework, sorted({each for pair in package.replacements for each in pair}))
    for old, new in package.replacements:
        if old in ids:
            after: dict[str, Any] = {"replaced_by_id": ids[new]} if new in ids else {"awaited_successor": new}
            db.execute(update(Indicator).where(Indicator.id == ids[old]).values(after), execution_options=QUIETLY)
    _link_awaited(db, framework)


def _ids_in_district(db: Session, framework: Framework, identifiers: list[str]) -> dict[str, int]:
    ids: dict[str, int] = {}
    for start in range(0, len(identifiers), BATCH):
        found = (
            select(Indicator.identifier, Indicator.id)
            .where(Indicator.framework_id.in_(_of_district(framework)))
            .where(Indicator.identifier.in_(identifiers[start : start + BATCH]))
            .order_by(Indicator.framework_id == framework.id)  # the one in this framework comes last and counts
        )
        ids.update((identifier, each) for identifier, each in db.execute(found))
    return ids


def _link_awaited(db: Session, framework: Framework) -> None:
    """Lead on to this framework what an earlier package said that something in it replaces."""
    successor = aliased(Indicator)
    came = (
        select(successor.id)
        .where(successor.framework_id == framework.id, successor.identifier == Indicator.awaited_successor)
        .correlate(Indicator)
    )
    waiting = (Indicator.awaited_successor != "", Indicator.framework_id.in_(_of_district(framework)), came.exists())
    linked = update(Indicator).where(*waiting).values(replaced_by_id=came.scalar_subquery(), awaited_successor="")
    db.execute(linked, execution_options=QUIETLY)


def _of_district(framework: Framework) -> Select[int]:
    return select(Framework.id).where(Framework.district_id == framework.district_id)
