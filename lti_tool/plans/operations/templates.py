"""Plan templates: the shapes that ship, drafts of the next version, and publishing one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session, selectinload

from lti_tool.db import utc_now
from lti_tool.errors import ConflictError
from lti_tool.people.models import District, Person
from lti_tool.people.operations import record_audit
from lti_tool.plans.models import PlanTemplate, TemplateVersion
from lti_tool.plans.models.starters import DEFAULT_KEY, STARTERS
from lti_tool.plans.models.templates import RULES


def install_starter_templates(db: Session, actor: Person) -> list[PlanTemplate]:
    """Bring the shapes that ship into the actor's district, once; return those that are new."""
    db.execute(select(District.id).where(District.id == actor.district_id).with_for_update(key_share=True))
    known = set(db.scalars(select(PlanTemplate.key).where(PlanTemplate.district_id == actor.district_id)))
    has_default = db.scalar(select(PlanTemplate.id).filter_by(district_id=actor.district_id, is_default=True))
    made = [_starter(actor, key) for key in STARTERS if key not in known]
    for template in made:
        template.is_default = template.key == DEFAULT_KEY and has_default is None
        db.add(template)
        db.flush()  # the audit row names its id
        record_audit(db, actor, "template_installed", "plan_template", template.id)
    return made


def default_version(db: Session, actor: Person) -> TemplateVersion:
    """Return the rules that an educator's first goal begins a plan by; the shapes that ship are there when none are."""
    chosen = select(PlanTemplate).filter_by(district_id=actor.district_id, is_default=True)
    found = db.scalar(chosen.options(selectinload(PlanTemplate.versions)))
    if found is None:
        install_starter_templates(db, actor)
        found = db.scalars(chosen).one()
    return published_version(found)


def published_version(template: PlanTemplate) -> TemplateVersion:
    """Return the version that new plans follow; refuse a template that was never published."""
    if template.current is None:
        raise ConflictError("This template is not published yet.")
    return template.current


def create_template(db: Session, actor: Person, rules: Mapping[str, Any]) -> PlanTemplate:
    """Begin a template of the district's own, as a draft of its first version."""
    template = PlanTemplate(district_id=actor.district_id, versions=[TemplateVersion(number=1, **rules)])
    db.add(template)
    db.flush()  # the answer names it
    record_audit(db, actor, "template_created", "plan_template", template.id)
    return template


def save_next_version(db: Session, actor: Person, template: PlanTemplate, rules: Mapping[str, Any]) -> TemplateVersion:
    """Write the draft of the next version; what is published stays as it is."""
    draft = template.draft
    if draft is None:
        draft = TemplateVersion(number=template.newest.number + 1, name=template.newest.name)
        template.versions.append(draft)
    for name in RULES:
        if name in rules:
            setattr(draft, name, rules[name])
    record_audit(db, actor, "template_drafted", "plan_template", template.id, version=draft.number)
    return draft


def publish_template(db: Session, actor: Person, template: PlanTemplate) -> TemplateVersion:
    """Let new plans follow the draft; plans that are under way keep the version that they began with."""
    draft = template.draft
    if draft is None:
        raise ConflictError("There is no draft to publish. Change the template first.")
    if draft.is_restricted and template.is_default:
        raise ConflictError("The usual template cannot be a restricted one. Choose another usual one first.")
    draft.published_at = utc_now()
    record_audit(db, actor, "template_published", "plan_template", template.id, version=draft.number)
    return draft


def choose_default(db: Session, actor: Person, template: PlanTemplate) -> None:
    """Let an educator's first goal begin a plan of this kind."""
    if published_version(template).is_restricted:
        raise ConflictError("A restricted plan is begun for one person; it cannot be the usual one.")
    others = update(PlanTemplate).where(PlanTemplate.district_id == actor.district_id, PlanTemplate.id != template.id)
    db.execute(others.values(is_default=False))
    template.is_default = template.is_offered = True
    record_audit(db, actor, "template_made_default", "plan_template", template.id)


def offer_template(db: Session, actor: Person, template: PlanTemplate, *, is_offered: bool) -> None:
    """Offer a template to whoever begins a plan, or no longer; the usual one is always offered."""
    if template.is_default and not is_offered:
        raise ConflictError("This is the usual template. Choose another usual one first.")
    template.is_offered = is_offered
    action = "template_offered" if is_offered else "template_put_away"
    record_audit(db, actor, action, "plan_template", template.id)


def _starter(actor: Person, key: str) -> PlanTemplate:
    first = TemplateVersion(number=1, published_at=utc_now(), **STARTERS[key])
    return PlanTemplate(district_id=actor.district_id, key=key, versions=[first])
