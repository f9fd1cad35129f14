"""Courses that count toward goals, what the LMS says of them, and the try-it that a finished course opens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from lti_tool.db import utc_now
from lti_tool.errors import ConflictError, InvalidInputError, NotFoundError
from lti_tool.launch.operations.completion_reads import ask_for_completions
from lti_tool.people.models import Course, Person
from lti_tool.people.operations import record_audit
from lti_tool.plans.models import Goal, GoalCourse, GoalState, GrowthPlan, TryIt
from lti_tool.plans.operations.goals import require_open, require_owner


def link_course(db: Session, actor: Person, goal: Goal, course: Course) -> None:
    """Let a marked course count toward a goal; one that the LMS already reported finished is finished here too."""
    require_open(actor, goal)
    if course.district_id != actor.district_id or not course.is_professional_learning:
        raise NotFoundError
    if goal.counted(course.id):
        return
    linked = GoalCourse(course_id=course.id, course=course, created_at=utc_now())
    goal.courses.append(linked)
    record_audit(db, actor, "course_linked", "goal", goal.id, course_id=course.id)
    finished_at = _known_completion(db, actor.id, course.id)
    if finished_at:
        _complete(db, actor, linked, finished_at)


def unlink_course(db: Session, actor: Person, goal: Goal, course_id: int) -> None:
    """Let a course no longer count; a try-it that has words stays."""
    require_open(actor, goal)
    linked = goal.counted(course_id)
    if linked is None:
        return
    goal.courses.remove(linked)
    _drop_unused_try(goal, course_id)
    record_audit(db, actor, "course_unlinked", "goal", goal.id, course_id=course_id)


def record_course_completion(db: Session, person_id: int, course_id: int, completed_at: datetime | None) -> None:
    """Note in each open goal that counts the course that the LMS reports it finished; opens one try-it for each.

    `completed_at` is None where the LMS does not say when. Saying it again changes nothing.
    """
    for goal in _open_goals_counting(db, person_id, course_id):
        linked = goal.counted(course_id)
        if linked is not None and linked.completed_at is None:
            _complete(db, goal.owner, linked, completed_at or utc_now())


def withdraw_course_completion(db: Session, person_id: int, course_id: int) -> None:
    """Note in each open goal that the LMS took the completion back; a try-it that has words stays."""
    for goal in _open_goals_counting(db, person_id, course_id):
        linked = goal.counted(course_id)
        if linked is not None and linked.completed_at is not None:
            linked.completed_at = None
            _drop_unused_try(goal, course_id)
            record_audit(db, goal.owner, "course_completion_withdrawn", "goal", goal.id, course_id=course_id)


def start_try(db: Session, actor: Person, goal: Goal, course_id: int) -> None:
    """Open the try-it of a course whose completion the LMS cannot tell; only its owner knows."""
    require_open(actor, goal)
    linked = goal.counted(course_id)
    if linked is None:
        raise NotFoundError
    if not linked.course.completions_note:
        raise ConflictError("The LMS reports when this course is finished; the try-it opens by itself then.")
    _open_try(db, actor, goal, course_id)


def ask_lms(db: Session, actor: Person, goal: Goal, course_id: int) -> None:
    """Have the LMS asked whether a course of the goal is finished; one that is known to be needs no asking."""
    require_open(actor, goal)
    linked = goal.counted(course_id)
    if linked is None:
        raise NotFoundError
    if linked.completed_at is None:
        ask_for_completions(db, linked.course)
        record_audit(db, actor, "completions_asked", "course", course_id)


def reflect(db: Session, actor: Person, attempt: TryIt, reflection: str) -> None:
    """Keep what came of a try-it; the words can be changed while the goal is open."""
    require_owner(actor, attempt.goal)
    require_open(actor, attempt.goal)
    if not reflection.strip():
        raise InvalidInputError(fields={"reflection": ["Say what you tried and what came of it."]})
    attempt.reflection = reflection.strip()
    attempt.done_at = attempt.done_at or utc_now()
    record_audit(db, actor, "try_reflected", "goal", attempt.goal.id, course_id=attempt.course_id)


def _complete(db: Session, owner: Person, linked: GoalCourse, completed_at: datetime) -> None:
    linked.completed_at = completed_at
    record_audit(db, owner, "course_completed", "goal", linked.goal.id, course_id=linked.course_id, source="lms")
    _open_try(db, owner, linked.goal, linked.course_id)


def _open_try(db: Session, owner: Person, goal: Goal, course_id: int) -> None:
    if any(each.course_id == course_id for each in goal.tries):
        return
    goal.tries.append(TryIt(course_id=course_id))
    record_audit(db, owner, "try_opened", "goal", goal.id, course_id=course_id)


def _drop_unused_try(goal: Goal, course_id: int) -> None:
    for attempt in [each for each in goal.tries if each.course_id == course_id and not each.done_at]:
        goal.tries.remove(attempt)


def _open_goals_counting(db: Session, person_id: int, course_id: int) -> Sequence[Goal]:
    return (
        db.scalars(
            select(Goal)
            .join(Goal.plan)
            .join(GoalCourse, GoalCourse.goal_id == Goal.id)
            .where(
                GrowthPlan.person_id == person_id,
                GoalCourse.course_id == course_id,
                Goal.state == GoalState.OPEN,
            )
            .options(
                contains_eager(Goal.plan).joinedload(GrowthPlan.person),
                selectinload(Goal.courses),
                selectinload(Goal.tries),
                joinedload(Goal.declaration),
            )
            .order_by(Goal.id)
            .with_for_update(of=Goal)
        )
        .unique()
        .all()
    )


def _known_completion(db: Session, person_id: int, course_id: int) -> datetime | None:
    return db.scalar(
        select(func.max(GoalCourse.completed_at))
        .join(Goal, Goal.id == GoalCourse.goal_id)
        .join(GrowthPlan, GrowthPlan.id == Goal.plan_id)
        .where(GrowthPlan.person_id == person_id, GoalCourse.course_id == course_id)
    )
