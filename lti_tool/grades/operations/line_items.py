"""Line items for links whose launches name none: each is found or made once, when the first score waits for it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, String, and_, cast, exists, literal, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from config import Config
from lti_tool.db import utc_now
from lti_tool.grades.models import Score
from lti_tool.grades.operations.paths import choose_line_item
from lti_tool.grades.operations.scores import SCORED_LINKS, WAITS_FOR_PLACE, place_scores
from lti_tool.launch.models import ResourceLink
from lti_tool.launch.queries import platform_of_course
from lti_tool.lms.advantage import LineItem
from lti_tool.lms.line_items import LineItemSpec
from lti_tool.lms.platform import Platform, Scope
from lti_tool.outbox.models import OPEN, MessageState, OutboxMessage
from lti_tool.outbox.operations import enqueue
from lti_tool.people.models import Course, Person
from lti_tool.people.operations import record_audit

KEY = "lineitem:"
DAY = timedelta(days=1)
MOST = 50
STILL_ASKED = (*OPEN, MessageState.REJECTED)
FINISHED = "finished"
"""What a line item is for whose results say who finished the course."""


@dataclass(frozen=True, slots=True)
class LineItemPlan:
    """A line item to find or make, and where."""

    platform: Platform
    spec: LineItemSpec


def enqueue_line_items(db: Session, now: datetime) -> int:
    """Put in a message for each link that scores wait for and that has no line item; return how many these are."""
    links = db.scalars(_links_without(now)).all()
    for link in links:
        _enqueue(db, link.course, f"{KEY}{link.id}", {"link_id": link.id, "course_id": link.course_id})
    return len(links)


def ask_for_finishing_item(db: Session, actor: Person, course: Course) -> None:
    """Have a line item made in which whoever leads the course marks who finished it."""
    record_audit(db, actor, "finishing_item_asked", "course", course.id)
    _enqueue(db, course, f"{KEY}course:{course.id}", {"course_id": course.id, "actor_id": actor.id})


def ask_for_another(db: Session, link_ids: Collection[int], gone_url: str) -> None:
    """Have a line item made again that was the tool's own and that the LMS says it has no more; once for each link.

    Whoever deletes the second one too means it.
    """
    own = select(ResourceLink).where(
        ResourceLink.id.in_(link_ids),
        ResourceLink.line_item_url == gone_url,
        ResourceLink.own_line_item_url == gone_url,
        ResourceLink.remade_at.is_(None),
    )
    for link in db.scalars(own.options(joinedload(ResourceLink.course)).order_by(ResourceLink.id)):
        key, is_open = f"{KEY}{link.id}", OutboxMessage.state.in_(STILL_ASKED)
        is_asked = db.scalar(select(OutboxMessage.id).where(OutboxMessage.key == key, is_open).limit(1)) is not None
        may_make = link.course.is_professional_learning and Scope.LINE_ITEM in link.course.scopes
        if may_make and not is_asked:
            payload = {"link_id": link.id, "course_id": link.course_id, "gone_url": gone_url}
            _enqueue(db, link.course, key, payload)


def plan_for_link(db: Session, link_id: int, settings: Config, gone_url: str = "") -> LineItemPlan | None:
    """Return what to find or make for a link; None where it has a line item by now, other than one that is gone."""
    link = db.get(ResourceLink, link_id, options=[joinedload(ResourceLink.course)])
    if link is None or link.line_item_url != gone_url or not link.course.line_items_url:
        return None
    platform = platform_of_course(db, link.course, settings)
    others = select(ResourceLink.line_item_url).where(ResourceLink.course_id != link.course_id)
    in_lms = others.join(Course).where(Course.registration_id == platform.id, ResourceLink.line_item_url != "")
    spec = LineItemSpec(
        link.course.line_items_url,
        label=link.title or "Like Goals",
        resource_id=link.kind.value,
        resource_link_id=link.resource_link_id,
        is_made_for_link=platform.family != "canvas",
        taken=frozenset(db.scalars(in_lms)),
    )
    return LineItemPlan(platform, spec)


def plan_for_finishing(db: Session, course_id: int, settings: Config) -> LineItemPlan | None:
    """Return the line item to find or make whose results say who finished a course."""
    course = db.get(Course, course_id)
    if course is None or course.completion_item_url or not course.line_items_url:
        return None
    spec = LineItemSpec(course.line_items_url, label=f"Finished: {course.title}"[:255], resource_id=FINISHED)
    return LineItemPlan(platform_of_course(db, course, settings), spec)


def keep_for_link(db: Session, link_id: int, item: LineItem, gone_url: str = "") -> None:
    """Keep the line item of a link, unless a launch named one meanwhile, and place the scores that wait for it.

    In place of one that is gone all of its scores go to the new one.
    """
    link = db.get(ResourceLink, link_id, with_for_update=True)
    if link is None or link.line_item_url != gone_url:
        return
    if gone_url:
        link.remade_at = utc_now()
    link.line_item_url = link.own_line_item_url = item.url
    db.flush()  # placing reads it
    place_scores(db, link.course_id)


def keep_for_finishing(db: Session, course_id: int, actor_id: int, item: LineItem) -> None:
    """Let the line item say who finished the course."""
    actor, course = db.get(Person, actor_id), db.get(Course, course_id)
    if actor is not None and course is not None and not course.completion_item_url:
        choose_line_item(db, actor, course, item, course.completion_mark)


def _enqueue(db: Session, course: Course, key: str, payload: dict[str, Any]) -> None:
    enqueue(
        db,
        kind="line_item.make",
        key=key,
        district_id=course.district_id,
        payload=payload,
        lane=f"platform:{course.registration_id}",
    )


def _links_without(now: datetime) -> Select[ResourceLink]:
    """Choose the newest link of a kind in each course where scores wait and no link of that kind has a line item."""
    other = aliased(ResourceLink)
    fits = or_(*(and_(Score.kind == kind, ResourceLink.kind.in_(kinds)) for kind, kinds in SCORED_LINKS.items()))
    waits = exists().where(Score.course_id == ResourceLink.course_id, WAITS_FOR_PLACE, fits)
    has_another = exists().where(
        other.course_id == ResourceLink.course_id,
        other.kind == ResourceLink.kind,
        or_(other.line_item_url != "", other.id > ResourceLink.id),
    )
    key = literal(KEY) + cast(ResourceLink.id, String)
    still = or_(OutboxMessage.state.in_(STILL_ASKED), OutboxMessage.created_at > now - DAY)
    is_asked = exists().where(OutboxMessage.key == key, still)
    may_make = cast(Course.scopes, String).contains(f'"{Scope.LINE_ITEM}"')
    return (
        select(ResourceLink)
        .join(ResourceLink.course)
        .where(ResourceLink.line_item_url == "", Course.line_items_url != "", may_make)
        .where(Course.professional_learning_at.is_not(None))
        .where(waits, ~has_another, ~is_asked)
        .options(joinedload(ResourceLink.course))
        .order_by(ResourceLink.id)
        .limit(MOST)
    )
