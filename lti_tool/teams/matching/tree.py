"""The tree of standards: an indicator is its path from the root, levels joined by `/`."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from lti_tool.teams.matching.request import LEVELS


def nodes(path: str) -> Iterator[str]:
    """Yield each standard on the way to this one, the broadest first."""
    parts = path.split("/")
    for depth in range(1, len(parts) + 1):
        yield "/".join(parts[:depth])


def component_of(path: str, depth: int = 2) -> str:
    """Return the component of a standard; empty for a standard above components."""
    parts = path.split("/")
    return "/".join(parts[:depth]) if len(parts) >= depth else ""


def component_depth(levels: Sequence[float]) -> int:
    """Return at which level a framework's components stand: the second, or the only one."""
    return min(2, len(levels))


def standards_vector(paths: Iterable[str], levels: Sequence[float]) -> dict[str, float]:
    """Return the unit vector of some indicators over the standards on the way to them."""
    vector: defaultdict[str, float] = defaultdict(float)
    for path in sorted(paths):
        for node, share in zip(nodes(path), _shares(path.count("/") + 1, levels), strict=True):
            vector[node] += math.sqrt(share)
    length = math.sqrt(math.fsum(value * value for value in vector.values())) or 1.0
    return {node: value / length for node, value in vector.items()}


def _shares(depth: int, levels: Sequence[float]) -> Sequence[float]:
    """Return the weight of each level; where a path ends early its last level takes what is left."""
    return levels if depth >= len(levels) else (*levels[: depth - 1], sum(levels[depth - 1 :]))


def levels_of(depth: int) -> tuple[float, ...]:
    """Return what each level of a tree of standards counts; in one that is deeper than ours the deeper counts more."""
    steps = sum(range(1, depth + 1))
    return LEVELS if depth <= len(LEVELS) else tuple(level / steps for level in range(1, depth + 1))
