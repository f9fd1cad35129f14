"""The rows that a record names and that are not the person's, told by their words and found again by them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.db import Base, utc_now
from lti_tool.home.record.values import column_of, from_json, refused, to_json
from lti_tool.launch.models import Registration
from lti_tool.people.models import Course, Opportunity, OpportunityKind, Person
from lti_tool.plans.canonical import canonical, content_hash
from lti_tool.plans.models import Brought, BroughtKind, CreditType
from lti_tool.plans.operations import store_starter_types
from lti_tool.standards.models import Framework, Indicator, Level
from lti_tool.teams.models import Team

Words = Mapping[str, Any]


@dataclass(slots=True)
class Shelf:
    """Whose record is being brought, and what of it was found or made already."""

    db: Session
    person: Person
    found: dict[tuple[str, str], int] = field(default_factory=dict)

    def keep(self, kind: BroughtKind, words: Words, **row: int) -> None:
        """Keep the words of something as they came."""
        self.db.add(Brought(person_id=self.person.id, kind=kind, words=dict(words), **row))


class Shared(ABC):
    """How rows of a table that a district shares are told."""

    @abstractmethod
    def tell(self, db: Session, ids: set[int], brought: Iterable[Brought]) -> dict[int, Any]:
        """Return the words of these rows by id; those that came with a record in the words that they came with."""


@dataclass(frozen=True, slots=True)
class Named(Shared):
    """Rows that are told by one column and never brought."""

    model: type[Base]
    attribute: str

    def tell(self, db: Session, ids: set[int], brought: Iterable[Brought]) -> dict[int, Any]:  # noqa: ARG002
        key, text = column_of(self.model, "id"), column_of(self.model, self.attribute)
        return {each[0]: to_json(text, each[1]) for each in db.execute(select(key, text).where(key.in_(ids)))}


class TeamTold(Shared):
    """Teams, told by name and course; what became of them is part of what happened, and the team is not brought."""

    def tell(self, db: Session, ids: set[int], brought: Iterable[Brought]) -> dict[int, Any]:  # noqa: ARG002
        found = select(Team.id, Team.name, Team.state, Course.title).outerjoin(Team.course).where(Team.id.in_(ids))
        return {
            team_id: {"name": name, "state": state.value, "course": course}
            for team_id, name, state, course in db.execute(found)
        }


class InWords(Shared):
    """Rows that are told as an object, and of which an instance that lacks one makes its own."""

    kind: BroughtKind

    def tell(self, db: Session, ids: set[int], brought: Iterable[Brought]) -> dict[int, Any]:
        key = f"{self.kind.value}_id"
        came = {getattr(each, key): each.words for each in brought if each.kind is self.kind}
        return {row[0]: self.told(row) for row in db.execute(self.rows(ids))} | {
            each: words for each, words in came.items() if each in ids
        }

    def find(self, shelf: Shelf, words: Any, where: str) -> int:
        """Return the id of the row that stands for these words, made if there is none."""
        slot = (self.kind.value, canonical(words))
        if slot not in shelf.found:
            shelf.found[slot] = self.place(shelf, self.checked(words, where), words)
        return shelf.found[slot]

    @abstractmethod
    def rows(self, ids: set[int]) -> Any: ...

    @abstractmethod
    def told(self, row: Any) -> Words: ...

    @abstractmethod
    def checked(self, words: Any, where: str) -> dict[str, Any]: ...

    @abstractmethod
    def place(self, shelf: Shelf, read: dict[str, Any], words: Words) -> int: ...


def _tell(model: type[Base], row: Any, names: Iterable[str]) -> dict[str, Any]:
    return {name: to_json(column_of(model, name), getattr(row, name)) for name in names}


def _read(model: type[Base], words: Any, names: Iterable[str], where: str, *further: str) -> dict[str, Any]:
    wanted = tuple(names)
    if not isinstance(words, dict) or set(words) != {*wanted, *further}:
        raise refused(where, "does not say what it should")
    return {name: from_json(column_of(model, name), words[name], f"{where}, {name}") for name in wanted}


LEARNING = ("kind", "title", "url", "provider", "hours", "starts_at", "created_at")
COURSE = ("label", "context_id")


class LearningInWords(InWords):
    """What somebody learned from. One that came with a record is offered to nobody here."""

    kind = BroughtKind.OPPORTUNITY

    def rows(self, ids: set[int]) -> Any:
        return (
            select(Opportunity.id, Opportunity, Course, Registration.name)
            .outerjoin(Course, Course.id == Opportunity.id)
            .outerjoin(Registration, Registration.id == Course.registration_id)
            .where(Opportunity.id.in_(ids))
        )

    def told(self, row: Any) -> Words:
        _, opportunity, course, lms = row
        of_course = {**_tell(Course, course, COURSE), "lms": lms} if course else None
        return {**_tell(Opportunity, opportunity, LEARNING), "course": of_course}

    def checked(self, words: Any, where: str) -> dict[str, Any]:
        read = _read(Opportunity, words, LEARNING, where, "course")
        if words["course"] is None:
            return {**read, "lms": ""}
        _read(Course, words["course"], COURSE, f"{where}, course", "lms")
        lms = from_json(column_of(Registration, "name"), words["course"]["lms"], f"{where}, lms")
        return {**read, "lms": lms}

    def place(self, shelf: Shelf, read: dict[str, Any], words: Words) -> int:
        lms = read.pop("lms")
        if read["kind"] is OpportunityKind.COURSE:  # of an LMS that this instance does not know
            read["kind"], read["provider"] = OpportunityKind.EXTERNAL, read["provider"] or lms
        made = Opportunity(district_id=shelf.person.district_id, retired_on=utc_now().date(), **read)
        shelf.db.add(made)
        shelf.db.flush()  # its id is wanted
        shelf.keep(self.kind, words, opportunity_id=made.id)
        return made.id


FRAMEWORK = ("identifier", "title", "version", "licence", "attribution")
INDICATOR = ("identifier", "code", "statement")


class IndicatorInWords(InWords):
    """An indicator, matched by its identifiers; one that is not known here is kept apart, offered to nobody."""

    kind = BroughtKind.INDICATOR

    def rows(self, ids: set[int]) -> Any:
        return select(Indicator.id, Indicator, Framework).join(Indicator.framework).where(Indicator.id.in_(ids))

    def told(self, row: Any) -> Words:
        return {**_tell(Indicator, row[1], INDICATOR), "framework": _tell(Framework, row[2], FRAMEWORK)}

    def checked(self, words: Any, where: str) -> dict[str, Any]:
        read = _read(Indicator, words, INDICATOR, where, "framework")
        return {**read, "framework": _read(Framework, words["framework"], FRAMEWORK, f"{where}, framework")}

    def place(self, shelf: Shelf, read: dict[str, Any], words: Words) -> int:
        framework = read.pop("framework")
        known = shelf.db.execute(
            select(Indicator.id, Indicator, Framework)
            .join(Indicator.framework)
            .where(Framework.district_id == shelf.person.district_id, Framework.identifier == framework["identifier"])
            .where(*(column_of(Indicator, name) == value for name, value in read.items()))
        ).first()
        indicator_id = known[0] if known else self._apart(shelf, framework, read, words)
        if known is None or self.told(known) != words:
            shelf.keep(self.kind, words, indicator_id=indicator_id)
        return indicator_id

    def _apart(self, shelf: Shelf, framework: dict[str, Any], read: dict[str, Any], words: Words) -> int:
        kept = self._framework(shelf, framework, words["framework"])
        name = _identifier(words)
        same = select(Indicator).where(Indicator.framework_id == kept.id, Indicator.identifier == name)
        found = shelf.db.scalar(same)
        if found is None:
            found = Indicator(
                framework=kept, level=Level.INDICATOR, position=0, **{**read, "identifier": name, "path": read["code"]}
            )
            shelf.db.add(found)
            shelf.db.flush()  # its id is wanted
        return found.id

    def _framework(self, shelf: Shelf, framework: dict[str, Any], words: Words) -> Framework:
        """Return the framework that stands for this one without being in the way of the district's own copy of it."""
        name, district_id = _identifier(words), shelf.person.district_id
        same = select(Framework).where(Framework.district_id == district_id, Framework.identifier == name)
        found = shelf.db.scalar(same)
        if found is None:
            found = Framework(district_id=district_id, retired_at=utc_now(), **{**framework, "identifier": name})
            shelf.db.add(found)
        return found


CREDIT = ("name", "unit", "hours_per_unit")


class CreditInWords(InWords):
    """A kind of credit, matched by name, unit and hours; one that is not known here is kept, offered to nobody."""

    kind = BroughtKind.CREDIT_TYPE

    def rows(self, ids: set[int]) -> Any:
        return select(CreditType.id, CreditType).where(CreditType.id.in_(ids))

    def told(self, row: Any) -> Words:
        return _tell(CreditType, row[1], CREDIT)

    def checked(self, words: Any, where: str) -> dict[str, Any]:
        read = _read(CreditType, words, CREDIT, where)
        if not read["hours_per_unit"]:
            raise refused(where, "has no hours")
        return read

    def place(self, shelf: Shelf, read: dict[str, Any], words: Words) -> int:
        district_id = shelf.person.district_id
        store_starter_types(shelf.db, district_id)
        of_district = select(CreditType).where(CreditType.district_id == district_id)
        known = {each.name: each for each in shelf.db.scalars(of_district)}
        same = known.get(read["name"])
        if same and (same.unit, same.hours_per_unit) == (read["unit"], read["hours_per_unit"]):
            return same.id
        name = _identifier(words) if same else read["name"]
        made = known.get(name) or CreditType(district_id=district_id, retired_at=utc_now(), **{**read, "name": name})
        shelf.db.add(made)
        shelf.db.flush()  # its id is wanted
        shelf.keep(self.kind, words, credit_type_id=made.id)
        return made.id


def _identifier(words: Words) -> str:
    """Return a name for something that came with a record, which nothing else of the district has."""
    return f"record-{content_hash(words).removeprefix('sha256:')[:40]}"
