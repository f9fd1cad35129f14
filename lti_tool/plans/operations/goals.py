"""Writing goals, meeting and reopening them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from lti_tool.db import utc_now
from lti_tool.errors import ConflictError, InvalidInputError, NotFoundError
from lti_tool.outbox.operations import enqueue
from lti_tool.people.models import Person
from lti_tool.people.operations import record_audit
from lti_tool.plans.merging import Merge, merge
from lti_tool.plans.models import Goal, GoalState, GrowthPlan
from lti_tool.plans.operations.access import require_open, require_owner, require_plan_goes_on, require_words_open
from lti_tool.plans.operations.plans import activate_plan, plan_to_write_in
from lti_tool.plans.operations.rationales import write_rationales
from lti_tool.plans.operations.revisions import NO_SHEET, Sheet, keep_revision
from lti_tool.plans.operations.tries import open_missing_tries
from lti_tool.plans.queries.revisions import words_at
from lti_tool.plans.words import ON_GOAL, GoalWords, as_typed, from_typed, words_of
from lti_tool.standards.models import Framework, Indicator, Level, in_use


def create_goal(
    db: Session, actor: Person, words: GoalWords, sheet: Sheet = NO_SHEET, plan: GrowthPlan | None = None
) -> Goal:
    """Add a goal to a plan of the actor's own, by default to the current one; the first goal makes it.

    An open goal in exactly these words is the same one: its form was sent twice.
    """
    plan = plan or plan_to_write_in(db, actor)
    if not plan.is_owned_by(actor):
        raise NotFoundError
    if not plan.lets_words_change:
        raise ConflictError("This plan is with its readers, or it has ended. It takes no other goal now.")
    known = _goal_in(db, plan, words)
    if known is not None:
        return known
    goal = Goal()
    _write(db, actor, goal, words)
    goal.plan = plan
    db.add(goal)
    db.flush()  # the answer names it
    keep_revision(db, actor, goal, sheet)
    record_audit(db, actor, "goal_created", "goal", goal.id)
    return goal


def merge_of(db: Session, goal: Goal, typed: Mapping[str, Any], version: int) -> Merge:
    """Return what words that were written over a version of the goal make with what was saved since."""
    saved = as_typed(words_of(goal))
    base = saved if goal.version == version else words_at(db, goal, version)
    return merge(base, {**saved, **typed}, saved)


def change_goal(
    db: Session, actor: Person, goal: Goal, words: GoalWords, version: int, sheet: Sheet = NO_SHEET
) -> None:
    """Save the words of an open goal that were written over its `version`.

    What only one side changed since is kept from that side; refuse where both changed the same field.
    """
    require_words_open(actor, goal)
    merged = merge_of(db, goal, as_typed(words), version)
    if merged.clashes:
        raise ConflictError
    if merged.words == as_typed(words_of(goal)):
        return
    try:
        with db.begin_nested():
            _write(db, actor, goal, from_typed(merged.words))
            goal.updated_at = utc_now()  # so that the version counts a change of indicators too
            db.flush()
    except StaleDataError as error:
        raise ConflictError from error
    keep_revision(db, actor, goal, sheet)
    record_audit(db, actor, "goal_changed", "goal", goal.id)


def meet_goal(db: Session, actor: Person, goal: Goal, results_statement: str) -> None:
    """Close a goal with what came of it, and announce it where that is news."""
    require_open(actor, goal)
    if not results_statement.strip():
        raise InvalidInputError(fields={"results_statement": ["Say what changed, what did not, and what is next."]})
    if goal.needs_try:
        raise ConflictError("Learning counts toward this goal: first try something from it and say what came of it.")
    goal.state, goal.results_statement = GoalState.MET, results_statement.strip()
    goal.met_at = goal.updated_at = utc_now()
    record_audit(db, actor, "goal_met", "goal", goal.id)
    activate_plan(db, goal.plan)
    if goal.has_news:
        goal.announce(goal.met_at)
        key, district_id = f"goal:{goal.id}", actor.district_id
        enqueue(db, kind="goal.met", key=key, district_id=district_id, payload={"goal_id": goal.id})


def reopen_goal(db: Session, actor: Person, goal: Goal) -> None:
    """Open a goal again; what was announced is not taken back, and what was finished meanwhile opens its try-it."""
    require_owner(actor, goal)
    if goal.is_open:
        return
    require_plan_goes_on(actor, goal)
    goal.state, goal.met_at, goal.updated_at = GoalState.OPEN, None, utc_now()
    open_missing_tries(db, actor, goal)
    record_audit(db, actor, "goal_reopened", "goal", goal.id)


def _goal_in(db: Session, plan: GrowthPlan, words: GoalWords) -> Goal | None:
    """Return the open goal of the plan that says exactly this."""
    alike = select(Goal).filter_by(plan_id=plan.id, state=GoalState.OPEN, headline=words.headline)
    return next((goal for goal in db.scalars(alike) if as_typed(words_of(goal)) == as_typed(words)), None)


def _write(db: Session, actor: Person, goal: Goal, words: GoalWords) -> None:
    goal.indicators = _indicators(db, actor, words.indicator_ids, kept={each.id for each in goal.indicators})
    for name in ON_GOAL:
        setattr(goal, name, getattr(words, name))
    write_rationales(db, actor, goal, words)


def _indicators(db: Session, actor: Person, ids: Iterable[int], *, kept: set[int]) -> list[Indicator]:
    """Return the chosen indicators of the actor's district; one is needed wherever there are any.

    What is out of use can stay where it was chosen before, and is not chosen anew.
    """
    wanted = set(ids)
    known = select(Indicator).join(Indicator.framework).where(Framework.district_id == actor.district_id)
    is_offered = and_(Indicator.level == Level.INDICATOR, in_use())
    found = db.scalars(known.where(Indicator.id.in_(wanted), or_(is_offered, Indicator.id.in_(kept)))).all()
    if len(found) != len(wanted):
        raise InvalidInputError(fields={"indicator_ids": ["One of these indicators is not there any more."]})
    if not found and db.scalar(select(exists(known.where(is_offered).with_only_columns(Indicator.id)))):
        raise InvalidInputError(fields={"indicator_ids": ["Choose at least one indicator that this goal works on."]})
    return sorted(found, key=lambda each: (each.framework_id, each.position))
