"""Asking LMSs who finished their courses: whose turn it is, what is asked, and what comes in the way.

The turn of a course comes by when it was last asked about, with an answer or without: one that is gone or refused does
not keep the others waiting.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Select, String, and_, case, cast, exists, func, literal, or_, select, union
from sqlalchemy.orm import InstrumentedAttribute, Session

from config import Config
from lti_tool.db import Database, UtcDateTime, database_time, utc_now
from lti_tool.errors import NotFoundError
from lti_tool.grades.models import Completion, CompletionSource
from lti_tool.launch.models import Family, Registration, RestAccess
from lti_tool.launch.operations.completion_reads import Asking, what_asking_brings
from lti_tool.launch.queries import platform_of, platform_of_course
from lti_tool.lms.platform import Platform
from lti_tool.lms.rest import CourseQuestion
from lti_tool.outbox.models import OPEN, OutboxMessage
from lti_tool.outbox.operations import enqueue
from lti_tool.people.models import Course, CourseRole, Identity, Membership, Opportunity, Person
from lti_tool.people.operations import note_course_gone, record_audit
from lti_tool.plans.models import Activity, GrowthPlan

NOT_CONNECTED = "Nobody has given the tool access to this LMS's completions yet."
NOT_TOLD = "This LMS tells no tool who finished a course. Choose another way for this course."
COURSE_GONE = "The LMS has no such course any more. Restore it there, or retire it in the catalogue."
SOON, LATER, SELDOM = timedelta(minutes=2), timedelta(minutes=15), timedelta(hours=1)
IDLE, DAILY = timedelta(hours=6), timedelta(days=1)
BEGINNING, GOING_ON = timedelta(days=2), timedelta(days=60)
"""How long somebody who took a course up is waited for most eagerly, and how long still eagerly."""
ENDING = timedelta(days=3)
"""So long before and after its end many finish a course."""
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
QUIET = timedelta(days=14)
"""A course in which nobody finished for so long, and for which nobody waits, is idle; so is one that ended before."""
MOST_READS, MOST_OF_ONE = 500, 30
"""How many courses one round asks about, of all LMSs and of one: none is asked about everything in the same minute."""
ROUND = timedelta(seconds=50)
"""Over how much of the minute until the next round the questions of this one are spread."""
KEY, TOGETHER = "completions:", "completions:lms:"


@dataclass(frozen=True, slots=True)
class CoursePlan:
    """What to ask an LMS about one course."""

    course_id: int
    question: CourseQuestion
    people: Mapping[str, int]
    """The person's id by the LMS's user id."""
    source: CompletionSource
    begun_at: datetime
    """By the database's clock: the answers may be as old as this."""
    nameless: frozenset[int]
    """Members of whom it is not known what the LMS's REST side calls them: it cannot be asked about these."""


@dataclass(frozen=True, slots=True)
class ReadPlan:
    """What to ask one LMS in one go."""

    platform: Platform
    courses: Sequence[CoursePlan]
    mark: int | None = None
    """Where the results of line items tell: from which part of the maximum on, in percent. Else the REST side does."""


def ask_lms_now(db: Session, actor: Person, course_id: int) -> Asking:
    """Have a course's completions read as soon as a worker is free, where the LMS can be asked; return which."""
    course = db.scalar(select(Course).where(Course.id == course_id, Course.district_id == actor.district_id))
    if course is None or not course.is_professional_learning:
        raise NotFoundError
    brings = what_asking_brings(db, course)
    if brings is Asking.ASKED:
        record_audit(db, actor, "completions_asked", "course", course.id)
        enqueue_read(db, course)
    return brings


def enqueue_due_reads(db: Session, now: datetime) -> int:
    """Put in a read for each course whose turn it is; return how many these are.

    Each LMS has its own share of a round, and its questions are spread over the minute at random. A Moodle tells of all
    courses of a person at once, so one message asks about all of its courses.
    """
    rows = db.execute(_due_courses(now)).all()
    of_lms = Counter(course.registration_id for course, _turn, _family in rows)
    together: defaultdict[int, list[Course]] = defaultdict(list)
    for course, turn, family in rows:
        place = turn - 1 + random.random()  # noqa: S311 - spreads load, guards nothing
        if family is Family.MOODLE and not course.completion_item_url:
            together[course.registration_id].append(course)
        else:
            enqueue_read(db, course, due_at=now + ROUND * place / of_lms[course.registration_id])
    for courses in together.values():
        _enqueue_together(db, courses, due_at=now + ROUND * random.random())  # noqa: S311 - the same
    return len(rows)


def _due_courses(now: datetime) -> Select[Course, int, Family]:
    """Choose courses whose turn it is, of each LMS first the one that was not asked about for longest, each in turn."""
    own, together = (
        literal(KEY) + cast(Course.id, String),
        literal(TOGETHER) + cast(Course.registration_id, String),
    )
    has_item = Course.completion_item_url != ""
    is_asked = or_(OutboxMessage.key == own, and_(~has_item, OutboxMessage.key == together))
    under_way = exists().where(is_asked, OutboxMessage.state.in_(OPEN))
    connected = and_(RestAccess.access_token.is_not(None), RestAccess.problem == "")
    age = (Course.completions_asked_at.nulls_first(), Course.id)
    turn = func.row_number().over(partition_by=Course.registration_id, order_by=age)
    due = (
        select(Course.id, turn.label("turn"))
        .outerjoin(RestAccess, RestAccess.registration_id == Course.registration_id)
        .join(Opportunity, Opportunity.id == Course.id)
        .where(Course.professional_learning_at.is_not(None), or_(has_item, connected), _is_due(now), ~under_way)
        .subquery()
    )
    return (
        select(Course, due.c.turn, Registration.family)
        .join(due, due.c.id == Course.id)
        .join(Registration, Registration.id == Course.registration_id)
        .where(due.c.turn <= MOST_OF_ONE)
        .order_by(due.c.turn, *age)
        .limit(MOST_READS)
    )


def _is_due(now: datetime) -> ColumnElement[bool]:
    """Ask often where somebody waits who began lately or whose course ends these days, and rarely where nothing stirs.

    Whoever opens the tool in a course has it asked about at once in any case.
    """
    waits = exists().where(Activity.opportunity_id == Course.id, Activity.completed_at.is_(None))
    began_lately, began = (waits.where(Activity.created_at > now - age) for age in (BEGINNING, GOING_ON))
    is_ending = Course.ends_at.between(now - ENDING, now + ENDING)
    has_ended = Course.ends_at < now - QUIET
    is_lively = exists().where(Completion.course_id == Course.id, Completion.noticed_at > now - QUIET)
    has_failed = Course.completions_asked_at > func.coalesce(Course.completions_read_at, literal(NEVER, UtcDateTime()))
    pause = case(
        (Opportunity.unavailable_since.is_not(None), _before(now, DAILY)),
        (has_failed, _before(now, SELDOM)),
        (or_(began_lately, and_(waits, is_ending)), _before(now, SOON)),
        (has_ended, _before(now, IDLE)),
        (began, _before(now, LATER)),
        (or_(waits, is_ending, is_lively), _before(now, SELDOM)),
        else_=_before(now, IDLE),
    )
    return or_(Course.completions_asked_at.is_(None), Course.completions_asked_at <= pause)


def _before(now: datetime, pause: timedelta) -> ColumnElement[datetime]:
    return literal(now - pause, UtcDateTime())


def enqueue_read(db: Session, course: Course, due_at: datetime | None = None) -> None:
    """Have a course's completions read, in place of any read that still waits."""
    enqueue(
        db,
        kind="completions.read",
        key=f"{KEY}{course.id}",
        district_id=course.district_id,
        payload={"course_id": course.id},
        lane=course.completions_lane,
        due_at=due_at,
    )


def _enqueue_together(db: Session, courses: Sequence[Course], due_at: datetime) -> None:
    registration_id = courses[0].registration_id
    enqueue(
        db,
        kind="completions.read",
        key=f"{TOGETHER}{registration_id}",
        district_id=courses[0].district_id,
        payload={"course_ids": [course.id for course in courses]},
        lane=f"rest:{registration_id}",
        due_at=due_at,
    )


def plan_read(db: Session, course_ids: Sequence[int], settings: Config, database: Database) -> ReadPlan | None:
    """Return what to ask about these courses of one LMS; None when none is professional learning any more.

    Asked about are their learners, and whoever counts a course without ever having opened the tool in it.
    """
    marked = select(Course).where(Course.id.in_(course_ids), Course.professional_learning_at.is_not(None))
    courses = db.scalars(marked.order_by(Course.id)).all()
    if not courses:
        return None
    if len(courses) == 1 and courses[0].completion_item_url:
        return _plan_results(db, courses[0], settings)
    registration = db.get_one(Registration, courses[0].registration_id)
    source = CompletionSource.CANVAS if registration.family is Family.CANVAS else CompletionSource.MOODLE
    plans = [
        _plan_course(db, course, Identity.lms_user_id, course.lms_course_id or course.context_id, source)
        for course in courses
        if not course.completion_item_url  # chosen since the question was put in: it is asked by itself
    ]
    return ReadPlan(platform_of(db, registration, settings, database), plans)


def _plan_results(db: Session, course: Course, settings: Config) -> ReadPlan:
    plan = _plan_course(db, course, Identity.sub, course.completion_item_url, CompletionSource.LINE_ITEM)
    return ReadPlan(platform_of_course(db, course, settings), [plan], course.completion_mark)


def _plan_course(
    db: Session, course: Course, name: InstrumentedAttribute[str], asked_as: str, source: CompletionSource
) -> CoursePlan:
    rows = db.execute(_people_of(course, name)).all()
    found = [row for row in rows if row.user_id]
    question = CourseQuestion(
        asked_as,
        tuple(row.user_id for row in found),
        members=frozenset(row.user_id for row in found if row.is_member),
        known=frozenset(row.user_id for row in found if row.is_known),
    )
    people = {row.user_id: row.person_id for row in found}
    nameless = frozenset(row.person_id for row in rows if row.is_member).difference(people.values())
    return CoursePlan(course.id, question, people, source, database_time(db), nameless)


def _people_of(course: Course, name: InstrumentedAttribute[str]) -> Select[str, int, bool, bool]:
    """Choose whom to ask about; `name` is what the service that is asked calls them."""
    learners = select(Membership.person_id).where(
        Membership.course_id == course.id, Membership.role == CourseRole.LEARNER, Membership.is_active
    )
    counting = select(GrowthPlan.person_id).join(Activity, Activity.plan_id == GrowthPlan.id)
    counting = counting.where(Activity.opportunity_id == course.id)
    finished = select(Completion.person_id).where(Completion.course_id == course.id, Completion.withdrawn_at.is_(None))
    return (
        select(
            name.label("user_id"),
            Identity.person_id,
            Identity.person_id.in_(learners).label("is_member"),
            Identity.person_id.in_(finished).label("is_known"),
        )
        .where(
            Identity.registration_id == course.registration_id,
            Identity.person_id.in_(union(learners, counting)),
        )
        .order_by(Identity.person_id, Identity.id)
    )


def note_unread(db: Session, course_id: int, why: str) -> None:
    """Keep on the course that it was asked about, and in words why its completions could not be read."""
    course = db.get(Course, course_id)
    if course is not None:
        course.completions_note, course.completions_asked_at = why[:300], utc_now()


def note_gone(db: Session, course_id: int) -> None:
    """Keep on the course that the LMS has no such course any more: it leaves search until it is seen again."""
    course = db.get(Course, course_id)
    if course is not None:
        note_course_gone(db, course.opportunity)
        note_unread(db, course_id, COURSE_GONE)


def note_access(db: Session, registration_id: int, problem: str) -> None:
    """Keep on the connection whether it works, and if not, why, in words for the administrator."""
    access = db.get(RestAccess, registration_id)
    if access is not None and access.problem != problem[:300]:
        access.problem, access.checked_at = problem[:300], utc_now()
