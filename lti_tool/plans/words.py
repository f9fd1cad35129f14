"""The words of a goal: as values, and as the texts that forms, drafts and saved versions hold by field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from lti_tool.plans.models import Goal, GoalKind, GoalRationale, RationaleKind, RationaleSource

Typed = dict[str, Any]
"""Fields as typed: texts, and the ids of indicators as a list of texts."""


@dataclass(frozen=True, slots=True)
class RationaleWords:
    """What an owner writes of why, from one of the three places."""

    text: str = ""
    source: RationaleSource | None = None
    dated_on: date | None = None
    link: str = ""
    priority_id: int | None = None
    """The district's priority that it is, where it is one."""
    cleared: str = ""
    """The digest of the text of which the owner said that it names no student."""

    @property
    def is_empty(self) -> bool:
        return self == RationaleWords(cleared=self.cleared)


@dataclass(frozen=True, slots=True)
class GoalWords:
    """What an owner writes of a goal."""

    headline: str
    kind: GoalKind | None = None
    practice_change: str = ""
    student_result: str = ""
    measure: str = ""
    due_on: date | None = None
    with_whom: str = ""
    indicator_ids: tuple[int, ...] = ()
    educator: RationaleWords = RationaleWords()
    student: RationaleWords = RationaleWords()
    system: RationaleWords = RationaleWords()

    def rationale(self, kind: RationaleKind) -> RationaleWords:
        words: RationaleWords = getattr(self, kind.value)
        return words


ON_GOAL = ("headline", "kind", "practice_change", "student_result", "measure", "due_on", "with_whom")
OF_SLOT = ("text", "source", "dated_on", "link")
SLOTS: dict[RationaleKind, tuple[str, ...]] = {
    RationaleKind.EDUCATOR: OF_SLOT,
    RationaleKind.STUDENT: (*OF_SLOT, "cleared"),
    RationaleKind.SYSTEM: ("priority_id", *OF_SLOT),
}
SLOT_FIELDS = tuple(f"{kind}_{name}" for kind, names in SLOTS.items() for name in names)
FIELDS = (*SLOT_FIELDS, "indicator_ids", *ON_GOAL)
"""Every field that a goal is written in, in the order of the steps."""


def words_of(goal: Goal) -> GoalWords:
    """Return what a goal says now."""
    slots: dict[str, Any] = {kind.value: _words_of_rationale(goal.rationale(kind)) for kind in RationaleKind}
    ids = tuple(each.id for each in goal.indicators)
    return GoalWords(**{name: getattr(goal, name) for name in ON_GOAL}, indicator_ids=ids, **slots)


def as_typed(words: GoalWords) -> Typed:
    """Return words as a form would send them."""
    typed: Typed = {name: _text(getattr(words, name)) for name in ON_GOAL}
    for kind, names in SLOTS.items():
        typed |= {f"{kind}_{name}": _text(getattr(words.rationale(kind), name)) for name in names}
    return typed | {"indicator_ids": sorted(map(str, words.indicator_ids))}


def from_typed(typed: Mapping[str, Any]) -> GoalWords:
    """Return the words that `as_typed` made these texts of."""
    slots: dict[str, Any] = {
        kind.value: RationaleWords(**{name: _value(name, typed.get(f"{kind}_{name}", "")) for name in names})
        for kind, names in SLOTS.items()
    }
    ids = tuple(int(each) for each in typed.get("indicator_ids", ()))
    return GoalWords(**{name: _value(name, typed.get(name, "")) for name in ON_GOAL}, indicator_ids=ids, **slots)


def _words_of_rationale(rationale: GoalRationale | None) -> RationaleWords:
    if rationale is None:
        return RationaleWords()
    return RationaleWords(**{name: getattr(rationale, name) for name in RationaleWords.__slots__})


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)


def _value(name: str, text: str) -> Any:
    makers: dict[str, Any] = {
        "kind": GoalKind, "source": RationaleSource, "due_on": date.fromisoformat, "dated_on": date.fromisoformat,
        "priority_id": int,
    }  # fmt: skip
    return (makers[name](text) if text else None) if name in makers else text
