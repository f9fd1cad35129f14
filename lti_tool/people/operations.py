"""Writes about people: districts, roles, and the audit row that every change of state leaves."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from lti_tool.db import utc_now
from lti_tool.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from lti_tool.people.models import (
    AdminCode,
    AuditEvent,
    District,
    EducatorProfile,
    EducatorRole,
    ErasedIdentity,
    Experience,
    Identity,
    MatchingPause,
    Opportunity,
    OpportunityKind,
    Person,
    Role,
    RoleGrant,
    School,
    Supervision,
)
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
    hosted = update(Opportunity).where(Opportunity.host_id == person.id, Opportunity.kind != OpportunityKind.COURSE)
    db.execute(hosted.values(school_id=school.id if school else None))
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


@dataclass(frozen=True, slots=True)
class ProfileWords:
    """What a person says of their own work, and how they like to learn."""

    educator_role: EducatorRole | None = None
    position: str = ""
    grade_bands: tuple[str, ...] = ()
    discipline: str = ""
    experience: Experience | None = None
    languages: str = ""
    students: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    times: tuple[str, ...] = ()


def name_supervisor(db: Session, actor: Person, person: Person, supervisor: Person) -> None:
    """Let somebody of the district supervise a person, once: the right to read this person's plans, and no other's."""
    if not person.district_id == supervisor.district_id == actor.district_id:
        raise NotFoundError
    if supervisor.id == person.id:
        raise InvalidInputError("Nobody supervises themselves.")
    if _supervision(db, person, supervisor.id) is None:
        db.add(Supervision(person_id=person.id, supervisor_id=supervisor.id, source="administrator"))
        record_audit(db, actor, "supervisor_named", "person", person.id, supervisor_id=supervisor.id)


def end_supervision(db: Session, actor: Person, person: Person, supervisor_id: int) -> None:
    """Let somebody no longer supervise a person; that they did stays as history."""
    supervision = _supervision(db, person, supervisor_id)
    if person.district_id != actor.district_id or supervision is None:
        raise NotFoundError
    supervision.ended_at = utc_now()
    record_audit(db, actor, "supervision_ended", "person", person.id, supervisor_id=supervisor_id)


def _supervision(db: Session, person: Person, supervisor_id: int) -> Supervision | None:
    return db.scalar(
        select(Supervision).where(
            Supervision.person_id == person.id,
            Supervision.supervisor_id == supervisor_id,
            Supervision.ended_at.is_(None),
        )
    )


def update_profile(db: Session, person: Person, words: ProfileWords) -> None:
    """Keep what a person says of their own work."""
    person.educator_role, person.position = words.educator_role, words.position
    person.grade_bands, person.discipline = list(words.grade_bands), words.discipline
    profile = person.profile or EducatorProfile(person_id=person.id)
    profile.experience, profile.languages = words.experience, words.languages
    profile.students, profile.formats, profile.times = list(words.students), list(words.formats), list(words.times)
    person.profile = profile
    record_audit(db, person, "profile_changed", "person", person.id)


def pause_matching(db: Session, person: Person, *, is_paused: bool) -> None:
    """Propose a person for no team for now, or again; noted as any change of a profile is, which says nothing of it."""
    if is_paused == (person.pause is not None):
        return
    person.pause = MatchingPause() if is_paused else None
    record_audit(db, person, "profile_changed", "person", person.id)


def erase_person(db: Session, person: Person) -> None:
    """Remove a person and, by the database's own rules, all that belongs to them; who did what becomes nobody.

    What the person hosted is offered to nobody from now on.
    """
    today = utc_now().date()
    hosted = update(Opportunity).where(Opportunity.host_id == person.id, Opportunity.kind != OpportunityKind.COURSE)
    still_there = or_(Opportunity.retired_on.is_(None), Opportunity.retired_on > today)
    db.execute(hosted.where(still_there).values(retired_on=today))
    db.add(AuditEvent(district_id=person.district_id, action="person_erased", subject="person", subject_id=person.id))
    for identity in db.scalars(select(Identity).where(Identity.person_id == person.id)):
        db.merge(ErasedIdentity(registration_id=identity.registration_id, sub_hash=_hash(identity.sub)))
    db.flush()
    db.execute(delete(Person).where(Person.id == person.id))


def erased_subs(db: Session, registration_id: int, subs: Collection[str]) -> set[str]:
    """Return those of an LMS's names of people whose owners had themselves erased."""
    named = {_hash(sub): sub for sub in subs}
    own = ErasedIdentity.registration_id == registration_id, ErasedIdentity.sub_hash.in_(named)
    return {named[each] for each in db.scalars(select(ErasedIdentity.sub_hash).where(*own))}


def note_course_gone(db: Session, opportunity: Opportunity) -> None:
    """Note that the LMS has no such course any more: from now on it is shown as that, and found by nobody."""
    if opportunity.unavailable_since is None:
        opportunity.unavailable_since = utc_now()
        _record_availability(db, opportunity, "course_gone")


def note_course_there(db: Session, opportunity: Opportunity) -> None:
    """Note that the LMS has the course, also after it seemed to be gone."""
    if opportunity.unavailable_since is not None:
        opportunity.unavailable_since = None
        _record_availability(db, opportunity, "course_back")


def _record_availability(db: Session, opportunity: Opportunity, action: str) -> None:
    """Note it as done by nobody: the LMS said so."""
    db.add(AuditEvent(district_id=opportunity.district_id, action=action, subject="course", subject_id=opportunity.id))


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
