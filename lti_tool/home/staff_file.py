"""A file of staff: who works at which school and who supervises whom, looked at first, then recorded.

A file adds and changes what it says; what it does not say stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.people.models import Person, School, Supervision
from lti_tool.people.operations import find_or_create_school, name_supervisor, set_school
from lti_tool.people.queries import people_called, schools_of_district
from lti_tool.people.sheets import Row, read_lines

COLUMNS = {
    "person": ("person", "email", "emailaddress", "userid", "user"),
    "school": ("school", "schoolname", "building"),
    "supervisor": ("supervisor", "supervisoremail", "evaluator", "reviewer"),
}
HEADER = "person, school, supervisor"
LONGEST_NAME = 200


class LineState(StrEnum):
    """What becomes of a line."""

    READY = "ready"
    SAME = "same"
    """Nothing in it is new."""
    UNKNOWN_PERSON = "unknown_person"
    AMBIGUOUS_PERSON = "ambiguous_person"
    UNKNOWN_SUPERVISOR = "unknown_supervisor"
    AMBIGUOUS_SUPERVISOR = "ambiguous_supervisor"
    OWN_SUPERVISOR = "own_supervisor"
    OTHER_SCHOOL = "other_school"
    """An earlier line says another school for the same person."""
    LONG_SCHOOL = "long_school"


@dataclass(frozen=True, slots=True)
class StaffLine:
    """One line of the file, and what it changes here."""

    line: int
    who: str
    school: str
    supervisor: str
    state: LineState
    person_id: int = 0
    supervisor_id: int = 0
    is_new_school: bool = False
    sets_school: bool = False
    names_supervisor: bool = False

    @property
    def is_ready(self) -> bool:
        return self.state is LineState.READY


@dataclass(frozen=True, slots=True)
class _Known:
    people: Mapping[str, set[int]]
    schools: Mapping[str, School]
    school_of: Mapping[int, int | None]
    led: frozenset[tuple[int, int]]
    """Person and supervisor."""
    said: dict[int, str] = field(default_factory=dict)
    """The school that a line before said, by person."""


def match_staff(db: Session, actor: Person, text: str) -> list[StaffLine]:
    """Return the lines of a file with what they change in this district; nothing is recorded."""
    rows = read_lines(text, COLUMNS, HEADER, {"person", "school"}, {"person", "supervisor"})
    known = _read_known(db, actor, [row for _, row in rows])
    return [_match(known, line, row) for line, row in rows]


def record_staff(db: Session, actor: Person, lines: Sequence[StaffLine]) -> None:
    """Record the lines that are ready, as the administrator confirmed them."""
    ready = [line for line in lines if line.is_ready]
    ids = {number for line in ready for number in (line.person_id, line.supervisor_id)}
    people = {each.id: each for each in db.scalars(select(Person).where(Person.id.in_(ids)))}
    schools = {each.name.casefold(): each for each in schools_of_district(db, actor)}
    for line in ready:
        person = people[line.person_id]
        if line.sets_school:
            name = line.school.casefold()
            schools[name] = schools.get(name) or find_or_create_school(db, actor, line.school)
            set_school(db, actor, person, schools[name])
        if line.names_supervisor:
            name_supervisor(db, actor, person, people[line.supervisor_id])


def _match(known: _Known, line: int, row: Row) -> StaffLine:
    who, school, supervisor = (row.get(name, "") for name in ("person", "school", "supervisor"))
    people, leads = known.people.get(who.casefold(), set()), known.people.get(supervisor.casefold(), set())
    person_id, supervisor_id = next(iter(people), 0), next(iter(leads), 0)
    refused = _refused(known, people, school, supervisor, leads)
    kept = known.schools.get(school.casefold())
    sets_school = bool(school) and (kept is None or known.school_of.get(person_id) != kept.id)
    names_supervisor = bool(supervisor) and (person_id, supervisor_id) not in known.led
    if refused is None and school:
        known.said[person_id] = school.casefold()
    changes = LineState.READY if sets_school or names_supervisor else LineState.SAME
    return StaffLine(
        line, who, school, supervisor, refused or changes, person_id, supervisor_id,
        is_new_school=bool(school) and kept is None, sets_school=sets_school, names_supervisor=names_supervisor,
    )  # fmt: skip


def _refused(known: _Known, people: set[int], school: str, supervisor: str, leads: set[int]) -> LineState | None:
    if len(people) != 1:
        return LineState.AMBIGUOUS_PERSON if people else LineState.UNKNOWN_PERSON
    if supervisor and len(leads) != 1:
        return LineState.AMBIGUOUS_SUPERVISOR if leads else LineState.UNKNOWN_SUPERVISOR
    if people == leads:
        return LineState.OWN_SUPERVISOR
    if len(school) > LONGEST_NAME:
        return LineState.LONG_SCHOOL
    said = known.said.get(next(iter(people)), school.casefold())
    return LineState.OTHER_SCHOOL if school and said != school.casefold() else None


def _read_known(db: Session, actor: Person, rows: Sequence[Row]) -> _Known:
    names = {row.get(name, "").casefold() for row in rows for name in ("person", "supervisor")}
    people = people_called(db, actor, names - {""})
    ids = {number for found in people.values() for number in found}
    places = db.execute(select(Person.id, Person.school_id).where(Person.id.in_(ids)))
    led = select(Supervision.person_id, Supervision.supervisor_id).where(
        Supervision.person_id.in_(ids), Supervision.ended_at.is_(None)
    )
    return _Known(
        people,
        {each.name.casefold(): each for each in schools_of_district(db, actor)},
        dict(places.all()),
        frozenset((person, supervisor) for person, supervisor in db.execute(led)),
    )
