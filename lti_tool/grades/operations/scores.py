"""Scores: one for each person and placed link, made when the first goal that counts the course is met.

Those of a team are made for all its members at once, when it has kept a cycle and its course has a link for that.

A score that has no place yet is kept without a link, and finds its place when a link with a line item appears.
Reopening a goal takes nothing back.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from lti_tool.db import utc_now
from lti_tool.errors import ConflictError, NotFoundError
from lti_tool.grades.models import Score, ScoreKind, ScoreState
from lti_tool.launch.models import LinkKind, ResourceLink
from lti_tool.launch.operations.upserts import insert_missing
from lti_tool.outbox.operations import enqueue, withdraw
from lti_tool.people.models import Course, Person
from lti_tool.people.operations import record_audit
from lti_tool.plans.models import Activity, Goal

SCORED_LINKS = {
    ScoreKind.GOAL: (LinkKind.CHECKPOINT, LinkKind.COURSE_GOALS),
    ScoreKind.TEAM: (LinkKind.TEAM_CYCLE,),
}
NO_PLACE = "no_line_item"
NO_PLACE_WORDS = "This course has no link with a place in the gradebook yet."
NOT_MARKED = "not_marked"
NOT_MARKED_WORDS = "This course is not marked as professional learning any more: nothing is sent there."
WAITS_FOR_PLACE = and_(Score.resource_link_id.is_(None), Score.state != ScoreState.LEFT)


def owe_scores(db: Session, goal_id: int) -> None:
    """Make the scores that a met goal brings, for each course that it counts; a course brings them once."""
    with_courses = selectinload(Goal.activities).joinedload(Activity.course)
    goal = db.scalar(select(Goal).where(Goal.id == goal_id).options(joinedload(Goal.plan), with_courses))
    if goal is None:
        return
    course_ids = sorted(link.opportunity_id for link in goal.courses)
    for course_id in course_ids:
        _take_turn(db, course_id)
        _owe_score(db, goal, course_id)
        place_scores(db, course_id, [goal.plan.person_id])


def _owe_score(db: Session, goal: Goal, course_id: int) -> None:
    same = {"course_id": course_id, "person_id": goal.plan.person_id, "kind": ScoreKind.GOAL}
    if db.scalar(select(Score.id).filter_by(**same).limit(1)) is None:
        _owe(db, **same, district_id=goal.plan.district_id, achieved_at=goal.met_at or utc_now())


def owe_team_scores(db: Session, course_id: int, person_ids: Collection[int], kept_at: datetime) -> None:
    """Make the scores of a team that kept a cycle: for all its members at once, where the course has a link for it."""
    opted_in = select(ResourceLink.id).filter_by(course_id=course_id, kind=LinkKind.TEAM_CYCLE)
    course = db.get(Course, course_id)
    if course is None or db.scalar(opted_in.limit(1)) is None:
        return
    _take_turn(db, course_id)
    same = {"course_id": course_id, "kind": ScoreKind.TEAM}
    known = set(db.scalars(select(Score.person_id).filter_by(**same)))
    wanted = select(Person.id).where(Person.id.in_(person_ids), Person.id.not_in(known)).order_by(Person.id)
    people = db.scalars(wanted).all()
    for person_id in people:
        _owe(db, **same, person_id=person_id, district_id=course.district_id, achieved_at=kept_at)
    place_scores(db, course_id, people)


def _owe(db: Session, **values: Any) -> None:
    """Add a score that has no place yet."""
    is_marked = db.get_one(Course, values["course_id"]).is_professional_learning
    cause, words = (NO_PLACE, NO_PLACE_WORDS) if is_marked else (NOT_MARKED, NOT_MARKED_WORDS)
    insert_missing(db, Score, {"state": ScoreState.NEEDS_ATTENTION, "cause": cause, "outcome": words, **values})


def _take_turn(db: Session, course_id: int) -> None:
    """Let one transaction at a time look what is owed in a course, add to it and place it.

    No index tells of what another one owes and places at this moment; and a line item that appears would be missed.
    """
    db.execute(select(Course.id).where(Course.id == course_id).with_for_update(key_share=True))


def place_scores(db: Session, course_id: int, person_ids: Collection[int] | None = None) -> None:
    """Give who is owed a score of this course one for each of its line items, and queue what is new.

    All are looked at, or these people alone.
    """
    _take_turn(db, course_id)
    for kind in ScoreKind:
        is_wanted = or_(WAITS_FOR_PLACE, Score.resource_link_id.is_not(None))
        chosen = [Score.course_id == course_id, Score.kind == kind, is_wanted]
        if person_ids is not None:
            chosen.append(Score.person_id.in_(person_ids))
        links = _links_with_line_item(db, course_id, kind)
        _place_scores(db, course_id, kind, chosen, links)
        if person_ids is None:
            for link in links:
                link.placed_url = link.line_item_url


def _place_scores(
    db: Session,
    course_id: int,
    kind: ScoreKind,
    of_course: Sequence[ColumnElement[bool]],
    links: Sequence[ResourceLink],
) -> None:
    if not links:
        return
    owed = db.execute(
        select(Score.person_id, Score.district_id, func.min(Score.achieved_at))
        .where(*of_course)
        .group_by(Score.person_id, Score.district_id)
        .order_by(Score.person_id)
    ).all()
    scores = list(db.scalars(select(Score).where(*of_course)))
    placed = {(score.resource_link_id, score.person_id): score for score in scores}
    free = {score.person_id: score for score in scores if score.resource_link_id is None}
    registration_id = db.get_one(Course, course_id).registration_id
    one_of_each = sorted({link.line_item_url: link for link in reversed(links)}.values(), key=lambda link: link.id)
    for person_id, district_id, achieved_at in owed:
        for link in one_of_each:
            score = placed.get((link.id, person_id))
            if score is None:
                score = free.pop(person_id, None) or Score(
                    district_id=district_id,
                    course_id=course_id,
                    person_id=person_id,
                    kind=kind,
                    achieved_at=achieved_at,
                )
                _place(db, score, link, registration_id)
            elif score.line_item_url not in ("", link.line_item_url):
                _place(db, score, link, registration_id)


def _links_with_line_item(db: Session, course_id: int, kind: ScoreKind) -> Sequence[ResourceLink]:
    """Return the links to score, the oldest first; never that whose results say who finished the course.

    A course that is not marked any more has none: its scores wait until it is again.
    """
    return db.scalars(
        select(ResourceLink)
        .join(Course, Course.id == ResourceLink.course_id)
        .where(
            ResourceLink.course_id == course_id,
            Course.professional_learning_at.is_not(None),
            ResourceLink.kind.in_(SCORED_LINKS[kind]),
            ResourceLink.line_item_url.not_in(("", Course.completion_item_url)),
        )
        .order_by(ResourceLink.id)
    ).all()


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
    """Return the courses with scores in which a link has a line item that no score was placed in yet."""
    fits = (and_(Score.kind == kind, ResourceLink.kind.in_(links)) for kind, links in SCORED_LINKS.items())
    other = aliased(Score)
    of_same = (other.course_id == Score.course_id, other.person_id == Score.person_id, other.kind == Score.kind)
    has_place = exists().where(*of_same, other.resource_link_id.is_not(None))
    is_unplaced = and_(WAITS_FOR_PLACE, ~has_place)
    is_news = or_(ResourceLink.placed_url != ResourceLink.line_item_url, is_unplaced)
    wanted = (
        select(ResourceLink.course_id)
        .join(Course, Course.id == ResourceLink.course_id)
        .where(
            Course.professional_learning_at.is_not(None),
            ResourceLink.line_item_url.not_in(("", Course.completion_item_url)),
            exists().where(Score.course_id == ResourceLink.course_id, or_(*fits), is_news),
        )
    )
    return db.scalars(wanted.distinct().order_by(ResourceLink.course_id)).all()


def send_score_again(db: Session, actor: Person, score_id: int) -> Score:
    """Send a score again; the LMS is asked first where it lets itself be, and nothing is sent that it has already."""
    score = _score_of(db, actor, score_id)
    if score.resource_link is None or not score.resource_link.line_item_url:
        raise ConflictError(f"{NO_PLACE_WORDS} The score is sent by itself once there is one.")
    record_audit(db, actor, "score_sent_again", "score", score.id)
    queue_again(db, score)
    return score


def queue_again(db: Session, score: Score) -> None:
    """Put a score into the outbox as one that may have arrived: the LMS is asked before anything is sent."""
    score.state, score.cause, score.outcome = ScoreState.WAITING, "", ""
    score.confirmed_at = None
    score.timestamp = score.timestamp or utc_now().replace(microsecond=0)
    queue_score(db, score, score.course.registration_id)


def leave_score(db: Session, actor: Person, score_id: int) -> Score:
    """Leave a score as it is, arrived or not; it asks again once the gradebook shows something else there."""
    score = _score_of(db, actor, score_id)
    if not score.can_be_left:
        raise ConflictError("Only a score that needs attention can be left as it is.")
    score.state, score.cause, score.outcome = ScoreState.LEFT, "", ""
    withdraw(db, f"score:{score.id}")
    record_audit(db, actor, "score_left", "score", score.id)
    return score


def _score_of(db: Session, actor: Person, score_id: int) -> Score:
    score = db.scalar(
        select(Score)
        .where(Score.id == score_id, Score.district_id == actor.district_id)
        .options(joinedload(Score.course), joinedload(Score.resource_link))
    )
    if score is None:
        raise NotFoundError
    return score
