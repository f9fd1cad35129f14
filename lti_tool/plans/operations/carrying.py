"""Going on in a new plan with all that is open in one that ended, whose words stay as they were."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lti_tool.db import Base
from lti_tool.outbox.operations import enqueue
from lti_tool.people.models import Person
from lti_tool.people.operations import record_audit
from lti_tool.plans.models import (
    Audience,
    Goal,
    GoalDraft,
    GoalIndicator,
    GoalState,
    GrowthPlan,
    PracticeCard,
    PracticeTry,
    TemplateVersion,
)
from lti_tool.plans.operations.goals import merge_of
from lti_tool.plans.operations.plans import SharedWords, begin_plan, require
from lti_tool.plans.operations.revisions import NO_SHEET, keep_revision
from lti_tool.plans.operations.tries import open_missing_tries

WORDS = (
    "headline", "kind", "practice_change", "student_result", "measure", "due_on", "with_whom", "company",
    "joined_goal_id", "shared_goal_id", "results_statement",
)  # fmt: skip
WHY = ("kind", "source", "text", "dated_on", "link", "priority_id", "priority_text", "cleared")
LEARNING = ("opportunity_id", "completed_at", "taken_back_at", "looked_inside")
TRY = ("opportunity_id", "plan", "support_id", "tried_on", "reflection", "opened_at", "done_at")
EVIDENCE = ("kind", "title", "url", "reflection", "dated_on", "holds_students", "attested_at", "created_at")
CARD = ("next_step", "offer", "wish")
Row = TypeVar("Row", bound=Base)


def carry_over(db: Session, actor: Person, plan: GrowthPlan, version: TemplateVersion) -> GrowthPlan:
    """Begin a new plan from what is open in one that ended, which stays as it was; each links to the other.

    Cards and evidence go on with their words, and are private until their owner shares them anew.
    """
    can_do = plan.can_be_carried_over_by(actor)
    require(plan.is_owned_by(actor), can_do, "Nothing is open in this plan, or it has not ended yet.")
    following = begin_plan(db, actor, version, carried_from=plan)
    for name in SharedWords.__slots__:
        setattr(following, name, getattr(plan, name))
    for each in [learned for learned in plan.activities if learned.goal_id is None]:
        following.activities.append(_like(each, LEARNING))
    open_goals = [each for each in plan.goals if each.is_open]
    for goal in open_goals:
        _go_on_with(db, actor, goal, following)
    begun = update(GoalDraft).where(GoalDraft.plan_id == plan.id, GoalDraft.person_id == actor.id)
    db.execute(begun.values(plan_id=following.id))
    record_audit(db, actor, "plan_carried_over", "plan", plan.id, plan_id=following.id, goals=len(open_goals))
    return following


def _go_on_with(db: Session, actor: Person, goal: Goal, following: GrowthPlan) -> None:
    """Put a goal into the later plan; who joined it goes on with it there."""
    with db.no_autoflush:  # it is read from what it is a copy of, and is whole only then
        copied = _copy(goal, following)
        db.add(copied)
    goal.state = GoalState.CARRIED_OVER
    db.flush()  # others name it
    _keep_answers(db, goal, copied)
    open_missing_tries(db, actor, copied)
    keep_revision(db, actor, copied, NO_SHEET)
    _move_along(db, goal, copied)
    announced = {"goal_id": goal.id, "goes_on_as": copied.id}
    enqueue(db, kind="goal.carried", key=f"carried:{goal.id}", district_id=actor.district_id, payload=announced)
    joined = update(Goal).where(Goal.joined_goal_id == goal.id, Goal.state == GoalState.OPEN)
    db.execute(joined.values(joined_goal_id=copied.id))


def _copy(goal: Goal, following: GrowthPlan) -> Goal:
    """Return the goal as the later plan has it: its words, and all that hangs on it."""
    copied = _like(goal, WORDS)
    copied.carried_from_id, copied.indicators, copied.plan = goal.id, list(goal.indicators), following
    copied.rationales = [_like(said, WHY) for said in goal.rationales]
    learning = {each.id: _like(each, LEARNING) for each in goal.activities}
    for each in learning.values():
        each.plan = following
    copied.activities = list(learning.values())
    copied.tries = [_like(each, TRY) for each in goal.tries]
    for shown in goal.evidence:
        evidence = _like(shown, EVIDENCE)
        evidence.audience, evidence.indicators = Audience.PRIVATE, list(shown.indicators)
        evidence.activity = learning.get(shown.activity_id or 0)
        copied.evidence.append(evidence)
    if goal.declaration is not None:
        copied.declaration = _like(goal.declaration, CARD)
        copied.declaration.audience = Audience.PRIVATE
    return copied


def _like(row: Row, names: Iterable[str]) -> Row:
    """Return a new row that says the same."""
    return type(row)(**{name: getattr(row, name) for name in names})


def _keep_answers(db: Session, goal: Goal, copied: Goal) -> None:
    """Let the owner not be asked again about replaced indicators that they chose to stay with."""
    kept = select(GoalIndicator).where(GoalIndicator.goal_id == goal.id, GoalIndicator.kept_at.is_not(None))
    for each in db.scalars(kept):
        same = update(GoalIndicator).where(
            GoalIndicator.goal_id == copied.id, GoalIndicator.indicator_id == each.indicator_id
        )
        db.execute(same.values(kept_at=each.kept_at))


def _move_along(db: Session, goal: Goal, copied: Goal) -> None:
    """Let what is there once go on with the goal: practices that came from it or are tried for it, unsaved words."""
    for kept in (PracticeCard, PracticeTry):
        db.execute(update(kept).where(kept.goal_id == goal.id).values(goal_id=copied.id))
    for draft in db.scalars(select(GoalDraft).where(GoalDraft.goal_id == goal.id)):
        merged = merge_of(db, goal, draft.words, draft.base_version or goal.version)
        draft.words = {**draft.words, **merged.settled({each.name: each.mine for each in merged.clashes})}
        draft.goal_id, draft.base_version = copied.id, copied.version
