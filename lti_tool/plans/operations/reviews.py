"""What a plan's readers do: open it, comment beside a field, agree, ask for changes, answer at mid-year, sign.

Each operation here expects that its actor reads the plan, which `plans.queries.plan_to_read` has made sure of.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.db import utc_now
from lti_tool.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from lti_tool.people.models import Person
from lti_tool.people.operations import record_audit
from lti_tool.plans.models import (
    ApprovalRule,
    CommentKind,
    Decision,
    GrowthPlan,
    PlanReview,
    PlanState,
    ReviewComment,
    Stage,
)
from lti_tool.plans.operations.plans import approve, came_from, move
from lti_tool.plans.queries.plans import reader_ids
from lti_tool.plans.snapshots import GOAL_FIELDS, PLAN_FIELDS

ANY_ONE = (ApprovalRule.SUPERVISOR, ApprovalRule.COLLEAGUE)
"""Rules by which one reader's word is enough to send a plan back."""


@dataclass(frozen=True, slots=True)
class CommentWords:
    """What is said, beside which field of which goal; without a goal it is about the plan itself."""

    kind: CommentKind
    words: str
    field: str
    goal_id: int | None = None


def open_plan(db: Session, actor: Person, plan: GrowthPlan) -> None:
    """Note that the first reader has what was handed in: it cannot be recalled any more."""
    if plan.waits_for_readers and plan.opened_at is None:
        plan.opened_at = utc_now()
        record_audit(db, actor, "plan_opened", "plan", plan.id)


def comment_on(db: Session, actor: Person, plan: GrowthPlan, said: CommentWords) -> ReviewComment:
    """Say something beside a field; a request to change something says what."""
    if plan.is_ended:
        raise ConflictError("This plan has ended. It takes no more comments.")
    _require_opened(plan)
    goal = next((each for each in plan.goals if each.id == said.goal_id), None)
    if said.field not in (GOAL_FIELDS if goal else PLAN_FIELDS) or (said.goal_id and goal is None):
        raise NotFoundError
    if not said.words.strip():
        raise InvalidInputError(fields={"words": [_what_to_say(said.kind)]})
    comment = ReviewComment(
        plan_id=plan.id, goal_id=said.goal_id, field=said.field, kind=said.kind, words=said.words.strip(),
        author_id=actor.id,
    )  # fmt: skip
    db.add(comment)
    db.flush()  # the audit row names its id
    record_audit(db, actor, "plan_commented", "plan", plan.id, comment_id=comment.id, kind=said.kind.value)
    return comment


def answer_comment(db: Session, actor: Person, comment: ReviewComment, words: str) -> None:
    """Answer a comment; its owner and its readers may."""
    if comment.plan.is_ended:
        raise ConflictError("This plan has ended. It takes no more comments.")
    if not words.strip():
        raise InvalidInputError(fields={"words": ["Write your answer."]})
    first_id = comment.reply_to_id or comment.id
    db.add(
        ReviewComment(
            plan_id=comment.plan_id, goal_id=comment.goal_id, field=comment.field, reply_to_id=first_id,
            author_id=actor.id, words=words.strip(),
        )
    )  # fmt: skip
    record_audit(db, actor, "comment_answered", "plan", comment.plan_id, comment_id=first_id)


def resolve_comment(db: Session, actor: Person, comment: ReviewComment) -> None:
    """Say that what was asked is settled; only its asker can."""
    if comment.author_id != actor.id:
        raise NotAllowedError("Only whoever asked can say that it is settled.")
    if comment.can_be_resolved_by(actor):
        comment.resolved_at = utc_now()
        record_audit(db, actor, "comment_resolved", "plan", comment.plan_id, comment_id=comment.id)


def agree_to_plan(db: Session, actor: Person, plan: GrowthPlan) -> None:
    """Agree to what was handed in; the plan is approved once enough of its readers do."""
    _require_at(plan, PlanState.SUBMITTED)
    _add_review(db, actor, plan, Stage.APPROVAL, Decision.APPROVED)
    record_audit(db, actor, "plan_agreed_to", "plan", plan.id)
    if len(_who_said(db, plan, Stage.APPROVAL, Decision.APPROVED)) >= plan.rules.quorum:
        approve(db, actor, plan)


def ask_for_changes(db: Session, actor: Person, plan: GrowthPlan, words: str) -> None:
    """Ask for changes, and say which; the plan goes back once it cannot be agreed to any more as it is."""
    _require_at(plan, PlanState.SUBMITTED)
    _require_words(words)
    _add_review(db, actor, plan, Stage.APPROVAL, Decision.CHANGES, words)
    record_audit(db, actor, "plan_changes_asked", "plan", plan.id)
    send_back_where_stuck(db, actor, plan)


def send_back_where_stuck(db: Session, actor: Person, plan: GrowthPlan) -> None:
    """Send a plan back where changes are asked for and those who read it now cannot agree to it any more as it is."""
    if plan.state is not PlanState.SUBMITTED:
        return
    asking = _who_said(db, plan, Stage.APPROVAL, Decision.CHANGES)
    is_one_enough = plan.rules.approval in ANY_ONE
    if asking and (is_one_enough or len(reader_ids(db, plan) - asking) < plan.rules.quorum):
        move(db, actor, plan, PlanState.CHANGES_REQUESTED)


def answer_mid_year(db: Session, actor: Person, plan: GrowthPlan, words: str) -> None:
    """Answer what the owner said at mid-year, in words."""
    _require_opened(plan)
    if not plan.is_at_mid_year:
        raise ConflictError("Nothing was handed in for the middle of the year, or it was answered already.")
    if not words.strip():
        raise InvalidInputError(fields={"words": ["Write what you make of it: what goes well, what would help."]})
    _add_review(db, actor, plan, Stage.MID_YEAR, Decision.RESPONDED, words)
    move(db, actor, plan, PlanState.MID_YEAR_DONE)


def sign_plan(db: Session, actor: Person, plan: GrowthPlan, signed_name: str, words: str = "") -> None:
    """Sign the end of a plan with one's typed name; its owner then says that it was read, and the plan is closed."""
    _require_at(plan, PlanState.FINAL_SUBMITTED)
    if plan.signed_at is not None:
        raise ConflictError("This plan is signed already.")
    if not signed_name.strip():
        raise InvalidInputError(fields={"signed_name": ["Type your name to sign."]})
    review = _add_review(db, actor, plan, Stage.FINAL, Decision.SIGNED, words)
    review.signed_name = signed_name.strip()
    record_audit(db, actor, "plan_signed", "plan", plan.id)
    if len(_who_said(db, plan, Stage.FINAL, Decision.SIGNED)) >= plan.rules.quorum:
        plan.signed_at = utc_now()


def return_end(db: Session, actor: Person, plan: GrowthPlan, words: str) -> None:
    """Ask for changes to what a plan ends with, and say which."""
    _require_at(plan, PlanState.FINAL_SUBMITTED)
    if plan.signed_at is not None:
        raise ConflictError("This plan is signed already.")
    _require_words(words)
    _add_review(db, actor, plan, Stage.FINAL, Decision.CHANGES, words)
    move(db, actor, plan, came_from(db, plan), action="plan_end_returned")


def _require_opened(plan: GrowthPlan) -> None:
    if plan.waits_for_readers and plan.opened_at is None:
        raise ConflictError("Open the plan first: until then its owner can take it back.")


def _require_at(plan: GrowthPlan, state: PlanState) -> None:
    if plan.state is not state:
        raise ConflictError
    _require_opened(plan)


def _require_words(words: str) -> None:
    if not words.strip():
        raise InvalidInputError(fields={"words": [_what_to_say(CommentKind.CHANGE)]})


def _what_to_say(kind: CommentKind) -> str:
    return "Say what should change." if kind is CommentKind.CHANGE else "Write what you want to say."


def _add_review(
    db: Session, actor: Person, plan: GrowthPlan, stage: Stage, decision: Decision, words: str = ""
) -> PlanReview:
    review = PlanReview(plan_id=plan.id, reviewer_id=actor.id, stage=stage, decision=decision, words=words.strip())
    db.add(review)
    db.flush()  # it is counted with the others
    return review


def _who_said(db: Session, plan: GrowthPlan, stage: Stage, decision: Decision) -> set[int]:
    """Return who of those that read the plan now last decided so about what is handed in."""
    given = select(PlanReview).where(PlanReview.plan_id == plan.id, PlanReview.stage == stage)
    if plan.submitted_at is not None:
        given = given.where(PlanReview.at >= plan.submitted_at)
    last = {each.reviewer_id: each.decision for each in db.scalars(given.order_by(PlanReview.id))}
    return {each for each in reader_ids(db, plan) if last.get(each) is decision}
