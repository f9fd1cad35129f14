"""Reads of coverage: what is offered for each indicator and for whom, and where nothing is.

The counts are made over plain rows, once over all of them: a framework of a thousand indicators and a catalogue of
five thousand opportunities are one page.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache

from sqlalchemy import Row, Text, cast, select
from sqlalchemy.orm import Session

from lti_tool.people.counts import SMALLEST_SHOWN
from lti_tool.people.models import Opportunity, Person
from lti_tool.people.queries import BY_TITLE, is_on_offer
from lti_tool.standards.facets import FACETS, VALUES, discipline_key, meant_for
from lti_tool.standards.models import EVERYBODY, Alignment, Framework, Indicator, Level, in_use

SAID_BY_FRAMEWORKS = ("grade_bands", "disciplines", "roles")
"""The facets in which a framework says for whom an item is."""
Item = Row[int, str, str, int | None, int, str, str, str]
"""An indicator as the map shows it: id, code, statement, the item above it, its place; for whom the framework says."""


@dataclass(slots=True)
class Offered:
    """How many opportunities there are, of how many hours in all, and when the latest was brought up to date."""

    count: int = 0
    hours: Decimal = Decimal(0)
    refreshed_on: date | None = None

    def add(self, hours: Decimal | None, refreshed_on: date | None) -> None:
        self.count += 1
        if hours is not None:
            self.hours += hours
        if refreshed_on is not None and (self.refreshed_on is None or refreshed_on > self.refreshed_on):
            self.refreshed_on = refreshed_on


NOTHING = Offered()


@dataclass(frozen=True, slots=True)
class CoverageChoice:
    """Which facet stands in the columns, and for whom something must be to be counted; an empty value is anybody."""

    columns: str = "grade_bands"
    only: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class CoverageRow:
    """What is offered for an indicator: in all, for each value of the facet, and to those whom nobody named yet."""

    item: Item
    demand: int
    values: Sequence[str]
    offered: Offered = field(default_factory=Offered)
    by_value: dict[str, Offered] = field(default_factory=dict)
    meant: frozenset[str] = frozenset()
    """For which of the values the framework says that the indicator is; empty where it is for all of them."""
    unsaid: int = 0
    """Opportunities of which nobody said for whom, in the facet of the columns; they count for none of them."""

    @property
    def is_gap(self) -> bool:
        return self.offered.count == 0

    @property
    def cells(self) -> list[tuple[str, Offered]]:
        return [(value, self.by_value.get(value, NOTHING)) for value in self.values]

    @property
    def missing(self) -> list[str]:
        """Return the values for which nothing is offered; empty when the whole indicator is a gap."""
        return (
            [] if self.is_gap else [value for value, offered in self.cells if not offered.count and self.needs(value)]
        )

    def needs(self, value: str) -> bool:
        """Return whether the framework means the indicator for this value of the facet."""
        return not self.meant or value in self.meant

    @property
    def shown_demand(self) -> int | None:
        """Return how many people work on it, or None where they are too few to be counted."""
        return self.demand if self.demand >= SMALLEST_SHOWN else None


@dataclass(frozen=True, slots=True)
class Coverage:
    """The map of a framework: gaps first, and among them those that are known to be in demand."""

    values: list[str]
    rows: list[CoverageRow]

    @property
    def gaps(self) -> list[CoverageRow]:
        return [row for row in self.rows if row.is_gap]

    @property
    def partial(self) -> list[CoverageRow]:
        return [row for row in self.rows if row.missing]

    @property
    def percent(self) -> int:
        """Return the share of indicators for which something is offered, rounded down: 100 means all of them."""
        return 100 * (len(self.rows) - len(self.gaps)) // len(self.rows) if self.rows else 0


def coverage(
    db: Session, framework: Framework, demand: Mapping[int, int], choice: CoverageChoice | None = None
) -> Coverage:
    """Return what is offered for each indicator of a framework.

    `demand` says for each indicator's id how many people work on it. An indicator that the framework means for others
    than those who are asked for is left out.
    """
    choice = choice or CoverageChoice()
    values = _column_values(db, framework, choice.columns)
    wanted = [item for item in _items(db, framework) if _is_wanted(item, choice.only)]
    rows = {
        item.id: CoverageRow(item, demand.get(item.id, 0), values, meant=_meant(choice.columns, item))
        for item in wanted
    }
    _count(db, framework, choice, rows)
    return Coverage(values, sorted(rows.values(), key=_urgency))


def unsaid_opportunities(db: Session, framework: Framework, limit: int) -> list[Row[int, str]]:
    """Return id and title of what is on offer and of which nobody said yet for whom, in some facet; by title."""
    nobody = [cast(getattr(Alignment, name), Text) == "[]" for name in FACETS]
    found = (
        select(Opportunity.id, Opportunity.title)
        .join(Alignment, Alignment.opportunity_id == Opportunity.id)
        .join(Indicator, Indicator.id == Alignment.indicator_id)
        .where(Indicator.framework_id == framework.id, is_on_offer(), nobody[0] | nobody[1] | nobody[2] | nobody[3])
    )
    by_title = found.distinct().order_by(*BY_TITLE)
    return list(db.execute(by_title.limit(limit)))


def disciplines_of(db: Session, district_id: int) -> list[str]:
    """Return the disciplines that people of a district teach or that something is offered for, each once."""
    texts = db.scalars(
        select(cast(Alignment.disciplines, Text))
        .join(Opportunity, Opportunity.id == Alignment.opportunity_id)
        .where(Opportunity.district_id == district_id)
        .distinct()
    )
    taught = db.scalars(select(Person.discipline).where(Person.district_id == district_id).distinct())
    said = [*(word for text in texts for word in json.loads(text)), *taught]
    return sorted({discipline_key(word) for word in said} - {"", EVERYBODY})


def _items(db: Session, framework: Framework) -> Iterable[Item]:
    columns = (Indicator.id, Indicator.code, Indicator.statement, Indicator.parent_id, Indicator.position)
    said = (cast(getattr(Indicator, name), Text).label(name) for name in SAID_BY_FRAMEWORKS)
    return db.execute(
        select(*columns, *said)
        .join(Indicator.framework)
        .where(Indicator.framework_id == framework.id, Indicator.level == Level.INDICATOR, in_use())
    )


def _is_wanted(item: Item, only: Mapping[str, str]) -> bool:
    asked = [(_meant(name, item), _key(name, value)) for name, value in only.items() if value]
    return all(not meant or value in meant for meant, value in asked)


def _meant(facet: str, item: Item) -> frozenset[str]:
    return _said(facet, getattr(item, facet)) if facet in SAID_BY_FRAMEWORKS else frozenset()


@lru_cache(maxsize=10_000)
def _said(facet: str, text: str) -> frozenset[str]:
    """Return for whom a framework says that an item is, from the text in which that is stored."""
    return meant_for(facet, json.loads(text))


def _count(db: Session, framework: Framework, choice: CoverageChoice, rows: Mapping[int, CoverageRow]) -> None:
    offers = _offers(db, framework.district_id)
    column = FACETS.index(choice.columns)
    wanted = [(name, FACETS.index(name), value) for name, value in choice.only.items() if value]
    for indicator_id, opportunity_id, *said in _alignments(db, framework):
        offer, row = offers.get(opportunity_id), rows.get(indicator_id)
        if offer is None or row is None or not all(_is_for(name, said[place], value) for name, place, value in wanted):
            continue
        row.offered.add(*offer)
        values = _values(choice.columns, said[column])
        row.unsaid += not values
        for value in row.values if EVERYBODY in values else values:
            row.by_value.setdefault(value, Offered()).add(*offer)


def _offers(db: Session, district_id: int) -> dict[int, tuple[Decimal | None, date | None]]:
    """Return the hours, and the day of the last refreshing, of all that is on offer."""
    found = select(Opportunity.id, Opportunity.hours, Opportunity.refreshed_on)
    offered = db.execute(found.where(Opportunity.district_id == district_id, is_on_offer()))
    return {opportunity_id: (hours, refreshed_on) for opportunity_id, hours, refreshed_on in offered}


def _alignments(db: Session, framework: Framework) -> Iterable[Row[int, int, str, str, str, str]]:
    """Return all alignments of a framework; facets as the text in which they are stored, which repeats a lot."""
    facets = [cast(getattr(Alignment, name), Text) for name in FACETS]
    within = select(Alignment.indicator_id, Alignment.opportunity_id, *facets).join(Alignment.indicator)
    return db.execute(within.where(Indicator.framework_id == framework.id))


@lru_cache(maxsize=10_000)
def _values(name: str, text: str) -> frozenset[str]:
    """Return the values of a stored facet, as they are compared."""
    return frozenset(_key(name, each) for each in json.loads(text))


def _is_for(name: str, text: str, value: str) -> bool:
    values = _values(name, text)
    return EVERYBODY in values or _key(name, value) in values


def _key(name: str, value: str) -> str:
    return discipline_key(value) if name == "disciplines" else value


def _column_values(db: Session, framework: Framework, name: str) -> list[str]:
    return disciplines_of(db, framework.district_id) if name == "disciplines" else [str(each) for each in VALUES[name]]


def _urgency(row: CoverageRow) -> tuple[bool, bool, int]:
    return (not row.is_gap, not (row.is_gap and row.shown_demand), row.item.position)
