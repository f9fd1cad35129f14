"""What a launch sets going about completions: the LMS is asked, and a checkpoint that was opened is announced."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from sqlalchemy import Boolean, bindparam, exists, or_, select
from sqlalchemy.orm import Session

from lti_tool.db import utc_now
from lti_tool.launch.models import Family, Registration, RestAccess
from lti_tool.outbox.models import OPEN, OutboxMessage
from lti_tool.outbox.operations import enqueue, is_free
from lti_tool.people.models import Course, Opportunity, OpportunityKind, Person

READ_AGAIN_AFTER = timedelta(seconds=30)
ASKED = exists().where(OutboxMessage.key == bindparam("key"), OutboxMessage.state.in_(OPEN), is_free(bindparam("now")))
CAN_TELL = or_(
    Registration.family == Family.OTHER,  # that it tells nobody is said in words
    exists().where(RestAccess.registration_id == Registration.id, RestAccess.access_token.is_not(None)),
)
IS_TO_BE_ASKED = select(Registration.id).where(
    Registration.id == bindparam("registration"), ~ASKED, or_(bindparam("has_item", type_=Boolean()), CAN_TELL)
)
"""Built once: building a statement costs more than running it."""


class Asking(StrEnum):
    """What comes of asking a course's LMS who finished it."""

    ASKED = "asked"
    NOT_CONNECTED = "not_connected"
    """Nobody has given the tool access to the LMS's completions."""
    CANNOT_TELL = "cannot_tell"
    """It is an LMS that tells no tool who finished a course."""
    CHECKPOINT = "checkpoint"
    """Nobody need be asked: opening the checkpoint finishes the course."""


def what_asking_brings(db: Session, course: Course) -> Asking:
    """Return what comes of asking the LMS: whether anything there can be read, or what tells in its place."""
    access = db.get(RestAccess, course.registration_id)
    if course.completion_item_url or (access is not None and access.access_token is not None):
        return Asking.ASKED
    if course.has_finishing_checkpoint:
        return Asking.CHECKPOINT
    is_other = db.get_one(Registration, course.registration_id).family is Family.OTHER
    return Asking.CANNOT_TELL if is_other else Asking.NOT_CONNECTED


def ask_for_completions(db: Session, course: Course) -> None:
    """Have the LMS asked who completed the course: now, or as soon as enough time lies between two reads.

    An LMS whose REST side nobody connected is not asked: that stands in the review, and is no failure of each day.
    """
    key, now, has_item = f"completions:{course.id}", utc_now(), bool(course.completion_item_url)
    asked = {"key": key, "now": now, "registration": course.registration_id, "has_item": has_item}
    if db.scalar(IS_TO_BE_ASKED, asked) is not None:
        soonest = course.completions_asked_at + READ_AGAIN_AFTER if course.completions_asked_at else now
        enqueue(
            db,
            kind="completions.read",
            key=key,
            district_id=course.district_id,
            lane=course.completions_lane,
            payload={"course_id": course.id},
            due_at=max(now, soonest),
        )


def announce_checkpoint(db: Session, course: Course, person: Person) -> None:
    """Announce that a learner opened the checkpoint by which the course is finished."""
    enqueue(
        db,
        kind="course.checkpoint",
        key=f"checkpoint:{course.id}:{person.id}",
        district_id=course.district_id,
        payload={"course_id": course.id, "person_id": person.id, "opened_at": utc_now().isoformat()},
    )


def announce_taken_up(db: Session, person: Person, opportunity: Opportunity) -> None:
    """Announce that a course is taken up: the LMS may have reported it finished while no plan counted it."""
    if opportunity.kind is OpportunityKind.COURSE:
        enqueue(
            db,
            kind="learning.taken_up",
            key=f"learning:{opportunity.id}:{person.id}",
            district_id=person.district_id,
            payload={"course_id": opportunity.id, "person_id": person.id},
        )
