"""Rosters of marked courses (NRPS 2.0): whose turn it is, and what a whole, plausible one changes.

A roster that is short, empty or failed takes nobody out of a course: absence counts only where most are still there.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import String, and_, cast, exists, literal, or_, select
from sqlalchemy.orm import Session, joinedload

from config import Config
from lti_tool.db import utc_now
from lti_tool.errors import NotFoundError
from lti_tool.launch.models import Registration
from lti_tool.launch.operations.people import (
    global_user_id_of,
    learn_lms_user_id,
    lms_user_id_of,
    person_with_global_id,
)
from lti_tool.launch.queries import platform_of_course
from lti_tool.launch.roles import standing
from lti_tool.lms.advantage import Member
from lti_tool.lms.platform import Platform, Scope
from lti_tool.outbox.models import OPEN, OutboxMessage
from lti_tool.outbox.operations import enqueue
from lti_tool.people.models import Course, CourseRole, Identity, Membership, Person
from lti_tool.people.operations import erased_subs, record_audit

KEY = "roster:"
DAILY = timedelta(days=1)
ROUND = timedelta(minutes=5)
MOST = 200
FEW = 3
"""So few can leave a course from one day to the next, as long as more than these are still there."""
STAYING = 4
"""For each of more who left at least so many are still there; else the roster may be the start of a longer one."""
GONE = frozenset({"Inactive", "Deleted"})
MISSING = "The roster lacks %s of %s people, which is more than can have left at once. Nobody was taken out."


@dataclass(frozen=True, slots=True)
class RosterPlan:
    """Whose roster to read; Canvas tells its own ids of people where the course is named as a link."""

    platform: Platform
    memberships_url: str
    resource_link_id: str
    begun_at: datetime


@dataclass(frozen=True, slots=True)
class _Known:
    """Whom the tool knows of a course's LMS: identities by `sub`, places in the course by person."""

    course: Course
    registration: Registration
    identities: dict[str, Identity]
    memberships: dict[int, Membership]
    erased: Collection[str]


def enqueue_due_rosters(db: Session, now: datetime) -> int:
    """Put in a read for each marked course that had none for a day, spread over the round; return how many."""
    key = literal(KEY) + cast(Course.id, String)
    under_way = exists().where(OutboxMessage.key == key, OutboxMessage.state.in_(OPEN))
    is_due = or_(Course.roster_asked_at.is_(None), Course.roster_asked_at <= now - DAILY)
    due = and_(Course.professional_learning_at.is_not(None), Course.memberships_url != "", is_due, ~under_way)
    oldest = (Course.roster_asked_at.nulls_first(), Course.id)
    courses = db.scalars(select(Course).where(due).order_by(*oldest).limit(MOST)).all()
    for number, course in enumerate(courses):
        _enqueue(db, course, due_at=now + ROUND * number / len(courses))
    return len(courses)


def read_roster_now(db: Session, actor: Person, course_id: int, *, is_confirmed: bool = False) -> None:
    """Have a course's roster read now; `is_confirmed` where somebody says that those who are missing did leave."""
    course = db.scalar(select(Course).where(Course.id == course_id, Course.district_id == actor.district_id))
    if course is None or not (course.is_professional_learning and course.memberships_url):
        raise NotFoundError
    record_audit(db, actor, "roster_confirmed" if is_confirmed else "roster_asked", "course", course.id)
    _enqueue(db, course, is_confirmed=is_confirmed)


def plan_roster(db: Session, course_id: int, settings: Config) -> RosterPlan | None:
    """Return whose roster to read; None where the course is no professional learning any more."""
    course = db.get(Course, course_id)
    if course is None or not (course.is_professional_learning and course.memberships_url):
        return None
    course.roster_asked_at = utc_now()
    platform = platform_of_course(db, course, settings)
    platform = replace(platform, scopes=platform.scopes | {Scope.MEMBERSHIP_READ})  # who gives the address grants it
    link_id = course.context_id if platform.family == "canvas" else ""
    return RosterPlan(platform, course.memberships_url, link_id, utc_now())


def record_roster(
    db: Session, course_id: int, members: Sequence[Member], begun_at: datetime, *, is_confirmed: bool = False
) -> None:
    """Keep who is in a course by a roster that was read to its end."""
    course = db.get(Course, course_id)
    if course is None or not course.is_professional_learning:
        return
    present = [each for each in members if each.status not in GONE]
    known = _read_known(db, course, present)
    for each in present:
        _take_in(db, known, each)
    here = {known.identities[each.user_id].person_id for each in present if each.user_id in known.identities}
    active = [each for each in known.memberships.values() if each.is_active and each.seen_at < begun_at]
    missing = [each for each in active if each.person_id not in here]
    if missing and not is_confirmed and not _is_plausible(len(missing), len(here)):
        course.roster_note = MISSING % (len(missing), len(missing) + len(here))
        course.roster_lacks = len(missing)
        return
    for membership in missing:
        membership.is_active = False
    course.roster_read_at, course.roster_note, course.roster_lacks = utc_now(), "", 0


def note_roster(db: Session, course_id: int, why: str) -> None:
    """Keep in words why a course's roster could not be read."""
    course = db.get(Course, course_id)
    if course is not None:
        course.roster_note = why[:300]


def _is_plausible(missing: int, present: int) -> bool:
    return present > 0 and (FEW >= missing < present or missing * STAYING <= present)


def _read_known(db: Session, course: Course, members: Collection[Member]) -> _Known:
    registration = db.get_one(Registration, course.registration_id)
    subs = {each.user_id for each in members}
    own = select(Identity).where(Identity.registration_id == registration.id, Identity.sub.in_(subs))
    places = db.scalars(select(Membership).where(Membership.course_id == course.id))
    return _Known(
        course,
        registration,
        {each.sub: each for each in db.scalars(own.options(joinedload(Identity.person)))},
        {each.person_id: each for each in places},
        erased_subs(db, registration.id, subs),
    )


def _take_in(db: Session, known: _Known, member: Member) -> None:
    """Keep one person of a roster who teaches or learns; a known role stays, as launches tell it better.

    Whoever erased themselves comes back by a launch of their own alone.
    """
    role = standing(member.roles, known.registration.family).course_role
    if member.user_id not in known.identities and (member.user_id in known.erased or role is CourseRole.OTHER):
        return
    identity = known.identities.get(member.user_id) or _new_identity(db, known, member)
    if identity is None:
        return
    learn_lms_user_id(identity, known.registration, _custom(member))
    _describe(identity.person, member)
    place = known.memberships.get(identity.person_id)
    if place is not None:
        place.is_active, place.seen_at = True, utc_now()
        return
    place = Membership(course_id=known.course.id, person_id=identity.person_id, role=role, is_active=True)
    place.seen_at = utc_now()
    known.memberships[identity.person_id] = place
    db.add(place)


def _new_identity(db: Session, known: _Known, member: Member) -> Identity | None:
    """Return a new `sub` of somebody, whom Canvas may know in another course by another one.

    None for somebody with a role: a roster's word is no launch of their own, by which they join the two.
    """
    custom, registration = _custom(member), known.registration
    global_id = global_user_id_of(registration, custom)
    person = person_with_global_id(db, registration, global_id)
    if person is not None and any(not grant.revoked_at for grant in person.grants):
        return None
    identity = Identity(
        person=person or Person(district_id=registration.district_id, grants=[]),
        registration_id=registration.id,
        sub=member.user_id,
        lms_user_id=lms_user_id_of(registration, member.user_id, custom),
        global_user_id=global_id,
    )
    db.add(identity)
    db.flush()  # the membership names the person
    known.identities[member.user_id] = identity
    return identity


def _custom(member: Member) -> dict[str, str]:
    return {name: str(value) for name, value in member.custom.items() if not str(value).startswith("$")}


def _describe(person: Person, member: Member) -> None:
    name = member.name or f"{member.given_name} {member.family_name}".strip()
    if name and person.name != name[:200]:
        person.name = name[:200]
    if member.email and person.email != member.email[:254]:
        person.email = member.email[:254]


def _enqueue(db: Session, course: Course, due_at: datetime | None = None, *, is_confirmed: bool = False) -> None:
    enqueue(
        db,
        kind="roster.read",
        key=f"{KEY}{course.id}",
        district_id=course.district_id,
        payload={"course_id": course.id, "is_confirmed": is_confirmed},
        lane=f"roster:{course.registration_id}",
        due_at=due_at,
    )
