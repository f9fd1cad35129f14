"""Completions as the LMS tells them: each recorded once, told to plans, taken back when the LMS takes it back.

Suspiciously many new ones at once are held until an administrator accepts them: a changed setting in a course can
make an LMS report everybody as finished.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, String, and_, case, cast, exists, literal, or_, select
from sqlalchemy.orm import Session

from config import Config
from lti_tool.db import Database, UtcDateTime, utc_now
from lti_tool.errors import NotFoundError
from lti_tool.grades.models import Completion, CompletionSource
from lti_tool.grades.operations.scores import place_scores
from lti_tool.launch.models import Family, Registration, RestAccess
from lti_tool.launch.queries import platform_of
from lti_tool.lms.platform import Platform
from lti_tool.lms.rest import CompletionRead, PersonCompletion
from lti_tool.outbox.models import OPEN, OutboxMessage
from lti_tool.outbox.operations import enqueue
from lti_tool.people.models import Course, CourseRole, Identity, Membership, Person
from lti_tool.people.operations import record_audit
from lti_tool.plans.models import Goal, GoalCourse, GoalState, GrowthPlan
from lti_tool.plans.operations.courses import record_course_completion, withdraw_course_completion

NOT_CONNECTED = "Nobody has given the tool access to this LMS's completions yet."
SOON, SELDOM = timedelta(minutes=2), timedelta(hours=1)
FEW = 5
"""So many at once are never suspicious."""
MOST_READS = 50
"""How many courses one round asks about, so that an LMS is not asked about all of them in the same minute."""
KEY = "completions:"


@dataclass(frozen=True, slots=True)
class ReadPlan:
    """What to ask an LMS about one course."""

    platform: Platform
    lms_course_id: str
    people: Mapping[str, int]
    """The person's id by the LMS's user id."""


def ask_lms_now(db: Session, actor: Person, course_id: int) -> None:
    """Have a course's completions read as soon as a worker is free."""
    course = db.scalar(select(Course).where(Course.id == course_id, Course.district_id == actor.district_id))
    if course is None or not course.is_professional_learning:
        raise NotFoundError
    record_audit(db, actor, "completions_asked", "course", course.id)
    _enqueue_read(db, course)


def enqueue_due_reads(db: Session, now: datetime) -> int:
    """Put in a read for each course whose turn it is; return how many these are.

    Every two minutes where somebody's open goal waits for the course, else every hour.
    """
    courses = db.scalars(_due_courses(now)).all()
    for number, course in enumerate(courses):
        _enqueue_read(db, course, due_at=now + timedelta(seconds=number))
    return len(courses)


def _due_courses(now: datetime) -> Select[Course]:
    waited_for = exists().where(
        GoalCourse.course_id == Course.id,
        GoalCourse.completed_at.is_(None),
        GoalCourse.goal_id == Goal.id,
        Goal.state == GoalState.OPEN,
    )
    under_way = exists().where(
        OutboxMessage.key == literal(KEY) + cast(Course.id, String), OutboxMessage.state.in_(OPEN)
    )
    moment = UtcDateTime()
    due = or_(
        Course.completions_read_at.is_(None),
        Course.completions_read_at
        <= case((waited_for, literal(now - SOON, moment)), else_=literal(now - SELDOM, moment)),
    )
    connected = and_(RestAccess.access_token.is_not(None), RestAccess.problem == "")
    return (
        select(Course)
        .join(RestAccess, RestAccess.registration_id == Course.registration_id)
        .where(Course.professional_learning_at.is_not(None), connected, due, ~under_way)
        .order_by(Course.completions_read_at.nulls_first(), Course.id)
        .limit(MOST_READS)
    )


def _enqueue_read(db: Session, course: Course, due_at: datetime | None = None) -> None:
    enqueue(
        db,
        kind="completions.read",
        key=f"{KEY}{course.id}",
        district_id=course.district_id,
        payload={"course_id": course.id},
        lane=f"rest:{course.registration_id}",
        due_at=due_at,
    )


def plan_read(db: Session, course_id: int, settings: Config, database: Database) -> ReadPlan | None:
    """Return what to ask about a course; None when it is no longer marked as professional learning."""
    course = db.get(Course, course_id)
    if course is None or not course.is_professional_learning:
        return None
    registration = db.get_one(Registration, course.registration_id)
    learners = (
        select(Identity.lms_user_id, Identity.person_id)
        .join(Membership, Membership.person_id == Identity.person_id)
        .where(
            Identity.registration_id == registration.id,
            Identity.lms_user_id != "",
            Membership.course_id == course.id,
            Membership.role == CourseRole.LEARNER,
            Membership.is_active,
        )
        .order_by(Identity.person_id)
    )
    platform = platform_of(db, registration, settings, database)
    people = dict(db.execute(learners).all())
    return ReadPlan(platform, course.lms_course_id or course.context_id, people)


def note_unread(db: Session, course_id: int, why: str) -> None:
    """Keep on the course, in words, why its completions could not be read."""
    course = db.get(Course, course_id)
    if course is not None:
        course.completions_note = why[:300]


def note_access(db: Session, registration_id: int, problem: str) -> None:
    """Keep on the connection whether it works, and if not, why, in words for the administrator."""
    access = db.get(RestAccess, registration_id)
    if access is not None and access.problem != problem[:300]:
        access.problem, access.checked_at = problem[:300], utc_now()


def record_read(db: Session, course_id: int, plan: ReadPlan, read: CompletionRead) -> None:
    """Keep what the LMS said of the learners of a course, and tell their goals."""
    course = db.get(Course, course_id)
    if course is None:
        return
    course.completions_read_at = utc_now()
    course.completions_note = _note(read)[:300]
    known = {each.person_id: each for each in db.scalars(select(Completion).where(Completion.course_id == course.id))}
    said = {plan.people[each.user_id]: each for each in read.people if each.user_id in plan.people}
    new = [person_id for person_id, each in said.items() if each.is_completed and not _is_noticed(known, person_id)]
    held_at = utc_now() if len(new) > max(FEW, len(plan.people) // 2) else None
    for person_id in new:
        _notice(db, course, known, person_id, said[person_id], held_at)
    for person_id, each in said.items():
        if not each.is_completed and _is_noticed(known, person_id):
            _withdraw(db, known[person_id])
    db.flush()  # the goals that wait are found by a query
    _tell_waiting_goals(db, course.id)
    place_scores(db, course.id)


def accept_held(db: Session, actor: Person, course_id: int) -> int:
    """Let the held completions of a course count; return how many these were."""
    held = db.scalars(
        select(Completion).where(
            Completion.course_id == course_id,
            Completion.district_id == actor.district_id,
            Completion.held_at.is_not(None),
            Completion.withdrawn_at.is_(None),
        )
    ).all()
    if not held:
        raise NotFoundError
    for completion in held:
        completion.held_at = None
    record_audit(db, actor, "completions_accepted", "course", course_id, count=len(held))
    db.flush()  # the goals that wait are found by a query
    _tell_waiting_goals(db, course_id)
    return len(held)


def _note(read: CompletionRead) -> str:
    if not read.is_trackable:
        return read.why_not_trackable
    if read.untold:
        people = "1 person" if len(read.untold) == 1 else f"{len(read.untold)} people"
        return f"The LMS could not tell for {people} of this course."
    return ""


def _is_noticed(known: Mapping[int, Completion], person_id: int) -> bool:
    return person_id in known and known[person_id].withdrawn_at is None


def _notice(
    db: Session,
    course: Course,
    known: dict[int, Completion],
    person_id: int,
    said: PersonCompletion,
    held_at: datetime | None,
) -> None:
    completion = known.get(person_id)
    if completion is None:
        family = db.get_one(Registration, course.registration_id).family
        source = CompletionSource.CANVAS if family is Family.CANVAS else CompletionSource.MOODLE
        completion = Completion(district_id=course.district_id, course_id=course.id, person_id=person_id, source=source)
        db.add(completion)
    completion.completed_at, completion.noticed_at = said.completed_at, utc_now()
    completion.withdrawn_at, completion.held_at = None, held_at
    known[person_id] = completion


def _withdraw(db: Session, completion: Completion) -> None:
    completion.withdrawn_at, completion.held_at = utc_now(), None
    withdraw_course_completion(db, completion.person_id, completion.course_id)


def _tell_waiting_goals(db: Session, course_id: int) -> None:
    """Tell the open goals that wait for this course of every completion that counts, the older ones too."""
    waiting = (
        select(Completion)
        .join(GrowthPlan, GrowthPlan.person_id == Completion.person_id)
        .join(Goal, Goal.plan_id == GrowthPlan.id)
        .join(GoalCourse, and_(GoalCourse.goal_id == Goal.id, GoalCourse.course_id == Completion.course_id))
        .where(
            Completion.course_id == course_id,
            Completion.withdrawn_at.is_(None),
            Completion.held_at.is_(None),
            Goal.state == GoalState.OPEN,
            GoalCourse.completed_at.is_(None),
        )
    )
    told: Iterable[Completion] = db.scalars(waiting.order_by(Completion.person_id).distinct()).all()
    for completion in told:
        record_course_completion(db, completion.person_id, course_id, completion.completed_at)
