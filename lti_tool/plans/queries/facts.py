"""Facts about the plans of a district, of which nobody can be picked out."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool.people.counts import SMALLEST_SHOWN
from lti_tool.people.models import Person
from lti_tool.plans.models import GrowthPlan, PlanState
from lti_tool.plans.models.plans import UNDER_WAY


@dataclass(frozen=True, slots=True)
class SharedFact:
    """How many educators have a plan under way, and how many of them learn a part of it with others."""

    educators: int
    sharing: int

    @property
    def is_told(self) -> bool:
        """Whether the figures can be told: each group and each rest is large enough."""
        parts = (self.educators, self.sharing, self.educators - self.sharing)
        return all(each >= SMALLEST_SHOWN for each in parts)

    @property
    def percent(self) -> int:
        return round(100 * self.sharing / self.educators)


def shared_fact(db: Session, person: Person) -> SharedFact:
    """Return how many educators of the person's district share a part of a plan that is under way; no support plans."""
    states = (*UNDER_WAY, PlanState.FINAL_SUBMITTED)
    under_way = (
        GrowthPlan.district_id == person.district_id, GrowthPlan.state.in_(states), ~GrowthPlan.is_restricted,
    )  # fmt: skip
    educators = select(func.count(GrowthPlan.person_id.distinct())).where(*under_way)
    sharing = educators.where(GrowthPlan.shared_kind.is_not(None))
    return SharedFact(db.scalar(educators) or 0, db.scalar(sharing) or 0)
