"""The best teams of a few people: all that are possible are looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from math import comb

import numpy as np

from lti_tool.teams.matching.arrays import NOBODY, Ints
from lti_tool.teams.matching.pool import choose
from lti_tool.teams.matching.problem import Problem
from lti_tool.teams.matching.worth import worths

MOST_TEAMS = 2500


def is_small_enough(problem: Problem, people: int) -> bool:
    """Return whether all teams of so many people can be looked at."""
    sizes = range(problem.options.minimum, problem.options.maximum + 1)
    return sum(comb(people, size) for size in sizes) <= MOST_TEAMS


def best_teams(problem: Problem, people: Ints) -> Ints:
    """Return the teams that are worth most and hold as many of these people as any can."""
    teams = possible_teams(problem, people)
    if not len(teams):
        return teams
    place = np.full(len(problem) + 1, NOBODY, dtype=np.int64)
    place[people] = np.arange(len(people))
    chosen = choose(place[teams], worths(problem, teams), len(people), nodes=100_000)
    return teams[:0] if chosen is None else teams[chosen]


def possible_teams(problem: Problem, people: Ints) -> Ints:
    """Return all teams that the rules allow, a row each."""
    blocks = _blocks(problem, people)
    barred = problem.barred(people[None])[0] if problem.has_bars else np.zeros((len(people), len(people)), dtype=bool)
    place = {person: number for number, person in enumerate(people.tolist())}
    options = problem.options
    rows = []
    for team in _unions(blocks, options.minimum, options.maximum):
        at = [place[each] for each in team]
        if not barred[np.ix_(at, at)].any():
            rows.append(team + [NOBODY] * (options.maximum - len(team)))
    return np.array(rows, dtype=np.int64).reshape(-1, options.maximum)


def _blocks(problem: Problem, people: Ints) -> list[list[int]]:
    found: dict[int, list[int]] = {}
    for person in people.tolist():
        found.setdefault(int(problem.block[person]), []).append(person)
    return list(found.values())


def _unions(blocks: Sequence[list[int]], minimum: int, maximum: int) -> Iterator[list[int]]:
    """Yield the people of every set of blocks that makes a team of an allowed size."""
    for count in range(1, maximum + 1):
        for chosen in combinations(blocks, count):
            team = [each for block in chosen for each in block]
            if minimum <= len(team) <= maximum:
                yield team
