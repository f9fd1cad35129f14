"""What colleagues see of a goal. A card is all that pages about others' goals are given: nothing else can leak."""

from __future__ import annotations

from dataclasses import dataclass

from lti_tool.people.models import GradeBand
from lti_tool.plans.likeness import Likeness
from lti_tool.plans.models import Audience, Goal
from lti_tool.standards.models import Framework


@dataclass(frozen=True, slots=True)
class CardWords:
    """What an owner puts on the card beside the headline and the indicators, and who may see it."""

    audience: Audience
    next_step: str = ""
    offer: str = ""
    wish: str = ""


@dataclass(frozen=True, slots=True)
class CardIndicator:
    """An indicator as a card names it."""

    code: str
    statement: str


@dataclass(frozen=True, slots=True)
class GoalCard:
    """The card of a declared goal; why it is near to one of the viewer's own, where it is."""

    goal_id: int
    headline: str
    indicators: tuple[CardIndicator, ...]
    name: str
    position: str
    school: str
    grade_bands: tuple[GradeBand, ...]
    discipline: str
    next_step: str
    offer: str
    wish: str
    frameworks: tuple[Framework, ...] = ()
    """What its indicators are taken from, with the licences."""
    reason: Likeness | None = None


def card_of(goal: Goal, *, words: CardWords | None = None, reason: Likeness | None = None) -> GoalCard:
    """Return a goal's card as others see it; `words` are those of a card that is still being written."""
    owner, said = goal.owner, words or goal.declaration
    return GoalCard(
        goal_id=goal.id,
        headline=goal.headline,
        indicators=tuple(CardIndicator(each.code, each.statement) for each in goal.indicators),
        name=owner.name,
        position=owner.position,
        school=owner.school.name if owner.school else "",
        grade_bands=owner.bands,
        discipline=owner.discipline,
        next_step=said.next_step if said else "",
        offer=said.offer if said else "",
        wish=said.wish if said else "",
        frameworks=tuple(each.framework for each in goal.indicators),
        reason=reason,
    )
