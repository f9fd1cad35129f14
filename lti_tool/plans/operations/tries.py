"""Try-its: what finished learning opens. Plan a try, try it, then say what came of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from lti_tool.db import utc_now
from lti_tool.errors import InvalidInputError
from lti_tool.people.models import Person
from lti_tool.people.operations import record_audit
from lti_tool.plans.models import Goal, TryIt
from lti_tool.plans.operations.access import require_open, require_owner


@dataclass(frozen=True, slots=True)
class TryPlan:
    """What somebody means to try, and the colleague whom they mean to talk to about it."""

    plan: str
    support_id: int | None = None


def plan_try(db: Session, actor: Person, attempt: TryIt, words: TryPlan, colleague_ids: Collection[int]) -> None:
    """Keep what is to be tried and with whose support; only one of these colleagues can be named."""
    require_open(actor, attempt.goal)
    if words.support_id is not None and words.support_id not in {*colleague_ids, attempt.support_id}:
        raise InvalidInputError(fields={"support_id": ["Choose a colleague from the list."]})
    attempt.plan, attempt.support_id = words.plan, words.support_id
    record_audit(db, actor, "try_planned", "goal", attempt.goal.id, opportunity_id=attempt.opportunity_id)


def reflect(db: Session, actor: Person, attempt: TryIt, reflection: str, tried_on: date | None = None) -> None:
    """Keep what came of a try-it; the words can be changed while the goal is open."""
    require_owner(actor, attempt.goal)
    require_open(actor, attempt.goal)
    if not reflection.strip():
        raise InvalidInputError(fields={"reflection": ["Say what you tried and what came of it."]})
    require_past(tried_on, "tried_on")
    attempt.reflection, attempt.tried_on = reflection.strip(), tried_on
    attempt.done_at = attempt.done_at or utc_now()
    record_audit(db, actor, "try_reflected", "goal", attempt.goal.id, opportunity_id=attempt.opportunity_id)


def require_past(day: date | None, field: str) -> None:
    """Refuse a day that has not begun anywhere on earth."""
    if day and day > (utc_now() + timedelta(hours=14)).date():
        raise InvalidInputError(fields={field: ["Choose a day that has been."]})


def open_try(db: Session, owner: Person, goal: Goal, opportunity_id: int) -> None:
    """Open the one try-it that finished learning has on a goal."""
    if any(each.opportunity_id == opportunity_id for each in goal.tries):
        return
    goal.tries.append(TryIt(opportunity_id=opportunity_id))
    record_audit(db, owner, "try_opened", "goal", goal.id, opportunity_id=opportunity_id)


def open_missing_tries(db: Session, owner: Person, goal: Goal) -> None:
    """Open the try-its of what was finished while nothing could be tried for the goal."""
    for activity in goal.activities:
        if activity.completed_at is not None:
            open_try(db, owner, goal, activity.opportunity_id)


def drop_unused_try(goal: Goal, opportunity_id: int) -> None:
    """Close the try-it of learning that is not finished after all, unless something was said of it."""
    unused = [each for each in goal.tries if not (each.done_at or each.plan)]
    for attempt in [each for each in unused if each.opportunity_id == opportunity_id]:
        goal.tries.remove(attempt)
