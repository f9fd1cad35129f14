"""Reads of a person's own goals; to everybody else they are not there."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from lti_tool.errors import NotFoundError
from lti_tool.people.models import Person
from lti_tool.plans.models import Audience, Goal, GoalCourse, GrowthPlan, TryIt

WHOLE_GOAL = (
    contains_eager(Goal.plan).joinedload(GrowthPlan.person).joinedload(Person.school),
    joinedload(Goal.declaration),
    selectinload(Goal.indicators),
    selectinload(Goal.courses).joinedload(GoalCourse.course),
    selectinload(Goal.tries).joinedload(TryIt.course),
)


def goals_of(db: Session, person: Person) -> list[Goal]:
    """Return all goals of a person with what hangs on them, the newest school year first; six queries at most."""
    return list(
        db.scalars(
            select(Goal)
            .join(Goal.plan)
            .where(GrowthPlan.person_id == person.id, GrowthPlan.district_id == person.district_id)
            .options(*WHOLE_GOAL)
            .order_by(GrowthPlan.school_year.desc(), Goal.id)
        )
    )


def goal_of(db: Session, person: Person, goal_id: int, *, to_change: bool = False) -> Goal:
    """Return a goal of this person's own with what hangs on it; `to_change` lets one change after another."""
    found = (
        select(Goal)
        .join(Goal.plan)
        .where(Goal.id == goal_id, GrowthPlan.person_id == person.id, GrowthPlan.district_id == person.district_id)
        .options(*WHOLE_GOAL)
    )
    goal = db.scalar(found.with_for_update(of=Goal) if to_change else found)
    if goal is None:
        raise NotFoundError
    return goal


def try_of(db: Session, person: Person, try_id: int, *, to_change: bool = False) -> TryIt:
    """Return a try-it of one of this person's own goals."""
    goal_id = db.scalar(select(TryIt.goal_id).where(TryIt.id == try_id))
    if goal_id is None:
        raise NotFoundError
    tries = goal_of(db, person, goal_id, to_change=to_change).tries
    return next(each for each in tries if each.id == try_id)


def goals_counting(db: Session, person: Person, course_id: int) -> tuple[list[Goal], list[Goal]]:
    """Return the person's goals that count a course, and the open ones that do not."""
    goals = goals_of(db, person)
    counting = [goal for goal in goals if goal.counted(course_id)]
    return counting, [goal for goal in goals if goal.is_open and goal not in counting]


def reach_of(db: Session, person: Person) -> dict[Audience, int]:
    """Return how many colleagues a declaration to the school and to the district reaches."""
    colleagues = select(func.count()).where(Person.district_id == person.district_id, Person.id != person.id)
    in_school = db.scalar(colleagues.where(Person.school_id == person.school_id)) if person.school_id else 0
    return {Audience.SCHOOL: in_school or 0, Audience.DISTRICT: db.scalar(colleagues) or 0}
