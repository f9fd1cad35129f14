"""Reads of what colleagues offer on the cards that they declared to the person who looks."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, case, or_
from sqlalchemy.orm import Session

from lti_tool.people.models import Person
from lti_tool.plans.cards import GoalCard, card_of
from lti_tool.plans.finding import Place, Seeker
from lti_tool.plans.likeness import Likeness
from lti_tool.plans.models import Declaration, Goal
from lti_tool.plans.queries.colleagues import BOARD_PAGE, nearest_goals, visible_goals
from lti_tool.plans.queries.finding import Wish


@dataclass(frozen=True, slots=True)
class InsideOffer:
    """A card that offers something, and how near the colleague is who offers it."""

    card: GoalCard
    place: Place


def offers_for(db: Session, person: Person, seeker: Seeker, wish: Wish) -> list[InsideOffer]:
    """Return what colleagues offer that serves the wish; without indicators all that may be seen.

    Those of the own team come first, then of the own school; of these the likest.
    """
    place = _place(seeker)
    found = visible_goals(person, seeker.mate_ids).where(Declaration.offer != "")
    if wish.words and not wish.called:
        said = (Declaration.offer, Goal.headline, Person.name)
        found = found.where(or_(*(each.icontains(wish.words, autoescape=True) for each in said)))
    if wish.called or (wish.indicators and not wish.words):
        near = nearest_goals(db, found, wish.wanted, first=(place,))
        return [_offer(each.goal, seeker, each.likeness) for each in near]
    goals = db.scalars(found.order_by(place, Person.name, Goal.id).limit(BOARD_PAGE))
    return [_offer(goal, seeker) for goal in goals]


def _offer(goal: Goal, seeker: Seeker, reason: Likeness | None = None) -> InsideOffer:
    owner = goal.owner
    if owner.id in seeker.mate_ids:
        place = Place.TEAM
    else:
        place = Place.SCHOOL if seeker.school_id and owner.school_id == seeker.school_id else Place.DISTRICT
    return InsideOffer(card_of(goal, reason=reason), place)


def _place(seeker: Seeker) -> ColumnElement[int]:
    """Say in SQL where the owner of an offer is, seen from whoever looks."""
    at_school = [(Person.school_id == seeker.school_id, Place.SCHOOL.value)] if seeker.school_id else []
    return case((Person.id.in_(seeker.mate_ids), Place.TEAM.value), *at_school, else_=Place.DISTRICT.value)
