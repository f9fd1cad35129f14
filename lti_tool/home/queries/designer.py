"""What a designer's home and the list of courses show."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, contains_eager

from lti_tool.home.queries.care import Care, needing_care
from lti_tool.launch.models import ResourceLink
from lti_tool.paging import cut, following
from lti_tool.people.models import Course, CourseRole, Membership, Person, Role
from lti_tool.people.queries import count_administrators, is_on_offer
from lti_tool.plans.models import Goal, GoalIndicator, GoalState, GrowthPlan
from lti_tool.plans.queries import is_for_others
from lti_tool.standards.models import Alignment, Framework, Indicator, Level, in_use
from lti_tool.teams.models import Team, TeamState
from lti_tool.teams.queries import count_without_team
from lti_tool.teams.scopes import Scope

PAGE_SIZE = 50
SHOWN_GAPS = 6


@dataclass(frozen=True, slots=True)
class CourseLine:
    """One marked course, with counts of what belongs to it."""

    course: Course
    alignments: int
    learners: int
    links: int


@dataclass(frozen=True, slots=True)
class CoursePage:
    """Some courses by title, and after which the next page begins."""

    lines: list[CourseLine]
    next_after: int | None


@dataclass(frozen=True, slots=True)
class Gap:
    """An indicator for which nothing is offered, and how many educators ask for it."""

    indicator: Indicator
    educators: int


@dataclass(frozen=True, slots=True)
class DesignerHome:
    """What waits for a designer in the course of the launch and in the district."""

    line: CourseLine | None
    gaps: list[Gap]
    gap_count: int
    attention: list[Care]
    has_frameworks: bool
    without_team: int
    teams_proposed: int
    teams_formed: int
    has_administrator: bool


def designer_home(db: Session, person: Person, course: Course | None) -> DesignerHome:
    """Return what the designer's home shows; `course` is the marked course of the launch."""
    gap_count, indicator_count = _gap_counts(db, person)
    states = _team_states(db, course)
    return DesignerHome(
        line=_line(db, course),
        gaps=_gaps(db, person),
        gap_count=gap_count,
        attention=needing_care(db, person, course),
        has_frameworks=indicator_count > 0,
        without_team=count_without_team(db, Scope.of_course(course)) if course else 0,
        teams_proposed=states.get(TeamState.PROPOSED, 0),
        teams_formed=states.get(TeamState.FORMED, 0),
        has_administrator=count_administrators(db, person) > 0,
    )


def marked_courses(db: Session, person: Person, *, here: Course | None, after: int | None = None) -> CoursePage:
    """Return a page of marked courses: the district's for who works for all of it, else those they design."""
    found = _lines().where(Course.district_id == person.district_id, Course.professional_learning_at.is_not(None))
    if not (person.has_role(Role.DESIGNER) or person.has_role(Role.ADMINISTRATOR)):
        designed = select(Membership.course_id).where(
            Membership.person_id == person.id, Membership.role == CourseRole.DESIGNER, Membership.is_active
        )
        found = found.where(or_(Course.id.in_(designed), Course.id == (here.id if here else None)))
    order = (Course.title, Course.id)
    if after is not None:
        last = select(Course).where(Course.id == after, Course.district_id == person.district_id)
        found = following(found, order, last)
    rows = db.execute(found.order_by(*order).limit(PAGE_SIZE + 1))
    lines, last_shown = cut([CourseLine(*row) for row in rows], PAGE_SIZE)
    return CoursePage(lines, last_shown.course.id if last_shown else None)


def _lines() -> Select[Course, int, int, int]:
    alignments = select(func.count()).where(Alignment.opportunity_id == Course.id).scalar_subquery()
    learners = (
        select(func.count())
        .where(Membership.course_id == Course.id, Membership.role == CourseRole.LEARNER, Membership.is_active)
        .scalar_subquery()
    )
    links = select(func.count()).where(ResourceLink.course_id == Course.id).scalar_subquery()
    return select(Course, alignments, learners, links)


def _line(db: Session, course: Course | None) -> CourseLine | None:
    if course is None or not course.is_professional_learning:
        return None
    found, alignments, learners, links = db.execute(_lines().where(Course.id == course.id)).one()
    return CourseLine(found, alignments, learners, links)


def _unserved(person: Person) -> Select[Indicator]:
    return (
        select(Indicator)
        .join(Framework, Framework.id == Indicator.framework_id)
        .where(
            Framework.district_id == person.district_id,
            Indicator.level == Level.INDICATOR,
            in_use(),
            ~select(Alignment.id)
            .join(Alignment.opportunity)
            .where(Alignment.indicator_id == Indicator.id, is_on_offer())
            .exists(),
        )
    )


def _gap_counts(db: Session, person: Person) -> tuple[int, int]:
    gaps = _unserved(person).with_only_columns(func.count()).scalar_subquery()
    indicators = (
        select(func.count())
        .select_from(Indicator)
        .join(Framework)
        .where(Framework.district_id == person.district_id, Indicator.level == Level.INDICATOR, in_use())
        .scalar_subquery()
    )
    row = db.execute(select(gaps, indicators)).one()
    return row[0], row[1]


def _gaps(db: Session, person: Person) -> list[Gap]:
    """Return gaps that open goals ask for, in the order of the framework: an order by demand would give it away."""
    educators = func.count(func.distinct(GrowthPlan.person_id))
    found = (
        _unserved(person)
        .add_columns(educators)
        .join(GoalIndicator, GoalIndicator.indicator_id == Indicator.id)
        .join(Goal, Goal.id == GoalIndicator.goal_id)
        .join(GrowthPlan, GrowthPlan.id == Goal.plan_id)
        .where(Goal.state == GoalState.OPEN, is_for_others())
        .group_by(Indicator.id, Framework.id)
        .order_by(Indicator.framework_id, Indicator.position)
        .limit(SHOWN_GAPS)
        .options(contains_eager(Indicator.framework))
    )
    return [Gap(indicator, count) for indicator, count in db.execute(found)]


def _team_states(db: Session, course: Course | None) -> dict[TeamState, int]:
    if course is None:
        return {}
    rows = db.execute(select(Team.state, func.count()).where(Team.course_id == course.id).group_by(Team.state))
    return {state: count for state, count in rows}  # noqa: C416
