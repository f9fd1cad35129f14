"""Facts about the plans of a district, of which nobody can be picked out."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool.people.counts import Fact
from lti_tool.people.models import Person
from lti_tool.plans.models import GrowthPlan, PlanState
from lti_tool.plans.models.plans import AGREED_TO, UNDER_WAY


def shared_fact(db: Session, person: Person) -> Fact:
    """Return how many educators of the person's district share a part of a plan that is under way; no support plans."""
    states = (*AGREED_TO, *UNDER_WAY, PlanState.FINAL_SUBMITTED)
    under_way = (
        GrowthPlan.district_id == person.district_id, GrowthPlan.state.in_(states), ~GrowthPlan.is_restricted,
    )  # fmt: skip
    counted = select(func.count(GrowthPlan.person_id.distinct())).where(*under_way)
    educators = db.scalar(counted) or 0
    sharing = db.scalar(counted.where(GrowthPlan.shared_kind.is_not(None))) or 0
    return Fact(sharing, educators - sharing, sharing, educators - sharing)
