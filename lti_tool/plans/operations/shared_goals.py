"""Shared goals: any educator proposes one, each works on it with a goal of their own, leaders adopt it."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.orm import Session

from lti_tool.db import utc_now
from lti_tool.errors import ConflictError, InvalidInputError, NotAllowedError
from lti_tool.people.models import Person
from lti_tool.people.operations import record_audit
from lti_tool.plans.models import Goal, SharedGoal
from lti_tool.plans.operations.access import require_open


def propose_shared_goal(db: Session, actor: Person, headline: str, words: str, *, for_school: bool) -> SharedGoal:
    """Propose a goal to work on together, to one's school or the district."""
    if for_school and actor.school_id is None:
        raise InvalidInputError(fields={"reach": ["No school is known for you yet. Choose the district."]})
    shared = SharedGoal(
        district_id=actor.district_id,
        school_id=actor.school_id if for_school else None,
        headline=headline,
        words=words,
        proposed_by_id=actor.id,
    )
    db.add(shared)
    db.flush()  # the audit row names it
    record_audit(db, actor, "shared_goal_proposed", "shared_goal", shared.id)
    return shared


def adopt_shared_goal(db: Session, actor: Person, shared: SharedGoal) -> None:
    """Make it one of the school's or the district's own."""
    if not shared.is_adopted_by(actor):
        raise NotAllowedError("Administrators of the district adopt shared goals; supervisors those of their school.")
    if shared.adopted_at is None:
        shared.adopted_at = utc_now()
        record_audit(db, actor, "shared_goal_adopted", "shared_goal", shared.id)


def retire_shared_goal(db: Session, actor: Person, shared: SharedGoal) -> None:
    """Take it out of the list; goals that are a part of it go on. What leaders adopted, only they take out."""
    is_own = shared.is_proposed_by(actor) and shared.adopted_at is None
    if not (is_own or shared.is_adopted_by(actor)):
        raise NotAllowedError("Whoever proposed it takes it out until it is adopted, and then its leaders.")
    shared.retired_at = utc_now()
    record_audit(db, actor, "shared_goal_retired", "shared_goal", shared.id)


def work_on_shared_goal(db: Session, actor: Person, goal: Goal, shared: SharedGoal | None) -> None:
    """Make an own goal a part of a shared one, or of none."""
    require_open(actor, goal)
    if goal.plan.is_restricted:
        raise ConflictError("What is in a support plan is no part of anything shared.")
    shared_id = shared.id if shared else None
    # its words stay as they are: no other tab that has the goal open is to think that they changed
    db.execute(update(Goal).where(Goal.id == goal.id).values(shared_goal_id=shared_id))
    record_audit(db, actor, "shared_goal_chosen", "goal", goal.id, shared_goal_id=shared_id)
