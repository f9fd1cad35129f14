"""Reads of the versions of a goal that were saved, and of a person's unsaved drafts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from lti_tool.errors import NotFoundError
from lti_tool.people.models import Person
from lti_tool.plans.models import Goal, GoalDraft, GoalRevision, GrowthPlan
from lti_tool.plans.models.plans import ENDED
from lti_tool.plans.words import as_typed, words_of


def words_at(db: Session, goal: Goal, version: int) -> Mapping[str, Any] | None:
    """Return the words that a goal had at a version, or None where that is not known any more.

    The version also counts what is no matter of words, such as that the goal was met: the words stay what they were.
    """
    found = (
        select(GoalRevision.words)
        .where(GoalRevision.goal_id == goal.id, GoalRevision.version <= version)
        .order_by(GoalRevision.version.desc())
    )
    return db.scalar(found.limit(1))


def revisions_of(db: Session, goal: Goal) -> list[GoalRevision]:
    """Return the versions of a goal that were saved, the newest first."""
    found = select(GoalRevision).where(GoalRevision.goal_id == goal.id).order_by(GoalRevision.version.desc())
    return list(db.scalars(found))


def goal_saved_from(db: Session, person: Person, sheet: str) -> int | None:
    """Return the id of the person's goal that was saved from an opened page, so that sending it twice is no matter."""
    if not sheet:
        return None
    saved = (
        select(GoalRevision.goal_id)
        .join(Goal, Goal.id == GoalRevision.goal_id)
        .join(Goal.plan)
        .where(GrowthPlan.person_id == person.id, GoalRevision.saved_by_id == person.id, GoalRevision.sheet == sheet)
    )
    return db.scalar(saved.limit(1))


def unfinished_goals(db: Session, person: Person) -> list[GoalDraft]:
    """Return the new goals that a person began to write and did not save yet, the newest words first."""
    return list(db.scalars(_own(person).where(GoalDraft.goal_id.is_(None))))


def drafts_of(db: Session, person: Person, goal: Goal) -> list[GoalDraft]:
    """Return a person's unsaved words of a goal that differ from what is saved, the newest first."""
    saved = as_typed(words_of(goal))
    found = db.scalars(_own(person).where(GoalDraft.goal_id == goal.id))
    return [draft for draft in found if _says_other(draft, saved)]


def drafts_beside(db: Session, person: Person, plan: GrowthPlan | None = None) -> list[GoalDraft]:
    """Return the same of all goals of a plan, or of all plans that have not ended: what is in no goal yet."""
    return [draft for draft in kept_drafts(db, person, plan) if draft.goal_id is not None]


def kept_drafts(db: Session, person: Person, plan: GrowthPlan | None = None) -> list[GoalDraft]:
    """Return these and the new goals that were begun, with one query, the newest words first."""
    last = select(GoalRevision.words).where(GoalRevision.goal_id == GoalDraft.goal_id)
    saved = last.order_by(GoalRevision.version.desc()).limit(1).correlate(GoalDraft).scalar_subquery()
    goes_on = GrowthPlan.state.not_in(ENDED) | GoalDraft.goal_id.is_(None)
    among = goes_on if plan is None else Goal.plan_id == plan.id
    found = (
        select(GoalDraft, saved)
        .outerjoin(GoalDraft.goal)
        .outerjoin(Goal.plan)
        .where(GoalDraft.person_id == person.id, among)
        .options(contains_eager(GoalDraft.goal).contains_eager(Goal.plan))
        .order_by(GoalDraft.saved_at.desc(), GoalDraft.id.desc())
    )
    return [draft for draft, words in db.execute(found) if words is None or _says_other(draft, words)]


def draft_of(db: Session, person: Person, draft_id: int) -> GoalDraft:
    """Return a draft of this person's own; to everybody else it is not there."""
    draft = find_draft(db, person, draft_id)
    if draft is None:
        raise NotFoundError
    return draft


def find_draft(db: Session, person: Person, draft_id: int) -> GoalDraft | None:
    """Return a draft of this person's own if it is there still, as it is now."""
    return db.scalar(_own(person).where(GoalDraft.id == draft_id).execution_options(populate_existing=True))


def draft_from(db: Session, person: Person, sheet: str, goal_id: int | None) -> GoalDraft | None:
    """Return the draft that an opened page writes to: the last one that it began."""
    if not sheet:
        return None
    begun = _own(person).where(GoalDraft.sheet == sheet, GoalDraft.goal_id == goal_id)
    newest = begun.order_by(None).order_by(GoalDraft.id.desc()).limit(1)
    return db.scalar(newest.execution_options(populate_existing=True))


def _says_other(draft: GoalDraft, saved: Mapping[str, Any]) -> bool:
    return any(draft.words.get(name, saved[name]) != saved[name] for name in saved)


def _own(person: Person) -> Select[GoalDraft]:
    return (
        select(GoalDraft)
        .where(GoalDraft.person_id == person.id)
        .options(joinedload(GoalDraft.goal))
        .order_by(GoalDraft.saved_at.desc(), GoalDraft.id.desc())
    )
