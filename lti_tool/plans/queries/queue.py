"""Reads of what somebody has to read: what waits for their word, what they read besides, what was answered to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, select
from sqlalchemy.orm import Session, aliased, joinedload

from lti_tool.paging import cut, following
from lti_tool.people.models import Person
from lti_tool.plans.models import GrowthPlan, PlanReview, ReviewComment
from lti_tool.plans.models.reviews import ASKING
from lti_tool.plans.queries.plans import WITH_OWNER, ids_supervised_by, is_read_by, waits

PAGE_SIZE = 30
DUE = (func.coalesce(GrowthPlan.answer_by, date.max), GrowthPlan.id)
"""The order of the queue; a plan that was handed in elsewhere and came with a record is due on no day."""
BY_OWNER = (Person.name, GrowthPlan.id)


@dataclass(frozen=True, slots=True)
class PlanPage:
    """Some plans, and after which the next page begins."""

    plans: list[GrowthPlan]
    next_after: int | None


@dataclass(frozen=True, slots=True)
class Supervised:
    """Somebody whose plans a person reads, with those that were handed in, the newest first."""

    person: Person
    plans: list[GrowthPlan]


@dataclass(frozen=True, slots=True)
class Reading:
    """How much there is for a reader: plans that wait for their word, plans with answers, and whether any at all."""

    waiting: int
    answered: int
    has_any: bool


def queue_of(db: Session, person: Person, *, after: int | None = None) -> PlanPage:
    """Return a page of the plans that wait for this reader's word, by the day until which it is due."""
    return _page(db, person, _waiting_for(person), DUE, after)


def also_read_by(db: Session, person: Person, *, after: int | None = None) -> PlanPage:
    """Return a page of the plans that this person reads of people whom they do not supervise, by the owner's name."""
    others = GrowthPlan.person_id.not_in(ids_supervised_by(person))
    return _page(db, person, select(GrowthPlan).where(is_read_by(person), others), BY_OWNER, after)


def answered_for(db: Session, person: Person) -> list[GrowthPlan]:
    """Return the first plans in which somebody answered what this reader asked and has not settled yet."""
    found = select(GrowthPlan).where(is_read_by(person), _has_answer_for(person))
    return list(db.scalars(found.order_by(GrowthPlan.id).limit(PAGE_SIZE).options(*WITH_OWNER)))


def reading_of(db: Session, person: Person) -> Reading:
    """Return how much there is to read for this person; one query."""
    count = func.count(GrowthPlan.id)
    waiting = _waiting_for(person).with_only_columns(count)
    answered = select(count).where(is_read_by(person), _has_answer_for(person))
    has_any = exists().where(is_read_by(person))
    counted = select(waiting.scalar_subquery(), answered.scalar_subquery(), has_any)
    return Reading(*db.execute(counted).one())


def supervised_by(db: Session, person: Person) -> list[Supervised]:
    """Return whom this person supervises, by name, each with the plans that were handed in."""
    people = select(Person).where(Person.id.in_(ids_supervised_by(person)), Person.district_id == person.district_id)
    theirs = select(GrowthPlan).where(GrowthPlan.person_id.in_(ids_supervised_by(person)), is_read_by(person))
    plans: dict[int, list[GrowthPlan]] = {}
    for plan in db.scalars(theirs.order_by(GrowthPlan.id.desc()).options(*WITH_OWNER)):
        plans.setdefault(plan.person_id, []).append(plan)
    by_name = db.scalars(people.order_by(Person.name, Person.id).options(joinedload(Person.school)))
    return [Supervised(each, plans.get(each.id, [])) for each in by_name]


def _waiting_for(person: Person) -> Select[GrowthPlan]:
    has_answered = exists().where(
        PlanReview.plan_id == GrowthPlan.id,
        PlanReview.reviewer_id == person.id,
        PlanReview.at >= GrowthPlan.submitted_at,
    )
    return select(GrowthPlan).where(is_read_by(person), waits(), ~has_answered)


def _has_answer_for(person: Person) -> ColumnElement[bool]:
    """Say in SQL that beside a `GrowthPlan` somebody else spoke last to what this person asked."""
    reply = aliased(ReviewComment)
    spoke_last = select(reply.author_id).where(reply.reply_to_id == ReviewComment.id).order_by(reply.id.desc()).limit(1)
    asked = and_(
        ReviewComment.plan_id == GrowthPlan.id,
        ReviewComment.author_id == person.id,
        ReviewComment.kind.in_(ASKING),
        ReviewComment.resolved_at.is_(None),
    )
    return exists().where(asked, spoke_last.correlate(ReviewComment).scalar_subquery() != person.id)


def _page(
    db: Session, person: Person, found: Select[GrowthPlan], order: tuple[Any, ...], after: int | None
) -> PlanPage:
    found = found.join(GrowthPlan.person).order_by(*order).limit(PAGE_SIZE + 1)
    if after is not None:
        last = select(GrowthPlan).join(GrowthPlan.person)
        found = following(
            found, order, last.where(GrowthPlan.id == after, GrowthPlan.district_id == person.district_id)
        )
    plans, last_shown = cut(db.scalars(found.options(*WITH_OWNER)).all(), PAGE_SIZE)
    return PlanPage(plans, last_shown.id if last_shown else None)
