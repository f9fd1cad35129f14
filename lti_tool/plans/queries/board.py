"""Reads of the goals board: cards like one's own first, then the others by name, page by page."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import CTE, Select, String, cast, or_, select
from sqlalchemy.orm import Session, contains_eager

from lti_tool.paging import cut, following
from lti_tool.people.models import GradeBand, Person, School
from lti_tool.plans.cards import GoalCard, card_of
from lti_tool.plans.models import Declaration, Goal, GoalIndicator, GoalState, GrowthPlan
from lti_tool.plans.queries.colleagues import BOARD_PAGE, is_for_others, nearest_goals, visible_goals, works_near
from lti_tool.standards.models import Framework, Indicator, Level

SEARCHED = (Goal.headline, Declaration.next_step, Declaration.offer, Declaration.wish)


class Said(StrEnum):
    """What a card says beside its goal."""

    OFFER = "offer"
    WISH = "wish"


@dataclass(frozen=True, slots=True)
class BoardFilter:
    """What the board is narrowed to; empty values narrow nothing."""

    component_id: int | None = None
    school_id: int | None = None
    discipline: str = ""
    grade_band: GradeBand | None = None
    says: Said | None = None
    words: str = ""

    @property
    def narrows(self) -> bool:
        return self != BoardFilter()


@dataclass(frozen=True, slots=True)
class Board:
    """Cards that are like mine, nearest first, and the others by name; what begins the next page of each."""

    like: list[GoalCard]
    others: list[GoalCard]
    next_like_after: int | None
    next_after: int | None


@dataclass(frozen=True, slots=True)
class BoardChoices:
    """What the board can be narrowed to."""

    components: list[Indicator]
    """Each part of the standards that has others under it, in their order: some have two levels, some more."""
    schools: list[School]
    disciplines: list[str]


def goal_board(
    db: Session,
    person: Person,
    narrowed: BoardFilter,
    mate_ids: Collection[int] = (),
    *,
    after: int | None = None,
    like_after: int | None = None,
) -> Board:
    """Return a page of the board: what is like the person's own open goals and the rest; either alone after its first.

    `mate_ids` are of those in a team with the person, for whom more may be declared.
    """
    mine = _own_indicators(db, person)
    found = _narrow(visible_goals(person, mate_ids), narrowed)
    like = nearest_goals(db, found, mine, limit=BOARD_PAGE + 1, after=like_after) if after is None else []
    others = _others(db, found, mine, after) if like_after is None else []
    shown_like, last_like = cut(like, BOARD_PAGE)
    shown_others, last_other = cut(others, BOARD_PAGE)
    return Board(
        like=[card_of(each.goal, reason=each.likeness) for each in shown_like],
        others=[card_of(goal) for goal in shown_others],
        next_like_after=last_like.goal.id if last_like else None,
        next_after=last_other.id if last_other else None,
    )


def board_choices(db: Session, person: Person, mate_ids: Collection[int] = ()) -> BoardChoices:
    """Return what the person can narrow the board to."""
    components = (
        select(Indicator)
        .join(Indicator.framework)
        .where(Framework.district_id == person.district_id, Indicator.level != Level.INDICATOR)
        .options(contains_eager(Indicator.framework))
        .order_by(Framework.title, Indicator.position)
    )
    schools = select(School).where(School.district_id == person.district_id).order_by(School.name)
    seen = visible_goals(person, mate_ids).with_only_columns(Person.discipline)
    disciplines = seen.where(Person.discipline != "").distinct()
    return BoardChoices(
        components=list(db.scalars(components)),
        schools=list(db.scalars(schools)),
        disciplines=sorted(db.scalars(disciplines)),
    )


def _others(db: Session, found: Select[Goal], mine: Sequence[Indicator], after: int | None) -> list[Goal]:
    """Return what is not near, by name."""
    rest = found.where(~works_near(mine)) if mine else found
    order = (Person.name, Goal.id)
    if after is not None:
        rest = following(rest, order, found.where(Goal.id == after))
    return list(db.scalars(rest.order_by(*order).limit(BOARD_PAGE + 1)))


def _own_indicators(db: Session, person: Person) -> list[Indicator]:
    return list(
        db.scalars(
            select(Indicator)
            .join(GoalIndicator, GoalIndicator.indicator_id == Indicator.id)
            .join(Goal, Goal.id == GoalIndicator.goal_id)
            .join(GrowthPlan, GrowthPlan.id == Goal.plan_id)
            .where(GrowthPlan.person_id == person.id, Goal.state == GoalState.OPEN, is_for_others())
            .distinct()
        )
    )


def _narrow(found: Select[Goal], narrowed: BoardFilter) -> Select[Goal]:
    if narrowed.component_id is not None:
        under = select(_all_under(narrowed.component_id).c.id)
        found = found.where(Goal.id.in_(select(GoalIndicator.goal_id).where(GoalIndicator.indicator_id.in_(under))))
    if narrowed.school_id is not None:
        found = found.where(Person.school_id == narrowed.school_id)
    if narrowed.discipline:
        found = found.where(Person.discipline == narrowed.discipline)
    if narrowed.grade_band:
        found = found.where(cast(Person.grade_bands, String).contains(f'"{narrowed.grade_band.value}"'))
    if narrowed.says:
        found = found.where({Said.OFFER: Declaration.offer, Said.WISH: Declaration.wish}[narrowed.says] != "")
    if narrowed.words:
        found = found.where(or_(*(each.icontains(narrowed.words, autoescape=True) for each in SEARCHED)))
    return found


def _all_under(part_id: int) -> CTE:
    """Return the query for a part of the standards and all that is under it, however many levels that has."""
    part = select(Indicator.id).where(Indicator.id == part_id).cte("part", recursive=True)
    return part.union(select(Indicator.id).where(Indicator.parent_id == part.c.id))
