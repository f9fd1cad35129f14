"""Reads of alignments: what there is to align, and what it is aligned to."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload

from lti_tool.people.models import Course, Opportunity, Person
from lti_tool.standards.models import Alignment, Framework, Indicator, Level


def alignments_of(db: Session, opportunity: Opportunity | Course) -> list[Alignment]:
    """Return what an opportunity is aligned to, in the order of its frameworks."""
    return list(
        db.scalars(
            select(Alignment)
            .join(Alignment.indicator)
            .where(Alignment.opportunity_id == opportunity.id)
            .options(joinedload(Alignment.indicator).joinedload(Indicator.framework))
            .order_by(Indicator.framework_id, Indicator.position)
        )
    )


def indicator_of(db: Session, person: Person, indicator_id: int | None) -> Indicator | None:
    """Return an indicator of a framework of the person's district, or None."""
    return db.scalar(
        select(Indicator)
        .join(Indicator.framework)
        .where(Indicator.id == indicator_id, Indicator.level == Level.INDICATOR)
        .where(Framework.district_id == person.district_id)
        .options(contains_eager(Indicator.framework))
    )
