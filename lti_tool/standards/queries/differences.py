"""What a new version of a framework would change in the one that a district has."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import CompoundSelect, Row, func, select, union
from sqlalchemy.orm import Session, aliased

from lti_tool.db import Base, utc_now
from lti_tool.standards.case import Package, PackageItem
from lti_tool.standards.digests import digest
from lti_tool.standards.models import Framework, Indicator, Level

MOST_SHOWN = 50
MOST_IN_ORDER = 10
REST = ("grade_bands", "roles", "disciplines", "details")


@dataclass(frozen=True, slots=True)
class Change:
    """One item that changes: what stands there now, and what then."""

    code: str
    was: str = ""
    becomes: str = ""


@dataclass(slots=True)
class Changes:
    """Items that change in the same way: how many, and the first of them."""

    count: int = 0
    shown: list[Change] = field(default_factory=list)

    def add(self, change: Change) -> None:
        self.count += 1
        if len(self.shown) < MOST_SHOWN:
            self.shown.append(change)


@dataclass(slots=True)
class Difference:
    """What an import adds to a framework, words anew, moves, no longer has, and replaces."""

    added: Changes = field(default_factory=Changes)
    reworded: Changes = field(default_factory=Changes)
    moved: Changes = field(default_factory=Changes)
    gone: Changes = field(default_factory=Changes)
    """No longer in the new version and cited by nobody: removed."""
    retired: Changes = field(default_factory=Changes)
    """No longer in the new version, or out of use in it, but still cited, or above what is: kept with a date."""
    replaced: Changes = field(default_factory=Changes)
    grouped: Changes = field(default_factory=Changes)
    """Others come under an indicator; where it is cited it stays one."""
    changed: Changes = field(default_factory=Changes)
    """What is said of it beside its words differs: for whom it is, its days, what else CASE says."""
    reordered: Changes = field(default_factory=Changes)
    """Items whose parts, those that are there before and after, come in another order."""

    @property
    def counts(self) -> dict[str, int]:
        return {name: getattr(self, name).count for name in self.__slots__}

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Known:
    id: int
    code: str
    title: str
    statement: str
    parent: str | None
    level: Level
    successor: str
    ends_on: str
    is_retired: bool
    is_cited: bool
    rest: str
    """What tells from another version all that is said of it beside its words, and keeps none of that."""


def framework_like(db: Session, district_id: int, package: Package) -> Framework | None:
    """Return the framework of a district that a package is another version of."""
    found = select(Framework).where(Framework.district_id == district_id, Framework.identifier == package.identifier)
    return db.scalar(found)


def citations() -> CompoundSelect[int]:
    """Return the query for the ids of all indicators that anything outside of the frameworks refers to.

    Goals and alignments are not known here, so they are found by their foreign keys.
    """
    own = Indicator.__table__
    columns = [
        key.parent
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if table is not own and key.column is own.c.id
    ]
    return union(*(select(column) for column in columns))


def compare(db: Session, framework: Framework | None, package: Package) -> Difference:
    """Return what a package would change in a framework; everything is new where there is none."""
    difference = Difference()
    known = _known(db, framework) if framework else {}
    codes = {item.identifier: item.code for item in package.items}
    groups = {here.parent for here in known.values()}
    for item in package.items:
        here = known.get(item.identifier)
        if here is None:
            difference.added.add(Change(item.code, becomes=item.statement))
            continue
        if (here.code, here.title, here.statement) != (item.code, item.title, item.statement):
            difference.reworded.add(_rewording(here, item))
        if here.parent != item.parent:
            ends = (known[each].code if each in known else codes.get(each, "") for each in (here.parent or "",))
            difference.moved.add(Change(item.code, next(ends), codes.get(item.parent or "", "")))
        if here.level is Level.INDICATOR is not item.level and item.identifier not in groups:
            difference.grouped.add(Change(item.code, becomes=item.statement))
        _compare_rest(difference, here, item)
    _compare_gone(difference, known, package)
    _compare_order(difference, known, package)
    return difference


def _compare_rest(difference: Difference, here: _Known, item: PackageItem) -> None:
    ends_now = "" < item.ends_on <= utc_now().date().isoformat() and not here.is_retired
    if ends_now:
        difference.retired.add(Change(item.code, here.statement))
    if here.rest != _rest(item) or (here.ends_on != item.ends_on and not ends_now):
        difference.changed.add(Change(item.code, becomes=item.statement))


def _rest(item: PackageItem | Row[Any]) -> str:
    return digest(json.dumps([getattr(item, name) for name in REST], sort_keys=True, default=dict))


def _compare_gone(difference: Difference, known: Mapping[str, _Known], package: Package) -> None:
    there = {item.identifier: item for item in package.items}
    gone = {identifier: here for identifier, here in known.items() if identifier not in there}
    kept: set[str] = set()
    for identifier in (each for each, here in gone.items() if here.is_cited):
        at: str | None = identifier
        while at in gone and at not in kept:
            kept.add(at)
            at = gone[at].parent
    for identifier, here in gone.items():
        if not here.is_retired or identifier not in kept:
            (difference.retired if identifier in kept else difference.gone).add(Change(here.code, here.statement))
    for old, new in package.replacements:
        if old in known and known[old].successor != new:
            successor = there.get(new) or known.get(new)
            becomes = _words(successor.code, successor.title, successor.statement) if successor else new
            difference.replaced.add(Change(known[old].code, known[old].statement, becomes))


def _compare_order(difference: Difference, known: Mapping[str, _Known], package: Package) -> None:
    """Add what stands above items that stay there and come in another order; the words begin where that differs."""
    there = {item.identifier: item for item in package.items}
    stay = {each: None for each, here in known.items() if each in there and there[each].parent == here.parent}
    before, after = _by_parent(known, stay), _by_parent(there, [each for each in there if each in stay])
    for parent, was in before.items():
        becomes = after[parent]
        if was != becomes:
            first = next(place for place, each in enumerate(was) if each != becomes[place])
            code = there[parent].code if parent in there else ""
            shown = [", ".join(there[each].code for each in order[first:][:MOST_IN_ORDER]) for order in (was, becomes)]
            difference.reordered.add(Change(code, *shown))


def _by_parent(items: Mapping[str, _Known | PackageItem], identifiers: Iterable[str]) -> dict[str | None, list[str]]:
    found: defaultdict[str | None, list[str]] = defaultdict(list)
    for each in identifiers:
        found[items[each].parent].append(each)
    return found


def _known(db: Session, framework: Framework) -> dict[str, _Known]:
    parent, successor = aliased(Indicator), aliased(Indicator)
    came_after = func.coalesce(successor.identifier, Indicator.awaited_successor).label("successor")
    rows: Iterable[Row[Any]] = db.execute(
        select(
            Indicator.identifier, Indicator.id, Indicator.code, Indicator.title, Indicator.statement, Indicator.level,
            Indicator.retired_at, *(getattr(Indicator, name) for name in REST),
            parent.identifier.label("parent"), came_after, Indicator.id.in_(citations()).label("is_cited"),
        )
        .outerjoin(parent, parent.id == Indicator.parent_id)
        .outerjoin(successor, successor.id == Indicator.replaced_by_id)
        .where(Indicator.framework_id == framework.id)
        .order_by(Indicator.position),
        execution_options={"yield_per": 1000},  # or the driver would hold a large framework a second time
    )  # fmt: skip
    return {row.identifier: _known_one(row) for row in rows}


def _known_one(row: Row[Any]) -> _Known:
    return _Known(
        id=row.id,
        code=row.code,
        title=row.title,
        statement=row.statement,
        parent=row.parent,
        level=row.level,
        successor=row.successor,
        ends_on=row.retired_at.date().isoformat() if row.retired_at else "",
        is_retired=row.retired_at is not None and row.retired_at <= utc_now(),
        is_cited=row.is_cited,
        rest=_rest(row),
    )


def _rewording(here: _Known, item: PackageItem) -> Change:
    """Return the words before and after; the code is one of them where that changes."""
    with_code = here.code != item.code
    was = _words(here.code if with_code else "", here.title, here.statement)
    return Change(item.code, was, _words(item.code if with_code else "", item.title, item.statement))


def _words(code: str, title: str, statement: str) -> str:
    return " ".join(filter(None, (code, f"{title}:" if title else "", statement)))
