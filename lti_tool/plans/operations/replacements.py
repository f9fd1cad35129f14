"""What an owner answers when an indicator of a goal was replaced by another one."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.db import utc_now
from lti_tool.errors import ConflictError, NotFoundError
from lti_tool.people.models import Person
from lti_tool.people.operations import record_audit
from lti_tool.plans.models import Goal, GoalIndicator
from lti_tool.plans.operations.access import require_open, require_words_open
from lti_tool.plans.operations.revisions import NO_SHEET, keep_revision
from lti_tool.standards.models import Indicator


def move_to_successor(db: Session, actor: Person, goal: Goal, indicator_id: int) -> None:
    """Let a goal work on what came after one of its indicators."""
    require_words_open(actor, goal)
    old = _cited(goal, indicator_id)
    new = old.replaced_by
    if new is None or not new.can_be_cited:
        raise ConflictError("Nothing came after this indicator. Your goal is as it was.")
    others = [each for each in goal.indicators if each.id not in (old.id, new.id)]
    goal.indicators = sorted([*others, new], key=lambda each: (each.framework_id, each.position))
    goal.updated_at = utc_now()
    db.flush()  # the revision is of the version that this save makes
    keep_revision(db, actor, goal, NO_SHEET)
    record_audit(db, actor, "goal_indicator_replaced", "goal", goal.id, old=old.id, new=new.id)


def keep_indicator(db: Session, actor: Person, goal: Goal, indicator_id: int) -> None:
    """Let a goal stay with an indicator that was replaced, and ask no more."""
    require_open(actor, goal)
    _cited(goal, indicator_id)
    found = select(GoalIndicator).filter_by(goal_id=goal.id, indicator_id=indicator_id).with_for_update()
    citation = db.scalars(found).one()
    if citation.kept_at is None:
        citation.kept_at = utc_now()
        record_audit(db, actor, "goal_indicator_kept", "goal", goal.id, indicator=indicator_id)


def _cited(goal: Goal, indicator_id: int) -> Indicator:
    found = next((each for each in goal.indicators if each.id == indicator_id), None)
    if found is None:
        raise NotFoundError
    return found
