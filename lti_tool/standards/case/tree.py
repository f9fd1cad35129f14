"""Making a tree of items that say who their parents are, whatever the kind of file."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from lti_tool.errors import InvalidInputError
from lti_tool.standards.case.package import Notes, Oddity, PackageItem
from lti_tool.standards.models import LONGEST_CODE, LONGEST_PATH, Level

DEEPEST = 100
SEGMENT = 32
TOP = 3
"""How many levels of a path that would be too long stay readable."""


@dataclass(slots=True)
class RawItem:
    """An item before its place in the tree is known."""

    identifier: str
    place: str
    """Where in the file it stands, in words."""
    code: str
    statement: str
    title: str = ""
    grade_bands: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    disciplines: tuple[str, ...] = ()
    ends_on: str = ""
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What a person finds it by: its code, else its identifier."""
        return self.code or self.identifier

    def says_the_same_as(self, other: RawItem) -> bool:
        compared = (each.name for each in fields(self) if each.name != "place")
        return all(getattr(self, name) == getattr(other, name) for name in compared)


@dataclass(slots=True)
class Tree:
    """Items with the place that a file gives each: its parent and its order there."""

    root: str
    items: dict[str, RawItem] = field(default_factory=dict)
    places: dict[str, tuple[str, int]] = field(default_factory=dict)
    notes: Notes = field(default_factory=Notes)
    _lost: set[str] = field(default_factory=set)

    def add(self, item: RawItem) -> None:
        """Add an item; of one that stands in the file twice the first is used."""
        known = self.items.setdefault(item.identifier, item)
        if known is not item:
            same = known.says_the_same_as(item)
            self.notes.add(Oddity.MERGED if same else Oddity.CONTRADICTORY, item.name)

    def place(self, child: str, parent: str | None, order: int) -> None:
        """Put an item under another one, or under the framework; where a file names several parents the first wins."""
        if parent is None:
            self._lost.add(child)
            self.notes.add(Oddity.UNKNOWN_PARENT, self.items[child].name)
            return
        known = self.places.setdefault(child, (parent, order))
        if known[0] != parent:
            self.notes.add(Oddity.SEVERAL_PARENTS, self.items[child].name)

    def note_unplaced(self) -> None:
        """Note the items of which the file does not say where they belong: they are put under the framework."""
        for identifier, item in self.items.items():
            if identifier not in self.places and identifier not in self._lost:
                self.notes.add(Oddity.UNPLACED, item.name)

    def read(self) -> tuple[PackageItem, ...]:
        """Return the items depth first; raise `InvalidInputError` where they form no tree."""
        if not self.items:
            raise InvalidInputError("There are no items in this framework. Export it again with its items.")
        children = self._children()
        read = tuple(self._walk(children))
        if len(read) != len(self.items):
            raise InvalidInputError(self._circle({item.identifier for item in read}))
        return read

    def _children(self) -> Mapping[str, list[str]]:
        ordered: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
        for number, identifier in enumerate(self.items):
            parent, order = self.places.get(identifier, (self.root, 0))
            ordered[parent].append((order, number, identifier))
        for found in ordered.values():
            self._note_same_numbers(found)
        return {parent: [identifier for *_, identifier in sorted(found)] for parent, found in ordered.items()}

    def _note_same_numbers(self, found: list[tuple[int, int, str]]) -> None:
        counts = Counter(order for order, _, identifier in found if identifier in self.places)
        for order, _, identifier in found:
            if identifier in self.places and counts[order] > 1:
                self.notes.add(Oddity.SAME_NUMBER, self.items[identifier].name)

    def _walk(self, children: Mapping[str, list[str]]) -> Iterator[PackageItem]:
        waiting = self._below(children, self.root, ())
        while waiting:
            identifier, code, codes = waiting.pop()
            item = self.items[identifier]
            if len(codes) > DEEPEST:
                raise InvalidInputError(
                    f"{item.place} ({item.name}) is nested too deeply: at most {DEEPEST} levels are possible. "
                    "Put it under an item further up."
                )
            yield self._placed(item, code, codes, is_leaf=identifier not in children)
            waiting += self._below(children, identifier, codes)

    def _below(
        self, children: Mapping[str, list[str]], parent: str, codes: tuple[str, ...]
    ) -> list[tuple[str, str, tuple[str, ...]]]:
        """Return what is under an item, last first: identifier, code, and the codes that lead to it."""
        taken: set[str] = set()
        found = []
        for number, identifier in enumerate(children.get(parent, ()), start=1):
            code = self._code(self.items[identifier], number)
            found.append((identifier, code, (*codes, _segment(code, taken))))
        return found[::-1]

    def _code(self, item: RawItem, number: int) -> str:
        if not item.code:
            self.notes.add(Oddity.NO_CODE, item.statement[:60])
            return str(number)
        if len(item.code) > LONGEST_CODE:
            self.notes.add(Oddity.SHORTENED_CODE, item.code[:LONGEST_CODE])
        return item.code[:LONGEST_CODE]

    def _placed(self, item: RawItem, code: str, codes: tuple[str, ...], *, is_leaf: bool) -> PackageItem:
        parent, _ = self.places.get(item.identifier, (self.root, 0))
        return PackageItem(
            identifier=item.identifier,
            parent=None if parent == self.root else parent,
            level=_level(depth=len(codes) - 1, is_leaf=is_leaf),
            code=code,
            path=_path(codes),
            statement=item.statement,
            title=item.title,
            grade_bands=item.grade_bands,
            roles=item.roles,
            disciplines=item.disciplines,
            ends_on=item.ends_on,
            details=item.details,
        )

    def _circle(self, reached: set[str]) -> str:
        """Return the sentence about the first item that stands below itself."""
        identifier = next(each for each in self.items if each not in reached)
        passed: list[str] = []
        while identifier not in passed:
            passed.append(identifier)
            identifier = self.places[identifier][0]
        circle = [*passed[passed.index(identifier) :], identifier]
        names = " is under ".join(self.items[each].name for each in circle[:6]) + (" …" if len(circle) > 6 else "")
        item = self.items[identifier]
        return f"The tree runs in a circle at {item.name} ({item.place}): {names}. Give it another parent."


def _level(*, depth: int, is_leaf: bool) -> Level:
    if is_leaf:
        return Level.INDICATOR
    return Level.DOMAIN if depth == 0 else Level.COMPONENT


def _segment(code: str, taken: set[str]) -> str:
    """Return an item's part of its path: its code, told apart from those of its siblings."""
    plain = segment = code[:SEGMENT].replace("/", "-")
    number = 1
    while segment in taken:
        number += 1
        segment = f"{plain} ({number})"
    taken.add(segment)
    return segment


def _path(codes: tuple[str, ...]) -> str:
    """Return the codes that lead to an item; of one that is very deep only the first levels and its own are said."""
    path = "/".join(codes)
    if len(path) <= LONGEST_PATH:
        return path
    skipped = hashlib.sha256("/".join(codes[TOP:]).encode()).hexdigest()[:12]
    return "/".join((*codes[:TOP], f"…{skipped}", codes[-1]))
