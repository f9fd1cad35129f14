"""Reads of standards: frameworks as trees, what a course is aligned to, and where nothing is offered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from lti_tool.errors import NotFoundError
from lti_tool.people.counts import SMALLEST_SHOWN
from lti_tool.people.models import Course, GradeBand, Person
from lti_tool.standards.models import CourseAlignment, Framework, Indicator, Level


@dataclass(slots=True)
class Branch:
    """An item of a framework with what is under it."""

    item: Indicator
    children: list[Branch] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class FrameworkTree:
    """A framework with its items as a tree."""

    framework: Framework
    branches: list[Branch]


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """How many courses serve an indicator, for each grade band, and how many people work on it."""

    indicator: Indicator
    courses: int
    by_band: Mapping[GradeBand, int]
    demand: int

    @property
    def is_gap(self) -> bool:
        return self.courses == 0

    @property
    def missing_bands(self) -> list[GradeBand]:
        """Return the grades for which nothing is offered; empty when the whole indicator is a gap."""
        return [] if self.is_gap else [band for band, courses in self.by_band.items() if courses == 0]

    @property
    def shown_demand(self) -> int | None:
        """Return how many people work on it, or None where they are too few to be counted."""
        return self.demand if self.demand >= SMALLEST_SHOWN else None


def frameworks_of(db: Session, person: Person) -> list[Framework]:
    """Return the frameworks of the person's district by title."""
    return list(
        db.scalars(
            select(Framework).where(Framework.district_id == person.district_id).order_by(Framework.title, Framework.id)
        )
    )


def framework_of(db: Session, person: Person, framework_id: int) -> Framework:
    """Return a framework of the person's district."""
    framework = db.get(Framework, framework_id)
    if framework is None or framework.district_id != person.district_id:
        raise NotFoundError
    return framework


def tree_of(db: Session, framework: Framework) -> FrameworkTree:
    """Return a framework as a tree, in its own order."""
    return _trees(db, [framework])[0]


def trees_of(db: Session, person: Person) -> list[FrameworkTree]:
    """Return all frameworks of the person's district as trees; the one that fits the person's position first."""
    trees = _trees(db, frameworks_of(db, person))
    return sorted(trees, key=lambda tree: not fits_position(tree.framework, person))


def fits_position(framework: Framework, person: Person) -> bool:
    """Return whether a framework is written for what this person does; teachers' fits whoever has no other."""
    position = person.position.lower()
    audience = next((each for each, words in POSITIONS.items() if any(word in position for word in words)), "teacher")
    return framework.audience == audience


POSITIONS = {"counselor": ("counselor", "counsellor"), "leader": ("principal", "leader", "director", "superintendent")}


def _trees(db: Session, frameworks: Sequence[Framework]) -> list[FrameworkTree]:
    items = db.scalars(
        select(Indicator)
        .where(Indicator.framework_id.in_([framework.id for framework in frameworks]))
        .order_by(Indicator.framework_id, Indicator.position)
    )
    branches: dict[int, Branch] = {}
    tops: dict[int, list[Branch]] = defaultdict(list)
    for item in items:
        branches[item.id] = branch = Branch(item)
        (branches[item.parent_id].children if item.parent_id else tops[item.framework_id]).append(branch)
    return [FrameworkTree(framework, tops[framework.id]) for framework in frameworks]


def marked_course(db: Session, person: Person, course_id: int) -> Course:
    """Return a course of the person's district that is marked as professional learning."""
    course = db.get(Course, course_id)
    if course is None or course.district_id != person.district_id or not course.is_professional_learning:
        raise NotFoundError
    return course


def alignments_of(db: Session, course: Course) -> list[CourseAlignment]:
    """Return what a course is aligned to, in the order of its frameworks."""
    return list(
        db.scalars(
            select(CourseAlignment)
            .join(CourseAlignment.indicator)
            .where(CourseAlignment.course_id == course.id)
            .options(joinedload(CourseAlignment.indicator))
            .order_by(Indicator.framework_id, Indicator.position)
        )
    )


def coverage(db: Session, framework: Framework, demand: Mapping[int, int]) -> list[CoverageRow]:
    """Return each indicator with its courses; gaps first, and among them those that are known to be in demand.

    `demand` says for each indicator's id how many people work on it.
    """
    indicators = db.scalars(
        select(Indicator)
        .where(Indicator.framework_id == framework.id, Indicator.level == Level.INDICATOR)
        .order_by(Indicator.position)
    )
    alignments = _alignments_by_indicator(db, framework)
    rows = [_coverage_row(each, alignments[each.id], demand.get(each.id, 0)) for each in indicators]
    return sorted(rows, key=_urgency)


def _urgency(row: CoverageRow) -> tuple[bool, bool, int]:
    return (not row.is_gap, not (row.is_gap and row.shown_demand), row.indicator.position)


def _alignments_by_indicator(db: Session, framework: Framework) -> Mapping[int, list[CourseAlignment]]:
    found = db.scalars(
        select(CourseAlignment)
        .join(CourseAlignment.indicator)
        .join(CourseAlignment.course)
        .where(
            Indicator.framework_id == framework.id,
            Course.district_id == framework.district_id,
            Course.professional_learning_at.is_not(None),
        )
    )
    by_indicator: dict[int, list[CourseAlignment]] = defaultdict(list)
    for alignment in found:
        by_indicator[alignment.indicator_id].append(alignment)
    return by_indicator


def _coverage_row(indicator: Indicator, alignments: Iterable[CourseAlignment], demand: int) -> CoverageRow:
    served = list(alignments)
    by_band = {band: sum(each.applies_to_all or band in each.grade_bands for each in served) for band in GradeBand}
    return CoverageRow(indicator, len(served), by_band, demand)
