"""Whether a course requires the tool's own link, by which it would wait for itself: asked once a day, and warned of."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import String, cast, exists, literal, or_, select
from sqlalchemy.orm import Session

from config import Config
from lti_tool.db import Database, utc_now
from lti_tool.launch.models import Registration, ResourceLink, RestAccess
from lti_tool.launch.queries import platform_of
from lti_tool.lms.platform import Platform
from lti_tool.outbox.models import OPEN, OutboxMessage
from lti_tool.outbox.operations import enqueue
from lti_tool.people.models import Course, CourseRole, Identity, Membership, Person
from lti_tool.people.operations import record_audit

KEY = "requirements:"
DAILY = timedelta(days=1)
MOST = 30
LEARNERS = 3
"""Moodle tells what a course requires only for one of its learners; somebody may have left meanwhile."""


@dataclass(frozen=True, slots=True)
class RequirementsPlan:
    """What to ask about one course."""

    platform: Platform
    lms_course_id: str
    user_ids: tuple[str, ...]


def enqueue_due_checks(db: Session, now: datetime) -> int:
    """Put in a check for each connected course with a link that had none for a day; return how many these are."""
    key = literal(KEY) + cast(Course.id, String)
    under_way = exists().where(OutboxMessage.key == key, OutboxMessage.state.in_(OPEN))
    checked_at = Course.requirements_checked_at
    due = (
        select(Course)
        .join(RestAccess, RestAccess.registration_id == Course.registration_id)
        .where(RestAccess.access_token.is_not(None), RestAccess.problem == "")
        .where(Course.professional_learning_at.is_not(None), Course.lms_course_id != "")
        .where(exists().where(ResourceLink.course_id == Course.id), ~under_way)
        .where(or_(checked_at.is_(None), checked_at <= now - DAILY))
        .order_by(checked_at.nulls_first(), Course.id)
        .limit(MOST)
    )
    courses = db.scalars(due).all()
    for number, course in enumerate(courses):
        _enqueue(db, course, now + timedelta(seconds=number))
    return len(courses)


def check_now(db: Session, actor: Person, course: Course) -> None:
    """Have the LMS asked now what the course requires."""
    record_audit(db, actor, "requirements_asked", "course", course.id)
    _enqueue(db, course, utc_now())


def set_hub(db: Session, actor: Person, course: Course, *, is_hub: bool) -> None:
    """Say that a course is a hub, which may require the tool's link, or that it is none."""
    if course.is_hub != is_hub:
        course.is_hub = is_hub
        record_audit(db, actor, "course_is_hub" if is_hub else "course_is_no_hub", "course", course.id)


def plan_check(db: Session, course_id: int, settings: Config, database: Database) -> RequirementsPlan | None:
    """Return what to ask about a course; None where it is no professional learning any more."""
    course = db.get(Course, course_id)
    if course is None or not course.is_professional_learning:
        return None
    course.requirements_checked_at = utc_now()
    learners = (
        select(Identity.lms_user_id)
        .join(Membership, Membership.person_id == Identity.person_id)
        .where(Membership.course_id == course.id, Membership.role == CourseRole.LEARNER, Membership.is_active)
        .where(Identity.registration_id == course.registration_id, Identity.lms_user_id != "")
        .order_by(Membership.seen_at.desc(), Identity.id)
        .limit(LEARNERS)
    )
    registration = db.get_one(Registration, course.registration_id)
    platform = platform_of(db, registration, settings, database)
    return RequirementsPlan(platform, course.lms_course_id, tuple(db.scalars(learners)))


def note_requirements(db: Session, course_id: int, required: Collection[str]) -> None:
    """Keep whether one of the activities that a course requires is a link to the tool, by its title."""
    course = db.get(Course, course_id)
    if course is None:
        return
    links = db.scalars(select(ResourceLink.title).where(ResourceLink.course_id == course.id, ResourceLink.title != ""))
    titles = {_plain(title) for title in required}
    course.requires_own_link = any(_plain(title) in titles for title in links)


def _plain(title: str) -> str:
    return " ".join(title.split()).casefold()


def _enqueue(db: Session, course: Course, due_at: datetime) -> None:
    enqueue(
        db,
        kind="requirements.read",
        key=f"{KEY}{course.id}",
        district_id=course.district_id,
        payload={"course_id": course.id},
        lane=f"rest:{course.registration_id}",
        due_at=due_at,
    )
