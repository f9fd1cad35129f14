"""Comparing what was confirmed with what the gradebook shows today: once a day for each course."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import String, cast, exists, literal, select
from sqlalchemy.orm import Session

from config import Config
from lti_tool.grades.models import Score, ScoreState
from lti_tool.launch.models import Registration
from lti_tool.launch.queries import platform_of
from lti_tool.lms.platform import Platform, Scope
from lti_tool.outbox.models import OutboxMessage
from lti_tool.outbox.operations import enqueue
from lti_tool.people.models import Course, Identity

DAILY = timedelta(days=1)
MOST = 20
KEY = "compare:"
DIFFERS = "differs"
DIFFERS_WORDS = "The gradebook showed this score before, and does not any more."


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the gradebook of a course should show: by line item, the score's ids by the LMS's user."""

    platform: Platform
    expected: Mapping[str, Mapping[str, int]]


def enqueue_due_comparisons(db: Session, now: datetime) -> int:
    """Put in a comparison for each course that has confirmed scores and had none for a day; return how many."""
    key = literal(KEY) + cast(Course.id, String)
    compared = exists().where(OutboxMessage.key == key, OutboxMessage.created_at > now - DAILY)
    confirmed = exists().where(
        Score.course_id == Course.id, Score.state == ScoreState.CONFIRMED, Score.confirmed_at <= now - DAILY
    )
    courses = db.scalars(select(Course).where(confirmed, ~compared).order_by(Course.id).limit(MOST)).all()
    for number, course in enumerate(courses):
        enqueue(
            db,
            kind="scores.compare",
            key=f"{KEY}{course.id}",
            district_id=course.district_id,
            payload={"course_id": course.id},
            lane=f"platform:{course.registration_id}",
            due_at=now + timedelta(seconds=number),
        )
    return len(courses)


def plan_comparison(db: Session, course_id: int, settings: Config) -> Comparison | None:
    """Return what a course's gradebook should show; None where nothing is, or the LMS does not let it be read."""
    course = db.get(Course, course_id)
    if course is None:
        return None
    registration = db.get_one(Registration, course.registration_id)
    platform = platform_of(db, registration, settings)
    platform = replace(platform, scopes=platform.scopes | frozenset(course.scopes))
    expected: defaultdict[str, dict[str, int]] = defaultdict(dict)
    confirmed = (
        select(Score.line_item_url, Identity.sub, Score.id)
        .join(Identity, Identity.person_id == Score.person_id)
        .where(
            Score.course_id == course.id,
            Score.state == ScoreState.CONFIRMED,
            Identity.registration_id == registration.id,
        )
        .order_by(Score.id, Identity.id)
    )
    for url, sub, score_id in db.execute(confirmed):
        expected[url][sub] = score_id
    return Comparison(platform, expected) if expected and Scope.RESULT_READ in platform.scopes else None


def note_differences(db: Session, shown: Collection[int], expected: Collection[int]) -> None:
    """Put into the review what was expected and is not shown."""
    missing = set(expected) - set(shown)
    wanted = select(Score).where(Score.id.in_(missing), Score.state == ScoreState.CONFIRMED)
    for score in db.scalars(wanted):
        score.state, score.cause, score.outcome = ScoreState.NEEDS_ATTENTION, DIFFERS, DIFFERS_WORDS
