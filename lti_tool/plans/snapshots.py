"""The words of a plan at one moment, and the difference between two moments, for people to read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from lti_tool.plans.models import Activity, Goal, GrowthPlan
from lti_tool.standards.sources import Source
from lti_tool.standards.statements import plain_statement

PLAN_FIELDS = (
    "shared_kind", "shared_with", "shared_purpose", "shared_rhythm", "shared_products", "mid_year_words",
    "results_statement",
)  # fmt: skip
GOAL_FIELDS = (
    "headline", "kind", "why_educator", "why_student", "why_system", "indicators", "practice_change", "student_result",
    "measure", "learning", "with_whom", "due_on", "results_statement",
)  # fmt: skip
SOURCE_FIELDS = ("title", "version", "licence", "attribution")
Part = Mapping[str, Any]
"""`goal_id` (none for the plan itself), `title`, `fields` with the text of each, and `sources` of its indicators."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words that stayed, went or came."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class FieldDifference:
    """One field that changed from one moment to another."""

    goal_id: int | None
    title: str
    field: str
    pieces: tuple[Piece, ...]


def words_of(plan: GrowthPlan) -> list[Part]:
    """Return all words of a plan that its readers see, in parts: the plan's own, then each goal's."""
    return [{"goal_id": None, "title": "", "fields": _fields(plan, PLAN_FIELDS)}, *map(_goal_part, plan.goals)]


def sources_of(goal: Goal) -> list[Source]:
    """Return what a goal's indicators are taken from, each once."""
    return list(dict.fromkeys(each.framework.source for each in goal.indicators))


def sources_in(part: Part) -> list[Source]:
    """Return the same of words that were kept; those kept before it was said there hold none."""
    return [Source(*(each[name] for name in SOURCE_FIELDS)) for each in part.get("sources", ())]


def differences(before: Sequence[Part], after: Sequence[Part]) -> list[FieldDifference]:
    """Return what changed between two moments, field by field in the order of the later one."""
    earlier = {part["goal_id"]: part for part in before}
    later = {part["goal_id"]: part for part in after}
    gone = [goal_id for goal_id in earlier if goal_id not in later]
    return [each for goal_id in (*later, *gone) for each in _part_differences(earlier.get(goal_id), later.get(goal_id))]


def _part_differences(before: Part | None, after: Part | None) -> Iterator[FieldDifference]:
    part = after or before or {"goal_id": None, "title": "", "fields": {}}
    old, new = (before or {}).get("fields", {}), (after or {}).get("fields", {})
    for field in {**new, **old}:
        said, says = old.get(field, ""), new.get(field, "")
        is_known = field in old or not old  # words that were kept before plans held this field say nothing of it
        if said != says and is_known:
            yield FieldDifference(part["goal_id"], part["title"], field, tuple(_pieces(said, says)))


def _pieces(before: str, after: str) -> Iterator[Piece]:
    old, new = (re.findall(r"\s+|\S+", text) for text in (before, after))
    for what, old_from, old_to, new_from, new_to in SequenceMatcher(None, old, new).get_opcodes():
        if what == "equal":
            yield Piece("same", "".join(old[old_from:old_to]))
            continue
        if old_to > old_from:
            yield Piece("gone", "".join(old[old_from:old_to]))
        if new_to > new_from:
            yield Piece("new", "".join(new[new_from:new_to]))


def _goal_part(goal: Goal) -> Part:
    sources = [{name: getattr(each, name) for name in SOURCE_FIELDS} for each in sources_of(goal)]
    return {"goal_id": goal.id, "title": goal.headline, "fields": _goal_fields(goal), "sources": sources}


def _goal_fields(goal: Goal) -> dict[str, str]:
    lists = {
        "indicators": "\n".join(f"{each.code} {plain_statement(each.statement)}" for each in goal.indicators),
        "learning": "\n".join(_learning(each) for each in sorted(goal.activities, key=lambda each: each.id)),
    }
    fields = _fields(goal, [name for name in GOAL_FIELDS if name not in lists]) | lists
    return {name: fields[name] for name in GOAL_FIELDS}


def _learning(activity: Activity) -> str:
    """Return what is learned with, and the day on which it was finished."""
    title, finished = activity.opportunity.title, activity.completed_at
    return f"{title} ({finished.date().isoformat()})" if finished else title


def _fields(record: GrowthPlan | Goal, names: Sequence[str]) -> dict[str, str]:
    return {name: str(value) if (value := getattr(record, name)) is not None else "" for name in names}
