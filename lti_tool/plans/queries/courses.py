"""Reads of the courses that can serve a goal, and of the demand that goals make on them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import Session, joinedload

from lti_tool.people.models import Course
from lti_tool.plans.models import Goal, GoalIndicator, GoalState, GrowthPlan
from lti_tool.standards.models import CourseAlignment, Indicator

MOST_COURSES = 50


@dataclass(frozen=True, slots=True)
class CourseChoice:
    """A course that can count toward a goal, and which of the goal's indicators it serves, and beside which."""

    course: Course
    serves: tuple[CourseAlignment, ...]
    is_linked: bool

    @property
    def fits(self) -> bool:
        return bool(self.serves)


def course_choices(db: Session, goal: Goal, *, title: str = "") -> list[CourseChoice]:
    """Return marked courses of the owner's district: those that serve the goal first, then by title; 50 at most."""
    serving = _serving(goal)
    found = select(Course).where(
        Course.district_id == goal.plan.district_id, Course.professional_learning_at.is_not(None)
    )
    if title:
        found = found.where(
            or_(Course.title.icontains(title, autoescape=True), Course.label.icontains(title, autoescape=True))
        )
    fits = Course.id.in_(select(CourseAlignment.course_id).join(CourseAlignment.indicator).where(serving))
    ordered = found.order_by(case((fits, 0), else_=1), Course.title, Course.id).limit(MOST_COURSES)
    courses = list(db.scalars(ordered))
    reasons = _reasons(db, goal, [course.id for course in courses])
    return [CourseChoice(each, tuple(reasons[each.id]), goal.counted(each.id) is not None) for each in courses]


def demand_of(db: Session, district_id: int) -> Mapping[int, int]:
    """Return how many people of a district have an open goal on each indicator, by its id."""
    counted = db.execute(
        select(GoalIndicator.indicator_id, func.count(GrowthPlan.person_id.distinct()))
        .join(Goal, Goal.id == GoalIndicator.goal_id)
        .join(GrowthPlan, GrowthPlan.id == Goal.plan_id)
        .where(GrowthPlan.district_id == district_id, Goal.state == GoalState.OPEN)
        .group_by(GoalIndicator.indicator_id)
    )
    return dict(counted.all())


def _serving(goal: Goal) -> ColumnElement[bool]:
    return Indicator.id.in_([each.id for each in goal.indicators])


def _reasons(db: Session, goal: Goal, course_ids: list[int]) -> Mapping[int, list[CourseAlignment]]:
    alignments = db.scalars(
        select(CourseAlignment)
        .join(CourseAlignment.indicator)
        .where(CourseAlignment.course_id.in_(course_ids), _serving(goal))
        .options(joinedload(CourseAlignment.indicator))
        .order_by(Indicator.framework_id, Indicator.position)
    )
    reasons: dict[int, list[CourseAlignment]] = defaultdict(list)
    for alignment in alignments:
        reasons[alignment.course_id].append(alignment)
    return reasons
