"""Reads of what a district cares about."""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, joinedload

from lti_tool.errors import NotFoundError
from lti_tool.people.models import Person
from lti_tool.plans.models import Priority


def priorities_for(db: Session, person: Person) -> list[Priority]:
    """Return the priorities that a person can choose: the district's, then those of the person's own school."""
    mine: ColumnElement[bool] = Priority.school_id.is_(None)
    if person.school_id is not None:
        mine = or_(mine, Priority.school_id == person.school_id)
    offered = select(Priority).where(Priority.district_id == person.district_id, Priority.retired_at.is_(None), mine)
    return sorted(
        db.scalars(offered.options(joinedload(Priority.school))),
        key=lambda each: (each.school_id is not None, each.text),
    )


def priorities_of(db: Session, person: Person) -> list[Priority]:
    """Return all priorities of the person's district, those on offer first, then by school and text."""
    found = db.scalars(
        select(Priority).where(Priority.district_id == person.district_id).options(joinedload(Priority.school))
    )
    return sorted(
        found, key=lambda each: (each.retired_at is not None, each.school.name if each.school else "", each.text)
    )


def priority_of(db: Session, person: Person, priority_id: int, *, to_change: bool = False) -> Priority:
    """Return a priority of the person's district."""
    wanted = select(Priority).where(Priority.id == priority_id, Priority.district_id == person.district_id)
    found = db.scalar(wanted.with_for_update() if to_change else wanted)
    if found is None:
        raise NotFoundError
    return found
