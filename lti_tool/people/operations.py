"""Writes about people: districts, roles, and the audit row that every change of state leaves."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.db import utc_now
from lti_tool.errors import InvalidInputError, NotAllowedError
from lti_tool.people.models import AdminCode, AuditEvent, District, Person, Role, RoleGrant

ADMIN_CODE_LIFE = timedelta(days=7)


def record_audit(db: Session, actor: Person, action: str, subject: str, subject_id: int, **detail: Any) -> AuditEvent:
    """Note who did what to which record; details are ids and states, never words."""
    event = AuditEvent(
        district_id=actor.district_id,
        actor_id=actor.id,
        action=action,
        subject=subject,
        subject_id=subject_id,
        detail=detail,
    )
    db.add(event)
    return event


def find_or_create_district(db: Session, name: str) -> District:
    """Return the district of this name, made when it is new."""
    name = name.strip()
    if not name:
        raise InvalidInputError("A district needs a name.")
    district = db.scalar(select(District).where(District.name == name))
    if district is None:
        district = District(name=name)
        db.add(district)
        db.flush()  # its id is wanted by whoever asked
    return district


def grant_role(db: Session, person: Person, role: Role, *, source: str, granted_by: Person | None = None) -> None:
    """Give a person a role, once."""
    if person.has_role(role):
        return
    by = granted_by or person
    person.grants.append(RoleGrant(role=role, source=source, granted_by_id=by.id))
    record_audit(db, by, "role_granted", "person", person.id, role=role.value, source=source)


def create_admin_code(db: Session, district: District) -> str:
    """Return a new one-use code that makes whoever enters it the district's administrator."""
    code = "-".join(secrets.token_hex(2) for _ in range(4))
    db.add(AdminCode(district_id=district.id, code_hash=_hash(code), expires_at=utc_now() + ADMIN_CODE_LIFE))
    return code


def enter_admin_code(db: Session, person: Person, code: str) -> None:
    """Use up a code and make the person an administrator; refuse one that is wrong, used or old."""
    found = db.scalar(
        select(AdminCode)
        .where(AdminCode.code_hash == _hash(code.strip().lower()), AdminCode.district_id == person.district_id)
        .with_for_update()
    )
    if found is None or found.used_at is not None or found.expires_at <= utc_now():
        raise NotAllowedError("This code is not valid, or it was used before. Ask for a new one.")
    found.used_at = utc_now()
    grant_role(db, person, Role.ADMINISTRATOR, source="admin_code")


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
