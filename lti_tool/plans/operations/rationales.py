"""Writing why a goal matters, and keeping the priorities that a district offers for it."""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy.orm import Session

from lti_tool.db import utc_now
from lti_tool.errors import InvalidInputError, NotAllowedError
from lti_tool.people.models import Person, Role
from lti_tool.people.operations import record_audit
from lti_tool.plans.models import Goal, GoalRationale, Priority, RationaleKind
from lti_tool.plans.queries.priorities import priorities_for
from lti_tool.plans.words import GoalWords


def write_rationales(db: Session, actor: Person, goal: Goal, words: GoalWords) -> None:
    """Keep what the words say of why; a place of which nothing is said has no row."""
    for kind in RationaleKind:
        said, known = words.rationale(kind), goal.rationale(kind)
        if said.is_empty:
            if known is not None:
                goal.rationales.remove(known)
            continue
        rationale = known or GoalRationale(kind=kind)
        if rationale.priority_id != said.priority_id:
            rationale.priority_text = _text_of_priority(db, actor, said.priority_id)
        for name, value in asdict(said).items():
            setattr(rationale, name, value)
        if known is None:
            goal.rationales.append(rationale)


def add_priority(db: Session, actor: Person, text: str, school_id: int | None) -> Priority:
    """Offer a priority of the district, or of one school of it, to all who write goals there."""
    _require_keeper(actor)
    priority = Priority(district_id=actor.district_id, school_id=school_id, text=text, created_by_id=actor.id)
    db.add(priority)
    db.flush()  # the audit row names it
    record_audit(db, actor, "priority_added", "priority", priority.id, school_id=school_id)
    return priority


def change_priority(db: Session, actor: Person, priority: Priority, text: str) -> None:
    """Reword a priority; goals that were written for it keep what it said."""
    _require_keeper(actor)
    if priority.text == text:
        return
    priority.text = text
    record_audit(db, actor, "priority_changed", "priority", priority.id)


def retire_priority(db: Session, actor: Person, priority: Priority) -> None:
    """Offer a priority no longer; goals that were written for it keep it."""
    _require_keeper(actor)
    if priority.retired_at is None:
        priority.retired_at = utc_now()
        record_audit(db, actor, "priority_retired", "priority", priority.id)


def restore_priority(db: Session, actor: Person, priority: Priority) -> None:
    """Offer a retired priority again."""
    _require_keeper(actor)
    if priority.retired_at is not None:
        priority.retired_at = None
        record_audit(db, actor, "priority_restored", "priority", priority.id)


def _require_keeper(actor: Person) -> None:
    """Let only administrators and designers of the whole district on: one of a course has no say in it."""
    if not (actor.has_role(Role.ADMINISTRATOR) or actor.has_role(Role.DESIGNER)):
        raise NotAllowedError("Priorities are kept by the district's administrators and designers.")


def _text_of_priority(db: Session, actor: Person, priority_id: int | None) -> str:
    if priority_id is None:
        return ""
    chosen = next((each for each in priorities_for(db, actor) if each.id == priority_id), None)
    if chosen is None:
        raise InvalidInputError(fields={"system_priority_id": ["This priority is not offered any more. Choose again."]})
    return chosen.text
