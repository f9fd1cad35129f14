"""The chain walked backwards: from an indicator to goals, learning and what came of it; to demand and supply."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from lti_tool.errors import NotFoundError
from lti_tool.people.models import Opportunity, Person
from lti_tool.people.queries import is_on_offer
from lti_tool.plans.models import Activity, Evidence, Goal, GrowthPlan, TryIt
from lti_tool.plans.queries.evidence import evidence_on
from lti_tool.plans.queries.finding import demand_of
from lti_tool.plans.queries.own import goals_of
from lti_tool.standards.models import Alignment, Framework, Indicator


@dataclass(frozen=True, slots=True)
class IndicatorChain:
    """An indicator with all of a person's plan that leads to it."""

    indicator: Indicator
    goals: list[Goal]
    loose: Sequence[Activity]
    """Learning that serves the indicator, and no goal that works on it."""
    evidence: Sequence[Evidence]
    """What the person has to show for it."""

    @property
    def activities(self) -> list[Activity]:
        """Return all learning that serves it: what counts toward its goals, then what serves it by alignment."""
        return [each for goal in self.goals for each in goal.activities] + list(self.loose)

    @property
    def tries(self) -> list[TryIt]:
        return [each for goal in self.goals for each in goal.tries]


@dataclass(frozen=True, slots=True)
class Supply:
    """What stands behind an indicator in the whole district."""

    people: int
    """How many have an open goal on it; to be shown with `said_count` only."""
    opportunities: Sequence[Opportunity]


def indicator_of(db: Session, person: Person, indicator_id: int) -> Indicator:
    """Return an item of a framework of the person's district."""
    found = select(Indicator).join(Indicator.framework)
    indicator = db.scalar(
        found.where(Indicator.id == indicator_id, Framework.district_id == person.district_id).options(
            joinedload(Indicator.framework), joinedload(Indicator.parent)
        )
    )
    if indicator is None:
        raise NotFoundError
    return indicator


def chain_to(db: Session, person: Person, indicator: Indicator) -> IndicatorChain:
    """Return the person's goals on an indicator, all their learning that serves it, and what shows it."""
    goals = [goal for goal in goals_of(db, person) if indicator.id in {each.id for each in goal.indicators}]
    counted = {each.id for goal in goals for each in goal.activities}
    serving = select(Alignment.opportunity_id).where(Alignment.indicator_id == indicator.id)
    own = (
        select(Activity)
        .join(Activity.plan)
        .where(GrowthPlan.person_id == person.id, Activity.opportunity_id.in_(serving))
        .options(joinedload(Activity.opportunity), joinedload(Activity.course), joinedload(Activity.goal))
        .order_by(Activity.id)
    )
    loose = [each for each in db.scalars(own) if each.id not in counted]
    shown = evidence_on(db, person, indicator.id, {goal.id for goal in goals})
    return IndicatorChain(indicator, goals, loose, shown)


def supply_of(db: Session, indicator: Indicator) -> Supply:
    """Return how many people of the district work on an indicator, and what is on offer for it by title."""
    people = demand_of(db, indicator.framework.district_id).get(indicator.id, 0)
    serving = select(Alignment.opportunity_id).where(Alignment.indicator_id == indicator.id)
    offered = select(Opportunity).where(Opportunity.id.in_(serving), is_on_offer())
    return Supply(people, db.scalars(offered.order_by(Opportunity.title, Opportunity.id).limit(50)).all())
