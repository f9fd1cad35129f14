"""Counts of people, shown so that nobody can be picked out.

A part and its rest are told only where each is of enough people, and of several units only so many that what is not
told does not follow from the others and their sum.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from flask_babel import gettext

SMALLEST_SHOWN = 5
Unit = TypeVar("Unit", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Fact:
    """How many of what is counted are so, and how many are not; and of how many people each is."""

    part: int = 0
    rest: int = 0
    part_people: int = 0
    rest_people: int = 0

    def __add__(self, other: Fact) -> Fact:
        return Fact(
            self.part + other.part,
            self.rest + other.rest,
            self.part_people + other.part_people,
            self.rest_people + other.rest_people,
        )

    @property
    def whole(self) -> int:
        return self.part + self.rest

    @property
    def is_told(self) -> bool:
        return min(self.part_people, self.rest_people) >= SMALLEST_SHOWN

    @property
    def percent(self) -> int:
        return round(100 * self.part / self.whole)


def told_of(facts: Mapping[Unit, Fact]) -> dict[Unit, Fact]:
    """Return those facts that can be told beside each other and their sum."""
    told = {unit: fact for unit, fact in facts.items() if fact.is_told}
    while told:
        untold = sum((fact for unit, fact in facts.items() if unit not in told), Fact())
        if not untold.whole or untold.is_told:
            break
        del told[min(told, key=lambda unit: (told[unit].whole, str(unit)))]
    return told


def said_count(count: int) -> str:
    """Return the count, or that it is fewer than the smallest that is shown."""
    return str(count) if count >= SMALLEST_SHOWN else gettext("fewer than %(number)s", number=SMALLEST_SHOWN)
