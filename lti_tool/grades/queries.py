"""Reads for the district's review: how far each score has come, and one score's story.

Ids and states, people and courses; never a word of a goal.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from lti_tool.errors import NotFoundError
from lti_tool.grades.models import Completion, Score, ScoreState
from lti_tool.launch.models import Registration, RestAccess
from lti_tool.outbox.models import DeliveryAttempt, OutboxMessage
from lti_tool.people.models import AuditEvent, Course, Person
from lti_tool.plans.models import Goal, GoalCourse, GrowthPlan

PAGE_SIZE = 50
DAYS = 14


@dataclass(frozen=True, slots=True)
class Day:
    """How far the scores that became due on one day have come."""

    day: date
    counts: dict[ScoreState, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class ScorePage:
    """Some scores, the newest first, and before which one the next page begins."""

    scores: Sequence[Score]
    next_before: int | None


@dataclass(frozen=True, slots=True)
class CourseReading:
    """A marked course, and how the tool stands with its completions."""

    course: Course
    registration: Registration
    is_connected: bool
    completed: int


@dataclass(frozen=True, slots=True)
class Story:
    """Everything that is known of one score, for its timeline."""

    score: Score
    registration: Registration
    completion: Completion | None
    goal_ids: Sequence[int]
    messages: Sequence[OutboxMessage]
    attempts: dict[int, list[DeliveryAttempt]]
    sent_again: Sequence[AuditEvent]


def count_by_state(db: Session, person: Person) -> dict[ScoreState, int]:
    """Return how many scores of the district are in each state."""
    wanted = select(Score.state, func.count()).where(Score.district_id == person.district_id).group_by(Score.state)
    return dict(db.execute(wanted).all())


def count_by_day(db: Session, person: Person, today: date) -> list[Day]:
    """Return the last two weeks, oldest first, each with how far its scores have come."""
    first = today - timedelta(days=DAYS - 1)
    day = func.date(Score.created_at)
    wanted = (
        select(day, Score.state, func.count())
        .where(Score.district_id == person.district_id, Score.created_at >= datetime.combine(first, time(), UTC))
        .group_by(day, Score.state)
    )
    counts: defaultdict[str, dict[ScoreState, int]] = defaultdict(dict)
    for of_day, state, count in db.execute(wanted):
        counts[str(of_day)][state] = count
    days = [first + timedelta(days=number) for number in range(DAYS)]
    return [Day(each, counts[each.isoformat()]) for each in days]


def scores_of(
    db: Session,
    person: Person,
    *,
    state: ScoreState | None = None,
    course_id: int | None = None,
    before: int | None = None,
) -> ScorePage:
    """Return a page of the district's scores, the newest first."""
    wanted = _scores(person).order_by(Score.id.desc()).limit(PAGE_SIZE + 1)
    if state is not None:
        wanted = wanted.where(Score.state == state)
    if course_id is not None:
        wanted = wanted.where(Score.course_id == course_id)
    if before is not None:
        wanted = wanted.where(Score.id < before)
    scores = db.scalars(wanted).all()
    return ScorePage(scores[:PAGE_SIZE], scores[PAGE_SIZE - 1].id if len(scores) > PAGE_SIZE else None)


def all_scores_of(db: Session, person: Person) -> Iterator[Score]:
    """Yield every score of the district, the oldest first."""
    yield from db.scalars(_scores(person).order_by(Score.id).execution_options(yield_per=500))


def _scores(person: Person) -> Select[Score]:
    wanted = select(Score).where(Score.district_id == person.district_id)
    return wanted.options(joinedload(Score.person), joinedload(Score.course), joinedload(Score.resource_link))


def readings_of(db: Session, person: Person, *, after: int = 0) -> tuple[list[CourseReading], int | None]:
    """Return a page of the district's marked courses, with what is known of their completions."""
    completed = (
        select(func.count(Completion.id))
        .where(Completion.course_id == Course.id, Completion.withdrawn_at.is_(None))
        .scalar_subquery()
    )
    wanted = (
        select(Course, Registration, RestAccess, completed)
        .join(Registration, Registration.id == Course.registration_id)
        .outerjoin(RestAccess, RestAccess.registration_id == Registration.id)
        .where(Course.district_id == person.district_id, Course.professional_learning_at.is_not(None))
        .where(Course.id > after)
        .order_by(Course.id)
        .limit(PAGE_SIZE + 1)
    )
    rows = db.execute(wanted).all()
    readings = [CourseReading(c, r, bool(a and a.is_connected), count) for c, r, a, count in rows[:PAGE_SIZE]]
    return readings, readings[-1].course.id if len(rows) > PAGE_SIZE else None


def story_of(db: Session, person: Person, score_id: int) -> Story:
    """Return everything that is known of one score of the district."""
    score = db.scalar(_scores(person).where(Score.id == score_id))
    if score is None:
        raise NotFoundError
    completion = db.scalar(
        select(Completion).where(Completion.course_id == score.course_id, Completion.person_id == score.person_id)
    )
    goal_ids = db.scalars(
        select(Goal.id)
        .join(GrowthPlan, GrowthPlan.id == Goal.plan_id)
        .join(GoalCourse, GoalCourse.goal_id == Goal.id)
        .where(GrowthPlan.person_id == score.person_id, GoalCourse.course_id == score.course_id)
        .order_by(Goal.id)
    ).all()
    messages = db.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.key == f"score:{score.id}", OutboxMessage.district_id == person.district_id)
        .order_by(OutboxMessage.id)
    ).all()
    return Story(
        score=score,
        registration=db.get_one(
            Registration, score.course.registration_id, options=[joinedload(Registration.rest_access)]
        ),
        completion=completion,
        goal_ids=goal_ids,
        messages=messages,
        attempts=_attempts(db, [message.id for message in messages]),
        sent_again=_sent_again(db, person, score.id),
    )


def _attempts(db: Session, message_ids: Sequence[int]) -> dict[int, list[DeliveryAttempt]]:
    found: defaultdict[int, list[DeliveryAttempt]] = defaultdict(list)
    wanted = select(DeliveryAttempt).where(DeliveryAttempt.message_id.in_(message_ids)).order_by(DeliveryAttempt.id)
    for attempt in db.scalars(wanted):
        found[attempt.message_id].append(attempt)
    return found


def _sent_again(db: Session, person: Person, score_id: int) -> Sequence[AuditEvent]:
    wanted = select(AuditEvent).where(
        AuditEvent.district_id == person.district_id,
        AuditEvent.subject == "score",
        AuditEvent.subject_id == score_id,
        AuditEvent.action == "score_sent_again",
    )
    return db.scalars(wanted.order_by(AuditEvent.id)).all()
