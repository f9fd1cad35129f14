"""Reading sent scores back from the gradebook: many at once, after they were sent."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config import Config
from lti_tool.db import utc_now
from lti_tool.grades.models import Score, ScoreState
from lti_tool.launch.models import ResourceLink
from lti_tool.launch.queries import platform_of_course
from lti_tool.lms.platform import Platform, Scope
from lti_tool.outbox.models import OutboxMessage
from lti_tool.outbox.operations import enqueue, is_free
from lti_tool.people.models import Course, Identity

LONGER = 3
"""So many pauses lie before the second look."""
NOT_AWAITED = (ScoreState.LEFT, ScoreState.WAITING)
"""Nobody wants to see those any more, and these are sent once more first."""
CANVAS_PAGE, WHOLE = 100, 1000
"""How many results cost as much as one request: Canvas gives so many to a page, others everything in one answer."""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What to read back of one gradebook column: the score's ids by the LMS's user."""

    platform: Platform
    line_item_url: str
    pending: Mapping[str, int]
    column_size: int
    """How many scores the tool ever brought into the column: it is at least as long."""

    @property
    def is_cheaper_whole(self) -> bool:
        """Whether fewer requests read the whole column than ask for each person."""
        each = CANVAS_PAGE if self.platform.family == "canvas" else WHOLE
        return len(self.pending) > self.column_size // each


def enqueue_confirmations(db: Session, resource_link_ids: Collection[int], pause: timedelta) -> None:
    """Have the scores of these links read back after a pause, so that the LMS can show them; one message for a link."""
    keys = {f"confirm:{link_id}": link_id for link_id in resource_link_ids}
    waiting = select(OutboxMessage.key).where(
        OutboxMessage.key.in_(keys), OutboxMessage.state == "due", OutboxMessage.attempts == 0, is_free()
    )
    for key in sorted(keys.keys() - set(db.scalars(waiting))):
        _enqueue(db, keys[key], pause)


def confirm_again(db: Session, resource_link_id: int, missing: Collection[int], pause: timedelta) -> None:
    """Have a column read once more before what it does not show is taken for changed by somebody."""
    _enqueue(db, resource_link_id, pause * LONGER, sorted(missing))


def _enqueue(db: Session, resource_link_id: int, pause: timedelta, again: Sequence[int] = ()) -> None:
    place = db.execute(
        select(Course.district_id, Course.registration_id)
        .join(ResourceLink, ResourceLink.course_id == Course.id)
        .where(ResourceLink.id == resource_link_id)
    ).one()
    enqueue(
        db,
        kind="scores.confirm",
        key=f"confirm:{resource_link_id}",
        district_id=place.district_id,
        payload={"resource_link_id": resource_link_id, "again": list(again)},
        lane=f"platform:{place.registration_id}",
        due_at=utc_now() + pause,
    )


def plan_confirmation(db: Session, resource_link_id: int, settings: Config) -> Confirmation | None:
    """Return what to read back of a link's column; None where nothing is sent and unconfirmed, or it cannot be read."""
    link = db.get(ResourceLink, resource_link_id)
    if link is None:
        return None
    course = db.get_one(Course, link.course_id)
    platform = platform_of_course(db, course, settings)
    pending = (
        select(Identity.sub, Score.id)
        .join(Identity, Identity.person_id == Score.person_id)
        .where(
            Score.resource_link_id == link.id,
            Score.line_item_url == link.line_item_url,
            Score.sent_at.is_not(None),
            Score.confirmed_at.is_(None),
            Score.state.not_in(NOT_AWAITED),
            Identity.registration_id == course.registration_id,
        )
        .order_by(Score.id, Identity.id)
    )
    expected = dict(db.execute(pending).all())
    if not expected or Scope.RESULT_READ not in platform.scopes:
        return None
    sent = select(func.count()).where(Score.resource_link_id == link.id, Score.sent_at.is_not(None))
    return Confirmation(platform, link.line_item_url, expected, db.scalar(sent) or 0)


def still_accepted(db: Session, score_ids: Collection[int]) -> list[int]:
    """Return those scores that nobody had sent again or left since; locked until the transaction ends."""
    wanted = select(Score.id).where(
        Score.id.in_(score_ids),
        Score.sent_at.is_not(None),
        Score.confirmed_at.is_(None),
        Score.state.not_in(NOT_AWAITED),
    )
    return list(db.scalars(wanted.order_by(Score.id).with_for_update()))
