"""The document of a record: what is told, and the hash of the part of it that is the person's own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from lti_tool.home.record.part import Kept, Part
from lti_tool.home.record.parts import OWN, parts_under
from lti_tool.home.record.reading import Node, Record
from lti_tool.home.record.values import column_of, to_json
from lti_tool.plans.canonical import content_hash
from lti_tool.plans.models import BroughtKind

SCHEMA = "like-goals-record/1"
REFERRED = frozenset(name for part in OWN for name in part.refs.values())
"""The parts whose rows are named by others, and so carry a key."""
Document = dict[str, Any]


def document_of(record: Record, exported_at: datetime) -> Document:
    """Return a record as JSON values, for the person to keep or to take to another instance."""
    told = _tell(record)
    own = {part.name: told[part.name] for part in _tops(record) if part.kept is not Kept.HERE}
    document = {
        "schema": SCHEMA,
        "scope": record.scope,
        "exported_at": exported_at.isoformat(timespec="seconds"),
        "content_hash": content_hash(portable(own)),
        "record": own,
    }
    if record.scope == "plan":
        return document
    here = {part.name: told[part.name] for part in _tops(record) if part.kept is Kept.HERE}
    return {**document, "here": {**here, "places": brought_words(record, BroughtKind.PLACES)}}


def portable(own: Document) -> Document:
    """Return what of a record is hashed and brought: all but what holds in one instance alone."""
    return {part.name: _portable(part, own[part.name]) for part in parts_under("") if part.name in own}


def brought_words(record: Record, kind: BroughtKind) -> list[Document]:
    """Return what came with a record from elsewhere and is kept in its words."""
    return [each.words for each in record.brought if each.kind is kind]


def _portable(part: Part, told: Any) -> Any:
    if isinstance(told, list):
        return [_portable(part, each) for each in told]
    if told is None:
        return None
    left = {part.key_of(column) for column in part.only_here}
    carried = {name: value for name, value in told.items() if name not in left}
    return carried | {each.name: _portable(each, told[each.name]) for each in parts_under(part.name)}


def _tops(record: Record) -> list[Part]:
    return [part for part in parts_under("") if part.name in record.nodes]


def _tell(record: Record) -> Document:
    keys = {
        (name, node.row.id): f"{name}-{number}"
        for name in REFERRED
        for number, node in enumerate(record.nodes.get(name, []), 1)
    }
    told: Document = {}
    for part in _tops(record):
        rows = [_row(record, keys, node) for node in record.nodes[part.name]]
        if part.kept is Kept.WORDS:
            rows += brought_words(record, BroughtKind(part.name))
        told[part.name] = _single(rows) if part.is_single else rows
    return told


def _single(rows: list[Document]) -> Document | None:
    return rows[0] if rows else None


def _row(record: Record, keys: dict[tuple[str, int], str], node: Node) -> Document:
    part, row = node.part, node.row
    told: Document = {"key": keys[part.name, row.id]} if part.name in REFERRED else {}
    told |= {name: to_json(column_of(part.model, name), getattr(row, name)) for name in part.fields}
    told |= {part.key_of(column): keys.get((name, getattr(row, column))) for column, name in part.refs.items()}
    told |= {part.key_of(column): record.told(node, column) for column in part.shared}
    for each in parts_under(part.name):
        rows = [_row(record, keys, below) for below in node.under.get(each.name, [])]
        told[each.name] = _single(rows) if each.is_single else rows
    return told
