"""Scores: one for each person and placed link, made when the first goal that counts the course is met.

A score that has no place yet is kept without a link, and finds its place when a link with a line item appears.
Reopening a goal takes nothing back.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from lti_tool.db import utc_now
from lti_tool.errors import ConflictError, NotFoundError
from lti_tool.grades.models import Score, ScoreState
from lti_tool.launch.models import LinkKind, ResourceLink
from lti_tool.outbox.operations import enqueue
from lti_tool.people.models import Course, Person
from lti_tool.people.operations import record_audit
from lti_tool.plans.models import Goal

SCORED_LINKS = (LinkKind.CHECKPOINT, LinkKind.COURSE_GOALS)
NO_PLACE = "no_line_item"
NO_PLACE_WORDS = "This course has no link with a place in the gradebook yet."


def owe_scores(db: Session, goal_id: int) -> None:
    """Make the scores that a met goal brings, for each course that it counts; a course brings them once."""
    goal = db.scalar(select(Goal).where(Goal.id == goal_id).options(joinedload(Goal.plan), selectinload(Goal.courses)))
    if goal is None:
        return
    course_ids = sorted(link.course_id for link in goal.courses)
    for course_id in course_ids:
        _owe_score(db, goal, course_id)
    db.flush()  # placing reads them
    for course_id in course_ids:
        place_scores(db, course_id)


def _owe_score(db: Session, goal: Goal, course_id: int) -> None:
    person_id = goal.plan.person_id
    already = select(Score.id).where(Score.course_id == course_id, Score.person_id == person_id).limit(1)
    if db.scalar(already) is None:
        db.add(
            Score(
                district_id=goal.plan.district_id,
                course_id=course_id,
                person_id=person_id,
                state=ScoreState.NEEDS_ATTENTION,
                cause=NO_PLACE,
                outcome=NO_PLACE_WORDS,
                achieved_at=goal.met_at or utc_now(),
            )
        )


def place_scores(db: Session, course_id: int) -> None:
    """Give everybody who is owed a score of this course one for each of its line items, and queue what is new."""
    owed = db.execute(
        select(Score.person_id, Score.district_id, func.min(Score.achieved_at))
        .where(Score.course_id == course_id)
        .group_by(Score.person_id, Score.district_id)
        .order_by(Score.person_id)
    ).all()
    links = _links_with_line_item(db, course_id) if owed else []
    if not links:
        return
    scores = list(db.scalars(select(Score).where(Score.course_id == course_id)))
    placed = {(score.resource_link_id, score.person_id): score for score in scores}
    free = {score.person_id: score for score in scores if score.resource_link_id is None}
    registration_id = db.get_one(Course, course_id).registration_id
    for person_id, district_id, achieved_at in owed:
        for link in links:
            score = placed.get((link.id, person_id))
            if score is None:
                score = free.pop(person_id, None) or Score(
                    district_id=district_id, course_id=course_id, person_id=person_id, achieved_at=achieved_at
                )
                _place(db, score, link, registration_id)
            elif score.line_item_url not in ("", link.line_item_url):
                _place(db, score, link, registration_id)


def _links_with_line_item(db: Session, course_id: int) -> Sequence[ResourceLink]:
    """Return the links to score, one for each line item."""
    links = db.scalars(
        select(ResourceLink)
        .where(
            ResourceLink.course_id == course_id,
            ResourceLink.kind.in_(SCORED_LINKS),
            ResourceLink.line_item_url != "",
        )
        .order_by(ResourceLink.id.desc())
    )
    return sorted({link.line_item_url: link for link in links}.values(), key=lambda link: link.id)


def _place(db: Session, score: Score, link: ResourceLink, registration_id: int) -> None:
    """Put a score to a link, as one that was never sent: the gradebook cell there is another one."""
    score.resource_link = link
    score.state, score.cause, score.outcome = ScoreState.WAITING, "", ""
    score.line_item_url = link.line_item_url
    score.timestamp = score.sent_at = score.confirmed_at = None
    db.add(score)
    db.flush()  # its id is the key of the message
    queue_score(db, score, registration_id)


def queue_score(db: Session, score: Score, registration_id: int) -> None:
    """Put a score into the outbox."""
    enqueue(
        db,
        kind="score",
        key=f"score:{score.id}",
        district_id=score.district_id,
        payload={"score_id": score.id},
        lane=f"platform:{registration_id}",
    )


def courses_to_place(db: Session) -> Sequence[int]:
    """Return the courses in which an owed score has no place although a link has one now."""
    with_line_item = exists().where(
        and_(
            ResourceLink.course_id == Score.course_id,
            ResourceLink.kind.in_(SCORED_LINKS),
            ResourceLink.line_item_url != "",
        )
    )
    wanted = select(Score.course_id).where(Score.resource_link_id.is_(None), with_line_item)
    return db.scalars(wanted.distinct().order_by(Score.course_id)).all()


def send_score_again(db: Session, actor: Person, score_id: int, now: datetime | None = None) -> Score:
    """Send a score again; the LMS is asked first, and nothing is sent where it has the score already."""
    score = db.scalar(
        select(Score)
        .where(Score.id == score_id, Score.district_id == actor.district_id)
        .options(joinedload(Score.course), joinedload(Score.resource_link))
    )
    if score is None:
        raise NotFoundError
    if score.resource_link is None or not score.resource_link.line_item_url:
        raise ConflictError(f"{NO_PLACE_WORDS} The score is sent by itself once there is one.")
    score.state, score.cause, score.outcome = ScoreState.WAITING, "", ""
    score.sent_at = score.confirmed_at = None
    score.timestamp = score.timestamp or (now or utc_now()).replace(microsecond=0)
    record_audit(db, actor, "score_sent_again", "score", score.id)
    queue_score(db, score, score.course.registration_id)
    return score
