"""What sending scores again would do: which go, and which are left alone for what reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from lti_tool.errors import LMSAccessError, LMSDiffersError
from lti_tool.grades.filters import ScoreFilter
from lti_tool.grades.models import Score, ScoreState
from lti_tool.launch.models import ResourceLink
from lti_tool.launch.queries import is_granted
from lti_tool.lms.platform import Scope
from lti_tool.people.models import Course, Person


class Fate(StrEnum):
    """What becomes of a score when those that a filter shows are sent again."""

    GOES = "goes"
    """The LMS is asked whether it has it, and is sent it where not."""
    UNDER_WAY = "under_way"
    CONFIRMED = "confirmed"
    LEFT = "left"
    DIFFERS = "differs"
    """Somebody changed it in the gradebook: it goes only where just such scores are chosen."""
    UNREADABLE = "unreadable"
    """The LMS took it and lets nobody read results: sent again it would go, whatever the gradebook holds."""
    NO_ACCESS = "no_access"
    NO_PLACE = "no_place"


@dataclass(slots=True)
class CourseFates:
    """What becomes of the scores of one course."""

    course_id: int
    title: str
    fates: Counter[Fate] = field(default_factory=Counter)


def fate_of(chosen: ScoreFilter) -> ColumnElement[str]:
    """Say in SQL what becomes of a score; its link has to be joined."""
    has_no_place = or_(Score.resource_link_id.is_(None), ResourceLink.line_item_url == "")
    means_differing = chosen.cause == LMSDiffersError.code
    return case(
        (Score.state == ScoreState.CONFIRMED, Fate.CONFIRMED),
        (Score.state == ScoreState.LEFT, Fate.LEFT),
        (has_no_place, Fate.NO_PLACE),
        (Score.state == ScoreState.WAITING, Fate.UNDER_WAY),
        (and_(Score.state == ScoreState.SENT, ~_can_be_read()), Fate.UNREADABLE),
        (Score.cause == LMSAccessError.code, Fate.NO_ACCESS),
        (Score.cause == LMSDiffersError.code, Fate.GOES if means_differing else Fate.DIFFERS),
        else_=Fate.GOES,
    )


def _can_be_read() -> ColumnElement[bool]:
    """Say in SQL that the LMS lets the tool read the results of a score's course."""
    course = aliased(Course)
    return exists().where(course.id == Score.course_id, is_granted(Scope.RESULT_READ, course))


def plan_resend(db: Session, person: Person, chosen: ScoreFilter) -> Sequence[CourseFates]:
    """Return what would become of the scores that a filter shows, course by course, by title."""
    mine = chosen.chosen(person.district_id).with_only_columns(Score.id)
    fate = fate_of(chosen).label("fate")
    rows = db.execute(
        select(Course.id, Course.title, fate, func.count())
        .select_from(Score)
        .join(Course, Course.id == Score.course_id)
        .outerjoin(ResourceLink, ResourceLink.id == Score.resource_link_id)
        .where(Score.id.in_(mine))
        .group_by(Course.id, Course.title, fate)
        .order_by(Course.title, Course.id)
    )
    plans: dict[int, CourseFates] = {}
    for course_id, title, of_fate, count in rows:
        plans.setdefault(course_id, CourseFates(course_id, title)).fates[Fate(of_fate)] = count
    return list(plans.values())


def total_of(plans: Sequence[CourseFates]) -> Counter[Fate]:
    """Return what becomes of all of them."""
    return sum((plan.fates for plan in plans), Counter())
