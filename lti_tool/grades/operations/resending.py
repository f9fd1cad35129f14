"""Sending again what a filter shows: some scores in each transaction, so that it can be left and stopped between."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from lti_tool.db import utc_now
from lti_tool.errors import ConflictError, NotFoundError
from lti_tool.grades.filters import ScoreFilter
from lti_tool.grades.models import Resend, Score
from lti_tool.grades.operations.scores import queue_again
from lti_tool.grades.resending import Fate, fate_of, plan_resend, total_of
from lti_tool.launch.models import ResourceLink
from lti_tool.outbox.operations import enqueue
from lti_tool.people.models import Person
from lti_tool.people.operations import record_audit

SOME = 100


def begin_resend(db: Session, actor: Person, chosen: ScoreFilter) -> Resend:
    """Begin to send again the scores that a filter shows and that are not left alone."""
    total = total_of(plan_resend(db, actor, chosen))[Fate.GOES]
    if not total:
        raise ConflictError("Nothing of this would be sent again: see why below.")
    last = db.scalar(select(func.max(Score.id)).where(Score.district_id == actor.district_id)) or 0
    resend = Resend(
        district_id=actor.district_id, actor_id=actor.id, chosen=chosen.as_dict(), last_score_id=last, total=total
    )
    db.add(resend)
    db.flush()  # its id is in the message and in the audit row
    record_audit(db, actor, "scores_sent_again", "resend", resend.id, count=total, **chosen.as_dict())
    _go_on(db, resend)
    return resend


def stop_resend(db: Session, actor: Person, resend_id: int) -> Resend:
    """Queue no more of it; what was queued goes its way."""
    resend = db.scalar(
        select(Resend).where(Resend.id == resend_id, Resend.district_id == actor.district_id).with_for_update()
    )
    if resend is None:
        raise NotFoundError
    if resend.finished_at is None:
        resend.finished_at = resend.stopped_at = utc_now()
        record_audit(db, actor, "resend_stopped", "resend", resend.id, queued=resend.queued)
    return resend


def resend_some(db: Session, resend_id: int) -> None:
    """Queue some of the scores, and have the rest queued by a message that follows."""
    resend = db.get(Resend, resend_id, with_for_update=True)
    if resend is None or resend.finished_at is not None:
        return
    scores = _next_scores(db, resend)
    for score in scores:
        score.resend_id = resend.id
        queue_again(db, score)
    resend.queued += len(scores)
    if len(scores) < SOME:
        resend.finished_at = utc_now()
    else:
        _go_on(db, resend)


def _next_scores(db: Session, resend: Resend) -> Sequence[Score]:
    chosen = ScoreFilter.from_dict(resend.chosen)
    wanted = (
        chosen.chosen(resend.district_id)
        .outerjoin(ResourceLink, ResourceLink.id == Score.resource_link_id)
        .where(
            Score.id <= resend.last_score_id,
            Score.resend_id.is_distinct_from(resend.id),
            fate_of(chosen) == Fate.GOES,
        )
        .options(joinedload(Score.course))
        .order_by(Score.id)
        .limit(SOME)
    )
    return db.scalars(wanted.with_for_update(of=Score)).all()


def _go_on(db: Session, resend: Resend) -> None:
    enqueue(
        db,
        kind="scores.resend",
        key=f"resend:{resend.id}",
        district_id=resend.district_id,
        payload={"resend_id": resend.id},
    )
