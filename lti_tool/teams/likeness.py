"""How like two declared goals are: standards first, then grade band and discipline.

Pure functions over plain records. The weights are the product's; the words of goals are not compared.
An indicator is its path of codes from the root, such as `7:1/1c/1c.2` (the framework's id comes first).
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

LEVEL_SHARES = (0.2, 0.4, 0.4)
STANDARDS_WEIGHT = 0.55
BAND_WEIGHT = 0.10
DISCIPLINE_WEIGHT = 0.10
BANDS_BY_AGE = ("PK", "K-2", "3-5", "6-8", "9-12")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person who may be teamed, with the declared goal that speaks for it."""

    person_id: int
    goal_id: int
    indicators: tuple[str, ...]
    grade_band: str = ""
    discipline: str = ""
    school: str = ""
    across_schools: bool = False
    """The goal's audience is the whole district, so that colleagues of other schools may see it."""
    offers: bool = False


def nodes(path: str) -> Iterator[str]:
    """Yield the path of the domain, the component and the indicator that lead to an indicator."""
    parts = path.split("/")
    for depth in range(1, len(parts) + 1):
        yield "/".join(parts[:depth])


def standards_vector(paths: Iterable[str]) -> dict[str, float]:
    """Return the unit vector of some indicators over the nodes of their trees."""
    vector: defaultdict[str, float] = defaultdict(float)
    for path in paths:
        for node, share in zip(nodes(path), _shares(path.count("/") + 1), strict=False):
            vector[node] += math.sqrt(share)
    length = math.sqrt(math.fsum(value * value for value in vector.values())) or 1.0
    return {node: value / length for node, value in vector.items()}


def _shares(depth: int) -> tuple[float, ...]:
    """Return the weight of each level; in a shallower tree the last level takes what is left."""
    if depth >= len(LEVEL_SHARES):
        return LEVEL_SHARES
    return (*LEVEL_SHARES[: depth - 1], sum(LEVEL_SHARES[depth - 1 :]))


def inner_product(one: dict[str, float], other: dict[str, float]) -> float:
    """Return the inner product of two sparse vectors."""
    return math.fsum(value * other[node] for node, value in one.items() if node in other)


def likeness(one: Candidate, other: Candidate, standards: float) -> float:
    """Return how like two candidates are, given the inner product of their standards."""
    band = BAND_WEIGHT * _band_likeness(one.grade_band, other.grade_band)
    same_discipline = bool(one.discipline) and one.discipline.casefold() == other.discipline.casefold()
    return round(STANDARDS_WEIGHT * standards + band + DISCIPLINE_WEIGHT * same_discipline, 6)


def _band_likeness(one: str, other: str) -> float:
    if one not in BANDS_BY_AGE or other not in BANDS_BY_AGE:
        return 0.0
    apart = abs(BANDS_BY_AGE.index(one) - BANDS_BY_AGE.index(other))
    return {0: 1.0, 1: 0.5}.get(apart, 0.0)


def may_see_each_other(one: Candidate, other: Candidate) -> bool:
    """Return whether each one's audience reaches the other: the same school, or both declared to the district."""
    same_school = bool(one.school) and one.school == other.school
    return same_school or (one.across_schools and other.across_schools)


def shared_node(members: Iterable[Candidate]) -> tuple[str, int] | None:
    """Return the deepest standard that at least three quarters of the members share, and how many do."""
    each = [{node for path in member.indicators for node in nodes(path)} for member in members]
    counts = Counter(node for own in each for node in own)
    shared = [(node, count) for node, count in counts.items() if count >= 0.75 * len(each)]
    if not shared:
        return None
    return min(shared, key=lambda found: (-found[0].count("/"), -found[1], found[0]))


def code_of(node: str) -> str:
    """Return the code that people know a standard by."""
    return node.rsplit("/", 1)[-1].rsplit(":", 1)[-1]
