"""Which scores or completions somebody looks at: the same choice narrows a list, its file, and what is sent again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Self, TypeVar

from sqlalchemy import ColumnElement, Select, select

from lti_tool.grades.models import Completion, CompletionSource, Score, ScoreState
from lti_tool.grades.operations.holding import IS_HELD, IS_RECALLED, IS_THERE, WAITS
from lti_tool.people.models import Course, Person

Chosen = TypeVar("Chosen", Score, Completion)


@dataclass(frozen=True, slots=True)
class _Filter:
    """What scores or completions have in common; what is empty narrows nothing."""

    registration_id: int | None = None
    course_id: int | None = None
    name: str = ""
    """A part of the person's name."""

    def __bool__(self) -> bool:
        return bool(self.as_dict())

    def as_dict(self) -> dict[str, Any]:
        """Return what is chosen, as a row keeps it."""
        return {name: value for name, value in asdict(self).items() if value}

    def as_address(self) -> dict[str, Any]:
        """Return what is chosen in the words of an address."""
        return {"lms" if name == "registration_id" else name: value for name, value in self.as_dict().items()}

    def _narrowed(self, found: Select[Chosen], model: type[Chosen]) -> Select[Chosen]:
        if self.registration_id:
            of_lms = select(Course.id).where(Course.registration_id == self.registration_id)
            found = found.where(model.course_id.in_(of_lms))
        if self.course_id:
            found = found.where(model.course_id == self.course_id)
        if self.name:
            named = select(Person.id).where(Person.name.icontains(self.name, autoescape=True))
            found = found.where(model.person_id.in_(named))
        return found


@dataclass(frozen=True, slots=True)
class ScoreFilter(_Filter):
    """What scores have in common."""

    state: ScoreState | None = None
    cause: str = ""

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Self:
        """Return what `as_dict` gave."""
        return cls(**{**kept, "state": ScoreState(kept["state"]) if kept.get("state") else None})

    def chosen(self, district_id: int) -> Select[Score]:
        """Choose the scores of a district that it means."""
        found = self._narrowed(select(Score).where(Score.district_id == district_id), Score)
        found = found.where(Score.state == self.state) if self.state else found
        return found.where(Score.cause == self.cause) if self.cause else found


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
class CompletionFilter(_Filter):
    """What completions have in common."""

    standing: Standing | None = None
    source: CompletionSource | None = None

    def chosen(self, district_id: int) -> Select[Completion]:
        """Choose the completions of a district that it means."""
        found = self._narrowed(select(Completion).where(Completion.district_id == district_id), Completion)
        found = found.where(Completion.source == self.source) if self.source else found
        return found.where(STANDS[self.standing]) if self.standing else found
