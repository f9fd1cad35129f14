"""Reads of what was said of a plan, of its words at each stage, and of its history."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from lti_tool.errors import NotFoundError
from lti_tool.people.models import Person
from lti_tool.plans.models import (
    GrowthPlan,
    PlanChange,
    PlanReview,
    PlanSnapshot,
    ReviewComment,
)
from lti_tool.plans.models.reviews import ASKING
from lti_tool.plans.queries.plans import plan_shown_to
from lti_tool.plans.snapshots import FieldDifference, differences, sources_in, sources_of, words_of
from lti_tool.standards.sources import Source

Place = tuple[int | None, str]
"""A goal (or none) and a field of it."""


@dataclass(frozen=True, slots=True)
class PlanRecord:
    """Everything that was said and done about a plan, the earliest first."""

    changes: list[PlanChange]
    snapshots: list[PlanSnapshot]
    reviews: list[PlanReview]
    comments: list[ReviewComment]

    @property
    def words(self) -> list[dict[str, object]]:
        """Return the words that readers see: those last handed in."""
        return self.snapshots[-1].words if self.snapshots else []

    @property
    def by_place(self) -> dict[Place, list[ReviewComment]]:
        """Return the comments by the field that each stands beside."""
        found: dict[Place, list[ReviewComment]] = {}
        for each in self.comments:
            found.setdefault((each.goal_id, each.field), []).append(each)
        return found

    def sources_with(self, plan: GrowthPlan) -> list[Source]:
        """Return what the indicators of the plan's goals are taken from: now, and in all words that were handed in."""
        handed_in = (each for snapshot in self.snapshots for part in snapshot.words for each in sources_in(part))
        return list(dict.fromkeys([*(each for goal in plan.goals for each in sources_of(goal)), *handed_in]))

    def news_for(self, reader: Person) -> list[FieldDifference]:
        """Return what changed in the words since this reader last said something about them."""
        acts = [each.at for each in self.reviews if each.reviewer_id == reader.id]
        acts += [each.created_at for each in self.comments if each.author_id == reader.id]
        seen = [each for each in self.snapshots if acts and each.taken_at <= max(acts)]
        return differences(seen[-1].words, self.words) if seen else []


def record_of(db: Session, plan: GrowthPlan) -> PlanRecord:
    """Return all that was said and done about a plan; five queries."""
    return records_of(db, [plan])[plan.id]


def records_of(db: Session, plans: Iterable[GrowthPlan]) -> dict[int, PlanRecord]:
    """Return all that was said and done about each of these plans, by its id; five queries for all of them."""
    ids = [plan.id for plan in plans]
    reviews = select(PlanReview).where(PlanReview.plan_id.in_(ids)).options(joinedload(PlanReview.reviewer))
    changes = select(PlanChange).where(PlanChange.plan_id.in_(ids)).options(joinedload(PlanChange.actor))
    kept = select(PlanSnapshot).where(PlanSnapshot.plan_id.in_(ids)).order_by(PlanSnapshot.number)
    said = select(ReviewComment).where(ReviewComment.plan_id.in_(ids), ReviewComment.reply_to_id.is_(None))
    answers = selectinload(ReviewComment.replies).joinedload(ReviewComment.author)
    comments = said.order_by(ReviewComment.id).options(joinedload(ReviewComment.author), answers)
    records = {plan_id: PlanRecord([], [], [], []) for plan_id in ids}
    for change in db.scalars(changes.order_by(PlanChange.id)):
        records[change.plan_id].changes.append(change)
    for snapshot in db.scalars(kept):
        records[snapshot.plan_id].snapshots.append(snapshot)
    for review in db.scalars(reviews.order_by(PlanReview.id)):
        records[review.plan_id].reviews.append(review)
    for comment in db.scalars(comments):
        records[comment.plan_id].comments.append(comment)
    return records


def comment_shown_to(db: Session, person: Person, comment_id: int) -> ReviewComment:
    """Return a comment on a plan that this person owns or reads."""
    plan_id = db.scalar(select(ReviewComment.plan_id).where(ReviewComment.id == comment_id))
    if plan_id is None:
        raise NotFoundError
    plan = plan_shown_to(db, person, plan_id, to_change=True)
    return next(each for each in db.scalars(select(ReviewComment).filter_by(id=comment_id, plan_id=plan.id)))


def count_open_comments(db: Session, plans: Iterable[GrowthPlan]) -> dict[int, int]:
    """Return how many questions and requests beside each of these plans are not settled, by its id."""
    counted = (
        select(ReviewComment.plan_id, func.count())
        .where(ReviewComment.plan_id.in_([plan.id for plan in plans]), ReviewComment.resolved_at.is_(None))
        .where(ReviewComment.kind.in_(ASKING))
        .group_by(ReviewComment.plan_id)
    )
    return dict(db.execute(counted).all())


def difference_between(
    record: PlanRecord, plan: GrowthPlan, before: int | None, after: int | None, *, with_now: bool
) -> list[FieldDifference]:
    """Return what changed from one kept version to another; `with_now`, no `after` is what the plan says now."""
    kept = {each.number: each.words for each in record.snapshots}
    now = words_of(plan) if with_now else record.words
    return differences(kept.get(before or 0, []), kept.get(after or 0, now))
