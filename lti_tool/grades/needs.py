"""What needs somebody: each kind of trouble with its cause, how many things it holds up, and where its cure is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session

from lti_tool.db import utc_now
from lti_tool.grades.models import ASKS_SOMEBODY, Completion, Score, ScoreState, StrayResult
from lti_tool.grades.operations.alerts import LETTERS, is_late
from lti_tool.grades.operations.holding import IS_RECALLED, WAITS
from lti_tool.launch.models import Registration
from lti_tool.outbox.models import MessageState, OutboxMessage
from lti_tool.people.models import Course, Person

MOST = 50
"""How many of each kind are shown at first."""
IN_ALL, ROWS = func.sum(func.count()).over(), func.count().over()
"""What is counted beyond the rows that are shown: the things of all groups, and single rows."""
BY_HAND = (MessageState.WAITING, MessageState.REJECTED)
STUCK = (*BY_HAND, MessageState.STOPPED)
UNDONE = (*STUCK, MessageState.DUE)
SHOWN_AS_SCORES = ("score", "scores.confirm")
ALERT = "alert.send"
LANES_OF_LMS = ("platform", "rest", "groups", "notices", "roster")
WEEK = timedelta(days=7)


class NeedKind(StrEnum):
    """What somebody has to look at."""

    ACCESS = "access"
    HELD = "held"
    RECALLED = "recalled"
    TAKEN_BACK = "taken_back"
    SCORES = "scores"
    GROUP = "group"
    COMPLETIONS = "completions"
    COMPARISON = "comparison"
    ROSTER = "roster"
    LINE_ITEM = "line_item"
    STRAY = "stray"
    MATCHING = "matching"
    MESSAGE = "message"
    ALERT = "alert"
    LATE = "late"
    UNREADABLE = "unreadable"


KIND_OF = {
    "group": NeedKind.GROUP,
    "group.compare": NeedKind.GROUP,
    "completions.read": NeedKind.COMPLETIONS,
    "scores.compare": NeedKind.COMPARISON,
    "roster.read": NeedKind.ROSTER,
    "line_item.make": NeedKind.LINE_ITEM,
    "teams.match": NeedKind.MATCHING,
}


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


@dataclass(frozen=True, slots=True)
class Needs:
    """The troubles that are shown, and how many things are held up by these and all others."""

    shown: list[Need]
    count: int

    @property
    def more(self) -> int:
        """How many things are held up by troubles that are not shown."""
        return self.count - sum(need.count for need in self.shown)


def needs_of(db: Session, person: Person, most: int = MOST) -> Needs:
    """Return what needs somebody in this district, what holds up most kinds of things first, so many of each kind."""
    parts = [
        _held_up(db, person, utc_now(), most),
        _asking_completions(db, person, most),
        _scores(db, person, most),
        _strays(db, person, most),
        _messages(db, person, most),
        _unreadable_courses(db, person, most),
    ]
    return Needs([need for part in parts for need in part.shown], sum(part.count for part in parts))


def _in_all(rows: Sequence[Sequence[Any]]) -> int:
    return int(rows[0][-1]) if rows else 0


def _held_up(db: Session, person: Person, now: datetime, most: int) -> Needs:
    """Return what is held up by lane, one entry for each cause however much waits.

    An LMS lets the tool in no more; something should have left hours ago; alerts of this week did not leave.
    """
    lane, state, cause = OutboxMessage.lane, OutboxMessage.state, OutboxMessage.last_error_class
    is_alert = and_(OutboxMessage.kind == ALERT, state.in_(STUCK), OutboxMessage.created_at > now - WEEK)
    is_other = and_(OutboxMessage.kind.not_in(LETTERS), or_(state == MessageState.STOPPED, is_late(now)))
    rows = db.execute(
        select(lane, state, cause, func.count(), func.max(OutboxMessage.last_error), func.max(OutboxMessage.id), IN_ALL)
        .where(OutboxMessage.district_id == person.district_id, state.in_(UNDONE), or_(is_alert, is_other))
        .group_by(lane, state, cause)
        .order_by(lane, state, cause)
        .limit(most)
    ).all()
    names = _names_of_lms(db, person) if rows else {}
    found = [
        Need(_kind_of(lane, state), count, cause or "late", words, names.get(_lms_of(lane), ""), _lms_of(lane), last)
        for lane, state, cause, count, words, last, _ in rows
    ]
    return Needs(found, _in_all(rows))


def _kind_of(lane: str, state: MessageState) -> NeedKind:
    if lane.startswith("alert:"):
        return NeedKind.ALERT
    return NeedKind.ACCESS if state is MessageState.STOPPED else NeedKind.LATE


def _names_of_lms(db: Session, person: Person) -> dict[int, str]:
    own = select(Registration.id, Registration.name).where(Registration.district_id == person.district_id)
    return dict(db.execute(own).all())


def _lms_of(lane: str) -> int:
    """Return the registration that a lane leads to; 0 for the tool's own."""
    kind, _, number = lane.partition(":")
    return int(number) if kind in LANES_OF_LMS and number.isdecimal() else 0


def _asking_completions(db: Session, person: Person, most: int) -> Needs:
    """Return the courses of which completions are held, or were taken back, each with how many."""
    found = case((WAITS, NeedKind.HELD), (IS_RECALLED, NeedKind.RECALLED), else_=NeedKind.TAKEN_BACK)
    rows = db.execute(
        select(Course.id, Course.title, found, func.count(), IN_ALL)
        .join(Completion, Completion.course_id == Course.id)
        .where(Completion.district_id == person.district_id, ASKS_SOMEBODY)
        .group_by(Course.id, Course.title, found)
        .order_by(Course.title, Course.id, found)
        .limit(most)
    ).all()
    needs = [
        Need(NeedKind(kind), count, kind, name=title, subject_id=course_id) for course_id, title, kind, count, _ in rows
    ]
    return Needs(needs, _in_all(rows))


def _scores(db: Session, person: Person, most: int) -> Needs:
    """Return the scores that wait for somebody, gathered by course and cause."""
    rows = db.execute(
        select(Course.id, Course.title, Score.cause, Score.outcome, func.count(), IN_ALL)
        .join(Course, Course.id == Score.course_id)
        .where(
            Score.district_id == person.district_id,
            Score.state == ScoreState.NEEDS_ATTENTION,
            Score.cause != "access_lost",
        )
        .group_by(Course.id, Course.title, Score.cause, Score.outcome)
        .order_by(Course.title, Course.id, Score.cause)
        .limit(most)
    ).all()
    found = [
        Need(NeedKind.SCORES, count, cause, words, title, course) for course, title, cause, words, count, _ in rows
    ]
    return Needs(found, _in_all(rows))


def _messages(db: Session, person: Person, most: int) -> Needs:
    """Return the messages other than scores that somebody has to help on."""
    rows = db.execute(
        select(OutboxMessage, ROWS)
        .where(
            OutboxMessage.district_id == person.district_id,
            OutboxMessage.state.in_(BY_HAND),
            OutboxMessage.kind.not_in((*SHOWN_AS_SCORES, *LETTERS)),
        )
        .order_by(OutboxMessage.id.desc())
        .limit(most)
    ).all()
    courses = {number for message, _ in rows if (number := _course_of(message))}
    titles = dict(db.execute(select(Course.id, Course.title).where(Course.id.in_(courses))).all()) if courses else {}
    return Needs([_message_need(each, titles.get(_course_of(each), "")) for each, _ in rows], _in_all(rows))


def _course_of(message: OutboxMessage) -> int:
    return int(message.payload.get("course_id") or 0)


def _message_need(message: OutboxMessage, title: str) -> Need:
    kind = KIND_OF.get(message.kind, NeedKind.MESSAGE)
    subject_id = int(message.payload.get("team_id") or 0) or _course_of(message)
    return Need(kind, 1, message.last_error_class, message.last_error, title, subject_id, message.id)


def _strays(db: Session, person: Person, most: int) -> Needs:
    """Return the courses whose gradebook shows full results of which the tool knows nothing, each with how many."""
    asking = (StrayResult.district_id == person.district_id, StrayResult.left_at.is_(None))
    rows = db.execute(
        select(Course.id, Course.title, func.count(), IN_ALL)
        .join(StrayResult, StrayResult.course_id == Course.id)
        .where(*asking)
        .group_by(Course.id, Course.title)
        .order_by(Course.title, Course.id)
        .limit(most)
    ).all()
    found = [Need(NeedKind.STRAY, count, "stray", "", title, course_id) for course_id, title, count, _ in rows]
    return Needs(found, _in_all(rows))


def _unreadable_courses(db: Session, person: Person, most: int) -> Needs:
    """Return the courses of which the LMS was asked, and could not tell."""
    rows = db.execute(
        select(Course.id, Course.title, Course.completions_note, ROWS)
        .where(
            Course.district_id == person.district_id,
            Course.professional_learning_at.is_not(None),
            Course.completions_asked_at.is_not(None),
            Course.completions_note != "",
        )
        .order_by(Course.title, Course.id)
        .limit(most)
    ).all()
    found = [Need(NeedKind.UNREADABLE, 1, "untrackable", note, title, course) for course, title, note, _ in rows]
    return Needs(found, _in_all(rows))
