"""Writes of alignments: which indicators an opportunity serves, how far, and for whom."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from lti_tool.errors import ConflictError, InvalidInputError
from lti_tool.people.models import AuditEvent, Course, Opportunity, Person
from lti_tool.people.operations import record_audit
from lti_tool.standards.facets import FACETS, Facets
from lti_tool.standards.models import Alignment, Framework, Indicator, Level, Strength
from lti_tool.standards.queries.grid import row_version


@dataclass(frozen=True, slots=True)
class AlignmentEntry:
    """That an opportunity serves an indicator: how far, and for whom."""

    indicator_id: int
    strength: Strength
    grade_bands: tuple[str, ...] = ()
    disciplines: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    contexts: tuple[str, ...] = ()

    @property
    def facets(self) -> Facets:
        return Facets(*(getattr(self, name) for name in FACETS))


def align_opportunity(
    db: Session,
    actor: Person,
    opportunity: Opportunity,
    framework: Framework,
    entries: Iterable[AlignmentEntry],
    *,
    version: str | None = None,
) -> None:
    """Make these the opportunity's only alignments within a framework, if they still are as `version` says.

    Refuses an indicator of another framework.
    """
    wanted = {entry.indicator_id: entry for entry in entries}
    _refuse_unknown(db, framework, wanted.keys())
    within = select(Alignment).join(Alignment.indicator).where(Indicator.framework_id == framework.id)
    _replace(db, actor, opportunity, _current(db, opportunity, within, version), wanted)


def align_row(
    db: Session,
    actor: Person,
    opportunity: Opportunity,
    indicator_ids: Collection[int],
    entries: Iterable[AlignmentEntry],
    *,
    version: str,
) -> None:
    """Make these the opportunity's only alignments among some indicators, if they still are as `version` says."""
    wanted = {entry.indicator_id: entry for entry in entries if entry.indicator_id in indicator_ids}
    within = select(Alignment).where(Alignment.indicator_id.in_(indicator_ids))
    _replace(db, actor, opportunity, _current(db, opportunity, within, version), wanted)


def set_facets(db: Session, actor: Person, alignment: Alignment, facets: Facets) -> None:
    """Say for whom an opportunity serves one indicator, where that differs from the others."""
    facets.to(alignment)
    ids = {"indicator_id": alignment.indicator_id}
    record_audit(db, actor, "alignment_facets_changed", "opportunity", alignment.opportunity_id, **ids)


def inherit_alignments(db: Session, course_id: int, origin_ids: Iterable[int]) -> None:
    """Give a course that is attached to nothing the attachments, and the provider, of the first origin that has any."""
    course = db.get(Course, course_id, with_for_update=True)
    if course is None or _alignments(db, course_id):
        return
    origin_id = next((each for each in origin_ids if _alignments(db, each)), None)
    if origin_id is None:
        return
    added = []
    for each in _alignments(db, origin_id):
        kept = {name: getattr(each, name) for name in ("indicator_id", "strength", *FACETS)}
        db.add(Alignment(opportunity_id=course_id, created_by_id=course.marked_by_id, **kept))
        added.append(each.indicator_id)
    copy, origin = db.get_one(Opportunity, course_id), db.get_one(Opportunity, origin_id)
    copy.provider = copy.provider or origin.provider
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


def _alignments(db: Session, course_id: int) -> Sequence[Alignment]:
    return db.scalars(select(Alignment).where(Alignment.opportunity_id == course_id)).all()


def _current(
    db: Session, opportunity: Opportunity, within: Select[Alignment], version: str | None
) -> Mapping[int, Alignment]:
    """Return the alignments by indicator; one designer at a time changes those of an opportunity."""
    db.execute(select(Opportunity.id).where(Opportunity.id == opportunity.id).with_for_update())
    current = db.scalars(within.where(Alignment.opportunity_id == opportunity.id)).all()
    if version is not None and row_version(current) != version:
        raise ConflictError("Somebody changed this after you opened it.")
    return {each.indicator_id: each for each in current}


def _refuse_unknown(db: Session, framework: Framework, indicator_ids: Iterable[int]) -> None:
    wanted = set(indicator_ids)
    known = select(Indicator.id).where(Indicator.framework_id == framework.id, Indicator.level == Level.INDICATOR)
    if not wanted <= set(db.scalars(known.where(Indicator.id.in_(wanted)))):
        raise InvalidInputError("Choose indicators of this framework only.")


def _replace(
    db: Session,
    actor: Person,
    opportunity: Opportunity,
    current: Mapping[int, Alignment],
    wanted: Mapping[int, AlignmentEntry],
) -> None:
    removed = current.keys() - wanted.keys()
    for indicator_id in removed:
        db.delete(current[indicator_id])
    for indicator_id, entry in wanted.items():
        _set_alignment(db, actor, opportunity, current.get(indicator_id), entry)
    added = wanted.keys() - current.keys()
    ids = {"added": sorted(added), "removed": sorted(removed)}
    record_audit(db, actor, "opportunity_aligned", "opportunity", opportunity.id, **ids)


def _set_alignment(
    db: Session, actor: Person, opportunity: Opportunity, alignment: Alignment | None, entry: AlignmentEntry
) -> None:
    if alignment is None:
        alignment = Alignment(opportunity_id=opportunity.id, indicator_id=entry.indicator_id, created_by_id=actor.id)
        db.add(alignment)
    alignment.strength = entry.strength
    entry.facets.to(alignment)
