"""Bringing a record from elsewhere: its rows become rows of a person who has none yet, and nobody else sees them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_tool.db import Base, utc_now
from lti_tool.errors import ConflictError, InvalidInputError
from lti_tool.home.record.document import REFERRED, Document, portable
from lti_tool.home.record.part import Kept, Part
from lti_tool.home.record.parts import OWN, parts_under
from lti_tool.home.record.shared import InWords, Shelf
from lti_tool.home.record.values import column_of, from_json, refused
from lti_tool.people.models import Person
from lti_tool.people.operations import record_audit
from lti_tool.plans.models import Brought, BroughtKind, GrowthPlan, LedgerEntry, LicenceCycle

NOT_EMPTY = "You have plans or hours here already. A record can only be brought to where there is none yet."


@dataclass(frozen=True, slots=True)
class Outline:
    """What a file holds, said before it is brought: whose it is, from where, and how many of each part."""

    document: Document
    who: Document
    counts: Counter[str] = field(default_factory=Counter)


def outline_of(document: Document) -> Outline:
    """Return what bringing a document would bring."""
    counts: Counter[str] = Counter()
    for part in parts_under(""):
        _count(part, document["record"].get(part.name), counts)
    profile = document["record"].get("profile") or {}
    return Outline(document, profile if isinstance(profile, dict) else {}, counts)


def has_empty_record(db: Session, person: Person) -> bool:
    """Return whether there is nothing of a person that a record could be mixed up with."""
    kinds: tuple[Any, ...] = (GrowthPlan, LedgerEntry, LicenceCycle, Brought)
    return not any(db.scalar(select(each.id).where(each.person_id == person.id).limit(1)) for each in kinds)


def bring_record(db: Session, person: Person, document: Document) -> None:
    """Make a record the person's own; all of it or, where anything in it does not fit, nothing."""
    db.execute(select(Person.id).where(Person.id == person.id).with_for_update())
    if not has_empty_record(db, person):
        raise ConflictError(NOT_EMPTY)
    try:
        with db.begin_nested():
            _Bringer(Shelf(db, person)).bring(document)
    except IntegrityError as error:
        raise InvalidInputError("This file says something twice that can be only once. Nothing was changed.") from error
    record_audit(db, person, "record_brought", "person", person.id)


def _count(part: Part, told: Any, counts: Counter[str]) -> None:
    rows = told if isinstance(told, list) else [told]
    for row in rows:
        if isinstance(row, dict):
            counts[part.name] += 1
            for each in parts_under(part.name):
                _count(each, row.get(each.name), counts)


@dataclass(slots=True)
class _Bringer:
    """Makes the rows of one record, part by part, so that what is named is there before what names it."""

    shelf: Shelf
    keys: dict[str, tuple[str, int]] = field(default_factory=dict)

    def bring(self, document: Document) -> None:
        own = portable(document["record"])
        told = {part.name: _listed(own.get(part.name), part.name) for part in parts_under("")}
        parents: dict[str, list[tuple[int, Document, str]]] = {
            "": [(self.shelf.person.id, told, "the record")]  # the person, on whom the first parts hang
        }
        for part in OWN:
            parents[part.name] = self._rows(part, parents[part.under])
        for part in parts_under(""):
            if part.kept is Kept.WORDS:
                self._keep(part, told[part.name])
        self._remember_place(document)
        self.shelf.db.flush()

    def _rows(self, part: Part, parents: list[tuple[int, Document, str]]) -> list[tuple[int, Document, str]]:
        made: list[tuple[Any, Document, str]] = []
        for parent_id, parent, place in parents:
            for number, told in enumerate(_listed(parent.get(part.name), place), 1):
                where = f"{place}, {part.name} {number}"
                made.append((self._row(part, parent_id, told, where), told, where))
        self.shelf.db.add_all(row for row, _, _ in made)
        self.shelf.db.flush()  # their ids are named by the parts that follow
        for row, told, where in made if part.name in REFERRED else []:
            self._name(part, told.get("key"), row.id, where)
        return [(getattr(row, "id", 0), told, where) for row, told, where in made]

    def _row(self, part: Part, parent_id: int, told: Any, where: str) -> Base:
        values = self._values(part, told, where)
        if part.model is Person:
            for name, value in values.items():
                setattr(self.shelf.person, name, value)
            return self.shelf.person
        columns = part.model.__table__.columns
        values |= {part.by: parent_id, **part.brought_as}
        values |= {"district_id": self.shelf.person.district_id} if "district_id" in columns else {}
        values |= {"brought_at": utc_now()} if "brought_at" in columns else {}
        return part.model(**values)

    def _values(self, part: Part, told: Any, where: str) -> dict[str, Any]:
        below = {each.name for each in parts_under(part.name)} | ({"key"} if part.name in REFERRED else set())
        carried = {*part.fields, *part.refs, *part.shared} - part.only_here
        if not isinstance(told, dict) or told.keys() != below | {part.key_of(each) for each in carried}:
            raise refused(where, "does not say what it should")
        return {column: self._value(part, column, told[part.key_of(column)], where) for column in carried}

    def _value(self, part: Part, column: str, told: Any, where: str) -> Any:
        place, kept = f"{where}, {part.key_of(column)}", column_of(part.model, column)
        if told is None or column in part.fields:
            return from_json(kept, told, place)
        shared = part.shared.get(column)
        if isinstance(shared, InWords):
            return shared.find(self.shelf, told, place)
        name, row_id = self.keys.get(str(told), ("", 0))
        if name != part.refs.get(column):
            raise refused(place, "names something that is not there")
        return row_id

    def _name(self, part: Part, key: Any, row_id: int, where: str) -> None:
        if not isinstance(key, str) or key in self.keys:
            raise refused(where, "has no name of its own")
        self.keys[key] = (part.name, row_id)

    def _keep(self, part: Part, told: list[Any]) -> None:
        names = {part.key_of(each) for each in (*part.fields, *part.shared)}
        for number, words in enumerate(told, 1):
            where = f"{part.name} {number}"
            if not isinstance(words, dict) or words.keys() != names:
                raise refused(where, "does not say what it should")
            for column in part.fields:
                from_json(column_of(part.model, column), words[column], f"{where}, {column}")
            if not all(_is_told(words[part.key_of(each)]) for each in part.shared):
                raise refused(where, "cannot be read")
            self.shelf.keep(BroughtKind(part.name), words)

    def _remember_place(self, document: Document) -> None:
        """Keep where the person was when the record was given out; it is told, and is no part of the hash."""
        profile = document["record"].get("profile")
        told = profile if isinstance(profile, dict) else {}
        words = {"district": told.get("district"), "school": told.get("school"), "until": document.get("exported_at")}
        if isinstance(words["district"], str):
            self.shelf.keep(BroughtKind.PLACES, {name: str(each or "")[:200] for name, each in words.items()})


def _is_told(words: Any) -> bool:
    """Return whether something is told as a text, as a few texts, or not at all."""
    texts = words.values() if isinstance(words, dict) else [words]
    return all(isinstance(each, str | None) for each in texts)


def _listed(told: Any, where: str) -> list[Any]:
    """Return rows as a list; a part of one row at most is told as that row, or as nothing."""
    if told is None:
        return []
    if isinstance(told, dict):
        return [told]
    if not isinstance(told, list):
        raise refused(where, "is not a list")
    return told
