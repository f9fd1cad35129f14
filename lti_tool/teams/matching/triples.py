"""Three near teams at a time, split anew in the best of all ways."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import combinations

import numpy as np

from lti_tool.teams.matching.arrays import NOBODY, Floats, Ints
from lti_tool.teams.matching.problem import Problem
from lti_tool.teams.matching.standing import Standing
from lti_tool.teams.matching.worth import worths

SHAPES = {9: (3, 3, 3), 10: (3, 3, 4), 11: (3, 4, 4), 12: (4, 4, 4)}
"""Into which sizes so many people are split anew."""
NEAREST = 3
TOGETHER = 24
LEAST_GAIN = 1e-5
TABLE_CELLS = 6_000_000
"""How many sums of three are looked at in one go."""


@dataclass(frozen=True, slots=True)
class Splits:
    """All ways to split some people into three teams of given sizes."""

    subsets: tuple[Ints, ...]
    """By team: all sets of that size."""
    masks: tuple[Ints, ...]
    ways: Ints
    """A row a way: the number of each team's set."""


@cache
def splits(sizes: tuple[int, int, int]) -> Splits:
    """Return the ways to split as many people as these sizes hold; equal sizes are not told apart."""
    everybody = range(sum(sizes))
    subsets = [list(combinations(everybody, size)) for size in sizes]
    numbers = [{each: number for number, each in enumerate(own)} for own in subsets]
    ways = []
    for first in subsets[0]:
        rest = [each for each in everybody if each not in first]
        for second in combinations(rest, sizes[1]):
            third = tuple(each for each in rest if each not in second)
            if _in_order(sizes, first, second, third):
                ways.append((numbers[0][first], numbers[1][second], numbers[2][third]))
    masks = tuple(np.array([sum(1 << each for each in own) for own in sets], dtype=np.int32) for sets in subsets)
    return Splits(tuple(np.array(each) for each in subsets), masks, np.array(ways, dtype=np.int64))


def _in_order(sizes: tuple[int, int, int], *teams: tuple[int, ...]) -> bool:
    """Return whether teams of equal size stand in the order of their first members."""
    return all(sizes[one] != sizes[one + 1] or teams[one][0] < teams[one + 1][0] for one in (0, 1))


def best_split(problem: Problem, people: Ints, sizes: tuple[int, int, int]) -> tuple[Floats, Ints]:
    """Return for each row of people what its best split is worth, and which it is."""
    ways = splits(sizes).ways
    step = max(1, TABLE_CELLS // len(ways))
    worth, chosen = np.empty(len(people)), np.empty(len(people), dtype=np.int64)
    for at in range(0, len(people), step):
        rows = slice(at, at + step)
        tables = _subset_worths(problem, people[rows], sizes)
        total = tables[0][:, ways[:, 0]]
        total += tables[1][:, ways[:, 1]]
        total += tables[2][:, ways[:, 2]]
        chosen[rows] = total.argmax(axis=1)
        worth[rows] = total[np.arange(len(total)), chosen[rows]]
    return worth, chosen


def _subset_worths(problem: Problem, people: Ints, sizes: tuple[int, int, int]) -> list[Floats]:
    rows = problem.likeness.rows(people)
    like = rows.between(rows)
    if problem.has_bars:
        like = like - np.float32(64) * problem.barred(people)
    bits = _teacher_bits(rows.learns_from(rows)) if problem.has_learning else None
    made = splits(sizes)
    found: dict[int, Floats] = {}
    for size, subset, mask in zip(sizes, made.subsets, made.masks, strict=True):
        if size not in found:
            found[size] = _worths(problem, like, bits, subset, mask)
    return [found[size] for size in sizes]


def _teacher_bits(learns: Floats) -> Ints:
    """Return for each person one number whose bits are those who have achieved what he works on."""
    count = learns.shape[-1]
    learns[:, np.arange(count), np.arange(count)] = 0
    bits: Ints = (learns @ (2.0 ** np.arange(count)).astype(np.float32)).astype(np.int32)
    return bits


def _worths(problem: Problem, like: Floats, bits: Ints | None, subset: Ints, mask: Ints) -> Floats:
    size = subset.shape[1]
    worth = np.zeros((len(like), len(subset)), dtype=np.float32)
    for one, other in combinations(range(size), 2):
        worth += like[:, subset[:, one], subset[:, other]]
    worth *= np.float32(2 / (size - 1))
    if bits is not None:
        covered = sum((bits[:, subset[:, each]] & mask) != 0 for each in range(size))
        worth += np.float32(problem.options.weights.expertise) * covered
    worth -= np.float32(problem.size_price[size])
    return worth


@dataclass(frozen=True, slots=True)
class _Split:
    gain: float
    teams: tuple[int, ...]
    parts: tuple[Ints, ...]


def polish(standing: Standing, order: Ints) -> None:
    """Split three near teams anew wherever that gains, the best first; `order` has near teams close together."""
    members = standing.members
    threes = near_threes(standing.problem, members, order)
    worth = worths(standing.problem, members)
    taken: set[int] = set()
    for split in sorted(_gaining(standing.problem, members, threes, worth), key=lambda each: (-each.gain, each.teams)):
        if taken.isdisjoint(split.teams):
            taken.update(split.teams)
            for team, people in zip(split.teams, split.parts, strict=True):
                standing.team_of[people] = team


def near_threes(problem: Problem, members: Ints, order: Ints) -> Ints:
    """Return every team with each two of those nearest to it, among those that stand close."""
    fixed = problem.is_fixed
    free = order[~(fixed[members[order]] & (members[order] != NOBODY)).any(axis=1)]
    found = [np.zeros((0, 3), dtype=np.int64)]
    for shift in (0, TOGETHER // 2):
        found += [_threes(problem, members, some) for some in np.split(free, range(shift, len(free), TOGETHER))]
    return np.unique(np.concatenate(found), axis=0)


def _threes(problem: Problem, members: Ints, teams: Ints) -> Ints:
    if len(teams) < 3:
        return np.zeros((0, 3), dtype=np.int64)
    people = members[teams]
    here = (people != NOBODY).reshape(-1)
    rows = problem.likeness.rows(np.maximum(people, 0).reshape(-1))
    like = rows.between(rows) * here[:, None] * here
    width, count = people.shape[1], len(teams)
    size = (people != NOBODY).sum(axis=1)
    near = like.reshape(count, width, count, width).sum(axis=(1, 3)) / (size[:, None] * size)
    np.fill_diagonal(near, -np.inf)
    nearest = np.argsort(-np.round(near, 6), axis=1, kind="stable")[:, : min(NEAREST, count - 1)]
    pairs = np.array(list(combinations(range(nearest.shape[1]), 2)), dtype=np.int64)
    mates = nearest[:, pairs].reshape(-1, 2)
    threes = np.concatenate([np.repeat(np.arange(count), len(pairs))[:, None], mates], axis=1)
    return np.sort(teams[threes], axis=1)


def _gaining(problem: Problem, members: Ints, threes: Ints, worth: Floats) -> Iterator[_Split]:
    """Yield the best split of each three that gains by it."""
    size = (members != NOBODY).sum(axis=1)
    options = problem.options
    for total, sizes in SHAPES.items():
        if options.minimum <= min(sizes) and max(sizes) <= options.maximum:
            some = threes[size[threes].sum(axis=1) == total]
            yield from _gains(problem, members, some, worth, sizes)


def _gains(
    problem: Problem, members: Ints, threes: Ints, worth: Floats, sizes: tuple[int, int, int]
) -> Iterator[_Split]:
    people = members[threes].reshape(len(threes), -1)
    packed = np.argsort(people == NOBODY, axis=1, kind="stable")[:, : sum(sizes)]
    people = np.take_along_axis(people, packed, 1)
    found, way = best_split(problem, people, sizes)
    gain = np.round(found - worth[threes].sum(axis=1), 6)
    made = splits(sizes)
    for row in np.flatnonzero(gain > LEAST_GAIN).tolist():
        sets = made.ways[way[row]]
        parts = tuple(people[row, made.subsets[each][sets[each]]] for each in range(3))
        yield _Split(float(gain[row]), tuple(threes[row].tolist()), parts)
