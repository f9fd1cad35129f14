"""Completions from a file: who finished which course and when, looked at first, recorded once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.db import utc_now
from lti_tool.grades.models import Completion
from lti_tool.grades.operations.completions import record_confirmed
from lti_tool.people.models import Course, Person
from lti_tool.people.operations import record_audit
from lti_tool.people.queries import people_called
from lti_tool.people.sheets import Row, read_lines

COLUMNS = {
    "person": ("person", "email", "emailaddress", "userid", "user", "who"),
    "course": ("course", "coursetitle", "title", "courseid"),
    "date": ("date", "completed", "completedon", "completedat"),
}
HEADER = "person, course, date"
Index = Mapping[str, set[int]]


class RowState(StrEnum):
    """What becomes of a line."""

    READY = "ready"
    ALREADY = "already"
    """It is known here already."""
    HELD = "held"
    """It is known here and held, or was left out: it does not count until an administrator lets it."""
    TWICE = "twice"
    """An earlier line of the file says the same."""
    TAKEN_BACK = "taken_back"
    """The LMS took this completion back; a file does not overrule it."""
    UNKNOWN_PERSON = "unknown_person"
    AMBIGUOUS_PERSON = "ambiguous_person"
    UNKNOWN_COURSE = "unknown_course"
    AMBIGUOUS_COURSE = "ambiguous_course"
    BAD_DATE = "bad_date"


@dataclass(frozen=True, slots=True)
class MatchedRow:
    """One line of the file, and whom and what it means here."""

    line: int
    who: str
    course: str
    day: str
    state: RowState
    person_id: int = 0
    course_id: int = 0
    completed_at: datetime | None = None

    @property
    def is_ready(self) -> bool:
        return self.state is RowState.READY


@dataclass(frozen=True, slots=True)
class _Known:
    people: Index
    courses: Index
    completions: Mapping[tuple[int, int], RowState]
    """By course and person: how what is known stands."""


def match_file(db: Session, actor: Person, text: str) -> list[MatchedRow]:
    """Return the lines of a file with what they mean in this district; nothing is recorded."""
    rows = read_lines(text, COLUMNS, HEADER, {"person", "course"})
    known = _read_known(db, actor, [row for _, row in rows])
    seen: set[tuple[int, int]] = set()
    return [_match(known, seen, line, row) for line, row in rows]


def record_file(db: Session, actor: Person, matched: Sequence[MatchedRow]) -> int:
    """Record the lines that are ready, as the administrator confirmed them; return how many these are."""
    ready: defaultdict[int, dict[int, datetime | None]] = defaultdict(dict)
    for row in matched:
        if row.is_ready:
            ready[row.course_id][row.person_id] = row.completed_at
    for course_id, finished in sorted(ready.items()):
        record_confirmed(db, db.get_one(Course, course_id), finished)
        record_audit(db, actor, "completions_from_file", "course", course_id, count=len(finished))
    return sum(map(len, ready.values()))


def _match(known: _Known, seen: set[tuple[int, int]], line: int, row: Row) -> MatchedRow:
    who, course, day = (row.get(name, "") for name in ("person", "course", "date"))
    people, courses = (known.people.get(who.casefold(), set()), known.courses.get(course.casefold(), set()))
    day_is_good, completed_at = _moment(day)
    ids = (next(iter(courses), 0), next(iter(people), 0))
    state = _state(people, courses) or (None if day_is_good else RowState.BAD_DATE) or _repeated(known, seen, ids)
    if state is None:
        seen.add(ids)
    return MatchedRow(line, who, course, day, state or RowState.READY, ids[1], ids[0], completed_at)


def _state(people: set[int], courses: set[int]) -> RowState | None:
    if not people:
        return RowState.UNKNOWN_PERSON
    if len(people) > 1:
        return RowState.AMBIGUOUS_PERSON
    if not courses:
        return RowState.UNKNOWN_COURSE
    return RowState.AMBIGUOUS_COURSE if len(courses) > 1 else None


def _repeated(known: _Known, seen: set[tuple[int, int]], ids: tuple[int, int]) -> RowState | None:
    if ids in seen:
        return RowState.TWICE
    if ids in known.completions:
        return known.completions[ids]
    return None


def _moment(day: str) -> tuple[bool, datetime | None]:
    """Return whether a day is written as 2026-11-03 and not to come, and its moment; none is good as well."""
    if not day:
        return True, None
    try:
        found = datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC)
    except ValueError:
        return False, None
    return found <= utc_now(), found


def _read_known(db: Session, actor: Person, rows: Sequence[Row]) -> _Known:
    who, named = ({row.get(name, "").casefold() for row in rows} for name in ("person", "course"))
    people, courses = people_called(db, actor, who - {""}), _courses(db, actor)
    completions = select(Completion).where(
        Completion.person_id.in_({number for found in people.values() for number in found}),
        Completion.course_id.in_({number for name in named for number in courses.get(name, ())}),
    )
    return _Known(
        people, courses, {(each.course_id, each.person_id): _standing(each) for each in db.scalars(completions)}
    )


def _standing(completion: Completion) -> RowState:
    if completion.withdrawn_at:
        return RowState.TAKEN_BACK
    return RowState.ALREADY if completion.counts else RowState.HELD


def _courses(db: Session, actor: Person) -> Index:
    """Return the marked courses of the district by title, short name, and what the LMS calls them."""
    wanted = select(Course.id, Course.title, Course.label, Course.lms_course_id, Course.context_id)
    rows = db.execute(
        wanted.where(Course.district_id == actor.district_id, Course.professional_learning_at.is_not(None))
    )
    return _index((name, course_id) for course_id, *names in rows for name in names)


def _index(names: Iterable[tuple[str, int]]) -> Index:
    found: defaultdict[str, set[int]] = defaultdict(set)
    for name, number in names:
        if name:
            found[name.casefold()].add(number)
    return found
