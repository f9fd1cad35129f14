"""The person of a launch: found by registration and `sub`, made at the first launch that may store anything."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import ColumnElement, Select, bindparam, select
from sqlalchemy.orm import Session, contains_eager

from lti_tool.db import utc_now
from lti_tool.launch.message import LaunchMessage
from lti_tool.launch.models import Family, Registration
from lti_tool.people.models import Identity, Person, Role
from lti_tool.people.operations import grant_role, record_audit

FROM_LAUNCH = "launch"


def _identity_where(column: ColumnElement[str]) -> Select[Identity]:
    return (
        select(Identity)
        .join(Identity.person)
        .where(Identity.registration_id == bindparam("registration"), column == bindparam("value"))
        .outerjoin(Person.grants)
        .options(contains_eager(Identity.person).contains_eager(Person.grants))
        .order_by(Identity.id)
    )


BY_SUB = _identity_where(Identity.__table__.c.sub)
BY_GLOBAL_ID = _identity_where(Identity.__table__.c.global_user_id)
"""Built once: building a statement costs more than running it."""


def find_identity(db: Session, registration: Registration, message: LaunchMessage) -> Identity | None:
    """Return who this is; in Canvas also by the signed global user id, which outlives a merge of users."""
    return _identity(db, BY_SUB, registration, message.sub) or _merged_identity(db, registration, message)


def _merged_identity(db: Session, registration: Registration, message: LaunchMessage) -> Identity | None:
    """Join a new `sub` to the person with the same global id.

    Whoever makes a link in a course can give it custom values of their own, this id among them; so people with
    roles are joined only by launches that have no link.
    """
    known = person_with_global_id(db, registration, global_user_id_of(registration, message.custom))
    if known is None or (not message.is_navigation and any(not grant.revoked_at for grant in known.grants)):
        return None
    db.add(joined := _new_identity(registration, message, known))
    return joined


def person_with_global_id(db: Session, registration: Registration, global_id: str) -> Person | None:
    """Return whom Canvas knows by this global id, in whatever course and by whatever `sub` they came."""
    known = _identity(db, BY_GLOBAL_ID, registration, global_id) if global_id else None
    return known.person if known else None


def remember_person(
    db: Session, registration: Registration, message: LaunchMessage, identity: Identity | None
) -> Person:
    """Return the person with the name and address that the launch gave, made if new; absent ones change nothing."""
    if identity is None:
        person = Person(district_id=registration.district_id, grants=[])
        db.add_all([person, identity := _new_identity(registration, message, person)])
    person = identity.person
    learn_lms_user_id(identity, registration, message.custom)
    if message.name and person.name != message.name:
        person.name = message.name
    if message.email and person.email != message.email:
        person.email = message.email
    db.flush()  # grants and memberships name the person
    return person


def apply_launch_grant(db: Session, person: Person, *, is_administrator: bool) -> None:
    """Make the person an administrator as the LMS says, and no longer once it says so no more."""
    if is_administrator:
        grant_role(db, person, Role.ADMINISTRATOR, source=FROM_LAUNCH)
        return
    for grant in person.grants:
        if grant.role is Role.ADMINISTRATOR and grant.source == FROM_LAUNCH and grant.revoked_at is None:
            grant.revoked_at = utc_now()
            record_audit(db, person, "role_revoked", "person", person.id, role=grant.role.value, source=FROM_LAUNCH)


def _identity(db: Session, statement: Select[Identity], registration: Registration, value: str) -> Identity | None:
    return db.scalars(statement, {"registration": registration.id, "value": value}).unique().first()


def _new_identity(registration: Registration, message: LaunchMessage, person: Person) -> Identity:
    return Identity(
        person=person,
        registration_id=registration.id,
        sub=message.sub,
        lms_user_id=lms_user_id_of(registration, message.sub, message.custom),
        global_user_id=global_user_id_of(registration, message.custom),
    )


def learn_lms_user_id(identity: Identity, registration: Registration, custom: Mapping[str, str]) -> None:
    """Keep what the REST side calls somebody of whom that was not known yet: without it nothing can be asked."""
    if not identity.lms_user_id:
        identity.lms_user_id = lms_user_id_of(registration, identity.sub, custom)


def lms_user_id_of(registration: Registration, sub: str, custom: Mapping[str, str]) -> str:
    """Return what the LMS's REST side calls somebody, as far as the LMS said it."""
    given = sub if registration.family is Family.MOODLE else custom.get("canvas_user_id", "")
    return given[:64]


def global_user_id_of(registration: Registration, custom: Mapping[str, str]) -> str:
    """Return Canvas's global id of somebody; elsewhere there is none."""
    if registration.family is not Family.CANVAS:
        return ""
    return custom.get("canvas_global_user_id", "")[:64]
