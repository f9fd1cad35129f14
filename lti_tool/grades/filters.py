"""Which scores or completions somebody looks at: the same choice narrows a list, its file, and what is sent again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Self

from sqlalchemy import ColumnElement, Select, select

from lti_tool.grades.models import Completion, CompletionSource, Score, ScoreState
from lti_tool.grades.operations.holding import IS_HELD, IS_RECALLED, IS_THERE, WAITS
from lti_tool.people.models import Course, Person


@dataclass(frozen=True, slots=True)
class ScoreFilter:
    """What scores have in common; what is empty narrows nothing."""

    state: ScoreState | None = None
    registration_id: int | None = None
    course_id: int | None = None
    cause: str = ""
    name: str = ""
    """A part of the person's name."""

    def __bool__(self) -> bool:
        return any(asdict(self).values())

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Self:
        """Return what `as_dict` gave."""
        return cls(**{**kept, "state": ScoreState(kept["state"]) if kept.get("state") else None})

    def as_dict(self) -> dict[str, Any]:
        """Return what is chosen, as a row keeps it."""
        return {name: value for name, value in asdict(self).items() if value}

    def as_address(self) -> dict[str, Any]:
        """Return what is chosen in the words of an address."""
        return {"lms" if name == "registration_id" else name: value for name, value in self.as_dict().items()}

    def chosen(self, district_id: int) -> Select[Score]:
        """Choose the scores of a district that it means."""
        return select(Score).where(Score.district_id == district_id, *self._conditions())

    def _conditions(self) -> list[ColumnElement[bool]]:
        of_lms = select(Course.id).where(Course.registration_id == self.registration_id)
        named = select(Person.id).where(Person.name.icontains(self.name, autoescape=True))
        conditions = [
            (self.state, Score.state == self.state),
            (self.course_id, Score.course_id == self.course_id),
            (self.registration_id, Score.course_id.in_(of_lms)),
            (self.cause, Score.cause == self.cause),
            (self.name, Score.person_id.in_(named)),
        ]
        return [condition for value, condition in conditions if value]


class Standing(StrEnum):
    """How a completion stands."""

    COUNTS = "counts"
    HELD = "held"
    LEFT_OUT = "left_out"
    RECALLED = "recalled"
    TAKEN_BACK = "taken_back"


STANDS: dict[Standing, ColumnElement[bool]] = {
    Standing.COUNTS: Completion.held_at.is_(None) & IS_THERE,
    Standing.HELD: WAITS,
    Standing.LEFT_OUT: IS_HELD & Completion.left_out_at.is_not(None),
    Standing.RECALLED: IS_RECALLED,
    Standing.TAKEN_BACK: Completion.withdrawn_at.is_not(None),
}


@dataclass(frozen=True, slots=True)
class CompletionFilter:
    """What completions have in common; what is empty narrows nothing."""

    standing: Standing | None = None
    source: CompletionSource | None = None
    registration_id: int | None = None
    course_id: int | None = None
    name: str = ""
    """A part of the person's name."""

    def __bool__(self) -> bool:
        return any(asdict(self).values())

    def as_address(self) -> dict[str, Any]:
        """Return what is chosen in the words of an address."""
        chosen = asdict(self).items()
        return {"lms" if name == "registration_id" else name: value for name, value in chosen if value}

    def chosen(self, district_id: int) -> Select[Completion]:
        """Choose the completions of a district that it means."""
        of_lms = select(Course.id).where(Course.registration_id == self.registration_id)
        named = select(Person.id).where(Person.name.icontains(self.name, autoescape=True))
        conditions = [
            (self.source, Completion.source == self.source),
            (self.course_id, Completion.course_id == self.course_id),
            (self.registration_id, Completion.course_id.in_(of_lms)),
            (self.name, Completion.person_id.in_(named)),
        ]
        wanted = select(Completion).where(Completion.district_id == district_id)
        wanted = wanted.where(*[condition for value, condition in conditions if value])
        return wanted.where(STANDS[self.standing]) if self.standing else wanted
