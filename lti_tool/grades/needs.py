"""What needs somebody: each kind of trouble with its cause, how many things it holds up, and where its cure is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool.grades.models import Completion, Score, ScoreState
from lti_tool.launch.models import Registration
from lti_tool.outbox.models import MessageState, OutboxMessage
from lti_tool.people.models import Course, Person

MOST = 50
BY_HAND = (MessageState.WAITING, MessageState.REJECTED)


class NeedKind(StrEnum):
    """What somebody has to look at."""

    ACCESS = "access"
    HELD = "held"
    SCORES = "scores"
    GROUP = "group"
    COMPLETIONS = "completions"
    MESSAGE = "message"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Need:
    """One trouble: `count` things are held up by it."""

    kind: NeedKind
    count: int
    cause: str = ""
    """The class of the error, by which the cure is chosen."""
    words: str = ""
    name: str = ""
    """The course or the LMS that it is about."""
    subject_id: int = 0
    """What the cure is done to: a course, a registration, a team, a message or a score."""
    message_id: int = 0


def needs_of(db: Session, person: Person) -> list[Need]:
    """Return what needs somebody in this district, what holds up most kinds of things first."""
    return [
        *_stopped_lanes(db, person),
        *_held_completions(db, person),
        *_scores(db, person),
        *_messages(db, person),
        *_unreadable_courses(db, person),
    ]


def _stopped_lanes(db: Session, person: Person) -> list[Need]:
    """Return the doors of platforms that no longer let the tool in, one entry for each however much waits."""
    rows = db.execute(
        select(OutboxMessage.lane, func.count(), func.max(OutboxMessage.last_error), func.max(OutboxMessage.id))
        .where(OutboxMessage.district_id == person.district_id, OutboxMessage.state == MessageState.STOPPED)
        .group_by(OutboxMessage.lane)
        .order_by(OutboxMessage.lane)
    ).all()
    registration_of = {lane: int(lane.rpartition(":")[2] or 0) for lane, *_ in rows}
    wanted = select(Registration.id, Registration.name).where(Registration.id.in_(registration_of.values()))
    names = dict(db.execute(wanted).all())
    return [
        Need(
            NeedKind.ACCESS,
            count,
            "access_lost",
            words,
            names.get(registration_of[lane], ""),
            registration_of[lane],
            last,
        )
        for lane, count, words, last in rows
    ]


def _held_completions(db: Session, person: Person) -> list[Need]:
    rows = db.execute(
        select(Course.id, Course.title, func.count())
        .join(Completion, Completion.course_id == Course.id)
        .where(
            Completion.district_id == person.district_id,
            Completion.held_at.is_not(None),
            Completion.withdrawn_at.is_(None),
        )
        .group_by(Course.id, Course.title)
        .order_by(Course.title, Course.id)
        .limit(MOST)
    )
    return [Need(NeedKind.HELD, count, "held", name=title, subject_id=course_id) for course_id, title, count in rows]


def _scores(db: Session, person: Person) -> list[Need]:
    """Return the scores that wait for somebody, gathered by course and cause."""
    rows = db.execute(
        select(Course.id, Course.title, Score.cause, Score.outcome, func.count())
        .join(Course, Course.id == Score.course_id)
        .where(
            Score.district_id == person.district_id,
            Score.state == ScoreState.NEEDS_ATTENTION,
            Score.cause != "access_lost",
        )
        .group_by(Course.id, Course.title, Score.cause, Score.outcome)
        .order_by(Course.title, Course.id, Score.cause)
        .limit(MOST)
    )
    return [Need(NeedKind.SCORES, count, cause, words, title, course) for course, title, cause, words, count in rows]


def _messages(db: Session, person: Person) -> list[Need]:
    """Return the messages other than scores that somebody has to help on."""
    rows = db.scalars(
        select(OutboxMessage)
        .where(
            OutboxMessage.district_id == person.district_id,
            OutboxMessage.state.in_(BY_HAND),
            OutboxMessage.kind != "score",
        )
        .order_by(OutboxMessage.id.desc())
        .limit(MOST)
    ).all()
    return [_message_need(message) for message in rows]


def _message_need(message: OutboxMessage) -> Need:
    kind = {"group": NeedKind.GROUP, "completions.read": NeedKind.COMPLETIONS}.get(message.kind, NeedKind.MESSAGE)
    subject_id = int(message.payload.get("team_id") or message.payload.get("course_id") or 0)
    return Need(kind, 1, message.last_error_class, message.last_error, message.key, subject_id, message.id)


def _unreadable_courses(db: Session, person: Person) -> list[Need]:
    """Return the courses of which the LMS was asked, and could not tell."""
    rows = db.execute(
        select(Course.id, Course.title, Course.completions_note)
        .where(
            Course.district_id == person.district_id,
            Course.professional_learning_at.is_not(None),
            Course.completions_read_at.is_not(None),
            Course.completions_note != "",
        )
        .order_by(Course.title, Course.id)
        .limit(MOST)
    )
    return [Need(NeedKind.UNREADABLE, 1, "untrackable", note, title, course) for course, title, note in rows]
