"""Reads of a district's plan templates."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from lti_tool.errors import NotFoundError
from lti_tool.people.models import Person
from lti_tool.plans.models import GrowthPlan, PlanTemplate, TemplateVersion


def templates_of(db: Session, person: Person) -> Sequence[PlanTemplate]:
    """Return the templates of the person's district with their versions, the usual one first, then as they came."""
    found = select(PlanTemplate).where(PlanTemplate.district_id == person.district_id)
    ordered = found.order_by(PlanTemplate.is_default.desc(), PlanTemplate.id)
    return db.scalars(ordered.options(selectinload(PlanTemplate.versions))).all()


def template_of(db: Session, person: Person, template_id: int, *, to_change: bool = False) -> PlanTemplate:
    """Return a template of the person's district with its versions."""
    found = select(PlanTemplate).where(PlanTemplate.id == template_id, PlanTemplate.district_id == person.district_id)
    found = found.options(selectinload(PlanTemplate.versions))
    template = db.scalar(found.with_for_update() if to_change else found)
    if template is None:
        raise NotFoundError
    return template


def offered_versions(db: Session, person: Person, *, is_restricted: bool) -> list[TemplateVersion]:
    """Return the rules by which a plan can be begun in the person's district: open ones, or those of support plans."""
    current = (each.current for each in templates_of(db, person) if each.is_offered)
    return [each for each in current if each is not None and each.is_restricted is is_restricted]


def count_plans_by_version(db: Session, template: PlanTemplate) -> dict[int, int]:
    """Return how many people have a plan by each version of a template, by the version's id."""
    counted = (
        select(GrowthPlan.template_version_id, func.count(GrowthPlan.person_id.distinct()))
        .where(GrowthPlan.template_version_id.in_([each.id for each in template.versions]))
        .where(~GrowthPlan.is_restricted)
        .group_by(GrowthPlan.template_version_id)
    )
    return {version_id: count for version_id, count in db.execute(counted) if version_id}
