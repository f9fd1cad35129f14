"""The halves of sending a score that touch the database; the calls to the LMS stand between them (`tasks.py`)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from config import Config
from lti_tool.db import utc_now
from lti_tool.errors import LMSAccessError, LMSError, LMSRejectedError, LMSWaitingError
from lti_tool.grades.models import Score, ScoreState
from lti_tool.launch.models import Registration
from lti_tool.launch.queries import platform_of
from lti_tool.lms.platform import Platform, Scope
from lti_tool.people.models import Identity

SECOND = timedelta(seconds=1)
UNKNOWN_PERSON = "The tool does not know this person's account in that LMS. Ask the person to open the tool there once."
PLACE_LOST = "The link no longer has a place in the gradebook. Give it one in the LMS and open it once."
ERRORS_FOR_PEOPLE = (LMSWaitingError, LMSRejectedError, LMSAccessError)


@dataclass(frozen=True, slots=True)
class Sending:
    """One score as it goes to the LMS."""

    platform: Platform
    line_item_url: str
    user_id: str
    achieved_at: datetime
    timestamp: datetime
    """Whole seconds; later than any that this line item had for this person."""
    may_have_arrived: bool
    """An earlier try may have reached the LMS: it is asked before anything is sent."""
    was_accepted: bool
    """The LMS took it before: what it shows now was changed by somebody."""

    @property
    def can_read_back(self) -> bool:
        return Scope.RESULT_READ in self.platform.scopes


def begin_sending(db: Session, score_id: int, settings: Config) -> Sending | None:
    """Reserve a time for a score and return what to send; None when there is nothing to send any more.

    Raises `LMSWaitingError` when the LMS could not take it yet.
    """
    score = db.scalar(
        select(Score).where(Score.id == score_id).options(joinedload(Score.course), joinedload(Score.resource_link))
    )
    if score is None or score.resource_link is None or score.state is ScoreState.CONFIRMED:
        return None
    if not score.resource_link.line_item_url:
        raise LMSWaitingError(PLACE_LOST)
    registration = db.get_one(Registration, score.course.registration_id)
    user_id = _user_id(db, score, registration)
    score.line_item_url = score.resource_link.line_item_url
    may_have_arrived, last = score.timestamp is not None, _last_timestamp(db, score)
    score.timestamp = next_timestamp(score.achieved_at, last)
    platform = platform_of(db, registration, settings)
    return Sending(
        platform=replace(platform, scopes=platform.scopes | frozenset(score.course.scopes)),
        line_item_url=score.line_item_url,
        user_id=user_id,
        achieved_at=score.achieved_at,
        timestamp=score.timestamp,
        may_have_arrived=may_have_arrived,
        was_accepted=score.sent_at is not None,
    )


def next_timestamp(achieved_at: datetime, last: datetime | None) -> datetime:
    """Return the earliest whole second that an LMS takes: when it was achieved, or a second after the last."""
    first = achieved_at.replace(microsecond=0)
    return first if last is None else max(first, last.replace(microsecond=0) + SECOND)


def _last_timestamp(db: Session, score: Score) -> datetime | None:
    """Return the latest time that this line item was sent for this person, by whatever link."""
    return db.scalar(
        select(func.max(Score.timestamp)).where(
            Score.person_id == score.person_id, Score.line_item_url == score.line_item_url
        )
    )


def _user_id(db: Session, score: Score, registration: Registration) -> str:
    user_id = db.scalar(
        select(Identity.sub)
        .where(Identity.person_id == score.person_id, Identity.registration_id == registration.id)
        .order_by(Identity.id.desc())
        .limit(1)
    )
    if user_id is None:
        raise LMSWaitingError(UNKNOWN_PERSON)
    return user_id


def note_timestamp(db: Session, score_id: int, timestamp: datetime) -> None:
    """Keep the time that is about to be sent."""
    db.get_one(Score, score_id).timestamp = timestamp


def note_sent(db: Session, score_id: int) -> None:
    """Keep that the LMS took the score."""
    score = db.get_one(Score, score_id)
    score.state, score.sent_at = ScoreState.SENT, utc_now()
    score.cause, score.outcome = "", ""


def note_confirmed(db: Session, score_id: int) -> None:
    """Keep that the LMS was asked and shows the score."""
    score = db.get_one(Score, score_id)
    score.state, score.confirmed_at = ScoreState.CONFIRMED, utc_now()
    score.sent_at = score.sent_at or score.confirmed_at
    score.cause, score.outcome = "", ""


def note_trouble(db: Session, score_id: int, error: LMSError) -> None:
    """Keep what stands in the way; only what a person has to mend is shown as that."""
    score = db.get(Score, score_id)
    if score is None:
        return
    score.cause, score.outcome = error.code, error.message[:300]
    if isinstance(error, ERRORS_FOR_PEOPLE):
        score.state = ScoreState.NEEDS_ATTENTION
