"""Reads of what can be learned from: all that is on offer, in the order in which it serves one person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload, load_only, selectinload

from lti_tool.paging import following
from lti_tool.people.models import Opportunity, OpportunityKind, Person
from lti_tool.people.queries import is_on_offer
from lti_tool.plans.finding import PAST_IS_FOUND, Found, Place, Seeker, found_of, seeker_of
from lti_tool.plans.models import Activity, Goal, GoalIndicator, GoalState, GrowthPlan
from lti_tool.plans.models.plans import ENDED
from lti_tool.plans.queries.colleagues import is_for_others
from lti_tool.standards.models import Alignment, Framework, Indicator

LEARNING_PAGE = 20
MOST_COMPARED = 400
"""Alignments that are put in order by fit, those to a wanted indicator first; what is beyond them follows by title."""
SHOWN_WITH = (
    joinedload(Opportunity.host).joinedload(Person.school),
    joinedload(Opportunity.school),
    joinedload(Opportunity.course),
)


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody looks for: learning for these indicators, with these words, of this kind."""

    indicators: tuple[Indicator, ...] = ()
    words: str = ""
    kind: OpportunityKind | None = None
    called: tuple[Indicator, ...] = ()
    """The indicators that have the words as their code: then only what serves them is meant."""

    @property
    def wanted(self) -> tuple[Indicator, ...]:
        return self.called or self.indicators


@dataclass(frozen=True, slots=True)
class LearningPage:
    """Some of what was found: first what serves the wish, then the rest; `next_after` begins the next page."""

    serving: list[Found]
    others: list[Found]
    next_after: int | None

    @property
    def found(self) -> list[Found]:
        return [*self.serving, *self.others]


def seeker_for(db: Session, person: Person, mate_ids: Collection[int], time_zone: str) -> Seeker:
    """Return who looks for learning, with school and profile read at once."""
    with_both = (joinedload(Person.school), joinedload(Person.profile))
    known = select(Person).where(Person.id == person.id).options(*with_both)
    return seeker_of(db.scalars(known).one(), mate_ids, time_zone)


def open_goals_of(db: Session, person: Person) -> list[Goal]:
    """Return the person's open goals with their indicators and nothing else: what learning is found for."""
    return list(
        db.scalars(
            select(Goal)
            .join(Goal.plan)
            .where(GrowthPlan.person_id == person.id, GrowthPlan.state.not_in(ENDED), Goal.state == GoalState.OPEN)
            .options(
                load_only(Goal.headline, Goal.shared_goal_id), contains_eager(Goal.plan), selectinload(Goal.indicators)
            )
            .order_by(Goal.id)
        )
    )


def taken_up(db: Session, person: Person) -> set[int]:
    """Return the ids of all that the person takes up, for a goal or for none."""
    own = select(Activity.opportunity_id).join(Activity.plan).where(GrowthPlan.person_id == person.id)
    return set(db.scalars(own))


def indicators_called(db: Session, person: Person, words: str) -> tuple[Indicator, ...]:
    """Return the indicators of the person's district that have these words as their code."""
    called = func.lower(Indicator.code) == words.lower()
    known = select(Indicator).join(Indicator.framework).where(Framework.district_id == person.district_id, called)
    return tuple(db.scalars(known.order_by(Indicator.framework_id, Indicator.position)))


def find_learning(db: Session, seeker: Seeker, wish: Wish, *, after: int | None = None) -> LearningPage:
    """Return a page of what is on offer: what serves the wish by place and fit, then the rest by place and title."""
    serving = _serving(db, seeker, wish)
    ids = [found.opportunity.id for found in serving]
    begin = ids.index(after) + 1 if after in ids else 0 if after is None else len(ids)
    shown = serving[begin : begin + LEARNING_PAGE]
    rest = _others(db, seeker, wish, ids, after=None if after in ids else after)[: LEARNING_PAGE + 1 - len(shown)]
    more = begin + len(shown) < len(ids) or len(shown) + len(rest) > LEARNING_PAGE
    others = rest[: LEARNING_PAGE - len(shown)]
    last = [*shown, *others][-1:]
    return LearningPage(shown, others, last[0].opportunity.id if more and last else None)


def demand_of(db: Session, district_id: int) -> Mapping[int, int]:
    """Return how many people of a district have an open goal on each indicator, and none that is for nobody else."""
    counted = db.execute(
        select(GoalIndicator.indicator_id, func.count(GrowthPlan.person_id.distinct()))
        .join(Goal, Goal.id == GoalIndicator.goal_id)
        .join(GrowthPlan, GrowthPlan.id == Goal.plan_id)
        .where(GrowthPlan.district_id == district_id, Goal.state == GoalState.OPEN, is_for_others())
        .group_by(GoalIndicator.indicator_id)
    )
    return dict(counted.all())


def _on_offer(seeker: Seeker, wish: Wish) -> Select[Opportunity]:
    """Return the query for what is on offer in a district, of the wished kind, and not long past.

    What somebody offers themselves is only found by its words.
    """
    found = select(Opportunity).where(Opportunity.district_id == seeker.district_id, is_on_offer(PAST_IS_FOUND))
    if not wish.words:
        found = found.where(Opportunity.host_id.is_distinct_from(seeker.person_id))
    return found.where(Opportunity.kind == wish.kind) if wish.kind else found


def _serving(db: Session, seeker: Seeker, wish: Wish) -> list[Found]:
    """Return all that serves a wanted indicator, or one of the same part of the standards, in order."""
    wanted = {each.id for each in wish.wanted}
    parents = {each.parent_id for each in wish.wanted if each.parent_id}
    is_near = case((Indicator.id.in_(wanted), 0), else_=1)
    found = _on_offer(seeker, wish)
    meant = (found if wish.called else _with_words(found, wish.words)).with_only_columns(Opportunity.id)
    alignments = db.scalars(
        select(Alignment)
        .join(Alignment.indicator)
        .join(Alignment.opportunity)
        .where(or_(Indicator.id.in_(wanted), Indicator.parent_id.in_(parents)), Opportunity.id.in_(meant))
        .options(contains_eager(Alignment.indicator), contains_eager(Alignment.opportunity).options(*SHOWN_WITH))
        .order_by(
            is_near, _place(seeker), Opportunity.title, Opportunity.id, Indicator.framework_id, Indicator.position
        )
        .limit(MOST_COMPARED)
    )
    by_opportunity: dict[int, list[Alignment]] = defaultdict(list)
    for alignment in alignments:
        by_opportunity[alignment.opportunity_id].append(alignment)
    served = [found_of(each[0].opportunity, each, seeker, wanted) for each in by_opportunity.values()]
    return sorted(served, key=lambda each: each.order)


def _others(db: Session, seeker: Seeker, wish: Wish, shown: Iterable[int], *, after: int | None) -> list[Found]:
    """Return what serves nothing of the wish, as one looks through a catalogue."""
    found = _with_words(_on_offer(seeker, wish), wish.words).where(Opportunity.id.not_in(list(shown)))
    order = (_place(seeker), Opportunity.title, Opportunity.id)
    if after is not None:
        last = select(Opportunity).where(Opportunity.id == after, Opportunity.district_id == seeker.district_id)
        found = following(found, order, last)
    page = db.scalars(found.options(*SHOWN_WITH).order_by(*order).limit(LEARNING_PAGE + 1)).all()
    return [found_of(each, (), seeker, ()) for each in page]


def _with_words(found: Select[Opportunity], words: str) -> Select[Opportunity]:
    """Narrow to what has the words in its title, in what is said of it, or in a standard that it serves."""
    if not words:
        return found
    said = (Opportunity.title, Opportunity.description, Opportunity.provider)
    serves = select(Alignment.opportunity_id).join(Alignment.indicator)
    by_standard = Opportunity.id.in_(serves.where(Indicator.statement.icontains(words, autoescape=True)))
    return found.where(or_(*(each.icontains(words, autoescape=True) for each in said), by_standard))


def _place(seeker: Seeker) -> ColumnElement[int]:
    """Say in SQL what `place_of` says of an `Opportunity`."""
    host_school = (
        select(Person.school_id).where(Person.id == Opportunity.host_id).correlate(Opportunity).scalar_subquery()
    )
    is_course = Opportunity.kind == OpportunityKind.COURSE
    is_outside = or_(Opportunity.kind == OpportunityKind.EXTERNAL, Opportunity.provider != "")
    at_school = or_(Opportunity.school_id == seeker.school_id, host_school == seeker.school_id)
    near: list[tuple[ColumnElement[bool], int]] = [(Opportunity.host_id.in_(seeker.mate_ids), Place.TEAM.value)]
    near += [(at_school, Place.SCHOOL.value)] if seeker.school_id else []
    return case((is_outside, Place.OUTSIDE.value), (is_course, Place.COURSE.value), *near, else_=Place.DISTRICT.value)
