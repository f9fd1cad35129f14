"""A framework as a file describes it, whatever the kind of file."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from lti_tool.standards.case.stream import JsonText, elements
from lti_tool.standards.models import Level

SHOWN_EXAMPLES = 3
PIECE = 1 << 13


class Oddity(StrEnum):
    """What was odd in a file and yet could be read; a preview says each."""

    MERGED = "merged"
    """An item stood there more than once, in the same words."""
    CONTRADICTORY = "contradictory"
    """An item stood there more than once, in different words: the first is used."""
    UNKNOWN_PARENT = "unknown_parent"
    UNPLACED = "unplaced"
    """Nothing was said of an item's parent."""
    SEVERAL_PARENTS = "several_parents"
    NO_CODE = "no_code"
    SHORTENED_CODE = "shortened_code"
    SAME_NUMBER = "same_number"
    """Items under one parent had the same sequence number: they stay in the order of the file."""
    UNKNOWN_LINK = "unknown_link"
    """An association between items of which neither is here."""
    PARENT_FROM_CODE = "parent_from_code"
    """No parent was named; a dotted code told it."""
    SPLIT = "split"
    """Several items replace one: the first is its successor."""


@dataclass(slots=True)
class Note:
    """One kind of oddity: how often it came up, and with which items for example."""

    kind: Oddity
    count: int = 0
    examples: list[str] = field(default_factory=list)


class Notes:
    """What was odd in a file, by kind."""

    def __init__(self) -> None:
        self._by_kind: dict[Oddity, Note] = {}

    def add(self, kind: Oddity, example: str) -> None:
        """Count an oddity, and keep the first few items that show it."""
        note = self._by_kind.setdefault(kind, Note(kind))
        note.count += 1
        if len(note.examples) < SHOWN_EXAMPLES:
            note.examples.append(example)

    def all(self) -> tuple[Note, ...]:
        return tuple(self._by_kind.values())


@dataclass(frozen=True, slots=True)
class PackageItem:
    """An item with its place in the tree."""

    identifier: str
    parent: str | None
    level: Level
    code: str
    path: str
    statement: str
    title: str = ""
    grade_bands: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    disciplines: tuple[str, ...] = ()
    ends_on: str = ""
    """The day on which it goes out of use, as in `2026-08-01`; empty while none is known."""
    details: Mapping[str, Any] = field(default_factory=dict)
    """What else CASE says of it and is given back on export."""


@dataclass(frozen=True, slots=True)
class Package:
    """A framework as its package describes it; items are in depth-first order."""

    identifier: str
    title: str
    version: str
    audience: str
    licence: str
    attribution: str
    items: tuple[PackageItem, ...]
    adoption_status: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    replacements: tuple[tuple[str, str], ...] = ()
    """Identifiers of items that were replaced, each with that of its successor."""
    is_table: bool = field(default=False, compare=False)
    """A table has no place for most of what a framework says of itself: what is empty here is left as it is."""
    notes: tuple[Note, ...] = field(default=(), compare=False)


def pack(package: Package) -> bytes:
    """Return a package in a small form that waits in the database; it is never whole in memory a second time."""
    small = zlib.compressobj()
    return b"".join(small.compress(part.encode()) for part in _packed_parts(package)) + small.flush()


def _packed_parts(package: Package) -> Iterator[str]:
    yield "[" + _packed({**asdict(_without_items(package)), "notes": []}) + ",["
    for number, item in enumerate(package.items):
        yield ("," if number else "") + _packed([getattr(item, name) for name in PackageItem.__slots__])
    yield "]]"


def _packed(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=dict)


def unpack(packed: bytes) -> Package:
    """Return the package that `pack` made this of."""
    text = JsonText(_Unzipped(packed))
    text.take("[")
    head = text.value()
    text.take(",")
    items = tuple(_item(text.value()) for _ in elements(text, "]"))
    head["replacements"] = tuple((old, new) for old, new in head["replacements"])
    return Package(**{**head, "notes": (), "items": items})


class _Unzipped:
    """What was packed, unpacked piece by piece as it is read."""

    def __init__(self, packed: bytes) -> None:
        self._pieces = _unzipped(packed)

    def read(self, _size: int = -1) -> bytes:
        return next(self._pieces, b"")


def _unzipped(packed: bytes) -> Iterator[bytes]:
    unzip = zlib.decompressobj()
    for at in range(0, len(packed), PIECE):
        if piece := unzip.decompress(packed[at : at + PIECE]):
            yield piece


def _without_items(package: Package) -> Package:
    return Package(**{name: getattr(package, name) for name in Package.__slots__} | {"items": ()})


def _item(row: list[Any]) -> PackageItem:
    values = dict(zip(PackageItem.__slots__, row, strict=True))
    lists = {name: tuple(values[name]) for name in ("grade_bands", "roles", "disciplines")}
    return PackageItem(**{**values, **lists, "level": Level(values["level"])})
