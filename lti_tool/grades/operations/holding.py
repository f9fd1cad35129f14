"""What is kept back until an administrator has looked at it, and what an administrator decides about it.

A setting that somebody changes in a course can make an LMS report everybody as finished, or nobody any more. Many new
completions of one course within a day are held and do not count yet; many that are taken back count until somebody
has decided. A single one that is taken back counts no more, and is shown.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from lti_tool.db import database_time, utc_now
from lti_tool.errors import NotFoundError
from lti_tool.grades.models import Completion, CompletionStep, CompletionTurn, HeldWhy
from lti_tool.people.models import Course, Person
from lti_tool.people.operations import record_audit
from lti_tool.plans.operations.activities import withdraw_course_completion

MANY = 5
"""Fewer than so many within a day are never suspicious."""
DAY = timedelta(days=1)
CLOCKS_DIFFER = timedelta(hours=1)


class Decision(StrEnum):
    """What an administrator can decide about completions."""

    ACCEPT = "accept"
    """Let held ones count."""
    LEAVE_OUT = "leave_out"
    """Let held ones never count."""
    TAKE_BACK = "take_back"
    """Let those that the LMS took back count no more."""
    KEEP = "keep"
    """Let those that the LMS took back count all the same."""
    SEEN = "seen"
    """Nothing to decide: somebody has seen that the LMS took them back."""


IS_THERE = Completion.withdrawn_at.is_(None)
IS_HELD = Completion.held_at.is_not(None) & IS_THERE
WAITS = IS_HELD & Completion.left_out_at.is_(None)
IS_RECALLED = Completion.recalled_at.is_not(None) & IS_THERE
WAS_TAKEN_BACK = Completion.withdrawn_at.is_not(None) & Completion.reviewed_at.is_(None)
ASKS = {
    Decision.ACCEPT: WAITS,
    Decision.LEAVE_OUT: WAITS,
    Decision.TAKE_BACK: IS_RECALLED,
    Decision.KEEP: IS_RECALLED,
    Decision.SEEN: WAS_TAKEN_BACK,
}
"""About which completions somebody can decide so."""
TURNS = {
    Decision.ACCEPT: CompletionTurn.ACCEPTED,
    Decision.LEAVE_OUT: CompletionTurn.LEFT_OUT,
    Decision.KEEP: CompletionTurn.KEPT,
}
"""What is kept of a decision for the story, beside that a completion was taken back."""


def are_too_many(
    course: Course, known: Collection[Completion], new: int, learners: int, now: datetime
) -> HeldWhy | None:
    """Return why so many new completions are suspicious, together with those of the last day; None if they are not.

    Those that an administrator has looked at say nothing more of the others.
    """
    if course.completions_read_at is None and new >= MANY:
        return HeldWhy.FIRST
    lately = [each for each in known if each.noticed_at > now - DAY and not (each.withdrawn_at or each.reviewed_at)]
    many = new + len(lately)
    return HeldWhy.MANY if new and many >= MANY and many * 2 >= learners else None


def is_too_early(course: Course, completed_at: datetime | None) -> bool:
    """Return whether a course was finished before it was marked, or while the LMS said that it has no rules."""
    if completed_at is None:
        return False
    marked_at, had_no_rules = course.professional_learning_at, course.untrackable_at
    is_before_marking = marked_at is not None and completed_at < marked_at - CLOCKS_DIFFER
    return is_before_marking or (had_no_rules is not None and completed_at < had_no_rules)


def are_too_many_taken_back(known: Collection[Completion], gone: int, now: datetime) -> bool:
    """Return whether suspiciously many are taken back, together with those of the last day."""
    moments = [each.withdrawn_at or each.recalled_at for each in known if each.reviewed_at is None]
    return gone > 0 and gone + len([at for at in moments if at is not None and at > now - DAY]) >= MANY


def take_back(db: Session, completion: Completion) -> None:
    """Let a completion count no more, as the LMS took it back."""
    was_counted, now = completion.counts, database_time(db)
    completion.withdrawn_at, completion.recalled_at = now, None
    completion.held_at = completion.held_why = completion.left_out_at = None
    completion.reviewed_at = None if was_counted else now
    note_turn(db, completion, CompletionTurn.WITHDRAWN)
    withdraw_course_completion(db, completion.person_id, completion.course_id)


def note_turn(db: Session, completion: Completion, turn: CompletionTurn, **told: Any) -> None:
    """Keep for the story what happened to a completion."""
    db.add(CompletionStep(completion=completion, turn=turn, **told))


def decide(
    db: Session, actor: Person, course_id: int, decision: Decision, completion_id: int | None = None
) -> Sequence[Completion]:
    """Do with one completion of a course, or with all that ask for it, what an administrator decided."""
    # one that was left out can be accepted after all; all together are those that wait
    asking = IS_HELD if decision is Decision.ACCEPT and completion_id is not None else ASKS[decision]
    found = db.scalars(_of_course(actor, course_id, asking, completion_id)).all()
    if not found:
        raise NotFoundError
    for completion in found:
        _apply(db, completion, decision)
    record_audit(db, actor, f"completions_{decision}", "course", course_id, count=len(found))
    db.flush()  # what waits is found by a query
    return found


def _of_course(
    actor: Person, course_id: int, asking: ColumnElement[bool], completion_id: int | None
) -> Select[Completion]:
    wanted = select(Completion).where(
        Completion.course_id == course_id, Completion.district_id == actor.district_id, asking
    )
    if completion_id is not None:
        wanted = wanted.where(Completion.id == completion_id)
    return wanted.order_by(Completion.id).with_for_update()


def _apply(db: Session, completion: Completion, decision: Decision) -> None:
    now = utc_now()
    match decision:
        case Decision.ACCEPT:
            completion.held_at = completion.held_why = completion.left_out_at = None
        case Decision.LEAVE_OUT:
            completion.left_out_at = now
        case Decision.TAKE_BACK:
            take_back(db, completion)
        case Decision.KEEP:
            completion.recalled_at, completion.kept_at = None, database_time(db)
    if decision in TURNS:
        note_turn(db, completion, TURNS[decision])
    completion.reviewed_at = now
