"""What is said to an owner of how a plan hangs together."""

from __future__ import annotations

from flask import current_app

from lti_tool.launch.acting import Acting
from lti_tool.plans.coherence import Coherence
from lti_tool.plans.models import GrowthPlan
from lti_tool.plans.queries import coherence_of_plan
from lti_tool.plans.views.blueprint import FINISHED, Finished


def own_coherence(acting: Acting, plan: GrowthPlan | None) -> Coherence | None:
    """Return what is to be said of a plan of the acting person's, read with its goals; None without one."""
    if plan is None:
        return None
    finished: Finished = current_app.extensions[FINISHED]
    return coherence_of_plan(acting.db, plan, finished(acting.db, acting.person, plan.school_year))
