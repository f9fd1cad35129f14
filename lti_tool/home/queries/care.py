"""What a designer looks after: opportunities that are out of date, serve nothing, or that no goal asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, case, exists, literal, or_, select
from sqlalchemy.orm import Session

from lti_tool.db import utc_now
from lti_tool.people.models import HELD_ONCE, Course, Opportunity, Person, Role
from lti_tool.people.queries import is_on_offer
from lti_tool.plans.models import Activity, Goal, GoalIndicator, GoalState
from lti_tool.standards.models import Alignment

SOON = timedelta(days=30)
OLD = timedelta(days=2 * 365)
SHOWN = 8


@dataclass(frozen=True, slots=True)
class Care:
    """An opportunity on offer and what it needs."""

    opportunity: Opportunity
    retires_soon: bool
    is_old: bool
    serves_nothing: bool
    asked_by_nobody: bool


def needing_care(db: Session, person: Person, course: Course | None) -> list[Care]:
    """Return the first opportunities that need something, what retires soon and what serves nothing before others.

    The district's for who works for all of it, else the launch's course.
    """
    signs = (_retires_soon(), _serves_nothing(), _is_old(), _is_asked_by_nobody())
    found = (
        select(Opportunity, *(case((sign, literal(True)), else_=literal(False)) for sign in signs))
        .where(Opportunity.district_id == person.district_id, is_on_offer(), or_(*signs))
        .order_by(*(case((sign, 0), else_=1) for sign in signs), Opportunity.title, Opportunity.id)
        .limit(SHOWN)
    )
    if not (person.has_role(Role.DESIGNER) or person.has_role(Role.ADMINISTRATOR)):
        found = found.where(Opportunity.id == (course.id if course else None))
    return [
        Care(each, retires_soon=soon, is_old=old, serves_nothing=nothing, asked_by_nobody=nobody)
        for each, soon, nothing, old, nobody in db.execute(found)
    ]


def _retires_soon() -> ColumnElement[bool]:
    return and_(Opportunity.retired_on.is_not(None), Opportunity.retired_on <= (utc_now() + SOON).date())


def _is_old() -> ColumnElement[bool]:
    """Say in SQL that its content was not brought up to date for two years; what is held once does not age."""
    before = utc_now() - OLD
    never = and_(Opportunity.refreshed_on.is_(None), Opportunity.created_at < before)
    return and_(Opportunity.kind.not_in(HELD_ONCE), or_(Opportunity.refreshed_on < before.date(), never))


def _serves_nothing() -> ColumnElement[bool]:
    return ~exists().where(Alignment.opportunity_id == Opportunity.id)


def _is_asked_by_nobody() -> ColumnElement[bool]:
    """Say in SQL that no open goal works on what it serves, and none counts it."""
    asks = (
        exists()
        .where(Alignment.opportunity_id == Opportunity.id, GoalIndicator.indicator_id == Alignment.indicator_id)
        .where(Goal.id == GoalIndicator.goal_id, Goal.state == GoalState.OPEN)
    )
    counts = exists().where(
        Activity.opportunity_id == Opportunity.id, Activity.goal_id == Goal.id, Goal.state == GoalState.OPEN
    )
    return and_(~_serves_nothing(), ~asks, ~counts)
