"""Reads of plans by their owners, and by those who read them: to everybody else a plan is not there."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from lti_tool.errors import NotFoundError
from lti_tool.people.models import Person, Supervision
from lti_tool.people.queries import supervisors_of
from lti_tool.plans.lacks import Lack, lacks_at_end, lacks_of
from lti_tool.plans.models import (
    Activity,
    ApprovalRule,
    CommitteeMember,
    Goal,
    GrowthPlan,
    PlanReviewer,
    PlanState,
    TemplateVersion,
)
from lti_tool.plans.models.plans import AGREED_TO, ENDED
from lti_tool.plans.queries.evidence import count_evidence
from lti_tool.standards.models import Indicator
from lti_tool.standards.queries import has_standards

HIDDEN = (PlanState.DRAFT, PlanState.WITHDRAWN)
"""States in which nobody but the owner sees a plan."""
WITH_OWNER = (joinedload(GrowthPlan.person).joinedload(Person.school), joinedload(GrowthPlan.template_version))
WHOLE_PLAN = (
    *WITH_OWNER,
    selectinload(GrowthPlan.readers).joinedload(PlanReviewer.person),
    selectinload(GrowthPlan.goals).options(
        joinedload(Goal.declaration), selectinload(Goal.indicators).joinedload(Indicator.framework),
        selectinload(Goal.rationales), selectinload(Goal.activities).joinedload(Activity.opportunity),
        selectinload(Goal.tries),
    ),
)  # fmt: skip


def plans_of(db: Session, person: Person) -> list[GrowthPlan]:
    """Return a person's own plans with their goals, those that go on first, then the newest."""
    own = select(GrowthPlan).where(GrowthPlan.person_id == person.id, GrowthPlan.district_id == person.district_id)
    plans = db.scalars(own.order_by(GrowthPlan.school_year.desc(), GrowthPlan.id.desc()).options(*WHOLE_PLAN))
    return sorted(plans, key=lambda plan: plan.is_ended)


def plan_of(db: Session, person: Person, plan_id: int, *, to_change: bool = False) -> GrowthPlan:
    """Return a plan of this person's own; `to_change` lets one change after another."""
    return _one(db, _plan(person, plan_id).where(GrowthPlan.person_id == person.id), to_change=to_change)


def plan_to_read(db: Session, person: Person, plan_id: int, *, to_change: bool = False) -> GrowthPlan:
    """Return a plan that this person reads: as its owner's supervisor, for the committee, or named for it."""
    return _one(db, _plan(person, plan_id).where(is_read_by(person)), to_change=to_change)


def plan_shown_to(db: Session, person: Person, plan_id: int, *, to_change: bool = False) -> GrowthPlan:
    """Return a plan that this person owns or reads."""
    is_own = GrowthPlan.person_id == person.id
    return _one(db, _plan(person, plan_id).where(or_(is_own, is_read_by(person))), to_change=to_change)


def is_read_by(person: Person) -> ColumnElement[bool]:
    """Say in SQL that a `GrowthPlan` was handed in and that this person, not its owner, is one of its readers."""
    named = GrowthPlan.id.in_(select(PlanReviewer.plan_id).where(PlanReviewer.person_id == person.id))
    by_rule = or_(
        and_(_follows(ApprovalRule.SUPERVISOR, or_none=True), GrowthPlan.person_id.in_(ids_supervised_by(person))),
        and_(_follows(ApprovalRule.COMMITTEE), _is_on_committee(person)),
    )
    return and_(
        GrowthPlan.district_id == person.district_id,
        GrowthPlan.person_id != person.id,
        GrowthPlan.state.not_in(HIDDEN),
        or_(named, and_(~GrowthPlan.is_restricted, by_rule)),
    )


def is_open_to(person: Person) -> ColumnElement[bool]:
    """Say in SQL that this person reads a `GrowthPlan`, and that its owner cannot take back any more what is in it."""
    return and_(is_read_by(person), or_(GrowthPlan.opened_at.is_not(None), ~waits()))


def reads_goal(db: Session, person: Person, goal_id: int) -> bool:
    """Return whether this person reads the plan that a goal is in."""
    read = select(Goal.id).join(Goal.plan).where(Goal.id == goal_id, is_read_by(person))
    return db.scalar(read) is not None


def supervises(db: Session, person: Person, other: Person) -> bool:
    """Return whether one person supervises another now."""
    return db.scalar(ids_supervised_by(person).where(Supervision.person_id == other.id)) is not None


def reader_ids(db: Session, plan: GrowthPlan) -> set[int]:
    """Return who reads a plan now, whose word alone counts."""
    if plan.is_restricted or plan.rules.needs_named_readers:
        return {seat.person_id for seat in plan.readers}
    match plan.rules.approval:
        case ApprovalRule.SUPERVISOR:
            return {each.id for each in supervisors_of(db, plan.person)}
        case ApprovalRule.COMMITTEE:
            return {each.id for each in committee_of(db, plan.person)} - {plan.person_id}
        case _:
            return set()


def lacks_readers(db: Session, plan: GrowthPlan) -> bool:
    """Return whether a plan waits for more to agree than there are who read it."""
    return plan.waits_for_readers and plan.rules.is_read and len(reader_ids(db, plan)) < plan.rules.quorum


def lacks_committee(db: Session, person: Person) -> bool:
    """Return whether a plan in the person's district needs more members of its committee than there are."""
    members = (
        select(func.count(CommitteeMember.person_id.distinct()))
        .where(CommitteeMember.district_id == GrowthPlan.district_id, CommitteeMember.ended_at.is_(None))
        .where(CommitteeMember.person_id != GrowthPlan.person_id)
    )
    asking = exists().where(
        GrowthPlan.district_id == person.district_id,
        GrowthPlan.state.not_in(ENDED),
        ~GrowthPlan.is_restricted,
        TemplateVersion.id == GrowthPlan.template_version_id,
        TemplateVersion.approval == ApprovalRule.COMMITTEE,
        TemplateVersion.quorum > members.correlate(GrowthPlan).scalar_subquery(),
    )
    return bool(db.scalar(select(asking)))


def missing_to_hand_in(db: Session, plan: GrowthPlan) -> list[Lack]:
    """Return what a plan lacks before it can be handed in to those who read it now."""
    readers = len(reader_ids(db, plan)) if plan.rules.needs_committee else len(plan.readers)
    return lacks_of(plan, readers, has_standards=has_standards(db, plan.person))


def missing_at_end(db: Session, plan: GrowthPlan) -> list[Lack]:
    """Return what a plan lacks before it can come to its end."""
    return lacks_at_end(plan, count_evidence(db, plan), len(reader_ids(db, plan)))


def committee_of(db: Session, person: Person) -> Sequence[Person]:
    """Return the members of the committee of the person's district, by name."""
    seats = select(CommitteeMember.person_id).where(
        CommitteeMember.district_id == person.district_id, CommitteeMember.ended_at.is_(None)
    )
    return db.scalars(select(Person).where(Person.id.in_(seats)).order_by(Person.name, Person.id)).all()


def is_on_committee(db: Session, person: Person) -> bool:
    """Return whether a person reads for the committee of their district now."""
    return bool(db.scalar(select(_is_on_committee(person))))


def ids_supervised_by(person: Person) -> Select[int]:
    """Return the query for the ids of those whom a person supervises now."""
    return select(Supervision.person_id).where(Supervision.supervisor_id == person.id, Supervision.ended_at.is_(None))


def _is_on_committee(person: Person) -> ColumnElement[bool]:
    return exists().where(
        CommitteeMember.person_id == person.id,
        CommitteeMember.district_id == person.district_id,
        CommitteeMember.ended_at.is_(None),
    )


def _follows(rule: ApprovalRule, *, or_none: bool = False) -> ColumnElement[bool]:
    by_rule = GrowthPlan.template_version_id.in_(select(TemplateVersion.id).where(TemplateVersion.approval == rule))
    return or_(GrowthPlan.template_version_id.is_(None), by_rule) if or_none else by_rule


def waits() -> ColumnElement[bool]:
    """Say in SQL what `GrowthPlan.waits_for_readers` says."""
    is_unsigned = and_(GrowthPlan.state == PlanState.FINAL_SUBMITTED, GrowthPlan.signed_at.is_(None))
    is_at_mid_year = and_(GrowthPlan.state.in_(AGREED_TO), GrowthPlan.mid_year_at.is_not(None))
    return or_(GrowthPlan.state == PlanState.SUBMITTED, is_unsigned, is_at_mid_year)


def _plan(person: Person, plan_id: int) -> Select[GrowthPlan]:
    return select(GrowthPlan).where(GrowthPlan.id == plan_id, GrowthPlan.district_id == person.district_id)


def _one(db: Session, found: Select[GrowthPlan], *, to_change: bool) -> GrowthPlan:
    found = found.options(*WHOLE_PLAN)
    plan = db.scalar(found.with_for_update(of=GrowthPlan) if to_change else found)
    if plan is None:
        raise NotFoundError
    return plan
