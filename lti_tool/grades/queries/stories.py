"""The story of a completion and of each score that came of it: everything that is known, for their timelines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from lti_tool.errors import NotFoundError
from lti_tool.grades.models import Completion, Resend, Score
from lti_tool.launch.models import Registration
from lti_tool.lms.platform import Scope
from lti_tool.outbox.models import DeliveryAttempt, OutboxMessage
from lti_tool.people.models import AuditEvent, Course, Person
from lti_tool.plans.models import Activity, Goal, GrowthPlan

MOST_READINGS = 200


@dataclass(frozen=True, slots=True)
class ScoreStory:
    """What is known of one score."""

    score: Score
    messages: Sequence[OutboxMessage]
    attempts: dict[int, list[DeliveryAttempt]]
    readings: Sequence[DeliveryAttempt]
    """How often its gradebook column was read back, since it was sent, before it showed the score."""
    resend: Resend | None
    """With which others it was last sent again."""
    decisions: Sequence[AuditEvent]
    """What administrators did with it."""


@dataclass(frozen=True, slots=True)
class Story:
    """What is known of one person and one course: the completion, if the LMS told of one, and the scores."""

    person: Person
    course: Course
    registration: Registration
    completion: Completion | None
    goal_ids: Sequence[int]
    scores: Sequence[ScoreStory]

    @property
    def can_read_back(self) -> bool:
        return Scope.RESULT_READ in {*self.registration.scopes, *self.course.scopes}


def story_of_score(db: Session, person: Person, score_id: int) -> Story:
    """Return the story of one score of the district."""
    score = db.scalar(_scores(person).where(Score.id == score_id))
    if score is None:
        raise NotFoundError
    of_both = (Completion.course_id == score.course_id, Completion.person_id == score.person_id)
    return _story(db, score.person, score.course, db.scalar(select(Completion).where(*of_both)), [score])


def story_of_completion(db: Session, person: Person, completion_id: int) -> Story:
    """Return the story of one completion of the district, with all scores that the person has for the course."""
    completion = db.scalar(
        select(Completion)
        .where(Completion.id == completion_id, Completion.district_id == person.district_id)
        .options(joinedload(Completion.person), joinedload(Completion.course))
    )
    if completion is None:
        raise NotFoundError
    of_both = (Score.course_id == completion.course_id, Score.person_id == completion.person_id)
    scores = db.scalars(_scores(person).where(*of_both).order_by(Score.id)).all()
    return _story(db, completion.person, completion.course, completion, scores)


def _scores(person: Person) -> Select[Score]:
    with_names = (joinedload(Score.person), joinedload(Score.course), joinedload(Score.resource_link))
    return select(Score).where(Score.district_id == person.district_id).options(*with_names)


def _story(
    db: Session, person: Person, course: Course, completion: Completion | None, scores: Sequence[Score]
) -> Story:
    goal_ids = db.scalars(
        select(Goal.id)
        .join(GrowthPlan, GrowthPlan.id == Goal.plan_id)
        .join(Activity, Activity.goal_id == Goal.id)
        .where(GrowthPlan.person_id == person.id, Activity.opportunity_id == course.id)
        .order_by(Goal.id)
    ).all()
    registration = db.get_one(Registration, course.registration_id, options=[joinedload(Registration.rest_access)])
    return Story(person, course, registration, completion, goal_ids, _told(db, course.district_id, scores))


def _told(db: Session, district_id: int, scores: Sequence[Score]) -> list[ScoreStory]:
    """Return what is known of scores, with as many queries for several as for one."""
    keys = {f"score:{score.id}": score.id for score in scores}
    queued = select(OutboxMessage).where(OutboxMessage.key.in_(keys), OutboxMessage.district_id == district_id)
    messages = db.scalars(queued.order_by(OutboxMessage.id)).all()
    attempts = _attempts(db, [message.id for message in messages])
    resends = select(Resend).where(Resend.id.in_({score.resend_id for score in scores if score.resend_id}))
    known = {resend.id: resend for resend in db.scalars(resends)}
    readings, decisions = _readings(db, scores), _decisions(db, district_id, scores)
    return [
        ScoreStory(
            score=score,
            messages=[message for message in messages if keys[message.key] == score.id],
            attempts=attempts,
            readings=[each for key, each in readings if key == _column(score) and _was_awaited(score, each)],
            resend=known.get(score.resend_id or 0),
            decisions=[event for event in decisions if event.subject_id == score.id],
        )
        for score in scores
    ]


def _attempts(db: Session, message_ids: Sequence[int]) -> dict[int, list[DeliveryAttempt]]:
    found: defaultdict[int, list[DeliveryAttempt]] = defaultdict(list)
    wanted = select(DeliveryAttempt).where(DeliveryAttempt.message_id.in_(message_ids)).order_by(DeliveryAttempt.id)
    for attempt in db.scalars(wanted):
        found[attempt.message_id].append(attempt)
    return found


def _readings(db: Session, scores: Sequence[Score]) -> list[tuple[str, DeliveryAttempt]]:
    """Return how often the columns of these scores were read since the first of them was sent, by column."""
    sent = [score.sent_at for score in scores if score.sent_at]
    if not sent:
        return []
    wanted = (
        select(OutboxMessage.key, DeliveryAttempt)
        .join(DeliveryAttempt, DeliveryAttempt.message_id == OutboxMessage.id)
        .where(OutboxMessage.key.in_(map(_column, scores)), DeliveryAttempt.at >= min(sent))
        .order_by(DeliveryAttempt.id)
        .limit(MOST_READINGS)
    )
    return [(key, attempt) for key, attempt in db.execute(wanted)]


def _column(score: Score) -> str:
    return f"confirm:{score.resource_link_id}"


def _was_awaited(score: Score, reading: DeliveryAttempt) -> bool:
    is_before = score.confirmed_at is None or reading.at < score.confirmed_at
    return score.sent_at is not None and score.sent_at <= reading.at and is_before


def _decisions(db: Session, district_id: int, scores: Sequence[Score]) -> Sequence[AuditEvent]:
    wanted = select(AuditEvent).where(
        AuditEvent.district_id == district_id,
        AuditEvent.subject == "score",
        AuditEvent.subject_id.in_([score.id for score in scores]),
    )
    return db.scalars(wanted.order_by(AuditEvent.id)).all()
