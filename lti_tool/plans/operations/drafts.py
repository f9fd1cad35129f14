"""Keeping what is typed before it is saved, and making a goal of it when its writer says so."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lti_tool.db import utc_now
from lti_tool.errors import NotFoundError
from lti_tool.people.models import Person
from lti_tool.people.operations import record_audit
from lti_tool.plans.models import Goal, GoalDraft, GoalRevision, GrowthPlan
from lti_tool.plans.operations.company import keep_company
from lti_tool.plans.operations.goals import create_goal
from lti_tool.plans.operations.revisions import Sheet
from lti_tool.plans.queries.revisions import draft_from, draft_of, find_draft
from lti_tool.plans.words import GoalWords, Typed, as_typed, words_of
from lti_tool.standards.digests import digest, tidy

LONGEST_IDLE = timedelta(days=365)
"""A draft that nobody touched for longer goes when its writer begins the next one."""


@dataclass(frozen=True, slots=True)
class Spot:
    """What words are of: a draft that is known, of a new goal or over a version of a known one."""

    draft_id: int | None = None
    goal: Goal | None = None
    base_version: int | None = None
    plan: GrowthPlan | None = None
    """The plan that a new goal is meant for; None for the current one."""

    @property
    def goal_id(self) -> int | None:
        return self.goal.id if self.goal else None


def autosave_draft(db: Session, actor: Person, words: Typed, sheet: Sheet, spot: Spot) -> GoalDraft | None:
    """Keep what is being typed; no draft holds what says nothing new, or was typed before it was saved."""
    hold_drafts(db, actor)
    known = _known(db, actor, sheet, spot)
    if known is None and not _says_more(db, spot.goal, words, sheet):
        return None
    draft = save_draft(db, actor, words, sheet, spot)
    if spot.goal is not None and _says_what_is_saved(spot.goal, draft.words):
        db.delete(draft)
        return None
    return draft


def save_draft(db: Session, actor: Person, words: Typed, sheet: Sheet, spot: Spot) -> GoalDraft:
    """Keep what was typed; return the draft that holds it now.

    Words that another page wrote in the meantime are not replaced: the draft divides, and both go on.
    """
    hold_drafts(db, actor)
    draft = _known(db, actor, sheet, spot)
    if draft is None:
        _drop_idle(db, actor)
        draft = _begun(actor, sheet, spot)
    elif any(_collides(draft, name, tidy(value), sheet) for name, value in words.items()):
        draft = _divided(draft, sheet)
    _write(draft, words, sheet)
    db.add(draft)
    db.flush()  # the answer names it
    return draft


def finish_draft(
    db: Session, actor: Person, draft: GoalDraft, words: GoalWords, sheet: Sheet, mate_ids: Collection[int] = ()
) -> Goal:
    """Make a goal of the draft of a new one, in these words, with the company that its writer chose.

    `mate_ids` are of those in a team with the writer, whose goals may be joined by what they declared to the team.
    """
    with db.begin_nested():  # where the words are refused, the draft stays and there is no plan without a goal
        goal = create_goal(db, actor, words, sheet, draft.plan)
        keep_company(db, actor, goal, draft.words, mate_ids)
        db.delete(draft)
    return goal


def discard_draft(db: Session, actor: Person, draft_id: int) -> None:
    """Let go of words that were never saved; their writer said so."""
    hold_drafts(db, actor)
    db.delete(draft_of(db, actor, draft_id))
    record_audit(db, actor, "draft_discarded", "goal_draft", draft_id)


def drop_saved_draft(db: Session, actor: Person, goal: Goal, sheet: Sheet, draft_id: int | None) -> None:
    """Let go of the draft of a page whose words are the goal's now."""
    hold_drafts(db, actor)
    draft = draft_from(db, actor, sheet.key, goal.id) or (find_draft(db, actor, draft_id) if draft_id else None)
    if draft is not None and draft.goal_id == goal.id:
        db.delete(draft)


def rebase_draft(draft: GoalDraft, words: Typed, version: int) -> None:
    """Keep in a draft what was decided of its words when they met those of this version of the goal."""
    draft.words, draft.base_version, draft.saved_at = {**draft.words, **words}, version, utc_now()


def hold_drafts(db: Session, actor: Person) -> None:
    """Let one request of a person after another change drafts: an opened page and its autosave come at once."""
    db.execute(select(Person.id).where(Person.id == actor.id).with_for_update(key_share=True))


def _known(db: Session, actor: Person, sheet: Sheet, spot: Spot) -> GoalDraft | None:
    """Return the draft that a page writes to: the last that it began, else the one that it was opened with."""
    draft = draft_from(db, actor, sheet.key, spot.goal_id)
    if draft is None and spot.draft_id is not None:
        find = draft_of if spot.goal is None else find_draft  # one beside a goal can be begun anew
        draft = find(db, actor, spot.draft_id)
    if draft is not None and draft.goal_id != spot.goal_id:
        raise NotFoundError
    return draft


def _says_more(db: Session, goal: Goal | None, words: Typed, sheet: Sheet) -> bool:
    if goal is None:
        return any(map(tidy, words.values()))
    if _says_what_is_saved(goal, words):
        return False
    later = select(GoalRevision.version).where(GoalRevision.goal_id == goal.id, GoalRevision.sheet == sheet.key)
    return not sheet.key or db.scalar(later.where(GoalRevision.turn >= sheet.turn).limit(1)) is None


def _says_what_is_saved(goal: Goal, words: Typed) -> bool:
    saved = as_typed(words_of(goal))
    return all(tidy(words.get(name, value)) == value for name, value in saved.items())


def _begun(actor: Person, sheet: Sheet, spot: Spot) -> GoalDraft:
    return GoalDraft(
        person_id=actor.id, goal_id=spot.goal_id, plan=spot.plan, base_version=spot.base_version, words={}, writers={},
        sheet=sheet.key,
    )  # fmt: skip


def _divided(draft: GoalDraft, sheet: Sheet) -> GoalDraft:
    return GoalDraft(
        person_id=draft.person_id, goal_id=draft.goal_id, plan_id=draft.plan_id, base_version=draft.base_version,
        words=draft.words, writers=draft.writers, sheet=sheet.key,
    )  # fmt: skip


def _collides(draft: GoalDraft, name: str, value: Any, sheet: Sheet) -> bool:
    """Return whether both this page and another one since wrote in a field, each something else."""
    now = draft.words.get(name)
    if not now or now == value or not sheet.changed(name, value):
        return False
    return sheet.seen.get(name) != digest(now) and draft.writers.get(name, [""])[0] != sheet.key


def _write(draft: GoalDraft, words: Typed, sheet: Sheet) -> None:
    written = {
        name: tidy(value)
        for name, value in words.items()
        if (name not in draft.words or sheet.changed(name, value)) and not _is_overtaken(draft, name, sheet)
    }
    draft.words = {**draft.words, **written}
    draft.writers = {**draft.writers, **{name: [sheet.key, sheet.turn] for name in written}}
    draft.saved_at = utc_now()


def _is_overtaken(draft: GoalDraft, name: str, sheet: Sheet) -> bool:
    """Return whether this page itself wrote in the field later: what arrives now was under way for longer."""
    key, turn = draft.writers.get(name, ["", 0])
    return bool(key == sheet.key and turn > sheet.turn)


def _drop_idle(db: Session, actor: Person) -> None:
    idle = GoalDraft.saved_at < utc_now() - LONGEST_IDLE
    db.execute(delete(GoalDraft).where(GoalDraft.person_id == actor.id, idle))
