"""What a plan still lacks before it can be handed in or come to its end, by the rules that it began with."""

from __future__ import annotations

from dataclasses import dataclass

from lti_tool.plans.models import Collaboration, GrowthPlan


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing that is missing: a part of the plan, or a field of one of its goals."""

    part: str
    goal_id: int | None = None
    title: str = ""
    needed: int = 0
    """How many there have to be, where that is what is missing."""

    @property
    def key(self) -> str:
        return f"goal-{self.goal_id}-{self.part}" if self.goal_id else self.part


def lacks_of(plan: GrowthPlan, readers: int, *, has_standards: bool) -> list[Lack]:
    """Return everything that is missing, the plan's own parts first; so many are there who would read it.

    Indicators are asked for only where the district has standards: nobody is kept waiting for what others have to add.
    """
    rules, goals = plan.rules, plan.goals
    standards = {each.id for goal in goals for each in goal.indicators}
    checks = {
        Lack("goals", needed=rules.fewest_goals): len(goals) >= rules.fewest_goals,
        Lack("standards", needed=rules.fewest_standards): not goals
        or not has_standards
        or len(standards) >= rules.fewest_standards,
        Lack("shared"): rules.collaboration is not Collaboration.REQUIRED or plan.shared_kind is not None,
        Lack("readers", needed=rules.reviewers): not rules.needs_named_readers or readers >= rules.reviewers,
        Lack("committee", needed=rules.quorum): not rules.needs_committee or readers >= rules.quorum,
    }
    missing = [
        Lack(part, goal.id, goal.headline)
        for goal in goals
        if goal.is_open
        for part in goal.missing_parts(rules)
        if has_standards or part != "indicators"
    ]
    return [lack for lack, is_there in checks.items() if not is_there] + missing


def lacks_at_end(plan: GrowthPlan, evidence: int, readers: int) -> list[Lack]:
    """Return what is missing before a plan with so much evidence, and so many readers, can come to its end."""
    rules, can_sign = plan.rules, readers >= plan.rules.quorum
    part = "evidence_for_readers" if rules.is_read else "evidence"
    checks = {
        Lack(part, needed=rules.fewest_evidence): evidence >= rules.fewest_evidence,
        Lack("readers", needed=rules.reviewers): not rules.needs_named_readers or can_sign,
        Lack("committee", needed=rules.quorum): not rules.needs_committee or can_sign,
    }
    return [lack for lack, is_there in checks.items() if not is_there]
