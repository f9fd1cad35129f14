"""The life of a plan in its owner's hands: begun, handed in, taken back, given up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from lti_tool.db import utc_now
from lti_tool.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from lti_tool.people.models import Person
from lti_tool.people.operations import record_audit
from lti_tool.plans.models import (
    Activity,
    ApprovalRule,
    Goal,
    GrowthPlan,
    PlanChange,
    PlanSnapshot,
    PlanState,
    SharedKind,
    TemplateVersion,
)
from lti_tool.plans.models.plans import WRITABLE, school_year_of
from lti_tool.plans.operations.templates import default_version
from lti_tool.plans.queries.plans import missing_to_hand_in
from lti_tool.plans.queries.policy import gate_of
from lti_tool.plans.snapshots import words_of

AT_ONCE = 100
"""How many plans become active in one transaction."""


@dataclass(frozen=True, slots=True)
class SharedWords:
    """With whom something of the plan is learned, what for, how often, and what others will get of it."""

    shared_kind: SharedKind | None
    shared_with: str = ""
    shared_purpose: str = ""
    shared_rhythm: str = ""
    shared_products: str = ""


def begin_plan(
    db: Session, actor: Person, version: TemplateVersion, *, carried_from: GrowthPlan | None = None
) -> GrowthPlan:
    """Begin a plan of one's own by the rules of a published version.

    One that was begun by them and in which nothing stands yet is the same one: its form was sent twice.
    """
    if version.is_restricted:
        raise NotAllowedError("A support plan is begun by a supervisor.")
    known = None if carried_from else _begun_before(db, actor, version)
    if known is not None:
        return known
    plan = new_plan(actor, version)
    plan.carried_from_id = carried_from.id if carried_from else None
    add_plan(db, actor, plan)
    return plan


def _begun_before(db: Session, actor: Person, version: TemplateVersion) -> GrowthPlan | None:
    """Return the actor's draft by these rules in which nothing stands yet; two requests come one after another."""
    db.execute(select(Person.id).where(Person.id == actor.id).with_for_update(key_share=True))
    drafts = select(GrowthPlan).filter_by(
        person_id=actor.id, template_version_id=version.id, state=PlanState.DRAFT, carried_from_id=None,
        shared_kind=None,
    )  # fmt: skip
    is_empty = ~exists().where(Goal.plan_id == GrowthPlan.id) & ~exists().where(Activity.plan_id == GrowthPlan.id)
    current = GrowthPlan.ends_on.is_(None) | (GrowthPlan.ends_on >= utc_now().date())
    return db.scalars(drafts.where(is_empty, current).order_by(GrowthPlan.id).limit(1)).first()


def plan_to_write_in(db: Session, actor: Person) -> GrowthPlan:
    """Return the actor's newest plan that takes a new goal, begun by the usual template where there is none.

    One request at a time: when two first goals come at once, both join the same new plan.
    """
    db.execute(select(Person.id).where(Person.id == actor.id).with_for_update(key_share=True))
    today = utc_now().date()
    is_current = or_(
        GrowthPlan.ends_on >= today,
        GrowthPlan.ends_on.is_(None) & (GrowthPlan.school_year == school_year_of(today)),
    )
    open_plans = select(GrowthPlan).where(
        GrowthPlan.person_id == actor.id, GrowthPlan.state.in_(WRITABLE), ~GrowthPlan.is_restricted, is_current
    )
    newest = db.scalar(open_plans.order_by(GrowthPlan.id.desc()).limit(1))
    return newest or begin_plan(db, actor, default_version(db, actor))


def describe_shared(db: Session, actor: Person, plan: GrowthPlan, words: SharedWords) -> None:
    """Say what of the plan is learned together with others, or nothing any more."""
    require(plan.is_owned_by(actor), plan.can_be_changed_by(actor), "This plan is with its readers, or it has ended.")
    for name in SharedWords.__slots__:
        setattr(plan, name, getattr(words, name))
    kind = words.shared_kind.value if words.shared_kind else None
    record_audit(db, actor, "plan_shared_component_set", "plan", plan.id, kind=kind)


def submit_plan(db: Session, actor: Person, plan: GrowthPlan) -> None:
    """Hand a plan in to its readers; where nobody has to agree, it is active at once."""
    require(plan.is_owned_by(actor), plan.can_be_submitted_by(actor), "This plan was handed in already.")
    if plan.template_version is None:
        plan.template_version = default_version(db, actor)
    lacks = missing_to_hand_in(db, plan)
    if lacks:
        raise InvalidInputError(fields={each.key: [f"This is still missing: {each.part}."] for each in lacks})
    hand_to_readers(db, plan, PlanState.SUBMITTED)
    move(db, actor, plan, PlanState.SUBMITTED)
    if plan.rules.approval is ApprovalRule.NONE:
        approve(db, actor, plan)


def recall_plan(db: Session, actor: Person, plan: GrowthPlan) -> None:
    """Take back what was handed in, as long as no reader has opened it; nobody has seen those words."""
    require(plan.is_owned_by(actor), plan.can_be_recalled_by(actor), "A reader has opened it already.")
    last = last_snapshot(db, plan)
    if last is not None:
        db.delete(last)
    plan.submitted_at, plan.answer_by = None, None
    if plan.is_at_mid_year:
        plan.mid_year_at = None
        record_audit(db, actor, "plan_mid_year_recalled", "plan", plan.id)
        return
    move(db, actor, plan, came_from(db, plan), action="plan_recalled")


def withdraw_plan(db: Session, actor: Person, plan: GrowthPlan) -> None:
    """Give a plan up; its words stay with its owner, and its goals are shown to nobody any more."""
    require(plan.is_owned_by(actor), plan.can_be_withdrawn_by(actor), "This plan has ended, or it is not yours to end.")
    move(db, actor, plan, PlanState.WITHDRAWN)


def go_on_elsewhere(db: Session, actor: Person, plan: GrowthPlan) -> None:
    """End a plan here because its owner goes on with it in another district; its readers keep what they have read."""
    can_do = plan.can_be_taken_elsewhere_by(actor)
    require(plan.is_owned_by(actor), can_do, "Nobody has read this plan yet, or it has ended. You can withdraw it.")
    move(db, actor, plan, PlanState.SUPERSEDED)


def approve(db: Session, actor: Person, plan: GrowthPlan) -> None:
    """Note that enough of its readers agreed, and let it be active where nothing holds that back.

    What they agreed to is what was handed in: their owner may have met a goal since, in words that nobody read.
    """
    plan.approved_at = utc_now()
    handed_in = last_snapshot(db, plan)
    take_snapshot(db, plan, PlanState.APPROVED, handed_in.words if handed_in else None)
    move(db, actor, plan, PlanState.APPROVED)
    activate_plan(db, plan)


def activate_plan(db: Session, plan: GrowthPlan) -> None:
    """Let an approved plan be active, unless its goals are still to be declared.

    The step has its owner's name, whoever set it off: an administrator's would tell that the owner is exempt.
    """
    if plan.state is PlanState.APPROVED and not gate_of(db, plan.district_id, plan.person_id).holds(plan):
        move(db, plan.person, plan, PlanState.ACTIVE)


def activate_approved_plans(
    db: Session, district_id: int, *, person_id: int | None = None, after: int = 0
) -> int | None:
    """Let the next approved plans of a district, or of one person in it, be active that wait for nothing any more.

    Return after which plan to go on where there may be more.
    """
    waiting = select(GrowthPlan).where(GrowthPlan.district_id == district_id, GrowthPlan.state == PlanState.APPROVED)
    if person_id is not None:
        waiting = waiting.where(GrowthPlan.person_id == person_id)
    next_ones = waiting.where(GrowthPlan.id > after).order_by(GrowthPlan.id).limit(AT_ONCE)
    with_cards = (joinedload(GrowthPlan.person), selectinload(GrowthPlan.goals).joinedload(Goal.declaration))
    plans = db.scalars(next_ones.with_for_update(of=GrowthPlan).options(*with_cards)).all()
    gate = gate_of(db, district_id, person_id)
    for plan in plans:
        if not gate.holds(plan):
            _step(db, plan.person, plan, PlanState.ACTIVE)
    db.flush()
    return plans[-1].id if len(plans) == AT_ONCE else None


def hand_to_readers(db: Session, plan: GrowthPlan, reason: PlanState) -> None:
    """Keep the words as they are now for the readers, none of whom has opened them."""
    plan.submitted_at, plan.opened_at = utc_now(), None
    plan.answer_by = plan.submitted_at.date() + timedelta(days=plan.rules.review_days)
    take_snapshot(db, plan, reason)


def take_snapshot(
    db: Session, plan: GrowthPlan, reason: PlanState, words: list[dict[str, Any]] | None = None
) -> PlanSnapshot:
    """Keep words of a plan, by default as they are now."""
    last = last_snapshot(db, plan)
    number = last.number + 1 if last else 1
    snapshot = PlanSnapshot(plan_id=plan.id, number=number, reason=reason, words=words or words_of(plan))
    db.add(snapshot)
    return snapshot


def last_snapshot(db: Session, plan: GrowthPlan) -> PlanSnapshot | None:
    """Return the words that were kept of a plan last."""
    kept = select(PlanSnapshot).filter_by(plan_id=plan.id)
    return db.scalars(kept.order_by(PlanSnapshot.number.desc()).limit(1)).first()


def move(db: Session, actor: Person, plan: GrowthPlan, to: PlanState, *, action: str = "") -> None:
    """Bring a plan into another state, with its history and its audit row."""
    _step(db, actor, plan, to, action=action)
    db.flush()  # what is asked next of its history knows of this step


def came_from(db: Session, plan: GrowthPlan) -> PlanState:
    """Return the state in which the plan was before its present one."""
    steps = select(PlanChange.from_state).where(PlanChange.plan_id == plan.id, PlanChange.to_state == plan.state)
    return db.scalars(steps.order_by(PlanChange.id.desc())).first() or PlanState.DRAFT


def new_plan(owner: Person, version: TemplateVersion) -> GrowthPlan:
    """Return a draft of a plan by the rules of a version, for the period that begins today or goes on today."""
    starts_on, ends_on = version.period_of(utc_now().date())
    return GrowthPlan(
        district_id=owner.district_id,
        person_id=owner.id,
        template_version=version,
        school_year=school_year_of(starts_on),
        state=PlanState.DRAFT,
        starts_on=starts_on,
        ends_on=ends_on,
    )


def add_plan(db: Session, actor: Person, plan: GrowthPlan) -> None:
    """Keep a new plan, with its history and its audit row."""
    db.add(plan)
    db.flush()  # its history and its audit row name its id
    db.add(PlanChange(plan_id=plan.id, actor_id=actor.id, to_state=PlanState.DRAFT))
    record_audit(db, actor, "plan_begun", "plan", plan.id, template_version_id=plan.template_version_id)


def _step(db: Session, actor: Person, plan: GrowthPlan, to: PlanState, *, action: str = "") -> None:
    was, plan.state = plan.state, to
    db.add(PlanChange(plan_id=plan.id, actor_id=actor.id, from_state=was, to_state=to))
    record_audit(db, actor, action or f"plan_{to.value}", "plan", plan.id, was=was.value, now=to.value)


def require(is_own: bool, is_possible: bool, why_not: str) -> None:
    """Let only the owner on, and only in a state that allows it."""
    if not is_own:
        raise NotFoundError
    if not is_possible:
        raise ConflictError(why_not)
