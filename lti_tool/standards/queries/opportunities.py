"""Reads of the catalogue: what the district offers for learning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload

from lti_tool.errors import NotFoundError
from lti_tool.paging import cut, following
from lti_tool.people.models import Course, Opportunity, OpportunityKind, Person, Role
from lti_tool.people.queries import BY_TITLE, is_on_offer
from lti_tool.standards.models import Alignment

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class CatalogueFilter:
    """What the catalogue is narrowed to; empty values narrow nothing."""

    kind: OpportunityKind | None = None
    search: str = ""
    mine: bool = False
    retired: bool = False


@dataclass(frozen=True, slots=True)
class CatalogueLine:
    """One opportunity, and how many indicators it serves."""

    opportunity: Opportunity
    alignments: int


@dataclass(frozen=True, slots=True)
class CataloguePage:
    """Some opportunities by title, after which the next page begins, and how many there are of each kind."""

    lines: list[CatalogueLine]
    next_after: int | None
    kinds: Mapping[OpportunityKind, int]


def catalogue(db: Session, person: Person, narrowed: CatalogueFilter, *, after: int | None = None) -> CataloguePage:
    """Return a page of the catalogue: what is on offer, and to those who may change it what is not."""
    alignments = select(func.count()).where(Alignment.opportunity_id == Opportunity.id).scalar_subquery()
    found = (
        select(Opportunity, alignments)
        .where(Opportunity.district_id == person.district_id, _is_shown(person, narrowed), _fits(narrowed))
        .options(joinedload(Opportunity.course), joinedload(Opportunity.host), joinedload(Opportunity.school))
    )
    if narrowed.kind is not None:
        found = found.where(Opportunity.kind == narrowed.kind)
    if after is not None:
        last = select(Opportunity).where(Opportunity.id == after, Opportunity.district_id == person.district_id)
        found = following(found, BY_TITLE, last)
    ordered = found.order_by(*BY_TITLE).limit(PAGE_SIZE + 1)
    lines, last_shown = cut([CatalogueLine(*row) for row in db.execute(ordered)], PAGE_SIZE)
    return CataloguePage(lines, last_shown.opportunity.id if last_shown else None, _kinds(db, person, narrowed))


def opportunity_of(db: Session, person: Person, opportunity_id: int, *, to_change: bool = False) -> Opportunity:
    """Return an opportunity of the person's district; a course only while it is marked as professional learning."""
    found: Select[Opportunity] = select(Opportunity).where(
        Opportunity.id == opportunity_id, Opportunity.district_id == person.district_id, ~_is_unmarked()
    )
    found = found.options(joinedload(Opportunity.course), joinedload(Opportunity.host), joinedload(Opportunity.school))
    opportunity = db.scalar(found.with_for_update(of=Opportunity) if to_change else found)
    if opportunity is None:
        raise NotFoundError
    return opportunity


def _kinds(db: Session, person: Person, narrowed: CatalogueFilter) -> Mapping[OpportunityKind, int]:
    counted = db.execute(
        select(Opportunity.kind, func.count())
        .where(Opportunity.district_id == person.district_id, _is_shown(person, narrowed), _fits(narrowed))
        .group_by(Opportunity.kind)
    )
    return dict(counted.all())


def _is_shown(person: Person, narrowed: CatalogueFilter) -> ColumnElement[bool]:
    """Say in SQL what this person is shown: designers see everything, others what is on offer and their own."""
    is_own = Opportunity.host_id == person.id
    if narrowed.mine:
        return and_(is_own, ~_is_unmarked())
    if person.has_role(Role.DESIGNER) or person.has_role(Role.ADMINISTRATOR):
        return and_(~is_on_offer(), ~_is_unmarked()) if narrowed.retired else is_on_offer()
    return is_on_offer()


def _fits(narrowed: CatalogueFilter) -> ColumnElement[bool]:
    word = narrowed.search
    return or_(
        Opportunity.title.icontains(word, autoescape=True), Opportunity.provider.icontains(word, autoescape=True)
    )


def _is_unmarked() -> ColumnElement[bool]:
    return exists().where(Course.id == Opportunity.id, Course.professional_learning_at.is_(None))
