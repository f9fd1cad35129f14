"""Reads of the indicators of a goal that were replaced by others."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased, joinedload

from lti_tool.plans.models import Goal, GoalIndicator
from lti_tool.standards.models import Indicator, Level


def replaced_indicators(db: Session, goal: Goal) -> list[Indicator]:
    """Return the indicators that another one came after, and that the owner of a goal did not choose to keep.

    No goal moves to a group of others. Nothing is asked while readers have the plan: what they read stays as it is.
    """
    if not (goal.is_open and goal.plan.lets_words_change and any(each.replaced_by_id for each in goal.indicators)):
        return []
    successor = aliased(Indicator)
    found = (
        select(Indicator)
        .join(GoalIndicator, GoalIndicator.indicator_id == Indicator.id)
        .join(successor, Indicator.replaced_by_id == successor.id)
        .where(GoalIndicator.goal_id == goal.id, GoalIndicator.kept_at.is_(None), successor.level == Level.INDICATOR)
        .options(joinedload(Indicator.replaced_by).joinedload(Indicator.framework))
        .order_by(Indicator.framework_id, Indicator.position)
    )
    return list(db.scalars(found))
