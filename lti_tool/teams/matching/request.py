"""What is asked of the matcher: people with their goals, what holds them together or apart, and the options."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

BANDS = ("PK", "K-2", "3-5", "6-8", "9-12")
LEVELS = (0.2, 0.4, 0.4)
SIZE_PRICE = 0.02
"""What each person loses for each member that his team has more or fewer than the target."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to be placed; indicators are paths from the root, levels joined by `/`."""

    id: str
    indicators: tuple[str, ...]
    text: str = ""
    grade_band: str = ""
    discipline: str = ""
    school: str = ""
    achieved: tuple[str, ...] = ()
    """Paths of standards in which this person has achieved a goal."""
    across_schools: bool = True
    """Whether the goal may be seen beyond the person's own school."""


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each part counts; used as given, never rescaled."""

    standards: float = 0.55
    text: float = 0.25
    grade_band: float = 0.10
    discipline: float = 0.10
    school: float = 0.0
    expertise: float = 0.10


@dataclass(frozen=True, slots=True)
class Options:
    """What the designer may choose."""

    minimum: int = 3
    maximum: int = 6
    target: int = 4
    seed: int = 1
    move_price: float = 0.1
    floor: float = 0.0
    levels: tuple[float, ...] = LEVELS
    weights: Weights = field(default_factory=Weights)


@dataclass(frozen=True, slots=True)
class Request:
    """One question to the matcher; `locked` names each person's team, `previous` the members of each team."""

    people: tuple[Person, ...]
    options: Options = field(default_factory=Options)
    together: tuple[tuple[str, ...], ...] = ()
    apart: tuple[tuple[str, ...], ...] = ()
    locked: Mapping[str, str] = field(default_factory=dict)
    previous: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class Reaching(Protocol):
    """Somebody whose goal is for the own school, or for others too."""

    @property
    def across_schools(self) -> bool:
        """Whether other schools may see it."""

    @property
    def school(self) -> str:
        """The own school, if there is one."""


def may_see_each_other(one: Reaching, other: Reaching) -> bool:
    """Return whether each one's audience reaches the other: the same school, or both declared to the district."""
    same_school = bool(one.school) and one.school == other.school
    return same_school or (one.across_schools and other.across_schools)
