"""Reads of what a plan is made of, for what is said of how its parts hang together; two queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload

from lti_tool.plans.coherence import Coherence, FinishedCourse, PlanParts, coherence_of
from lti_tool.plans.models import Activity, GrowthPlan
from lti_tool.standards.models import Alignment


def coherence_of_plan(db: Session, plan: GrowthPlan, finished: Sequence[FinishedCourse] = ()) -> Coherence:
    """Return what is to be said of a plan, read with its goals; `finished` is what the LMS reports of its time."""
    activities = db.scalars(
        select(Activity)
        .join(Activity.plan)
        .where(GrowthPlan.person_id == plan.person_id)
        .options(contains_eager(Activity.plan), joinedload(Activity.opportunity))
        .order_by(Activity.id)
    ).all()
    alignments: dict[int, list[Alignment]] = defaultdict(list)
    for each in db.scalars(
        select(Alignment).where(Alignment.opportunity_id.in_({each.opportunity_id for each in activities}))
    ):
        alignments[each.opportunity_id].append(each)
    return coherence_of(
        PlanParts(
            goals=plan.goals,
            activities=[each for each in activities if each.plan_id == plan.id],
            earlier=[each for each in activities if each.plan_id != plan.id],
            finished=finished,
            alignments=alignments,
        )
    )
