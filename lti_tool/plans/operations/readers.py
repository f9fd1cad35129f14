"""Who reads plans: colleagues whom an owner names, and the district's committee."""

from __future__ import annotations

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from lti_tool.db import utc_now
from lti_tool.errors import ConflictError, InvalidInputError, NotFoundError
from lti_tool.people.models import Person, Supervision
from lti_tool.people.operations import record_audit
from lti_tool.plans.models import (
    ApprovalRule,
    CommitteeMember,
    Decision,
    GrowthPlan,
    PlanReview,
    PlanReviewer,
    PlanState,
    Stage,
    TemplateVersion,
)
from lti_tool.plans.operations.plans import require
from lti_tool.plans.operations.reviews import send_back_where_stuck


def name_reader(db: Session, actor: Person, plan: GrowthPlan, colleague: Person) -> None:
    """Ask a colleague to read the plan; never oneself, and never somebody who supervises its owner."""
    _require_naming(actor, plan)
    if colleague.district_id != plan.district_id or colleague.id == actor.id:
        raise NotFoundError
    if any(each.person_id == colleague.id for each in plan.readers):
        return
    if len(plan.readers) >= plan.rules.reviewers:
        raise ConflictError("As many colleagues are named as read such a plan. Take one out first.")
    leads = exists().where(
        Supervision.person_id == actor.id, Supervision.supervisor_id == colleague.id, Supervision.ended_at.is_(None)
    )
    if db.scalar(select(leads)):
        raise InvalidInputError(fields={"colleague": ["This person supervises you. Name a colleague."]})
    plan.readers.append(PlanReviewer(person_id=colleague.id))
    record_audit(db, actor, "plan_reader_named", "plan", plan.id, person_id=colleague.id)


def take_reader_out(db: Session, actor: Person, plan: GrowthPlan, person_id: int) -> None:
    """Ask a colleague no longer; what the colleague said stays beside the plan."""
    _require_naming(actor, plan)
    _remove(db, plan, person_id)
    record_audit(db, actor, "plan_reader_taken_out", "plan", plan.id, person_id=person_id)


def decline_to_read(db: Session, actor: Person, plan: GrowthPlan) -> None:
    """Let a colleague say no to reading: the request is deleted, and nobody is told."""
    if not plan.rules.needs_named_readers:
        raise NotFoundError
    _remove(db, plan, actor.id)


def leave_all_reading(db: Session, person: Person) -> None:
    """Give up every seat from which a person reads the plans of others, so that none of these waits for them."""
    seats = select(PlanReviewer.plan_id).where(PlanReviewer.person_id == person.id)
    for plan in db.scalars(select(GrowthPlan).where(GrowthPlan.id.in_(seats)).order_by(GrowthPlan.id)):
        _remove(db, plan, person.id)
    end_committee_membership(db, person, person)


def name_committee_member(db: Session, actor: Person, person: Person) -> None:
    """Let a person read the plans that the district's committee approves."""
    if person.district_id != actor.district_id:
        raise NotFoundError
    if _current_seat(db, person) is None:
        db.add(CommitteeMember(district_id=person.district_id, person_id=person.id))
        record_audit(db, actor, "committee_member_named", "person", person.id)


def end_committee_membership(db: Session, actor: Person, person: Person) -> None:
    """Let a person no longer read for the committee."""
    seat = _current_seat(db, person)
    if person.district_id != actor.district_id or seat is None:
        return
    seat.ended_at = utc_now()
    record_audit(db, actor, "committee_membership_ended", "person", person.id)
    db.flush()  # who reads the committee's plans is asked next
    for plan in db.scalars(_asked_to_change(person.district_id)):
        send_back_where_stuck(db, plan.person, plan)


def _current_seat(db: Session, person: Person) -> CommitteeMember | None:
    return db.scalar(
        select(CommitteeMember).where(CommitteeMember.person_id == person.id, CommitteeMember.ended_at.is_(None))
    )


def _require_naming(actor: Person, plan: GrowthPlan) -> None:
    can_name = plan.rules.needs_named_readers and not plan.is_ended
    require(plan.is_owned_by(actor), can_name, "The readers of this plan are not named by its owner, or it has ended.")


def _remove(db: Session, plan: GrowthPlan, person_id: int) -> None:
    """Free a seat; where that decides something, it has the owner's name: of who declines no trace remains."""
    seat = next((each for each in plan.readers if each.person_id == person_id), None)
    if seat is None:
        raise NotFoundError
    plan.readers.remove(seat)
    send_back_where_stuck(db, plan.person, plan)


def _asked_to_change(district_id: int) -> Select[GrowthPlan]:
    """Return the query for the plans before a district's committee in which a member asks for changes."""
    asked = exists().where(
        PlanReview.plan_id == GrowthPlan.id,
        PlanReview.stage == Stage.APPROVAL,
        PlanReview.decision == Decision.CHANGES,
        PlanReview.at >= GrowthPlan.submitted_at,
    )
    waiting = select(GrowthPlan).join(GrowthPlan.template_version).where(GrowthPlan.state == PlanState.SUBMITTED)
    by_committee = waiting.where(TemplateVersion.approval == ApprovalRule.COMMITTEE, ~GrowthPlan.is_restricted)
    return by_committee.where(GrowthPlan.district_id == district_id, asked).order_by(GrowthPlan.id)
