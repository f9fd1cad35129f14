"""Copies of courses: what is known of where a course came from, and who is told so.

What a copy takes over is for the layers above to decide; here only the origin is found and announced. People's
completions stay where they were made: the copy is a course of its own.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lti_tool.launch.models import ContextCopy, Deployment
from lti_tool.launch.operations.upserts import insert_missing
from lti_tool.launch.queries import marked_courses
from lti_tool.outbox.operations import enqueue
from lti_tool.people.models import Course


def note_copy(db: Session, deployment: Deployment, context_id: str, origin_ids: Iterable[str]) -> None:
    """Take in that a context was copied; of contexts that have nothing to do with a marked course nothing is kept."""
    origins = _marked_origins(db, deployment, origin_ids)
    if not origins or not context_id:
        return
    course = db.scalar(select(Course).where(Course.deployment_id == deployment.id, Course.context_id == context_id))
    if course is not None and course.is_professional_learning:
        course.copied_from = list(dict.fromkeys([*origins, *course.copied_from]))
        announce_copy(db, course)
        return
    for origin_id in origins:
        insert_missing(
            db, ContextCopy, {"deployment_id": deployment.id, "context_id": context_id, "origin_id": origin_id}
        )


def announce_marking(db: Session, course: Course) -> None:
    """Add what notices said of a course before it was marked, and announce where it came from."""
    noted = ContextCopy.deployment_id == course.deployment_id, ContextCopy.context_id == course.context_id
    origins = db.scalars(select(ContextCopy.origin_id).where(*noted).order_by(ContextCopy.id.desc())).all()
    if origins:
        course.copied_from = list(dict.fromkeys([*origins, *(course.copied_from or ())]))
        db.execute(delete(ContextCopy).where(*noted))
    announce_copy(db, course)


def announce_copy(db: Session, course: Course) -> None:
    """Announce the marked courses that a marked course is a copy of, the nearest first."""
    if not course.copied_from:
        return
    origins = [each.id for each in marked_courses(db, course.registration_id, course.copied_from) if each is not course]
    if origins:
        enqueue(
            db,
            kind="course.copied",
            key=f"course:{course.id}",
            district_id=course.district_id,
            payload={"course_id": course.id, "origin_ids": origins},
        )


def _marked_origins(db: Session, deployment: Deployment, origin_ids: Iterable[str]) -> list[str]:
    """Return the marked courses that these contexts are or, being copies themselves, come from; as context ids."""
    found: list[str] = []
    for origin_id in origin_ids:
        if marked_courses(db, deployment.registration_id, [origin_id]):
            found.append(origin_id)
            continue
        noted = (
            select(ContextCopy.origin_id)
            .join(Deployment, ContextCopy.deployment_id == Deployment.id)
            .where(Deployment.registration_id == deployment.registration_id, ContextCopy.context_id == origin_id)
            .order_by(ContextCopy.id.desc())
        )
        found += db.scalars(noted)
    return list(dict.fromkeys(found))
