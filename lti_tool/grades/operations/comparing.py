"""Comparing what was confirmed with what the gradebook shows today: once a day for each course."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import String, and_, cast, delete, exists, literal, or_, select, update
from sqlalchemy.orm import Session

from config import Config
from lti_tool.db import utc_now
from lti_tool.errors import NotFoundError
from lti_tool.grades.models import DIFFERS, ITEM_GONE, PERSON_LEFT, Score, ScoreState, ScoreStep, ScoreTurn, StrayResult
from lti_tool.grades.operations.line_items import ask_for_another
from lti_tool.grades.operations.scores import SCORED_LINKS
from lti_tool.grades.operations.sending import note_turn
from lti_tool.launch.models import ResourceLink
from lti_tool.launch.operations.upserts import insert_missing
from lti_tool.launch.queries import is_granted, platform_of_course
from lti_tool.lms.advantage import Result
from lti_tool.lms.platform import Platform, Scope
from lti_tool.outbox.models import OutboxMessage
from lti_tool.outbox.operations import enqueue
from lti_tool.people.models import Course, Identity, Membership, Person
from lti_tool.people.operations import record_audit

DAILY = timedelta(days=1)
MOST = 20
KEY = "compare:"
IS_COLUMN = and_(
    ResourceLink.kind.in_([kind for kinds in SCORED_LINKS.values() for kind in kinds]),
    ResourceLink.line_item_url.not_in(("", Course.completion_item_url)),
)
COMPARED = (ScoreState.CONFIRMED, ScoreState.LEFT)
DIFFERS_WORDS = "The gradebook showed this score before, and does not any more."
LEFT_WORDS = "This person is in the course no more, and the gradebook shows nothing of theirs."


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the gradebook of a course should show: by line item, the score's ids by the LMS's user."""

    course_id: int
    platform: Platform
    expected: Mapping[str, Mapping[str, int]]


def enqueue_due_comparisons(db: Session, now: datetime) -> int:
    """Put in a comparison for each marked course with a column of the tool's that had none for a day; return how many.

    Nothing need be settled there: somebody may have entered in the LMS what the tool knows nothing of. An LMS that lets
    no results be read is not asked.
    """
    key = literal(KEY) + cast(Course.id, String)
    compared = exists().where(OutboxMessage.key == key, OutboxMessage.created_at > now - DAILY)
    of_course = (Score.course_id == Course.id, Score.state.in_(COMPARED))
    has_column = or_(exists().where(*of_course), exists().where(ResourceLink.course_id == Course.id, IS_COLUMN))
    closed_at = Course.gradebook_closed_at
    got_in = or_(Score.sent_at > closed_at, Score.confirmed_at > closed_at)
    is_open = or_(closed_at.is_(None), exists().where(*of_course, got_in))
    can_be_read = (Course.professional_learning_at.is_not(None), is_open, is_granted(Scope.RESULT_READ))
    wanted = select(Course).where(*can_be_read, has_column, ~compared)
    courses = db.scalars(wanted.order_by(Course.id).limit(MOST)).all()
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
    if course is None or not course.is_professional_learning:
        return None
    platform = platform_of_course(db, course, settings)
    expected: defaultdict[str, dict[str, int]] = defaultdict(dict)
    confirmed = (
        select(Score.line_item_url, Identity.sub, Score.id)
        .join(Identity, Identity.person_id == Score.person_id)
        .where(
            Score.course_id == course.id,
            Score.state.in_(COMPARED),
            Score.line_item_url != "",
            Identity.registration_id == course.registration_id,
        )
        .order_by(Score.id, Identity.id)
    )
    columns = select(ResourceLink.line_item_url).join(Course, Course.id == ResourceLink.course_id)
    for url in db.scalars(columns.where(ResourceLink.course_id == course.id, IS_COLUMN)):
        expected[url] = {}
    for url, sub, score_id in db.execute(confirmed):
        expected[url][sub] = score_id
    return Comparison(course.id, platform, expected) if expected and Scope.RESULT_READ in platform.scopes else None


def note_shown(db: Session, expected: Mapping[str, int], results: Iterable[Result]) -> None:
    """Compare what a column shows with what is expected there, by user; what differs goes into the review.

    Somebody who launches under two accounts may have the score at either.
    """
    found = {result.user_id: result for result in results if result.user_id in expected}
    best: dict[int, Result | None] = {}
    for user_id, score_id in expected.items():
        result = found.get(user_id)
        if best.get(score_id) is None or (result is not None and result.is_full):
            best[score_id] = result
    wanted = select(Score).where(Score.id.in_(best), Score.state.in_(COMPARED)).order_by(Score.id).with_for_update()
    scores = db.scalars(wanted).all()
    left = _who_left(db, scores)
    for score in scores:
        _compare(db, score, best[score.id], has_left=score.person_id in left)


def note_strays(db: Session, course_id: int, results: Iterable[Result]) -> None:
    """Keep who has the whole of the maximum in a course without that a score is owed to them, and forget who had."""
    course = db.get_one(Course, course_id)
    full = {result.user_id: value_of(result) for result in results if result.is_full}
    owed = exists().where(Score.course_id == course_id, Score.person_id == Identity.person_id)
    of_lms = (Identity.registration_id == course.registration_id, Identity.sub.in_(full))
    people = dict(db.execute(select(Identity.person_id, Identity.sub).where(*of_lms, ~owed)).all())
    gone = (StrayResult.course_id == course_id, StrayResult.person_id.not_in(people))
    db.execute(delete(StrayResult).where(*gone))
    for person_id, sub in people.items():
        row = {"district_id": course.district_id, "course_id": course_id, "person_id": person_id, "shown": full[sub]}
        insert_missing(db, StrayResult, row)


def note_item_gone(db: Session, url: str, score_ids: Collection[int], why: str) -> None:
    """Put scores into the review, once, whose line item the LMS has no more; one of the tool's own is made again."""
    link_ids = db.scalars(select(Score.resource_link_id).where(Score.id.in_(score_ids)).distinct()).all()
    ask_for_another(db, [each for each in link_ids if each is not None], url)
    values = {"state": ScoreState.NEEDS_ATTENTION, "cause": ITEM_GONE, "outcome": why[:300], "shown": None}
    confirmed = update(Score).where(Score.id.in_(score_ids), Score.state == ScoreState.CONFIRMED)
    noted = confirmed.values(**values).returning(Score.id)
    note_turn(db, db.scalars(noted.execution_options(synchronize_session=False)).all(), ScoreTurn.GONE)


def note_concluded(db: Session, course_id: int) -> None:
    """Keep that the LMS tells nothing of a course's gradebook any more: there is nothing to compare."""
    db.get_one(Course, course_id).gradebook_closed_at = utc_now()


def leave_stray(db: Session, actor: Person, stray_id: int) -> None:
    """Leave a result as it is of which the tool knows nothing."""
    stray = db.scalar(select(StrayResult).filter_by(id=stray_id, district_id=actor.district_id))
    if stray is None:
        raise NotFoundError
    stray.left_at = utc_now()
    record_audit(db, actor, "result_left", "course", stray.course_id, person_id=stray.person_id)


def _who_left(db: Session, scores: Sequence[Score]) -> set[int]:
    """Return who of these people is in the course no more, as far as the LMS said."""
    people, courses = {score.person_id for score in scores}, {score.course_id for score in scores}
    places = select(Membership.person_id).where(Membership.course_id.in_(courses), Membership.person_id.in_(people))
    return set(db.scalars(places.where(~Membership.is_active)))


def _compare(db: Session, score: Score, result: Result | None, *, has_left: bool) -> None:
    """Take a value that somebody left as it is for agreed; another one asks again."""
    shown = value_of(result)
    if result is not None and result.is_full:
        if score.state is ScoreState.LEFT:
            score.state, score.shown, score.confirmed_at = ScoreState.CONFIRMED, None, utc_now()
            db.add(ScoreStep(score_id=score.id, turn=ScoreTurn.SHOWN))
    elif score.state is ScoreState.LEFT and score.shown in (None, shown):
        score.shown = shown
    else:
        is_away = has_left and shown == ""
        score.cause, score.outcome = (PERSON_LEFT, LEFT_WORDS) if is_away else (DIFFERS, DIFFERS_WORDS)
        score.state, score.shown = ScoreState.NEEDS_ATTENTION, shown
        db.add(ScoreStep(score_id=score.id, turn=ScoreTurn.DIFFERED, shown=shown))


def value_of(result: Result | None) -> str:
    """Return what a gradebook cell shows, as it is kept: `0.5/1`, or nothing for an empty one."""
    if result is None or result.score is None:
        return ""
    return f"{result.score:g}/{result.maximum or 0:g}"
