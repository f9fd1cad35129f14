"""Reads of goals that colleagues declared, each within the audience that its owner chose."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, tuple_
from sqlalchemy.orm import Session, contains_eager, selectinload

from lti_tool.people.models import Person, School
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


def declared_goals(district_id: int) -> Select[Goal]:
    """Return the query for a district's open goals that are declared to anybody, with what their cards show."""
    return (
        select(Goal)
        .join(Goal.plan)
        .join(GrowthPlan.person)
        .join(Goal.declaration)
        .where(Person.district_id == district_id)  # by its index on names, which pages are in the order of
        .where(GrowthPlan.district_id == district_id, Goal.state == GoalState.OPEN)
        .where(Declaration.audience != Audience.PRIVATE)
        .options(
            contains_eager(Goal.plan).contains_eager(GrowthPlan.person).joinedload(Person.school),
            contains_eager(Goal.declaration),
            selectinload(Goal.indicators).joinedload(Indicator.parent),
        )
    )


def works_near(indicators: Iterable[Indicator]) -> ColumnElement[bool]:
    """Say in SQL that a goal works on one of these indicators, or on one of the same component."""
    own = list(indicators)
    same_component = Indicator.parent_id.in_({each.parent_id for each in own if each.parent_id})
    near = select(GoalIndicator.goal_id).join(Indicator, Indicator.id == GoalIndicator.indicator_id)
    return Goal.id.in_(near.where(or_(Indicator.id.in_({each.id for each in own}), same_component)))


def like_goals(db: Session, goal: Goal) -> list[LikeGoal]:
    """Return the goals near to this one that its owner may see, nearest first, then by name."""
    near = _visible(goal.owner).where(works_near(goal.indicators))
    return _nearest(db, near, goal.indicators)


def goal_board(db: Session, person: Person, narrowed: BoardFilter, *, after: int | None = None) -> Board:
    """Return one page of the board; what is like the person's own open goals stands on its first page."""
    mine = _own_indicators(db, person)
    found = _narrow(_visible(person), narrowed)
    like = _nearest(db, found.where(works_near(mine)), mine) if after is None else []
    rest = found.where(~works_near(mine)) if mine else found
    if after is not None:
        last = _visible(person).with_only_columns(Person.name, Goal.id).where(Goal.id == after)
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


def _visible(person: Person) -> Select[Goal]:
    same_school = Person.school_id == person.school_id if person.school_id else false()
    reaches = or_(
        Declaration.audience == Audience.DISTRICT,
        and_(Declaration.audience == Audience.SCHOOL, same_school),
    )
    return declared_goals(person.district_id).where(Person.id != person.id, reaches)


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
