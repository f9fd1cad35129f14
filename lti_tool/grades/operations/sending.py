"""The halves of sending scores that touch the database, many at a time; `grades/delivering.py` calls the LMS."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, Update, bindparam, func, insert, select, update
from sqlalchemy.orm import Session, aliased

from config import Config
from lti_tool.db import UtcDateTime, utc_now
from lti_tool.errors import LMSAccessError, LMSError, LMSRejectedError, LMSWaitingError
from lti_tool.grades.models import Score, ScoreState, ScoreStep, ScoreTurn
from lti_tool.grades.operations.scores import NOT_MARKED_WORDS
from lti_tool.launch.models import Registration, ResourceLink
from lti_tool.launch.queries import platform_of
from lti_tool.lms.platform import Platform, Scope
from lti_tool.people.models import Course, Identity

SECOND = timedelta(seconds=1)
UNKNOWN_PERSON = "The tool does not know this person's account in that LMS. Ask the person to open the tool there once."
PLACE_LOST = "The link no longer has a place in the gradebook. Give it one in the LMS and open it once."
SETTLED = (ScoreState.CONFIRMED, ScoreState.LEFT)
ERRORS_FOR_PEOPLE = (LMSWaitingError, LMSRejectedError, LMSAccessError)


@dataclass(frozen=True, slots=True)
class Sending:
    """One score as it goes to the LMS."""

    score_id: int
    resource_link_id: int
    platform: Platform
    line_item_url: str
    user_id: str
    achieved_at: datetime
    timestamp: datetime
    """Whole seconds; later than any that this line item had for this person, but for an earlier try of the same."""
    may_have_arrived: bool
    """An earlier try may have reached the LMS: it is asked before anything is sent."""
    was_accepted: bool
    """The LMS took it before: what it shows now was changed by somebody."""

    @property
    def can_read_back(self) -> bool:
        return Scope.RESULT_READ in self.platform.scopes


def begin_sending(db: Session, score_ids: Collection[int], settings: Config) -> Mapping[int, Sending | LMSError]:
    """Reserve a time for each score and return what to send, or why the LMS could not take it yet.

    Of a score with which there is nothing to do any more, nothing is returned.
    """
    platforms: dict[int, Platform] = {}
    found: dict[int, Sending | LMSError] = {}
    reserved: dict[tuple[int, str], datetime] = {}
    for row in db.execute(TO_SEND, {"ids": sorted(score_ids)}):
        if row.registration_id not in platforms:
            registration = db.get_one(Registration, row.registration_id)
            platforms[row.registration_id] = platform_of(db, registration, settings, with_rest=False)
        if obstacle := _obstacle(row):
            found[row.id] = LMSWaitingError(obstacle)
            continue
        cell = (row.person_id, row.url)
        last = max((each for each in (row.last, reserved.get(cell)) if each), default=None)
        platform = platforms[row.registration_id]
        keeps_time = row.timestamp is not None and row.timestamp == last and _can_be_sent(row.timestamp, platform)
        reserved[cell] = row.timestamp if keeps_time else next_timestamp(row.achieved_at, last)
        found[row.id] = _sending(row, platform, reserved[cell])
    _reserve(db, [each for each in found.values() if isinstance(each, Sending)])
    return found


def _can_be_sent(timestamp: datetime, platform: Platform) -> bool:
    """Return whether a score may go with the time that it has: one that has not come yet was not used."""
    return platform.refuses_same_time or timestamp > utc_now()


def _obstacle(row: Row[*tuple[Any, ...]]) -> str:
    """Say what keeps the tool from sending this score, which a person can change."""
    if row.professional_learning_at is None:
        return NOT_MARKED_WORDS
    if not row.url:
        return PLACE_LOST
    return UNKNOWN_PERSON if row.sub is None else ""


def _to_send() -> Select[*tuple[Any, ...]]:
    """Choose what sending scores needs to know, with the latest time that the same cell was sent by any link."""
    other = aliased(Score)
    last = select(func.max(other.timestamp, type_=UtcDateTime())).where(
        other.person_id == Score.person_id, other.line_item_url == ResourceLink.line_item_url
    )
    sub = (
        select(Identity.sub)
        .where(Identity.person_id == Score.person_id, Identity.registration_id == Course.registration_id)
        .order_by(Identity.id.desc())
        .limit(1)
    )
    return (
        select(
            Score.id, Score.person_id, Score.resource_link_id, Score.achieved_at, Score.timestamp, Score.state,
            ResourceLink.line_item_url.label("url"), Course.registration_id, Course.scopes,
            Course.professional_learning_at,
            last.scalar_subquery().label("last"), sub.scalar_subquery().label("sub"),
        )
        .join(ResourceLink, ResourceLink.id == Score.resource_link_id)
        .join(Course, Course.id == Score.course_id)
        .where(Score.id.in_(bindparam("ids", expanding=True)), Score.state.not_in(SETTLED))
        .order_by(Score.id)
    )  # fmt: skip


TO_SEND = _to_send()
"""Built once: building a statement costs more than running it."""


def _sending(row: Row[*tuple[Any, ...]], platform: Platform, timestamp: datetime) -> Sending:
    return Sending(
        score_id=row.id,
        resource_link_id=row.resource_link_id,
        platform=replace(platform, scopes=platform.scopes | frozenset(row.scopes)),
        line_item_url=row.url,
        user_id=row.sub,
        achieved_at=row.achieved_at,
        timestamp=timestamp,
        may_have_arrived=row.timestamp is not None,
        was_accepted=row.state is ScoreState.SENT,
    )


RESERVE = (
    update(Score)
    .where(Score.id == bindparam("score_id"))
    .values(timestamp=bindparam("at", type_=UtcDateTime()), line_item_url=bindparam("url"))
)


def _reserve(db: Session, goings: Sequence[Sending]) -> None:
    if goings:
        rows = [{"score_id": each.score_id, "at": each.timestamp, "url": each.line_item_url} for each in goings]
        db.connection().execute(RESERVE, rows)  # many rows cost the session more than the database


def next_timestamp(achieved_at: datetime, last: datetime | None) -> datetime:
    """Return the earliest whole second that an LMS takes: when it was achieved, or a second after the last."""
    first = achieved_at.replace(microsecond=0)
    return first if last is None else max(first, last.replace(microsecond=0) + SECOND)


def note_timestamp(db: Session, score_id: int, timestamp: datetime) -> None:
    """Keep the time that is about to be sent."""
    db.get_one(Score, score_id).timestamp = timestamp


def note_sent(db: Session, score_ids: Collection[int]) -> None:
    """Keep that the LMS took the scores."""
    _note(db, score_ids, ScoreTurn.TAKEN, state=ScoreState.SENT, sent_at=utc_now())


def note_confirmed(db: Session, score_ids: Collection[int]) -> None:
    """Keep that the LMS was asked and shows the scores."""
    now = utc_now()
    sent_at = func.coalesce(Score.sent_at, now)
    _note(db, score_ids, ScoreTurn.SHOWN, state=ScoreState.CONFIRMED, confirmed_at=now, sent_at=sent_at)


def _note(db: Session, score_ids: Collection[int], turn: ScoreTurn, **values: object) -> None:
    if score_ids:
        noted = _not_left(score_ids).values(cause="", outcome="", shown=None, **values).returning(Score.id)
        note_turn(db, db.scalars(noted.execution_options(synchronize_session=False)).all(), turn)


def note_turn(db: Session, score_ids: Collection[int], turn: ScoreTurn) -> None:
    """Keep for the story what the LMS said of scores."""
    if score_ids:
        rows = [{"score_id": score_id, "turn": turn} for score_id in sorted(score_ids)]
        db.connection().execute(insert(ScoreStep), rows)


def note_trouble(db: Session, score_ids: Collection[int], error: LMSError) -> None:
    """Keep what stands in the way; only what a person has to mend is shown as that."""
    if not score_ids:
        return
    values: dict[str, object] = {"cause": error.code, "outcome": error.message[:300]}
    if isinstance(error, ERRORS_FOR_PEOPLE):
        values["state"] = ScoreState.NEEDS_ATTENTION
    db.execute(_not_left(score_ids).values(**values).execution_options(synchronize_session=False))


def note_taken(db: Session, score_ids: Collection[int]) -> None:
    """Let what the LMS took count as sent, although it cannot be read back; but for what it refused since."""
    taken = _not_left(score_ids).where(Score.sent_at.is_not(None), Score.cause != LMSRejectedError.code)
    values = {"state": ScoreState.SENT, "cause": "", "outcome": ""}
    db.execute(taken.values(**values).execution_options(synchronize_session=False))


def note_closed(db: Session, score_ids: Collection[int]) -> None:
    """Keep that the LMS tells nothing of the gradebooks of these scores' courses any more."""
    of_these = Course.id.in_(select(Score.course_id).where(Score.id.in_(score_ids)))
    db.execute(update(Course).where(of_these).values(gradebook_closed_at=utc_now()))


def _not_left(score_ids: Collection[int]) -> Update:
    """Update scores, but for those that somebody decided meanwhile to leave as they are."""
    return update(Score).where(Score.id.in_(score_ids), Score.state != ScoreState.LEFT)
