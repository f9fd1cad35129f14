"""Writes about people: districts, roles, and the audit row that every change of state leaves."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lti_tool.db import utc_now
from lti_tool.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from lti_tool.people.models import AdminCode, AuditEvent, District, GradeBand, Person, Role, RoleGrant, School
from lti_tool.people.queries import count_administrators

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


def revoke_role(db: Session, actor: Person, person: Person, role: Role) -> None:
    """Take a role back; the last administrator of a district keeps theirs, or nobody could name another."""
    grants = [grant for grant in person.grants if grant.role is role and grant.revoked_at is None]
    if not grants:
        return
    if role is Role.ADMINISTRATOR and _is_last_administrator(db, actor):
        raise ConflictError("A district needs an administrator. Give the role to somebody else first.")
    for grant in grants:
        grant.revoked_at = utc_now()
    record_audit(db, actor, "role_revoked", "person", person.id, role=role.value)


def _is_last_administrator(db: Session, actor: Person) -> bool:
    """Return whether the district has one administrator; two cannot take the role from each other at a time."""
    db.execute(select(District.id).where(District.id == actor.district_id).with_for_update())
    return count_administrators(db, actor) == 1


def find_or_create_school(db: Session, actor: Person, name: str) -> School:
    """Return the district's school of this name, made when it is new."""
    school = db.scalar(select(School).where(School.district_id == actor.district_id, School.name == name))
    if school is None:
        school = School(district_id=actor.district_id, name=name)
        db.add(school)
        db.flush()  # the audit row names its id
        record_audit(db, actor, "school_added", "school", school.id)
    return school


def set_school(db: Session, actor: Person, person: Person, school: School | None) -> None:
    """Say where a person works, which answers what they asked for."""
    person.school, person.requested_school = school, None
    record_audit(db, actor, "school_set", "person", person.id, school_id=school.id if school else None)


def request_school(db: Session, person: Person, school_id: int | None) -> None:
    """Keep at which school of the district a person says they work, until it is confirmed; none withdraws that."""
    wanted = None if school_id == person.school_id else school_id
    if wanted == person.requested_school_id:
        return
    known = select(School).where(School.id == wanted, School.district_id == person.district_id)
    person.requested_school = db.scalar(known) if wanted else None
    if wanted and person.requested_school is None:
        raise NotFoundError
    record_audit(db, person, "school_requested", "person", person.id, school_id=wanted)


def answer_school_request(db: Session, actor: Person, person: Person, school_id: int, *, is_confirmed: bool) -> None:
    """Confirm or decline the school that a person asked for; refuse when that is not this one any more."""
    if person.requested_school_id != school_id:
        raise ConflictError("This request was changed, withdrawn or answered. Open the person's page again.")
    if is_confirmed:
        set_school(db, actor, person, person.requested_school)
        return
    person.requested_school = None
    record_audit(db, actor, "school_declined", "person", person.id, school_id=school_id)


def update_profile(
    db: Session, person: Person, *, position: str, grade_band: GradeBand | None, discipline: str
) -> None:
    """Keep what a person says of their own work."""
    person.position, person.grade_band, person.discipline = position, grade_band, discipline
    record_audit(db, person, "profile_changed", "person", person.id)


def erase_person(db: Session, person: Person) -> None:
    """Remove a person and, by the database's own rules, all that belongs to them; who did what becomes nobody."""
    db.add(AuditEvent(district_id=person.district_id, action="person_erased", subject="person", subject_id=person.id))
    db.flush()
    db.execute(delete(Person).where(Person.id == person.id))


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
