"""A framework of a district as a package, to be written to a file."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from lti_tool.standards.case import Package, PackageItem
from lti_tool.standards.models import Framework, Indicator


def package_of_framework(db: Session, framework: Framework) -> Package:
    """Return a framework with all its items, those that are out of use among them."""
    parent, successor = aliased(Indicator), aliased(Indicator)
    came_after = func.coalesce(successor.identifier, Indicator.awaited_successor)
    found = (
        select(*(getattr(Indicator, name) for name in COLUMNS), parent.identifier, came_after)
        .outerjoin(parent, parent.id == Indicator.parent_id)
        .outerjoin(successor, successor.id == Indicator.replaced_by_id)
        .where(Indicator.framework_id == framework.id)
        .order_by(Indicator.position)
    )
    rows: list[Any] = list(db.execute(found))
    return Package(
        identifier=framework.identifier,
        title=framework.title,
        version=framework.version,
        audience=framework.audience,
        licence=framework.licence,
        attribution=framework.attribution,
        items=tuple(map(_item, rows)),
        adoption_status=framework.adoption_status,
        details=framework.details,
        replacements=tuple(sorted((row[0], row[-1]) for row in rows if row[-1])),
    )


COLUMNS = (
    "identifier", "level", "code", "path", "statement", "title", "grade_bands", "roles", "disciplines", "retired_at",
    "details",
)  # fmt: skip


def _item(row: Any) -> PackageItem:
    values: dict[str, Any] = dict(zip(COLUMNS, row, strict=False))
    ended = values.pop("retired_at")
    lists = {name: tuple(values[name]) for name in ("grade_bands", "roles", "disciplines")}
    return PackageItem(**{**values, **lists}, parent=row[-2], ends_on=ended.date().isoformat() if ended else "")
