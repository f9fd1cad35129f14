"""Reads of goals that colleagues declared, each within the audience that its owner chose."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, tuple_
from sqlalchemy.orm import Session, contains_eager, selectinload

from lti_tool.people.models import CourseRole, Membership, Person, School
from lti_tool.plans.cards import GoalCard, card_of
from lti_tool.plans.likeness import Likeness, likeness
from lti_tool.plans.models import Audience, Declaration, Goal, GoalIndicator, GoalState, GrowthPlan
from lti_tool.standards.models import Framework, Indicator, Level

BOARD_PAGE = 24


@dataclass(frozen=True, slots=True)
class LikeGoal:
    """A colleague's goal that is near to one's own, and why."""

    goal: Goal
    likeness: Likeness


@dataclass(frozen=True, slots=True)
class BoardFilter:
    """What the board is narrowed to; empty values narrow nothing."""

    component_id: int | None = None
    school_id: int | None = None
    discipline: str = ""


@dataclass(frozen=True, slots=True)
class Board:
    """Cards that are like mine, nearest first, then the others by name; `next_after` begins the next page."""

    like: list[GoalCard]
    others: list[GoalCard]
    next_after: int | None


@dataclass(frozen=True, slots=True)
class BoardChoices:
    """What the board can be narrowed to."""

    components: list[Indicator]
    schools: list[School]
    disciplines: list[str]


def declared_goals(db: Session, person: Person, *, course_id: int | None = None) -> list[Goal]:
    """Return the open goals of the person's district that are declared to anybody, by owner, for matching.

    With a course: those of its active learners, the only ones who can be in a group there. Goals declared to the team
    alone are among them; a page may show one only to teammates.
    """
    found = _declared(person).where(Declaration.audience != Audience.PRIVATE)
    if course_id is not None:
        learners = select(Membership.person_id).where(
            Membership.course_id == course_id, Membership.role == CourseRole.LEARNER, Membership.is_active
        )
        found = found.where(GrowthPlan.person_id.in_(learners))
    return list(db.scalars(found.order_by(GrowthPlan.person_id, Goal.id)))


def visible_goals(db: Session, person: Person, *, teammate_ids: Collection[int] = ()) -> list[Goal]:
    """Return the colleagues' open goals that this person may see, by name.

    Who is in a team is known above plans: `teammate_ids` are those whose goals for the team may be seen.
    """
    return list(db.scalars(_visible(person, teammate_ids).order_by(Person.name, Goal.id)))


def like_goals(db: Session, goal: Goal, *, teammate_ids: Collection[int] = ()) -> list[LikeGoal]:
    """Return the goals near to this one that its owner may see, nearest first, then by name."""
    near = _visible(goal.owner, teammate_ids).where(_is_near(goal.indicators))
    return _nearest(db, near, goal.indicators)


def goal_board(db: Session, person: Person, narrowed: BoardFilter, *, after: int | None = None) -> Board:
    """Return one page of the board; what is like the person's own open goals stands on its first page."""
    mine = _own_indicators(db, person)
    found = _narrow(_visible(person), narrowed)
    like = _nearest(db, found.where(_is_near(mine)), mine) if after is None else []
    rest = found.where(~_is_near(mine)) if mine else found
    if after is not None:
        last = select(Person.name, Goal.id).join(Goal.plan).join(GrowthPlan.person).where(Goal.id == after)
        last = last.where(GrowthPlan.district_id == person.district_id)
        rest = rest.where(tuple_(Person.name, Goal.id) > last.scalar_subquery())
    others = list(db.scalars(rest.order_by(Person.name, Goal.id).limit(BOARD_PAGE + 1)))
    more = len(others) > BOARD_PAGE
    return Board(
        like=[card_of(each.goal, reason=each.likeness) for each in like],
        others=[card_of(goal) for goal in others[:BOARD_PAGE]],
        next_after=others[BOARD_PAGE - 1].id if more else None,
    )


def board_choices(db: Session, person: Person) -> BoardChoices:
    """Return what the person can narrow the board to."""
    components = (
        select(Indicator)
        .join(Indicator.framework)
        .where(Framework.district_id == person.district_id, Indicator.level == Level.COMPONENT)
        .order_by(Framework.title, Indicator.position)
    )
    schools = select(School).where(School.district_id == person.district_id).order_by(School.name)
    disciplines = _visible(person).with_only_columns(Person.discipline).where(Person.discipline != "").distinct()
    return BoardChoices(
        components=list(db.scalars(components)),
        schools=list(db.scalars(schools)),
        disciplines=sorted(db.scalars(disciplines)),
    )


def _declared(person: Person) -> Select[Goal]:
    return (
        select(Goal)
        .join(Goal.plan)
        .join(GrowthPlan.person)
        .join(Goal.declaration)
        .where(GrowthPlan.district_id == person.district_id, Goal.state == GoalState.OPEN)
        .options(
            contains_eager(Goal.plan).contains_eager(GrowthPlan.person).joinedload(Person.school),
            contains_eager(Goal.declaration),
            selectinload(Goal.indicators).joinedload(Indicator.parent),
        )
    )


def _visible(person: Person, teammate_ids: Collection[int] = ()) -> Select[Goal]:
    same_school = Person.school_id == person.school_id if person.school_id else false()
    reaches = or_(
        Declaration.audience == Audience.DISTRICT,
        and_(Declaration.audience == Audience.SCHOOL, same_school),
        and_(Declaration.audience != Audience.PRIVATE, Person.id.in_(teammate_ids)),
    )
    return _declared(person).where(Person.id != person.id, reaches)


def _is_near(indicators: Iterable[Indicator]) -> ColumnElement[bool]:
    """Say in SQL that a goal works on one of these indicators or on one beside it."""
    own = list(indicators)
    near = select(GoalIndicator.goal_id).join(Indicator, Indicator.id == GoalIndicator.indicator_id)
    return Goal.id.in_(
        near.where(
            or_(
                Indicator.id.in_([each.id for each in own]),
                Indicator.parent_id.in_({each.parent_id for each in own if each.parent_id}),
            )
        )
    )


def _nearest(db: Session, found: Select[Goal], mine: Iterable[Indicator]) -> list[LikeGoal]:
    own = list(mine)
    if not own:
        return []
    goals = db.scalars(found.order_by(Person.name, Goal.id).limit(BOARD_PAGE))
    near = [LikeGoal(goal, why) for goal in goals if (why := likeness(own, goal.indicators))]
    return sorted(near, key=lambda each: each.likeness.distance)


def _own_indicators(db: Session, person: Person) -> list[Indicator]:
    return list(
        db.scalars(
            select(Indicator)
            .join(GoalIndicator, GoalIndicator.indicator_id == Indicator.id)
            .join(Goal, Goal.id == GoalIndicator.goal_id)
            .join(GrowthPlan, GrowthPlan.id == Goal.plan_id)
            .where(GrowthPlan.person_id == person.id, Goal.state == GoalState.OPEN)
            .distinct()
        )
    )


def _narrow(found: Select[Goal], narrowed: BoardFilter) -> Select[Goal]:
    if narrowed.component_id is not None:
        under = select(GoalIndicator.goal_id).join(Indicator, Indicator.id == GoalIndicator.indicator_id)
        found = found.where(Goal.id.in_(under.where(Indicator.parent_id == narrowed.component_id)))
    if narrowed.school_id is not None:
        found = found.where(Person.school_id == narrowed.school_id)
    if narrowed.discipline:
        found = found.where(Person.discipline == narrowed.discipline)
    return found
