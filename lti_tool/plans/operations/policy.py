"""What a district asks about declaring: the rule, and who is exempt from it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.db import utc_now
from lti_tool.errors import InvalidInputError, NotFoundError
from lti_tool.outbox.operations import enqueue
from lti_tool.people.models import Person
from lti_tool.people.operations import record_audit
from lti_tool.people.queries import person_of_district
from lti_tool.plans.models import Audience, DeclarationExemption, DeclarationPolicy, DeclarationRule, ExemptionReason
from lti_tool.plans.operations.plans import activate_approved_plans
from lti_tool.plans.queries.policy import is_exempt

MINIMUMS = (Audience.TEAM, Audience.SCHOOL)
"""How far a district may ask for; wider is only ever the owner's own choice."""


def set_policy(db: Session, actor: Person, rule: DeclarationRule, minimum: Audience) -> None:
    """Set what the district asks about declaring."""
    if minimum not in MINIMUMS:
        raise InvalidInputError(fields={"minimum": ["Choose the team or the school."]})
    policy = db.get(DeclarationPolicy, actor.district_id)
    if policy is None:
        policy = DeclarationPolicy(district_id=actor.district_id)
        db.add(policy)
    policy.rule, policy.minimum, policy.changed_at = rule, minimum, utc_now()
    record_audit(
        db, actor, "declaration_policy_set", "district", actor.district_id, rule=rule.value, minimum=minimum.value
    )
    db.flush()  # the plans that waited are asked by the new rule
    rest = activate_approved_plans(db, actor.district_id)
    if rest is not None:  # a large district: the worker goes on
        key = f"plans-activate:{actor.district_id}"
        enqueue(db, kind="plans.activate", key=key, district_id=actor.district_id, payload={"after": rest})


def exempt_person(db: Session, actor: Person, person_id: int, reason: ExemptionReason) -> None:
    """Let a person of the district not declare; that they are exempt once is enough."""
    person = person_of_district(db, actor, person_id)
    if is_exempt(db, person.id):
        return
    db.add(DeclarationExemption(person_id=person.id, reason=reason, granted_by_id=actor.id))
    record_audit(db, actor, "declaration_exempted", "person", person.id)
    db.flush()  # the plans that waited know of it
    activate_approved_plans(db, actor.district_id, person_id=person.id)


def end_exemption(db: Session, actor: Person, exemption_id: int) -> None:
    """Ask a person to declare like everybody else again."""
    found = db.scalar(
        select(DeclarationExemption)
        .join(DeclarationExemption.person)
        .where(DeclarationExemption.id == exemption_id, Person.district_id == actor.district_id)
    )
    if found is None:
        raise NotFoundError
    if found.ended_at is None:
        found.ended_at = utc_now()
        record_audit(db, actor, "declaration_exemption_ended", "person", found.person_id)
