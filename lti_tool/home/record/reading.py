"""Reading a record: each table is asked once, however much there is in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.db import Base
from lti_tool.errors import NotFoundError
from lti_tool.home.record.part import Part
from lti_tool.home.record.parts import OWN, PARTS
from lti_tool.home.record.shared import Shared
from lti_tool.home.record.values import column_of
from lti_tool.people.models import Person
from lti_tool.plans.models import Brought, GrowthPlan


@dataclass(slots=True)
class Node:
    """A row of a part, with the rows of other parts that hang on it."""

    part: Part
    row: Any
    under: dict[str, list[Node]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Record:
    """A person's rows by part, the words of the rows that they name, and what came with a record from elsewhere."""

    person: Person
    scope: str
    nodes: dict[str, list[Node]]
    words: dict[Shared, dict[int, Any]]
    brought: list[Brought]

    def rows(self, name: str) -> list[Any]:
        """Return the rows of a part."""
        return [node.row for node in self.nodes[name]]

    def told(self, node: Node, column: str) -> Any:
        """Return the words of the row that a column of this one names."""
        return self.words[node.part.shared[column]].get(getattr(node.row, column))


def read_record(db: Session, person: Person) -> Record:
    """Return everything that is held about a person."""
    return _read(db, person, "person", PARTS)


def read_plan(db: Session, person: Person, plan_id: int) -> Record:
    """Return one plan of the person's own, with all that hangs on it."""
    found = db.scalar(select(GrowthPlan.id).where(GrowthPlan.id == plan_id, GrowthPlan.person_id == person.id))
    if found is None:
        raise NotFoundError
    return _read(db, person, "plan", _from("plans"), {"plans": plan_id})


def _from(name: str) -> tuple[Part, ...]:
    names = {name}
    for part in OWN:
        names |= {part.name} if part.under in names else set()
    return tuple(part for part in OWN if part.name in names)


def _read(
    db: Session, person: Person, scope: str, parts: tuple[Part, ...], only: dict[str, int] | None = None
) -> Record:
    nodes: dict[str, list[Node]] = {}
    for part in parts:
        parents = nodes[part.under] if part.under else []
        rows = _rows(db, part, [each.row.id for each in parents] if part.under else [person.id])
        chosen = (only or {}).get(part.name)
        nodes[part.name] = _hang(part, parents, [row for row in rows if chosen in {None, getattr(row, "id", None)}])
    brought = list(db.scalars(select(Brought).where(Brought.person_id == person.id).order_by(Brought.id)))
    return Record(person, scope, nodes, _words(db, nodes, brought), brought)


def _rows(db: Session, part: Part, ids: list[int]) -> Iterator[Base]:
    key = tuple(part.model.__table__.primary_key)
    return iter(db.scalars(select(part.model).where(column_of(part.model, part.by).in_(ids)).order_by(*key)))


def _hang(part: Part, parents: list[Node], rows: Iterable[Base]) -> list[Node]:
    """Return the rows as nodes, those of the first parent first; so they are counted alike wherever they are read."""
    if not part.under:
        return [Node(part, row) for row in rows]
    of_parent: dict[int, list[Node]] = defaultdict(list)
    for row in rows:
        of_parent[getattr(row, part.by)].append(Node(part, row))
    for parent in parents:
        parent.under[part.name] = of_parent[parent.row.id]
    return [node for parent in parents for node in parent.under[part.name]]


def _words(db: Session, nodes: dict[str, list[Node]], brought: list[Brought]) -> dict[Shared, dict[int, Any]]:
    named: dict[Shared, set[int]] = defaultdict(set)
    for each in (node for found in nodes.values() for node in found):
        for column, shared in each.part.shared.items():
            named[shared].add(getattr(each.row, column))
    return {shared: shared.tell(db, ids - {None}, brought) for shared, ids in named.items()}
