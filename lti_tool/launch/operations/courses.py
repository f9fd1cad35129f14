"""Courses of an LMS: made when somebody marks them as professional learning, refreshed by each launch."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import quote

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from lti_tool.db import utc_now
from lti_tool.errors import ConflictError, NotAllowedError
from lti_tool.launch.addresses import origin_of
from lti_tool.launch.message import LaunchMessage
from lti_tool.launch.models import Deployment, Family, LaunchSession, Registration
from lti_tool.launch.operations.copies import announce_copy, announce_marking
from lti_tool.launch.operations.upserts import upsert
from lti_tool.people.models import Course, CourseRole, Membership, Opportunity, OpportunityKind, Person, Role
from lti_tool.people.operations import note_course_there, record_audit

BY_CONTEXT = select(Course).where(
    Course.registration_id == bindparam("registration"),
    Course.deployment_id == bindparam("deployment"),
    Course.context_id == bindparam("context"),
)
"""Built once: building a statement costs more than running it."""


def find_course(db: Session, registration_id: int, deployment_id: int, context_id: str) -> Course | None:
    """Return the course of this context; two deployments may use one context id for different courses."""
    given = {"registration": registration_id, "deployment": deployment_id, "context": context_id}
    return db.scalar(BY_CONTEXT, given)


def context_of(message: LaunchMessage) -> dict[str, Any]:
    """Return the course as a launch describes it: what a session keeps until somebody marks the course."""
    if message.context is None or not message.context.is_course:
        return {}
    return {
        "id": message.context.id,
        "label": message.context.label,
        "title": message.context.title,
        "lms_course_id": message.custom.get("canvas_course_id", "")[:64],
        "ends_at": message.course_ends_at.isoformat() if message.course_ends_at else "",
        "rest_base_url": message.custom.get("canvas_api_base_url", "")[:1000],
        "line_items_url": message.line_items_url,
        "memberships_url": message.memberships_url,
        "scopes": list(message.scopes),
        "copied_from": message.history,
    }


def create_course(db: Session, registration: Registration, deployment: Deployment, context: dict[str, Any]) -> Course:
    """Return a new course marked as professional learning, from what a launch said of it."""
    district_id = registration.district_id
    course = Course(
        opportunity=Opportunity(district_id=district_id, kind=OpportunityKind.COURSE),
        district_id=district_id,
        registration_id=registration.id,
        deployment_id=deployment.id,
        context_id=context["id"],
        professional_learning_at=utc_now(),
    )
    _describe(course, registration, context)
    db.add(course)
    db.flush()  # memberships and the session name it
    announce_marking(db, course)
    return course


def refresh_course(db: Session, course: Course, registration: Registration, message: LaunchMessage) -> None:
    """Bring a course up to date with what its latest launch says."""
    note_course_there(db, course.opportunity)
    known = course.copied_from
    _describe(course, registration, context_of(message))
    if course.copied_from != known:
        announce_copy(db, course)


def mark_course(db: Session, actor: Person, session: LaunchSession) -> Course:
    """Mark the session's course as professional learning: from now on its people are stored."""
    if not session.context:
        raise ConflictError("This session was not opened from a course.")
    _check_may_mark(actor, session)
    course = find_course(db, session.registration_id, session.deployment_id, session.context["id"])
    if course is None:
        deployment = db.get_one(Deployment, session.deployment_id)
        course = create_course(db, session.registration, deployment, session.context)
    if not course.is_professional_learning:
        course.professional_learning_at = utc_now()
        _describe(course, session.registration, session.context)
        announce_marking(db, course)
    course.marked_by_id = actor.id
    session.course = course
    if session.is_course_designer:
        _join_as_designer(db, course, actor)
    record_audit(db, actor, "course_marked", "course", course.id)
    return course


def unmark_course(db: Session, actor: Person, session: LaunchSession) -> None:
    """Say that the session's course is no professional learning after all; its learners are shut out again."""
    if session.course is None:
        raise ConflictError("This course is not marked as professional learning.")
    _check_may_mark(actor, session)
    session.course.professional_learning_at = None
    record_audit(db, actor, "course_unmarked", "course", session.course.id)
    session.course = None


def _join_as_designer(db: Session, course: Course, person: Person) -> None:
    role = CourseRole.DESIGNER
    values = {"course_id": course.id, "person_id": person.id, "role": role, "is_active": True, "seen_at": utc_now()}
    upsert(db, Membership, values, unique=("course_id", "person_id"))


def _check_may_mark(actor: Person, session: LaunchSession) -> None:
    if not (session.is_course_designer or actor.has_role(Role.DESIGNER) or actor.has_role(Role.ADMINISTRATOR)):
        raise NotAllowedError("Only the designers of this course can say whether it is professional learning.")


def _describe(course: Course, registration: Registration, context: dict[str, Any]) -> None:
    """Set what changed and only that; an empty value says nothing about the service addresses of other launches."""
    for name in ("label", "title", "line_items_url", "memberships_url", "scopes", "copied_from"):
        value = context.get(name)
        if value and getattr(course, name) != value:
            setattr(course, name, value)
    if course.opportunity.title != course.title:
        course.opportunity.title = course.title
    ends_at = datetime.fromisoformat(context["ends_at"]) if context.get("ends_at") else None
    if ends_at and course.ends_at != ends_at:
        course.ends_at = ends_at
    lms_id = context["id"] if registration.family is Family.MOODLE else context.get("lms_course_id")
    if lms_id and course.lms_course_id != lms_id:
        course.lms_course_id = lms_id[:64]
    address = _course_address(registration, course.lms_course_id, context)
    if address and course.launch_url != address:
        course.launch_url = address


def _course_address(registration: Registration, lms_course_id: str, context: dict[str, Any]) -> str:
    """Return where the LMS shows the course: Moodle's course/view.php, Canvas's /courses/:id."""
    base = origin_of(context.get("rest_base_url", ""))
    if registration.family is Family.MOODLE and lms_course_id:
        return f"{registration.issuer.rstrip('/')}/course/view.php?id={quote(lms_course_id, safe='')}"
    if registration.family is Family.CANVAS and lms_course_id and base:
        return f"{base}/courses/{quote(lms_course_id, safe='')}"
    return ""
