"""How like two declared goals are: standards first, then grade band and discipline.

Pure functions over plain records. The weights are the product's; the words of goals are not compared.
An indicator is its path of codes from the root, such as `7:1/1c/1c.2` (the framework's id comes first).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from lti_tool.teams.matching import tree
from lti_tool.teams.matching.request import BANDS, Weights
from lti_tool.teams.matching.tree import levels_of

WEIGHTS = Weights()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person who may be teamed, with the declared goal that speaks for it."""

    person_id: int
    goal_id: int
    indicators: tuple[str, ...]
    grade_bands: tuple[str, ...] = ()
    discipline: str = ""
    school: str = ""
    across_schools: bool = False
    """The goal's audience is the whole district, so that colleagues of other schools may see it."""
    offers: bool = False
    text: str = ""
    """What the goal is called, for the matcher alone: reasons never say it."""
    achieved: tuple[str, ...] = ()
    """Standards in which the person has achieved or offers something, as declared."""


def standards_vector(paths: Sequence[str]) -> dict[str, float]:
    """Return the unit vector of some indicators over the nodes of their trees."""
    depth = max((path.count("/") + 1 for path in paths), default=1)
    return tree.standards_vector(paths, levels_of(depth))


def inner_product(one: dict[str, float], other: dict[str, float]) -> float:
    """Return the inner product of two sparse vectors."""
    return math.fsum(value * other[node] for node, value in one.items() if node in other)


def likeness(one: Candidate, other: Candidate, standards: float) -> float:
    """Return how like two candidates are, given the inner product of their standards."""
    band = WEIGHTS.grade_band * _band_likeness(one.grade_bands, other.grade_bands)
    same_discipline = bool(one.discipline) and one.discipline.casefold() == other.discipline.casefold()
    return round(WEIGHTS.standards * standards + band + WEIGHTS.discipline * same_discipline, 6)


def nearness_to(one: Candidate, others: Sequence[Candidate]) -> float:
    """Return how like a candidate is to others on average, as a part of what is possible without words."""
    mine = standards_vector(one.indicators)
    like = [likeness(one, each, inner_product(mine, standards_vector(each.indicators))) for each in others]
    return math.fsum(like) / (len(like) * (1 - WEIGHTS.text)) if like else 0.0


def _band_likeness(one: Sequence[str], other: Sequence[str]) -> float:
    """Return how near the nearest bands of two people are."""
    apart = (abs(BANDS.index(mine) - BANDS.index(theirs)) for mine in one for theirs in other)
    return {0: 1.0, 1: 0.5}.get(min(apart, default=len(BANDS)), 0.0)
