"""Writes of standards: bringing frameworks into a district, and aligning courses to their indicators."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import resources

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.errors import ConflictError, InvalidInputError
from lti_tool.people.models import AuditEvent, Course, GradeBand, Person
from lti_tool.people.operations import record_audit
from lti_tool.standards.case import Package, read_package
from lti_tool.standards.models import CourseAlignment, Framework, Indicator, Level, Strength


@dataclass(frozen=True, slots=True)
class AlignmentEntry:
    """That a course serves an indicator: how far, and for which grades or explicitly for all."""

    indicator_id: int
    strength: Strength
    grade_bands: tuple[GradeBand, ...] = ()
    applies_to_all: bool = False


def install_sample_frameworks(db: Session, district_id: int, actor: Person | None = None) -> list[Framework]:
    """Bring the sample frameworks into a district; those that it has stay as they are. Return the new ones."""
    known = set(db.scalars(select(Framework.identifier).where(Framework.district_id == district_id)))
    packages = (package for package in sample_packages() if package.identifier not in known)
    installed = [install_framework(db, district_id, package) for package in packages]
    for framework in installed if actor else []:
        record_audit(db, actor, "framework_installed", "framework", framework.id)  # type: ignore[arg-type]
    return installed


def sample_packages() -> list[Package]:
    """Return the frameworks that come with the tool, in order of their file names."""
    folder = resources.files("lti_tool.standards") / "data"
    files = sorted((each for each in folder.iterdir() if each.name.endswith(".json")), key=lambda each: each.name)
    return [read_package(json.loads(each.read_text(encoding="utf-8"))) for each in files]


def import_framework(db: Session, actor: Person, package: Package) -> Framework:
    """Bring a framework of the district's own into it; refuse one that it has."""
    known = select(Framework.id).where(
        Framework.district_id == actor.district_id, Framework.identifier == package.identifier
    )
    if db.scalar(known) is not None:
        raise ConflictError("This framework is here already. Nothing was changed.")
    framework = install_framework(db, actor.district_id, package)
    record_audit(db, actor, "framework_installed", "framework", framework.id)
    return framework


def install_framework(db: Session, district_id: int, package: Package) -> Framework:
    """Store a framework with all its items and return it."""
    framework = Framework(
        district_id=district_id,
        identifier=package.identifier,
        title=package.title,
        version=package.version,
        audience=package.audience,
        licence=package.licence,
        attribution=package.attribution,
    )
    db.add(framework)
    stored: dict[str, Indicator] = {}
    for position, item in enumerate(package.items):
        stored[item.identifier] = Indicator(
            framework=framework,
            parent=stored[item.parent] if item.parent else None,
            identifier=item.identifier,
            level=item.level,
            code=item.code,
            path=item.path,
            statement=item.statement,
            position=position,
        )
    db.add_all(stored.values())
    db.flush()  # their ids are wanted by whoever asked
    return framework


def align_course(
    db: Session, actor: Person, course: Course, framework: Framework, entries: Iterable[AlignmentEntry]
) -> None:
    """Make these the course's only alignments within a framework; refuse an indicator of another framework."""
    wanted = {entry.indicator_id: entry for entry in entries}
    _refuse_unknown(db, framework, wanted.keys())
    current = {
        alignment.indicator_id: alignment
        for alignment in db.scalars(
            select(CourseAlignment)
            .join(CourseAlignment.indicator)
            .where(CourseAlignment.course_id == course.id, Indicator.framework_id == framework.id)
        )
    }
    removed = current.keys() - wanted.keys()
    for indicator_id in removed:
        db.delete(current[indicator_id])
    for indicator_id, entry in wanted.items():
        _set_alignment(db, actor, course, current.get(indicator_id), entry)
    added = wanted.keys() - current.keys()
    record_audit(db, actor, "course_aligned", "course", course.id, added=sorted(added), removed=sorted(removed))


def inherit_alignments(db: Session, course_id: int, origin_ids: Iterable[int]) -> None:
    """Give a course that is attached to nothing the attachments of the first of its origins that has any."""
    course = db.get(Course, course_id, with_for_update=True)
    if course is None or _alignments(db, course_id):
        return
    origin_id = next((each for each in origin_ids if _alignments(db, each)), None)
    if origin_id is None:
        return
    added = []
    for each in _alignments(db, origin_id):
        kept = {name: getattr(each, name) for name in ("indicator_id", "strength", "grade_bands", "applies_to_all")}
        db.add(CourseAlignment(course_id=course_id, created_by_id=course.marked_by_id, **kept))
        added.append(each.indicator_id)
    _record_inheritance(db, course, origin_id, sorted(added))


def _record_inheritance(db: Session, course: Course, origin_id: int, added: list[int]) -> None:
    """Note it as done by whoever marked the copy; in an LMS for staff alone that is nobody."""
    event = AuditEvent(
        district_id=course.district_id,
        actor_id=course.marked_by_id,
        action="course_aligned",
        subject="course",
        subject_id=course.id,
        detail={"added": added, "removed": [], "copied_from": origin_id},
    )
    db.add(event)


def _alignments(db: Session, course_id: int) -> Sequence[CourseAlignment]:
    return db.scalars(select(CourseAlignment).where(CourseAlignment.course_id == course_id)).all()


def _refuse_unknown(db: Session, framework: Framework, indicator_ids: Iterable[int]) -> None:
    known = select(Indicator.id).where(Indicator.framework_id == framework.id, Indicator.level == Level.INDICATOR)
    if not set(indicator_ids) <= set(db.scalars(known)):
        raise InvalidInputError("Choose indicators of this framework only.")


def _set_alignment(
    db: Session, actor: Person, course: Course, alignment: CourseAlignment | None, entry: AlignmentEntry
) -> None:
    if alignment is None:
        alignment = CourseAlignment(course_id=course.id, indicator_id=entry.indicator_id, created_by_id=actor.id)
        db.add(alignment)
    alignment.strength = entry.strength
    alignment.grade_bands = [] if entry.applies_to_all else [band.value for band in entry.grade_bands]
    alignment.applies_to_all = entry.applies_to_all
