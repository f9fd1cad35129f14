"""Reading a framework from a CASE package (1EdTech CASE 1.0 and 1.1).

Real packages are awkward: items come in any order, repeat, or name parents that are not there; a URI may be text or
an object. What is read here is the tree alone: `isChildOf` leads from the child (origin) to the parent (destination).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lti_tool.errors import InvalidInputError
from lti_tool.standards.models import Level

LONGEST_CODE = 32
LONGEST_IDENTIFIER = 64
LONGEST_PATH = 200


@dataclass(frozen=True, slots=True)
class PackageItem:
    """An item with its place in the tree."""

    identifier: str
    parent: str | None
    level: Level
    code: str
    path: str
    statement: str


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


def read_package(data: Mapping[str, Any]) -> Package:
    """Return the framework in a package; raise `InvalidInputError` when it is not one or its tree runs in a circle."""
    try:
        document = data["CFDocument"]
        items = {item["identifier"]: item for item in reversed(data["CFItems"])}
        children = _children(data.get("CFAssociations") or [], items, document["identifier"])
        read = tuple(_walk(items, children, document["identifier"]))
        title, identifier = str(document["title"]), str(document["identifier"])
    except (KeyError, TypeError) as error:
        raise InvalidInputError("This file is not a CASE package.") from error
    if not all(isinstance(each, str) and 0 < len(each) <= LONGEST_IDENTIFIER for each in items):
        raise InvalidInputError(f"An item has no identifier, or one of over {LONGEST_IDENTIFIER} characters.")
    if not read or len(read) != len(items):
        raise InvalidInputError("The items of this framework do not form a tree.")
    return Package(
        identifier=identifier[:64],
        title=title[:300],
        version=str(document.get("version") or "")[:64],
        audience=_first(document.get("subject"))[:100],
        licence=_link_text(document.get("licenseURI"))[:300],
        attribution=str(document.get("creator") or "")[:500],
        items=read,
    )


def _children(
    associations: list[Mapping[str, Any]], items: Mapping[str, Any], root: str
) -> Mapping[str, list[tuple[int, str]]]:
    """Return the children of each item, in order; an item without a known parent belongs to the document."""
    parents: dict[str, tuple[str, int]] = {}
    for number, association in enumerate(associations):
        child, parent = _node(association, "originNodeURI"), _node(association, "destinationNodeURI")
        if association["associationType"] == "isChildOf" and child in items and (parent in items or parent == root):
            parents.setdefault(child, (parent, association.get("sequenceNumber") or number))
    children: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for identifier in items:
        parent, order = parents.get(identifier, (root, 0))
        children[parent].append((order, identifier))
    return {parent: sorted(found) for parent, found in children.items()}


def _walk(
    items: Mapping[str, Mapping[str, Any]],
    children: Mapping[str, list[tuple[int, str]]],
    parent: str,
    codes: tuple[str, ...] = (),
) -> Iterator[PackageItem]:
    for number, (_, identifier) in enumerate(children.get(parent, []), start=1):
        item = items[identifier]
        code = str(item.get("humanCodingScheme") or number)[:LONGEST_CODE]
        path = (*codes, code)
        if len("/".join(path)) > LONGEST_PATH:
            raise InvalidInputError("The items of this framework are nested too deeply.")
        yield PackageItem(
            identifier=identifier,
            parent=parent if codes else None,
            level=_level(depth=len(codes), is_leaf=identifier not in children),
            code=code,
            path="/".join(path),
            statement=str(item["fullStatement"]),
        )
        yield from _walk(items, children, identifier, path)


def _level(*, depth: int, is_leaf: bool) -> Level:
    if is_leaf:
        return Level.INDICATOR
    return Level.DOMAIN if depth == 0 else Level.COMPONENT


def _node(association: Mapping[str, Any], end: str) -> str:
    value = association[end]
    return str(value["identifier"]) if isinstance(value, Mapping) else str(value).rsplit("/", 1)[-1]


def _first(value: Any) -> str:
    if isinstance(value, list):
        return str(value[0]) if value else ""
    return str(value or "")


def _link_text(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"{value.get('title', '')} {value.get('uri', '')}".strip()
    return str(value or "")
