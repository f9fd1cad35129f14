"""Reads of what colleagues come to: its host alone sees what was noted, and whoever reviews the host nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from lti_tool.db import utc_now
from lti_tool.errors import NotAllowedError, NotFoundError
from lti_tool.people.models import Opportunity, Person
from lti_tool.plans.queries import opportunity_of
from lti_tool.teams.models import VISITED, Visit
from lti_tool.teams.queries.apart import reviews_any

NOT_FOR_REVIEWERS = (
    "This is not for whoever reviews its host: nobody is evaluated there, and what is noted is the host's alone."
)


@dataclass(frozen=True, slots=True)
class Visited:
    """What colleagues come to, as one of them sees it."""

    opportunity: Opportunity
    mine: Visit | None
    visits: Sequence[Visit]
    """Who comes and what they noted, in the order in which they joined: for the host alone."""
    is_host: bool
    has_begun: bool


def visited_of(db: Session, person: Person, opportunity_id: int) -> Visited:
    """Return what colleagues come to; refuse whoever reviews its host."""
    opportunity = opportunity_of(db, person, opportunity_id)
    if opportunity.kind not in VISITED or opportunity.host_id is None:
        raise NotFoundError
    is_host = opportunity.host_id == person.id
    if not is_host and reviews_any(db, person, [opportunity.host_id]):
        raise NotAllowedError(NOT_FOR_REVIEWERS)
    wanted = select(Visit).where(Visit.opportunity_id == opportunity.id).order_by(Visit.id)
    seen = wanted if is_host else wanted.where(Visit.person_id == person.id)
    visits = db.scalars(seen.options(joinedload(Visit.person).joinedload(Person.school))).all()
    mine = next((each for each in visits if each.person_id == person.id), None)
    has_begun = opportunity.starts_at is None or opportunity.starts_at <= utc_now()
    return Visited(opportunity, mine, visits if is_host else [], is_host, has_begun)
