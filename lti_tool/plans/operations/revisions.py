"""Keeping each version of a goal's words that is saved, and the page that it was saved from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lti_tool.people.models import Person
from lti_tool.plans.models import Goal, GoalRevision
from lti_tool.plans.words import as_typed, words_of
from lti_tool.standards.digests import digest

MOST_REVISIONS = 100
"""Of one goal; the oldest go first."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page that was opened to write on, one of its turns, and what its fields held when it was last in step."""

    key: str = ""
    turn: int = 0
    seen: Mapping[str, str] = field(default_factory=dict)

    def changed(self, name: str, value: Any) -> bool:
        """Return whether a field was written in on this page."""
        return self.seen.get(name) != digest(value)


NO_SHEET = Sheet()


def keep_revision(db: Session, actor: Person, goal: Goal, sheet: Sheet) -> None:
    """Keep the words that a goal has now, beside those that it had."""
    db.add(
        GoalRevision(
            goal_id=goal.id, version=goal.version, words=as_typed(words_of(goal)), saved_by_id=actor.id,
            sheet=sheet.key, turn=sheet.turn,
        )
    )  # fmt: skip
    db.flush()
    kept = select(GoalRevision.version).where(GoalRevision.goal_id == goal.id).order_by(GoalRevision.version.desc())
    oldest = db.scalar(kept.offset(MOST_REVISIONS - 1).limit(1))
    if oldest is not None:
        db.execute(delete(GoalRevision).where(GoalRevision.goal_id == goal.id, GoalRevision.version < oldest))
