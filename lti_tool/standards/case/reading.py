"""Reading a framework from a CASE package (1EdTech CASE 1.0 and 1.1).

Real packages are awkward: items come in any order, repeat, or name parents that are not there; a URI may be text or
an object; a list may be a single text. `isChildOf` leads from the child (origin) to the parent (destination).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import IO, Any

from lti_tool.db import is_storable
from lti_tool.errors import InvalidInputError
from lti_tool.standards.case import values
from lti_tool.standards.case.package import Oddity, Package
from lti_tool.standards.case.stream import DOCUMENT, HOW_TO_EXPORT, NOT_A_PACKAGE, package_parts
from lti_tool.standards.case.tree import RawItem, Tree
from lti_tool.standards.case.values import CHILD, NOT_SAID, REPLACED, URN, last_part, text, texts
from lti_tool.standards.models import LONGEST_IDENTIFIER

ROLES = "likeGoalsRoles"
"""Our own extension: the roles that an item is for, which CASE has no place for."""
Shape = Callable[[Any], Any]
KEPT_OF_ITEM: dict[str, Shape] = {
    "alternativeLabel": text, "CFItemType": text, "listEnumeration": text, "conceptKeywords": texts, "notes": text,
    "language": text, "licenseURI": values.link, "subjectURI": values.links,
    "CFItemTypeURI": values.link, "conceptKeywordsURI": values.link,
}  # fmt: skip
KEPT_OF_DOCUMENT: dict[str, Shape] = {
    "officialSourceURL": text, "publisher": text, "description": text, "notes": text, "language": text,
    "frameworkType": text, "subjectURI": values.links,
}  # fmt: skip
DAYS_OF_ITEM = ("statusStartDate",)
DAYS_OF_DOCUMENT = ("statusStartDate", "statusEndDate")


def read_package(stream: IO[bytes]) -> Package:
    """Return the framework in a CASE package; raise `InvalidInputError` with the item that is wrong."""
    reader = _Reader()
    for kind, value in package_parts(stream):
        reader.take(kind, value)
    return reader.package()


class _Reader:
    """Takes the parts of a package in any order and puts them together at the end."""

    def __init__(self) -> None:
        self._document: Mapping[str, Any] | None = None
        self._items: list[RawItem] = []
        self._links: list[tuple[str, str, Any, int | None]] = []
        self._ends: dict[Any, Any] = {}
        """Each end of an association once: a package names every item in many of them."""
        self._number = {"CFItems": 0, "CFAssociations": 0}

    def take(self, kind: str, value: Any) -> None:
        if kind == DOCUMENT:
            self._take_document(value)
            return
        self._number[kind] += 1
        place = f"{'Item' if kind == 'CFItems' else 'Association'} number {self._number[kind]}"
        if not isinstance(value, Mapping):
            raise InvalidInputError(f"{place} is not an object with a name for each value. {HOW_TO_EXPORT}")
        if kind == "CFItems":
            self._items.append(_read_item(value, place))
        else:
            self._take_link(value, place)

    def _take_document(self, value: Any) -> None:
        if self._document is not None:
            raise InvalidInputError("There are several frameworks in this file. Import each from a file of its own.")
        self._document = document = value if isinstance(value, Mapping) else {}
        for name in ("identifier", "title"):
            if not text(document.get(name)):
                raise InvalidInputError(f"{NOT_A_PACKAGE} Its CFDocument has no {name}. Add one and import it again.")
        if len(text(document["identifier"])) > LONGEST_IDENTIFIER:
            raise InvalidInputError(
                f"The identifier of the CFDocument has over {LONGEST_IDENTIFIER} characters. Give it a UUID."
            )
        _refuse_unstorable(document, "The CFDocument")

    def _take_link(self, value: Mapping[str, Any], place: str) -> None:
        kind, origin, destination = text(value.get("associationType")), value.get("originNodeURI"), None
        destination = value.get("destinationNodeURI")
        if not (kind and values.node(origin) and values.node(destination)):
            raise InvalidInputError(
                f"{place} ({kind or 'without a type'}) does not say what it leads from and to. Correct or remove it."
            )
        _refuse_unstorable([kind, origin, destination], place)
        kept = values.node(destination) if kind in (CHILD, REPLACED) else values.whole_node(destination)
        order = values.whole(value.get("sequenceNumber"))
        self._links.append(
            (sys.intern(values.association(kind)), self._once(values.node(origin)), self._once(kept), order)
        )

    def _once(self, end: str | dict[str, str]) -> Any:
        return self._ends.setdefault(end if isinstance(end, str) else tuple(end.values()), end)

    def package(self) -> Package:
        document = self._document
        if document is None:
            raise InvalidInputError(f"{NOT_A_PACKAGE} There is no CFDocument in it. {HOW_TO_EXPORT}")
        tree = Tree(text(document["identifier"]))
        for item in self._items:
            tree.add(item)
        self._items = []
        replacements = self._link(tree, _Names(tree, text(document.get("uri"))))
        creator = text(document.get("creator"))
        return Package(
            identifier=tree.root,
            title=text(document["title"])[:300],
            version=text(document.get("version"))[:64],
            audience=next(iter(texts(document.get("subject"))), "")[:100],
            licence=values.link_words(document.get("licenseURI"))[:300],
            attribution="" if creator == NOT_SAID else creator[:500],
            items=tree.read(),
            adoption_status=text(document.get("adoptionStatus"))[:32],
            details=_details_of_document(document, tree.root),
            replacements=replacements,
            notes=tree.notes.all(),
        )

    def _link(self, tree: Tree, names: _Names) -> tuple[tuple[str, str], ...]:
        """Put each item where the associations say, and return which was replaced by which."""
        replacements: dict[str, str] = {}
        for number, (kind, origin, destination, order) in enumerate(self._links, start=1):
            child = names.find(origin)
            if kind == REPLACED:
                old, new = child or last_part(origin), names.find(destination) or last_part(destination)
                _note_successor(tree, replacements, old, new)
            elif child is None or child not in tree.items:
                tree.notes.add(Oddity.UNKNOWN_LINK, last_part(origin)[:LONGEST_IDENTIFIER])
            elif kind == CHILD:
                tree.place(child, names.find(destination), number if order is None else order)
            else:
                tree.items[child].details.setdefault("associations", []).append([kind, destination])
        tree.note_unplaced()
        self._links, self._ends = [], {}  # as much as the items themselves, and those are still to be made
        return tuple(sorted(replacements.items()))


def _note_successor(tree: Tree, replacements: dict[str, str], old: str, new: str) -> None:
    is_ours = {old, new} & tree.items.keys() and old != new and max(len(old), len(new)) <= LONGEST_IDENTIFIER
    if is_ours and replacements.setdefault(old, new) != new:
        tree.notes.add(Oddity.SPLIT, tree.items[old].name if old in tree.items else old)


class _Names:
    """Finds the item that an association means: by its identifier, by its address, or by the end of its address."""

    def __init__(self, tree: Tree, root_uri: str) -> None:
        self._items, self._root = tree.items, tree.root
        self._by_uri = {uri: each.identifier for each in tree.items.values() if (uri := each.details.get("uri"))}
        if root_uri:
            self._by_uri[root_uri] = tree.root
        self._folded = {_fold(each): each for each in (*reversed(tree.items), tree.root)}

    def find(self, name: str) -> str | None:
        """Return the identifier of an item, or that of the document, or None; as it is written, else in any case."""
        ends = (name, last_part(name))
        found = next((each for each in ends if each in self._items or each == self._root), None)
        return found or self._by_uri.get(name) or next(filter(None, map(self._folded.get, map(_fold, ends))), None)


def _fold(name: str) -> str:
    return name.strip().casefold()


def _read_item(value: Mapping[str, Any], place: str) -> RawItem:
    identifier, code = value.get("identifier"), text(value.get("humanCodingScheme"))
    named = f"{place} ({code or text(identifier) or 'without a code'})"
    if not isinstance(identifier, str) or not 0 < len(identifier) <= LONGEST_IDENTIFIER:
        raise InvalidInputError(
            f"{named} has no identifier, or one of over {LONGEST_IDENTIFIER} characters. Give it one (a UUID)."
        )
    statement = value.get("fullStatement")
    if not isinstance(statement, str) or not statement.strip():
        raise InvalidInputError(f"{named} has no fullStatement. Write what it says, or remove the item.")
    _refuse_unstorable(value, named)
    return RawItem(
        identifier=identifier,
        place=place,
        code=code,
        statement=statement.strip(),
        title=text(value.get("abbreviatedStatement")),
        grade_bands=tuple(map(sys.intern, texts(value.get("educationLevel")))),
        disciplines=tuple(map(sys.intern, texts(value.get("subject")))),
        roles=tuple(map(sys.intern, texts(_extensions(value).get(ROLES)))),
        ends_on=_day(value, "statusEndDate", named),
        details=_details_of_item(value, identifier, named),
    )


def _details_of_item(value: Mapping[str, Any], identifier: str, named: str) -> dict[str, Any]:
    details = _kept(value, KEPT_OF_ITEM, identifier)
    details |= {name: said for name in DAYS_OF_ITEM if (said := _day(value, name, named))}
    others = {name: each for name, each in _extensions(value).items() if name != ROLES}
    return details | ({"extensions": others} if others else {})


def _details_of_document(document: Mapping[str, Any], identifier: str) -> dict[str, Any]:
    details = _kept(document, KEPT_OF_DOCUMENT, identifier)
    details |= {name: said for name in DAYS_OF_DOCUMENT if (said := _day(document, name, "The CFDocument"))}
    others = texts(document.get("subject"))[1:]
    extensions = dict(_extensions(document))
    return details | ({"otherSubjects": others} if others else {}) | ({"extensions": extensions} if extensions else {})


def _extensions(value: Mapping[str, Any]) -> Mapping[str, Any]:
    found = value.get("extensions")
    return found if isinstance(found, Mapping) else {}


def _kept(value: Mapping[str, Any], shapes: Mapping[str, Shape], identifier: str) -> dict[str, Any]:
    kept = {name: shape(value[name]) for name, shape in shapes.items() if value.get(name) is not None}
    given = value.get("uri")
    uri = text(given.get("uri") if isinstance(given, Mapping) else given)
    if uri != URN + identifier:
        kept["uri"] = uri
    return {name: each for name, each in kept.items() if each}


def _refuse_unstorable(value: Any, named: str) -> None:
    if not is_storable(value):
        raise InvalidInputError(
            f"{named} holds what no database keeps: a broken character, a number without end, "
            "or too many lists within each other. Type it anew."
        )


def _day(value: Mapping[str, Any], name: str, named: str) -> str:
    try:
        return values.day(value.get(name))
    except ValueError:
        said = text(value.get(name))[:40]
        raise InvalidInputError(
            f"{named} has the {name} “{said}”, which is no day. Write it like 2026-08-31."
        ) from None
