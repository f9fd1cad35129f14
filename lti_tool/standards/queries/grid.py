"""Reads of the grid: many opportunities against some indicators of a framework."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from lti_tool.paging import cut, following
from lti_tool.people.models import Opportunity, OpportunityKind, Person
from lti_tool.people.queries import BY_TITLE, is_on_offer
from lti_tool.standards.digests import digest
from lti_tool.standards.facets import FACETS, Facets, facets_of, usual_facets
from lti_tool.standards.models import Alignment, Framework, Indicator, Level, in_use

MOST_COLUMNS = 10
"""So many indicators stand beside each other on a screen; the next ones are a page further."""
PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class GridChoice:
    """What the grid shows: which part of a framework, from which indicator on, and which opportunities."""

    part_id: int | None = None
    column_after: int | None = None
    title: str = ""
    kind: OpportunityKind | None = None
    after: int | None = None
    only_id: int | None = None
    """The one opportunity that somebody may align who designs no other."""


@dataclass(frozen=True, slots=True)
class GridRow:
    """One opportunity with what it serves among the indicators that are shown."""

    opportunity: Opportunity
    alignments: Mapping[int, Alignment]
    elsewhere: Facets
    """For whom it is, as most of its alignments to other indicators say."""

    @property
    def suggested(self) -> Facets:
        """For whom, to begin with: as it says here, else as it says elsewhere."""
        return self.facets if self.alignments else self.elsewhere

    @property
    def facets(self) -> Facets:
        """For whom, as most of its alignments here say."""
        return usual_facets(self.alignments.values())

    @property
    def differing(self) -> list[Alignment]:
        """The alignments that hold for others than the row says."""
        usual = self.facets
        return [each for each in self.alignments.values() if facets_of(each) != usual]

    @property
    def version(self) -> str:
        return row_version(self.alignments.values())

    @property
    def state(self) -> str:
        """The row as it can be put back by an undo."""
        return json.dumps([_entry(each) for each in self.alignments.values()])


@dataclass(frozen=True, slots=True)
class Grid:
    """Some rows of the grid and after which opportunity, and which indicator, the next ones begin."""

    columns: list[Indicator]
    rows: list[GridRow]
    next_column_after: int | None
    next_after: int | None


def row_version(alignments: Iterable[Alignment]) -> str:
    """Return a short text that differs whenever one of these alignments does."""
    said = sorted((each.indicator_id, str(each.strength), astuple(facets_of(each))) for each in alignments)
    return digest(json.dumps(said))


def grid_page(db: Session, person: Person, framework: Framework, choice: GridChoice) -> Grid:
    """Return a page of the grid: what is on offer by title, and what each serves of these indicators."""
    columns, last_column = cut(grid_columns(db, framework, choice), MOST_COLUMNS)
    opportunities, last_row = cut(db.scalars(_opportunities(person, choice)).all(), PAGE_SIZE)
    return Grid(
        columns,
        rows_of(db, opportunities, columns),
        last_column.position if last_column else None,
        last_row.id if last_row else None,
    )


def grid_columns(db: Session, framework: Framework, choice: GridChoice) -> list[Indicator]:
    """Return the indicators that are shown, and one more where there are more."""
    found = _indicators(framework)
    part = db.get(Indicator, choice.part_id) if choice.part_id else None
    if part is not None and part.framework_id == framework.id:
        found = found.where(Indicator.path.startswith(f"{part.path}/", autoescape=True))
    if choice.column_after is not None:
        found = found.where(Indicator.position > choice.column_after)
    return list(db.scalars(found.order_by(Indicator.position).limit(MOST_COLUMNS + 1)))


def grid_indicators(db: Session, framework: Framework, ids: Iterable[int]) -> list[Indicator]:
    """Return those of these that are indicators of a framework, in its order; as many as stand beside each other."""
    found = _indicators(framework).where(Indicator.id.in_(ids))
    return list(db.scalars(found.order_by(Indicator.position).limit(MOST_COLUMNS)))


def rows_of(db: Session, opportunities: Sequence[Opportunity], columns: Sequence[Indicator]) -> list[GridRow]:
    """Return these opportunities as rows of the grid."""
    shown = {each.id for each in columns}
    here: defaultdict[int, dict[int, Alignment]] = defaultdict(dict)
    elsewhere: defaultdict[int, list[Alignment]] = defaultdict(list)
    found = select(Alignment).where(Alignment.opportunity_id.in_([each.id for each in opportunities]))
    for each in db.scalars(found.order_by(Alignment.id)):
        if each.indicator_id in shown:
            here[each.opportunity_id][each.indicator_id] = each
        else:
            elsewhere[each.opportunity_id].append(each)
    return [GridRow(each, here[each.id], usual_facets(elsewhere[each.id])) for each in opportunities]


def parts_of(db: Session, framework: Framework) -> list[Indicator]:
    """Return the domains and components of a framework, in its order."""
    found = select(Indicator).where(Indicator.framework_id == framework.id, Indicator.level != Level.INDICATOR)
    return list(db.scalars(found.order_by(Indicator.position)))


def _indicators(framework: Framework) -> Select[Indicator]:
    within = select(Indicator).join(Indicator.framework).where(Indicator.framework_id == framework.id)
    return within.where(Indicator.level == Level.INDICATOR, in_use())


def _opportunities(person: Person, choice: GridChoice) -> Select[Opportunity]:
    found = select(Opportunity).where(Opportunity.district_id == person.district_id, is_on_offer())
    if choice.only_id is not None:
        found = found.where(Opportunity.id == choice.only_id)
    if choice.title:
        found = found.where(Opportunity.title.icontains(choice.title, autoescape=True))
    if choice.kind is not None:
        found = found.where(Opportunity.kind == choice.kind)
    if choice.after is not None:
        last = select(Opportunity).where(Opportunity.id == choice.after, Opportunity.district_id == person.district_id)
        found = following(found, BY_TITLE, last)
    return found.order_by(*BY_TITLE).limit(PAGE_SIZE + 1)


def _entry(alignment: Alignment) -> dict[str, object]:
    kept = {name: getattr(alignment, name) for name in FACETS}
    return {"indicator_id": alignment.indicator_id, "strength": alignment.strength.value, **kept}
