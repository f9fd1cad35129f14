"""Reads of practices, each within its audience: the own school's before the rest of the district."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select, union
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload, selectinload

from lti_tool.errors import NotFoundError
from lti_tool.paging import cut, following
from lti_tool.people.models import Person
from lti_tool.plans.finding import Place, Seeker
from lti_tool.plans.models import Audience, Goal, PracticeCard, PracticeIndicator, PracticeTry, TryStep
from lti_tool.plans.queries.finding import Wish
from lti_tool.plans.queries.policy import is_shared_here
from lti_tool.standards.models import Indicator

PAGE_SIZE = 24
MOST_FOUND = 6
"""So many cards stand among learning; the others are one link away."""
SEARCHED = (PracticeCard.title, PracticeCard.did, PracticeCard.with_whom, PracticeCard.needed)
WITH_AUTHOR = (
    joinedload(PracticeCard.person).joinedload(Person.school),
    selectinload(PracticeCard.indicators).joinedload(Indicator.framework),
)


@dataclass(frozen=True, slots=True)
class PracticeFilter:
    """What the list of practices is narrowed to; empty values narrow nothing."""

    component_id: int | None = None
    words: str = ""

    @property
    def narrows(self) -> bool:
        return self != PracticeFilter()


@dataclass(frozen=True, slots=True)
class PracticeLine:
    """A card in a list, and in how many classrooms it was tried."""

    card: PracticeCard
    tried: int


@dataclass(frozen=True, slots=True)
class PracticePage:
    """Some cards, the own school's first, then by title; and after which one the next page begins."""

    lines: Sequence[PracticeLine]
    next_after: int | None


def practices_for(db: Session, person: Person, narrowed: PracticeFilter, *, after: int | None = None) -> PracticePage:
    """Return a page of the practices that a person may see."""
    order = (_nearness(person), PracticeCard.title, PracticeCard.id)
    found = visible_practices(person).add_columns(_tried()).order_by(*order)
    for condition in _narrowing(narrowed):
        found = found.where(condition)
    if after is not None:
        found = following(found, order, visible_practices(person).where(PracticeCard.id == after))
    rows = db.execute(found.limit(PAGE_SIZE + 1).options(*WITH_AUTHOR))
    lines, last = cut([PracticeLine(*row) for row in rows], PAGE_SIZE)
    return PracticePage(lines, last.card.id if last else None)


def practice_for(db: Session, person: Person, card_id: int, *, to_change: bool = False) -> PracticeCard:
    """Return a practice that a person may see, retired or not if it is the own one."""
    own = and_(PracticeCard.person_id == person.id, PracticeCard.district_id == person.district_id)
    found = select(PracticeCard).join(PracticeCard.person).where(PracticeCard.id == card_id)
    tried = selectinload(PracticeCard.tries).options(
        joinedload(PracticeTry.person).joinedload(Person.school), joinedload(PracticeTry.goal)
    )
    found = found.where(or_(own, _reaches(person))).options(*WITH_AUTHOR, tried)
    card = db.scalar(found.with_for_update(of=PracticeCard) if to_change else found)
    if card is None:
        raise NotFoundError
    return card


@dataclass(frozen=True, slots=True)
class InsidePractice:
    """A card among learning, in how many classrooms it was tried, whence it comes, and what it serves."""

    card: PracticeCard
    tried: int
    place: Place
    indicators: Sequence[Indicator]


def practices_found(db: Session, person: Person, seeker: Seeker, wish: Wish) -> list[InsidePractice]:
    """Return what colleagues pass on that serves a wish: the own team's first, then the school's, then by title."""
    wanted = {each.id for each in wish.wanted}
    place = _place(seeker)
    found = visible_practices(person).add_columns(_tried(), place).where(PracticeCard.person_id != person.id)
    for condition in _meant(wish, wanted):
        found = found.where(condition)
    rows = db.execute(
        found.order_by(place, PracticeCard.title, PracticeCard.id).limit(MOST_FOUND).options(*WITH_AUTHOR)
    )
    return [
        InsidePractice(card, tried, Place(at), [each for each in card.indicators if each.id in wanted])
        for card, tried, at in rows
    ]


def _meant(wish: Wish, wanted: Collection[int]) -> list[ColumnElement[bool]]:
    """Return what a card meets: an indicator that is wanted or one beside it, or the words that were typed."""
    if wish.words and not wish.called:
        return _narrowing(PracticeFilter(words=wish.words))
    if not wanted:
        return []
    parents = {each.parent_id for each in wish.wanted if each.parent_id}
    near = select(PracticeIndicator.card_id).join(Indicator, Indicator.id == PracticeIndicator.indicator_id)
    return [PracticeCard.id.in_(near.where(or_(Indicator.id.in_(wanted), Indicator.parent_id.in_(parents))))]


def _place(seeker: Seeker) -> ColumnElement[int]:
    """Say in SQL where the author of a card is, seen from whoever looks."""
    at_school = [(Person.school_id == seeker.school_id, Place.SCHOOL.value)] if seeker.school_id else []
    near = [(PracticeCard.person_id.in_(seeker.mate_ids), Place.TEAM.value), *at_school]
    return case(*near, else_=Place.DISTRICT.value)


@dataclass(frozen=True, slots=True)
class TriedPractice:
    """A colleague's card, and what one told of trying it."""

    card: PracticeCard
    told: PracticeTry


@dataclass(frozen=True, slots=True)
class Trail:
    """What of a goal came from colleagues' practices, and what went to them."""

    tries: Sequence[TriedPractice]
    passed_on: Sequence[PracticeLine]


def trail_of(db: Session, goal: Goal) -> Trail:
    """Return which practices a goal's owner keeps or tried for it, and which came of it; one query."""
    for_goal = (PracticeTry.goal_id == goal.id, PracticeTry.person_id == goal.plan.person_id)
    came = aliased(PracticeCard)
    either = union(select(came.id).where(came.goal_id == goal.id), select(PracticeTry.card_id).where(*for_goal))
    is_told = and_(PracticeTry.card_id == PracticeCard.id, *for_goal)
    found = select(PracticeCard, PracticeTry, _tried()).join(PracticeCard.person).outerjoin(PracticeTry, is_told)
    found = found.where(PracticeCard.id.in_(either))
    rows = db.execute(found.order_by(PracticeCard.id).options(contains_eager(PracticeCard.person))).all()
    return Trail(
        [TriedPractice(card, told) for card, told, _ in rows if told is not None],
        [PracticeLine(card, tried) for card, told, tried in rows if told is None],
    )


def own_practices(db: Session, person: Person) -> Sequence[PracticeCard]:
    """Return what a person passed on, the newest first, with who tried it."""
    own = select(PracticeCard).where(PracticeCard.person_id == person.id)
    return db.scalars(own.order_by(PracticeCard.id.desc()).options(selectinload(PracticeCard.tries))).all()


def visible_practices(person: Person) -> Select[PracticeCard]:
    """Return the query for the practices that a person may see, with their authors joined."""
    return select(PracticeCard).join(PracticeCard.person).where(_reaches(person))


def _reaches(person: Person) -> ColumnElement[bool]:
    within = or_(
        PracticeCard.person_id == person.id,
        PracticeCard.audience == Audience.DISTRICT,
        PracticeCard.reaches_school_of(person),
    )
    current = and_(PracticeCard.district_id == person.district_id, PracticeCard.retired_at.is_(None))
    return and_(current, within, is_shared_here(person.district_id))


def _nearness(person: Person) -> ColumnElement[int]:
    return case((Person.school_id == person.school_id, 0), else_=1) if person.school_id else case((false(), 0), else_=1)


def _tried() -> ColumnElement[int]:
    told = (PracticeTry.card_id == PracticeCard.id, PracticeTry.step != TryStep.KEPT)
    return select(func.count(PracticeTry.id)).where(*told).correlate(PracticeCard).scalar_subquery()


def _narrowing(narrowed: PracticeFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if narrowed.component_id is not None:
        near = select(PracticeIndicator.card_id).join(Indicator, Indicator.id == PracticeIndicator.indicator_id)
        conditions.append(PracticeCard.id.in_(near.where(Indicator.parent_id == narrowed.component_id)))
    if narrowed.words:
        conditions.append(or_(*(each.icontains(narrowed.words, autoescape=True) for each in SEARCHED)))
    return conditions
