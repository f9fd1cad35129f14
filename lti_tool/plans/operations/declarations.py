"""Declaring a goal: a short card apart from the plan, for as many as its owner chose, and withdrawn at once."""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy.orm import Session

from lti_tool.db import utc_now
from lti_tool.errors import ConflictError, InvalidInputError, NotAllowedError
from lti_tool.people.models import Person
from lti_tool.people.operations import record_audit
from lti_tool.plans.cards import CardWords
from lti_tool.plans.models import Audience, Declaration, Goal
from lti_tool.plans.operations.access import require_open, require_owner
from lti_tool.plans.operations.plans import activate_plan
from lti_tool.plans.queries.policy import policy_of


def declare_goal(db: Session, actor: Person, goal: Goal, words: CardWords) -> None:
    """Show the goal's card to an audience; refuse the school of somebody who is in none."""
    require_open(actor, goal)
    if words.audience is not Audience.PRIVATE and not policy_of(db, actor.district_id).lets_share:
        raise ConflictError("Your district does not share goals here. Your goal stays with you; nothing was changed.")
    if goal.plan.is_restricted:
        raise NotAllowedError("A support plan is between you and its reader; none of it can be declared.")
    if words.audience is Audience.SCHOOL and actor.school_id is None:
        raise InvalidInputError(fields={"audience": ["No school is known for you yet. Choose another audience."]})
    if goal.declaration is None:
        goal.declaration = Declaration()
    for name, value in asdict(words).items():
        setattr(goal.declaration, name, value)
    goal.declaration.show_to(words.audience, actor)
    goal.declaration.declared_at = utc_now()
    record_audit(db, actor, "goal_declared", "goal", goal.id, audience=words.audience.value)
    activate_plan(db, goal.plan)


def withdraw_declaration(db: Session, actor: Person, goal: Goal) -> None:
    """Show the card to nobody any more; its words stay with the owner."""
    require_owner(actor, goal)
    if goal.declaration is None or goal.declaration.audience is Audience.PRIVATE:
        return
    goal.declaration.audience = Audience.PRIVATE
    record_audit(db, actor, "goal_withdrawn", "goal", goal.id)
