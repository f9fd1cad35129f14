"""Reads of single indicators of a district."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.people.models import Person
from lti_tool.standards.models import Framework, Indicator, Level, in_use


def has_standards(db: Session, person: Person) -> bool:
    """Return whether the person's district offers any indicator that a goal could cite."""
    offered = select(Indicator.id).join(Indicator.framework).where(Framework.district_id == person.district_id)
    return db.scalar(offered.where(Indicator.level == Level.INDICATOR, in_use()).limit(1)) is not None


def indicators_of(db: Session, person: Person, ids: Collection[int]) -> list[Indicator]:
    """Return those of these that are indicators of the person's district, in the order of their frameworks."""
    known = select(Indicator).join(Indicator.framework).where(Framework.district_id == person.district_id)
    known = known.where(Indicator.id.in_(ids), Indicator.level == Level.INDICATOR)
    return list(db.scalars(known.order_by(Indicator.framework_id, Indicator.position)))
