"""What colleagues have passed on lately, by indicator: only what the reader may see."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload

from lti_tool.db import utc_now
from lti_tool.people.models import Opportunity, Person
from lti_tool.people.queries import is_on_offer
from lti_tool.plans.models import PracticeCard, PracticeIndicator
from lti_tool.plans.queries.practices import visible_practices
from lti_tool.standards.models import Alignment, Indicator

LATELY = timedelta(days=60)
MOST = 200
"""So many of each kind are put together, the newest of them."""


@dataclass(frozen=True, slots=True)
class DigestPart:
    """What is new for one indicator."""

    indicator: Indicator
    is_own: bool
    """Whether an open goal of the reader's works on it."""
    cards: list[PracticeCard] = field(default_factory=list)
    offers: list[Opportunity] = field(default_factory=list)
    """What colleagues host."""


def digest_for(db: Session, person: Person, own: Collection[int]) -> list[DigestPart]:
    """Return what colleagues passed on lately, those indicators first that the reader's goals work on (`own`)."""
    since = utc_now() - LATELY
    parts: dict[int, DigestPart] = {}
    cards = (
        visible_practices(person)
        .join(PracticeIndicator, PracticeIndicator.card_id == PracticeCard.id)
        .join(Indicator, Indicator.id == PracticeIndicator.indicator_id)
        .where(PracticeCard.person_id != person.id, PracticeCard.created_at >= since)
        .add_columns(Indicator)
        .options(contains_eager(PracticeCard.person), joinedload(Indicator.framework))
    )
    for card, indicator in db.execute(cards.order_by(PracticeCard.id.desc()).limit(MOST)):
        _part(parts, indicator, own).cards.append(card)
    for alignment in _hosted(db, person, since):
        _part(parts, alignment.indicator, own).offers.append(alignment.opportunity)
    return sorted(
        parts.values(), key=lambda each: (not each.is_own, each.indicator.framework_id, each.indicator.position)
    )


def _hosted(db: Session, person: Person, since: datetime) -> Sequence[Alignment]:
    offered = (
        select(Alignment)
        .join(Alignment.opportunity)
        .where(Opportunity.district_id == person.district_id, is_on_offer(), Opportunity.created_at >= since)
        .where(Opportunity.host_id.is_not(None), Opportunity.host_id != person.id, Opportunity.provider == "")
        .options(
            contains_eager(Alignment.opportunity).joinedload(Opportunity.host),
            joinedload(Alignment.indicator).joinedload(Indicator.framework),
        )
    )
    return db.scalars(offered.order_by(Alignment.opportunity_id.desc()).limit(MOST)).all()


def _part(parts: dict[int, DigestPart], indicator: Indicator, own: Collection[int]) -> DigestPart:
    return parts.setdefault(indicator.id, DigestPart(indicator, indicator.id in own))
