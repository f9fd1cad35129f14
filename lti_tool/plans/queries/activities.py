"""Reads of one thing to learn from and of what a person does with it; to others those acts are not there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from lti_tool.errors import NotFoundError
from lti_tool.people.models import Opportunity, Person
from lti_tool.people.queries import is_on_offer
from lti_tool.plans.finding import PAST_IS_FOUND
from lti_tool.plans.models import Activity, Evidence, Goal, GrowthPlan, TryIt
from lti_tool.plans.queries.evidence import evidence_from
from lti_tool.plans.queries.finding import SHOWN_WITH
from lti_tool.plans.queries.own import goal_of, goals_of
from lti_tool.standards.models import Alignment, Indicator


@dataclass(frozen=True, slots=True)
class Learning:
    """Something to learn from, what it serves, and the person's goals that count it or could."""

    opportunity: Opportunity
    is_on_offer: bool
    alignments: Sequence[Alignment]
    activities: list[Activity]
    """The person's, each for a goal or for none."""
    counting: list[Goal]
    others: list[Goal]
    """Goals that go on and do not count it, those first that it serves."""
    evidence: Sequence[Evidence]
    """What the person has to show of it."""

    @property
    def without_goal(self) -> Activity | None:
        """Return the person's record of it that serves no goal."""
        return next((each for each in self.activities if each.goal_id is None), None)

    @property
    def tries(self) -> list[TryIt]:
        return [each for goal in self.counting for each in goal.tries if each.opportunity_id == self.opportunity.id]


def activity_of(db: Session, person: Person, activity_id: int, *, to_change: bool = False) -> Activity:
    """Return an activity of this person's own, its goal with all that hangs on it; `to_change` holds both."""
    own = (
        select(Activity)
        .join(Activity.plan)
        .where(
            Activity.id == activity_id,
            GrowthPlan.person_id == person.id,
            GrowthPlan.district_id == person.district_id,
        )
        .options(joinedload(Activity.opportunity), joinedload(Activity.course))
    )
    activity = db.scalar(own.with_for_update(of=Activity) if to_change else own)
    if activity is None:
        raise NotFoundError
    if activity.goal_id is not None:
        goal_of(db, person, activity.goal_id, to_change=to_change)
    return activity


def opportunity_of(db: Session, person: Person, opportunity_id: int) -> Opportunity:
    """Return something to learn from of the person's district; a course that nobody marked is none."""
    found = select(Opportunity).where(Opportunity.id == opportunity_id, Opportunity.district_id == person.district_id)
    opportunity = db.scalar(found.options(*SHOWN_WITH))
    if opportunity is None or (opportunity.course and not opportunity.course.is_professional_learning):
        raise NotFoundError
    return opportunity


def learning_of(db: Session, person: Person, opportunity: Opportunity) -> Learning:
    """Return something to learn from with what the person does with it."""
    offered = select(Opportunity.id).where(Opportunity.id == opportunity.id, is_on_offer(PAST_IS_FOUND))
    alignments = db.scalars(
        select(Alignment)
        .join(Alignment.indicator)
        .where(Alignment.opportunity_id == opportunity.id)
        .options(joinedload(Alignment.indicator).joinedload(Indicator.framework))
        .order_by(Indicator.framework_id, Indicator.position)
    ).all()
    own = select(Activity).join(Activity.plan).where(GrowthPlan.person_id == person.id)
    activities = db.scalars(own.where(Activity.opportunity_id == opportunity.id).order_by(Activity.id)).all()
    goals = goals_of(db, person)
    counting = [goal for goal in goals if goal.counted(opportunity.id)]
    served = {each.indicator_id for each in alignments}
    others = [goal for goal in goals if goal.is_live and goal not in counting]
    others.sort(key=lambda goal: not any(each.id in served for each in goal.indicators))
    shown = evidence_from(db, person, opportunity.id)
    return Learning(opportunity, db.scalar(offered) is not None, alignments, list(activities), counting, others, shown)
