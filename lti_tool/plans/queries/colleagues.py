"""Reads of goals that colleagues declared, each within the audience that its owner chose."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from lti_tool.paging import following
from lti_tool.people.models import Person, Supervision
from lti_tool.plans.likeness import Likeness, likeness
from lti_tool.plans.models import Audience, Declaration, Goal, GoalIndicator, GoalState, GrowthPlan
from lti_tool.plans.models.plans import ENDED
from lti_tool.plans.queries.plans import is_read_by
from lti_tool.plans.queries.policy import is_shared_here
from lti_tool.standards.models import Framework, Indicator

BOARD_PAGE = 24


@dataclass(frozen=True, slots=True)
class LikeGoal:
    """A colleague's goal that is near to one's own, and why."""

    goal: Goal
    likeness: Likeness


@dataclass(frozen=True, slots=True)
class LikeGoals:
    """The nearest of the goals that are near to one's own, and how many colleagues have any."""

    nearest: list[LikeGoal]
    colleagues: int


def is_for_others() -> ColumnElement[bool]:
    """Say in SQL that a `GrowthPlan` may be matched, shown and counted: it has not ended and is no support plan."""
    return and_(~GrowthPlan.is_restricted, GrowthPlan.state.not_in(ENDED))


def declared_goals(district_id: int) -> Select[Goal]:
    """Return the query for a district's open goals that are declared to anybody, with what their cards show."""
    return _declared(district_id).where(Goal.state == GoalState.OPEN)


def _declared(district_id: int) -> Select[Goal]:
    return (
        select(Goal)
        .join(Goal.plan)
        .join(GrowthPlan.person)
        .join(Goal.declaration)
        .where(Person.district_id == district_id)  # by its index on names, which pages are in the order of
        .where(GrowthPlan.district_id == district_id)
        .where(Declaration.audience != Audience.PRIVATE, is_for_others(), is_shared_here(district_id))
        .options(
            contains_eager(Goal.plan).contains_eager(GrowthPlan.person).joinedload(Person.school),
            contains_eager(Goal.declaration),
            selectinload(Goal.indicators).options(joinedload(Indicator.parent), joinedload(Indicator.framework)),
        )
    )


def works_near(indicators: Iterable[Indicator]) -> ColumnElement[bool]:
    """Say in SQL that a goal works on one of these indicators, or on one of the same component."""
    own = list(indicators)
    same_component = Indicator.parent_id.in_({each.parent_id for each in own if each.parent_id})
    near = select(GoalIndicator.goal_id).join(Indicator, Indicator.id == GoalIndicator.indicator_id)
    return Goal.id.in_(near.where(or_(Indicator.id.in_({each.id for each in own}), same_component)))


def like_goals(db: Session, goal: Goal, mate_ids: Collection[int] = ()) -> list[LikeGoal]:
    """Return the goals near to this one that its owner may see, nearest first; none where it is of a support plan.

    `mate_ids` are of those in a team with the owner, for whom more may be declared.
    """
    if goal.plan.is_restricted:
        return []
    return nearest_goals(db, visible_goals(goal.owner, mate_ids), goal.indicators)


def like_goals_on(
    db: Session, person: Person, indicator_ids: Iterable[int], mate_ids: Collection[int] = ()
) -> LikeGoals:
    """Return the goals near to these indicators that a person may see: of a goal that is still being written."""
    chosen = select(Indicator).join(Indicator.framework).where(Framework.district_id == person.district_id)
    own = list(db.scalars(chosen.where(Indicator.id.in_(set(indicator_ids)))))
    return LikeGoals(nearest_goals(db, visible_goals(person, mate_ids), own), count_alike(db, person, own, mate_ids))


def count_alike(db: Session, person: Person, indicators: Iterable[Indicator], mate_ids: Collection[int] = ()) -> int:
    """Return how many colleagues have a goal near to these indicators that the person may see."""
    near = visible_goals(person, mate_ids).where(works_near(indicators))
    return db.scalar(near.with_only_columns(func.count(Person.id.distinct()))) or 0


def visible_goal(db: Session, person: Person, goal_id: int, mate_ids: Collection[int] = ()) -> Goal | None:
    """Return a colleague's goal if the person may see its card."""
    return db.scalar(visible_goals(person, mate_ids).where(Goal.id == goal_id))


def visible_ids(db: Session, person: Person, goal_ids: Collection[int], mate_ids: Collection[int] = ()) -> set[int]:
    """Return which of these goals of colleagues the person may see, also of those that are met by now."""
    if not goal_ids:
        return set()
    seen = _declared(person.district_id).where(_is_visible_to(person, mate_ids), Goal.id.in_(goal_ids))
    return set(db.scalars(seen.with_only_columns(Goal.id)))


def shown_of_plan(db: Session, plan: GrowthPlan, reader: Person) -> list[Goal]:
    """Return those goals of a plan whose cards its reader may see."""
    return list(db.scalars(visible_goals(reader).where(Goal.plan_id == plan.id).order_by(Goal.id)))


def companions_of(db: Session, goal: Goal) -> list[str]:
    """Return the names of those who said that they work on this goal with its owner, and still do."""
    joined = (
        select(Person.name)
        .join(GrowthPlan, GrowthPlan.person_id == Person.id)
        .join(Goal, Goal.plan_id == GrowthPlan.id)
    )
    open_ones = joined.where(Goal.joined_goal_id == goal.id, Goal.state == GoalState.OPEN, is_for_others())
    return list(db.scalars(open_ones.order_by(Person.name).distinct()))


def like_goals_of_plan(
    db: Session, plan: GrowthPlan, mate_ids: Collection[int] = (), viewer: Person | None = None
) -> list[LikeGoal]:
    """Return the goals near to those of a plan that its owner may see, of other schools too; and `viewer`, if given."""
    indicators = {each.id: each for goal in plan.goals if goal.is_open for each in goal.indicators}
    if plan.is_restricted or not indicators:
        return []
    found = visible_goals(plan.person, mate_ids)
    return nearest_goals(db, found.where(_reaches(viewer)) if viewer else found, indicators.values())


def visible_goals(person: Person, mate_ids: Collection[int] = ()) -> Select[Goal]:
    """Return the query for the goals of others that are declared to this person, who is in a team with the mates."""
    return declared_goals(person.district_id).where(_is_visible_to(person, mate_ids))


def _is_visible_to(person: Person, mate_ids: Collection[int]) -> ColumnElement[bool]:
    return and_(Person.id != person.id, _reaches(person, mate_ids))


def _reaches(person: Person, mate_ids: Collection[int] = ()) -> ColumnElement[bool]:
    reviewed = exists().where(
        Supervision.supervisor_id == person.id, Supervision.person_id == Person.id, Supervision.ended_at.is_(None)
    )
    return or_(
        Declaration.audience == Audience.DISTRICT,
        Declaration.reaches_school_of(person),
        and_(Declaration.audience == Audience.REVIEWER, or_(reviewed, is_read_by(person))),
        and_(Declaration.audience == Audience.TEAM, Person.id.in_(mate_ids)),
    )


def nearest_goals(
    db: Session,
    found: Select[Goal],
    mine: Iterable[Indicator],
    *,
    first: Sequence[ColumnElement[int]] = (),
    limit: int = BOARD_PAGE,
    after: int | None = None,
) -> list[LikeGoal]:
    """Return those of the found goals that are near to one's own indicators, nearest first, then by name.

    `first` is what counts before nearness; `after` is the goal whose followers are wanted: none follow one that is far.
    """
    own = list(mine)
    if not own:
        return []
    near = _nearness(own)
    order = (*first, near.c.indicators, near.c.components, Person.name, Goal.id)
    found = found.join(near, near.c.goal_id == Goal.id)
    if after is not None:
        found = following(found, order, found.where(Goal.id == after))
    goals = db.scalars(found.order_by(*order).limit(limit))
    return [LikeGoal(goal, why) for goal in goals if (why := likeness(own, goal.indicators))]


def _nearness(own: Collection[Indicator]) -> Subquery:
    """Say in SQL what `Likeness.distance` says, of every goal that is near to these indicators."""
    is_shared = Indicator.id.in_({each.id for each in own})
    is_near = Indicator.parent_id.in_({each.parent_id for each in own if each.parent_id})
    met = func.count(case((is_near, Indicator.parent_id)).distinct())
    covered = func.count(case((is_shared, Indicator.parent_id)).distinct())
    return (
        select(
            GoalIndicator.goal_id,
            (-func.count(case((is_shared, Indicator.id)))).label("indicators"),
            (covered - met).label("components"),
        )
        .join(Indicator, Indicator.id == GoalIndicator.indicator_id)
        .where(or_(is_shared, is_near))
        .group_by(GoalIndicator.goal_id)
        .subquery()
    )
