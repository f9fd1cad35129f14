"""Reads of evidence that others share, each piece by exactly those whom its owner chose."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, not_, or_, select
from sqlalchemy.orm import Session, aliased, contains_eager, selectinload

from lti_tool.paging import cut
from lti_tool.people.models import Person, Supervision
from lti_tool.plans.models import Audience, Evidence, Goal, GrowthPlan, PlanReviewer
from lti_tool.plans.queries import is_open_to
from lti_tool.standards.models import Indicator
from lti_tool.teams.models import MemberState, Team, TeamMember, TeamState

PAGE_SIZE = 30


@dataclass(frozen=True, slots=True)
class SharedEvidence:
    """Some pieces, the newest first, and after which the next page begins."""

    pieces: list[Evidence]
    next_after: int | None


def evidence_shared_with(db: Session, reader: Person, *, after: int | None = None) -> SharedEvidence:
    """Return a page of what others share with this person; of the goal behind it nothing is read but its owner."""
    found = (
        select(Evidence)
        .join(Evidence.goal)
        .join(Goal.plan)
        .join(GrowthPlan.person)
        .where(GrowthPlan.district_id == reader.district_id, Person.id != reader.id, _reaches(reader))
        .options(
            contains_eager(Evidence.goal).contains_eager(Goal.plan).contains_eager(GrowthPlan.person),
            selectinload(Evidence.indicators).joinedload(Indicator.framework),
        )
        .order_by(Evidence.id.desc())
        .limit(PAGE_SIZE + 1)
    )
    if after is not None:
        found = found.where(Evidence.id < after)
    pieces, last = cut(db.scalars(found).all(), PAGE_SIZE)
    return SharedEvidence(pieces, last.id if last else None)


def _reaches(reader: Person) -> ColumnElement[bool]:
    reviews = exists().where(
        Supervision.person_id == Person.id, Supervision.supervisor_id == reader.id, Supervision.ended_at.is_(None)
    )
    reads = or_(reviews, is_open_to(reader))
    shared = or_(
        Evidence.audience == Audience.DISTRICT,
        Evidence.reaches_school_of(reader),
        and_(Evidence.audience == Audience.TEAM, _is_in_a_team_with(reader)),
        and_(Evidence.audience == Audience.REVIEWER, reads),
    )
    named = exists().where(PlanReviewer.plan_id == GrowthPlan.id, PlanReviewer.person_id == reader.id)
    of_support = and_(GrowthPlan.is_restricted, Evidence.audience != Audience.PRIVATE, named)
    return or_(and_(not_(GrowthPlan.is_restricted), shared), of_support)


def _is_in_a_team_with(reader: Person) -> ColumnElement[bool]:
    theirs, mine = aliased(TeamMember), aliased(TeamMember)
    return exists().where(
        theirs.person_id == Person.id,
        mine.person_id == reader.id,
        theirs.team_id == mine.team_id,
        theirs.state == MemberState.ACCEPTED,
        mine.state == MemberState.ACCEPTED,
        Team.id == mine.team_id,
        Team.state == TeamState.FORMED,
    )
