"""The story of a completion and of each score that came of it: everything that is known, for their timelines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from lti_tool.errors import NotFoundError
from lti_tool.grades.models import Completion, CompletionStep, Resend, Score, ScoreStep, ScoreTurn
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
    steps: Sequence[ScoreStep]
    """What the LMS said of it."""
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
    steps: Sequence[CompletionStep]
    """What happened to the completion."""
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
    steps = select(CompletionStep).where(CompletionStep.completion_id == completion.id) if completion else None
    return Story(
        person=person,
        course=course,
        registration=registration,
        completion=completion,
        steps=db.scalars(steps.order_by(CompletionStep.id)).all() if steps is not None else [],
        goal_ids=goal_ids,
        scores=_told(db, course.district_id, scores),
    )


def _told(db: Session, district_id: int, scores: Sequence[Score]) -> list[ScoreStory]:
    """Return what is known of scores, with as many queries for several as for one."""
    keys = {f"score:{score.id}": score.id for score in scores}
    queued = select(OutboxMessage).where(OutboxMessage.key.in_(keys), OutboxMessage.district_id == district_id)
    messages = db.scalars(queued.order_by(OutboxMessage.id)).all()
    attempts = _attempts(db, [message.id for message in messages])
    resends = select(Resend).where(Resend.id.in_({score.resend_id for score in scores if score.resend_id}))
    known = {resend.id: resend for resend in db.scalars(resends)}
    steps = _steps(db, scores)
    readings, decisions = _readings(db, scores, steps), _decisions(db, district_id, scores)
    return [
        ScoreStory(
            score=score,
            steps=steps[score.id],
            messages=[message for message in messages if keys[message.key] == score.id],
            attempts=attempts,
            readings=[each for key, each in readings if key == _column(score) and _was_awaited(steps[score.id], each)],
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


def _steps(db: Session, scores: Sequence[Score]) -> Mapping[int, list[ScoreStep]]:
    found: defaultdict[int, list[ScoreStep]] = defaultdict(list)
    wanted = select(ScoreStep).where(ScoreStep.score_id.in_([score.id for score in scores])).order_by(ScoreStep.id)
    for step in db.scalars(wanted):
        found[step.score_id].append(step)
    return found


def _readings(
    db: Session, scores: Sequence[Score], steps: Mapping[int, Sequence[ScoreStep]]
) -> list[tuple[str, DeliveryAttempt]]:
    """Return how often the columns of these scores were read since the first of them was taken, by column."""
    sent = [step.at for score in scores for step in steps[score.id] if step.turn is ScoreTurn.TAKEN]
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


def _was_awaited(steps: Sequence[ScoreStep], reading: DeliveryAttempt) -> bool:
    """Return whether the LMS had taken the score when its column was read, and not shown it since."""
    before = [step.turn for step in steps if step.at <= reading.at]
    return bool(before) and before[-1] is ScoreTurn.TAKEN


def _decisions(db: Session, district_id: int, scores: Sequence[Score]) -> Sequence[AuditEvent]:
    wanted = select(AuditEvent).where(
        AuditEvent.district_id == district_id,
        AuditEvent.subject == "score",
        AuditEvent.subject_id.in_([score.id for score in scores]),
    )
    return db.scalars(wanted.order_by(AuditEvent.id)).all()
