"""The middle and the end of a plan in its owner's hands."""

from __future__ import annotations

from sqlalchemy.orm import Session

from lti_tool.db import utc_now
from lti_tool.errors import InvalidInputError
from lti_tool.people.models import Person
from lti_tool.people.operations import record_audit
from lti_tool.plans.models import ApprovalRule, GrowthPlan, PlanOutcome, PlanState
from lti_tool.plans.operations.hours import award_plan_hours
from lti_tool.plans.operations.plans import hand_to_readers, move, require
from lti_tool.plans.queries.plans import missing_at_end

MIDDLE_FIRST = "This plan has a review in the middle: say how it goes first. Once that is answered, it can end."


def hand_in_mid_year(db: Session, actor: Person, plan: GrowthPlan, words: str) -> None:
    """Say how it goes in the middle of the plan; where nobody reads it, the middle is done with that."""
    can_come = plan.can_come_to_mid_year_by(actor)
    require(plan.is_owned_by(actor), can_come, "There is no mid-year review of this plan now.")
    if not words.strip():
        raise InvalidInputError(fields={"words": ["Say how it goes: what works, what does not yet, what you change."]})
    plan.mid_year_words, plan.mid_year_at = words.strip(), utc_now()
    hand_to_readers(db, plan, PlanState.MID_YEAR_DONE)
    record_audit(db, actor, "plan_mid_year_handed_in", "plan", plan.id)
    if plan.rules.approval is ApprovalRule.NONE:
        move(db, actor, plan, PlanState.MID_YEAR_DONE)


def hand_in_end(
    db: Session, actor: Person, plan: GrowthPlan, results_statement: str, outcome: PlanOutcome | None
) -> None:
    """Say what came of the whole plan and hand it in to be signed; where nobody reads it, it is closed with that."""
    why_not = MIDDLE_FIRST if plan.awaits_mid_year else "This plan cannot come to its end now."
    require(plan.is_owned_by(actor), plan.can_be_finished_by(actor), why_not)
    problems = {}
    if not results_statement.strip():
        problems["results_statement"] = ["Say what changed, what did not, and what is next."]
    if outcome is None:
        problems["outcome"] = ["Choose how the plan ends."]
    problems |= {each.key: [f"This is still missing: {each.part}."] for each in missing_at_end(db, plan)}
    if problems:
        raise InvalidInputError(fields=problems)
    plan.results_statement, plan.outcome = results_statement.strip(), outcome
    plan.final_at, plan.signed_at = utc_now(), None
    hand_to_readers(db, plan, PlanState.FINAL_SUBMITTED)
    move(db, actor, plan, PlanState.FINAL_SUBMITTED)
    if plan.rules.approval is ApprovalRule.NONE:
        _close(db, actor, plan)


def acknowledge_review(db: Session, actor: Person, plan: GrowthPlan, response: str) -> None:
    """Say that the signed review was read, which is not to agree with it, and close the plan."""
    can_do = plan.can_be_acknowledged_by(actor)
    require(plan.is_owned_by(actor), can_do, "There is no signed review to read, or the plan is closed already.")
    plan.response = response.strip()
    record_audit(db, actor, "plan_review_acknowledged", "plan", plan.id)
    _close(db, actor, plan)


def _close(db: Session, actor: Person, plan: GrowthPlan) -> None:
    plan.closed_at = utc_now()
    move(db, actor, plan, PlanState.CLOSED)
    award_plan_hours(db, plan)
