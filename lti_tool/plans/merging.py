"""Two versions of a goal's words that came from the same one, put together field by field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from lti_tool.plans.words import FIELDS, Typed
from lti_tool.standards.digests import tidy

FOLLOWS = {"student_cleared": "student_text"}
"""A field that says something of another one comes from the same side as that."""


class Side(StrEnum):
    """Whose words they are."""

    MINE = "mine"
    THEIRS = "theirs"


@dataclass(frozen=True, slots=True)
class Clash:
    """A field that both sides changed, each in another way; `base` is None where what they began with is not known."""

    name: str
    base: Any
    mine: Any
    theirs: Any


@dataclass(frozen=True, slots=True)
class Merge:
    """What both versions make together; of a field that clashes, what was saved."""

    words: Typed
    mine: Mapping[str, Any]
    theirs: Mapping[str, Any]
    clashes: tuple[Clash, ...] = ()
    taken: Mapping[str, Side] = field(default_factory=dict)
    """The fields that one side alone changed, and which."""

    def settled(self, decided: Mapping[str, Any]) -> Typed:
        """Return the words with what was decided of the fields that clash."""
        words = {**self.words, **{name: tidy(value) for name, value in decided.items()}}
        return words | _following(words, self.mine, self.theirs)


def merge(base: Mapping[str, Any] | None, mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> Merge:
    """Return the words that both sides make; where the base is not known, what differs clashes."""
    words: Typed = {}
    clashes: list[Clash] = []
    taken: dict[str, Side] = {}
    for name in FIELDS:
        if name in FOLLOWS:
            continue
        was, own, other = (None if side is None else _said(side, name) for side in (base, mine, theirs))
        words[name] = other
        if own == other:
            continue
        if own == was:
            taken[name] = Side.THEIRS
        elif other == was:
            words[name], taken[name] = own, Side.MINE
        else:
            clashes.append(Clash(name, was, own, other))
    return Merge(words | _following(words, mine, theirs), mine, theirs, tuple(clashes), taken)


def _following(words: Typed, mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> Typed:
    return {
        name: next((_said(side, name) for side in (mine, theirs) if _said(side, followed) == words[followed]), "")
        for name, followed in FOLLOWS.items()
    }


def _said(side: Mapping[str, Any], name: str) -> Any:
    return tidy(side.get(name, [] if name == "indicator_ids" else ""))
