"""By which paths a course's completions come in: what its designers choose beside what the LMS itself tells."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from lti_tool.errors import ConflictError
from lti_tool.grades.models import Completion, CompletionSource, Score
from lti_tool.grades.operations.asking import enqueue_read
from lti_tool.grades.operations.holding import IS_THERE, take_back
from lti_tool.grades.operations.scores import SCORED_LINKS
from lti_tool.launch.models import Family, Registration, ResourceLink
from lti_tool.lms.advantage import LineItem
from lti_tool.people.models import Course, Person
from lti_tool.people.operations import record_audit

OWN_SCORES = (
    "Like Goals writes its own scores into this line item: they would come back as completions. Choose another one."
)


def choose_line_item(db: Session, actor: Person, course: Course, item: LineItem, mark: int) -> None:
    """Let the results of a line item say from now on who finished the course, and ask the LMS for them."""
    if is_scored(db, course, item.url):
        raise ConflictError(OWN_SCORES)
    course.completion_item_url, course.completion_item_label = item.url, item.label[:255]
    course.completion_mark = mark
    _begin_anew(course)
    record_audit(db, actor, "completions_by_line_item", "course", course.id, mark=mark)
    enqueue_read(db, course)


def leave_line_item(db: Session, actor: Person, course: Course) -> None:
    """Let the LMS itself say again who finished the course; what the line item told stays."""
    course.completion_item_url = course.completion_item_label = ""
    _begin_anew(course)
    record_audit(db, actor, "completions_by_lms", "course", course.id)


def set_checkpoint(db: Session, actor: Person, course: Course, *, finishes: bool) -> None:
    """Let opening the course's checkpoint link finish the course from now on, or no longer."""
    if course.has_finishing_checkpoint != finishes:
        course.has_finishing_checkpoint = finishes
        record_audit(db, actor, "completions_by_checkpoint", "course", course.id, finishes=finishes)


def take_back_file(db: Session, actor: Person, course: Course) -> int:
    """Take back what came for this course by files; return how many completions these were."""
    found = db.scalars(
        select(Completion)
        .where(Completion.course_id == course.id, Completion.source == CompletionSource.FILE, IS_THERE)
        .order_by(Completion.id)
        .with_for_update()
    ).all()
    for completion in found:
        take_back(db, completion)
        db.delete(completion)  # a file that is put right can bring it again
    record_audit(db, actor, "completions_file_taken_back", "course", course.id, count=len(found))
    return len(found)


def is_scored(db: Session, course: Course, line_item_url: str) -> bool:
    """Return whether the tool writes scores of its own into a line item of this course."""
    link = exists().where(
        ResourceLink.course_id == course.id,
        ResourceLink.kind.in_({kind for kinds in SCORED_LINKS.values() for kind in kinds}),
        ResourceLink.line_item_url == line_item_url,
    )
    score = exists().where(Score.course_id == course.id, Score.line_item_url == line_item_url)
    return bool(db.scalar(select(or_(link, score))))


def can_tell(db: Session, course: Course) -> bool:
    """Return whether results can say who finished: Canvas has some only of whom the tool sent a score."""
    family = db.get_one(Registration, course.registration_id).family
    return bool(course.line_items_url) and family is not Family.CANVAS


def eligible_items(db: Session, course: Course, items: Sequence[LineItem]) -> list[LineItem]:
    """Return the line items whose results can say who finished the course."""
    return [item for item in items if not is_scored(db, course, item.url)]


def _begin_anew(course: Course) -> None:
    """Forget what the path before said of the course as a whole: the next read is the first of its path."""
    course.completions_read_at = course.completions_asked_at = None
    course.completions_note = ""
