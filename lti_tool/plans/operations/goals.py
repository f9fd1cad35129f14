"""Writing goals, meeting and reopening them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from lti_tool.db import utc_now
from lti_tool.errors import ConflictError, InvalidInputError, NotFoundError
from lti_tool.outbox.operations import enqueue
from lti_tool.people.models import Person
from lti_tool.people.operations import record_audit
from lti_tool.plans.models import Goal, GoalState, GrowthPlan
from lti_tool.standards.models import Framework, Indicator, Level

FIRST_MONTH = 7
"""A school year begins in July."""


@dataclass(frozen=True, slots=True)
class GoalWords:
    """What an owner writes of a goal."""

    headline: str
    rationale: str = ""
    practice_change: str = ""
    student_result: str = ""
    measure: str = ""
    due_on: date | None = None
    indicator_ids: tuple[int, ...] = ()


def school_year_of(day: date) -> int:
    """Return the calendar year in which this day's school year began."""
    return day.year if day.month >= FIRST_MONTH else day.year - 1


def create_goal(db: Session, actor: Person, words: GoalWords) -> Goal:
    """Add a goal to the actor's plan of this school year; the first goal makes the plan.

    An open goal in exactly these words is the same one: its form was sent twice.
    """
    plan = _current_plan(db, actor)
    known = _goal_in(db, plan, words)
    if known is not None:
        return known
    goal = Goal()
    _write(db, actor, goal, words)
    goal.plan = plan
    db.add(goal)
    db.flush()  # the answer names it
    record_audit(db, actor, "goal_created", "goal", goal.id)
    return goal


def change_goal(db: Session, actor: Person, goal: Goal, words: GoalWords, version: int) -> None:
    """Replace the words of an open goal; refuse when it was saved since `version` was read."""
    require_open(actor, goal)
    if goal.version != version:
        raise ConflictError
    try:
        with db.begin_nested():
            _write(db, actor, goal, words)
            goal.updated_at = utc_now()  # so that the version counts a change of indicators too
            db.flush()
    except StaleDataError as error:
        raise ConflictError from error
    record_audit(db, actor, "goal_changed", "goal", goal.id)


def meet_goal(db: Session, actor: Person, goal: Goal, results_statement: str) -> None:
    """Close a goal with what came of it, and announce it where that is news."""
    require_open(actor, goal)
    if not results_statement.strip():
        raise InvalidInputError(fields={"results_statement": ["Say what changed, what did not, and what is next."]})
    if goal.needs_try:
        raise ConflictError("A course counts toward this goal: first try something from it and say what came of it.")
    goal.state, goal.results_statement = GoalState.MET, results_statement.strip()
    goal.met_at = goal.updated_at = utc_now()
    record_audit(db, actor, "goal_met", "goal", goal.id)
    if goal.has_news:
        goal.announced_at = goal.met_at
        key, district_id = f"goal:{goal.id}", actor.district_id
        enqueue(db, kind="goal.met", key=key, district_id=district_id, payload={"goal_id": goal.id})


def reopen_goal(db: Session, actor: Person, goal: Goal) -> None:
    """Open a goal again; what was announced is not taken back."""
    require_owner(actor, goal)
    if goal.is_open:
        return
    goal.state, goal.met_at, goal.updated_at = GoalState.OPEN, None, utc_now()
    record_audit(db, actor, "goal_reopened", "goal", goal.id)


def require_owner(actor: Person, goal: Goal) -> None:
    """Let only the owner on; to everybody else the goal is not there."""
    if not goal.is_owned_by(actor):
        raise NotFoundError


def require_open(actor: Person, goal: Goal) -> None:
    """Let only the owner of an open goal on."""
    require_owner(actor, goal)
    if not goal.can_be_edited_by(actor):
        raise ConflictError("This goal is met. Reopen it to change it.")


def _current_plan(db: Session, actor: Person) -> GrowthPlan:
    """Return the actor's plan of this school year, to be changed by one request at a time.

    When two first goals come at once, both join the same new plan.
    """
    year = school_year_of(utc_now().date())
    known = select(GrowthPlan).where(GrowthPlan.person_id == actor.id, GrowthPlan.school_year == year)
    known = known.with_for_update()
    plan = db.scalar(known)
    if plan is not None:
        return plan
    try:
        with db.begin_nested():
            plan = GrowthPlan(district_id=actor.district_id, person_id=actor.id, school_year=year)
            db.add(plan)
    except IntegrityError:
        return db.scalars(known).one()
    return plan


def _goal_in(db: Session, plan: GrowthPlan, words: GoalWords) -> Goal | None:
    """Return the open goal of the plan that says exactly this."""
    texts = {name: value for name, value in asdict(words).items() if name != "indicator_ids"}
    alike = select(Goal).filter_by(plan_id=plan.id, state=GoalState.OPEN, **texts)
    same = (goal for goal in db.scalars(alike) if {each.id for each in goal.indicators} == set(words.indicator_ids))
    return next(same, None)


def _write(db: Session, actor: Person, goal: Goal, words: GoalWords) -> None:
    goal.indicators = _indicators(db, actor, words.indicator_ids)
    for name, value in asdict(words).items():
        if name != "indicator_ids":
            setattr(goal, name, value)


def _indicators(db: Session, actor: Person, ids: Iterable[int]) -> list[Indicator]:
    """Return the chosen indicators of the actor's district; one is needed wherever there are any."""
    wanted = set(ids)
    known = select(Indicator).join(Indicator.framework).where(Framework.district_id == actor.district_id)
    found = db.scalars(known.where(Indicator.id.in_(wanted), Indicator.level == Level.INDICATOR)).all()
    if len(found) != len(wanted):
        raise InvalidInputError(fields={"indicator_ids": ["One of these indicators is not there any more."]})
    if not found and db.scalar(select(exists(known.with_only_columns(Indicator.id)))):
        raise InvalidInputError(fields={"indicator_ids": ["Choose at least one indicator that this goal works on."]})
    return sorted(found, key=lambda each: (each.framework_id, each.position))
