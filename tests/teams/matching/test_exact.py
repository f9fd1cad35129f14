"""Of a few people the best teams come out, whatever the rules leave possible."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pytest

from lti_tool.teams.matching.arrays import NOBODY
from lti_tool.teams.matching.exact import best_teams, best_teams_of_all
from lti_tool.teams.matching.problem import state
from lti_tool.teams.matching.request import Request
from tests.teams.matching.people import crowd, seen_in_own_school
from tests.teams.matching.plain import Plain


def bound(count: int, seed: int) -> Request:
    """Return people some of whom are kept together, apart or in their own school."""
    request = seen_in_own_school(crowd(count, seed, minimum=3, maximum=4), 3)
    here = [each.id for each in request.people if each.across_schools]
    ids = [each.id for each in request.people]
    return Request(request.people, request.options, together=(tuple(here[:2]),), apart=((ids[0], here[-1]),))


def most(plain: Plain, people: Sequence[str]) -> tuple[int, float]:
    """Return how many of these people can be in teams, and what the best of those teams are worth."""
    if not people:
        return 0, 0.0
    first, rest = people[0], people[1:]
    best = most(plain, rest)
    for size in range(plain.options.minimum - 1, plain.options.maximum):
        for mates in combinations(rest, size):
            if plain.may_be((first, *mates)):
                placed, worth = most(plain, [each for each in rest if each not in mates])
                best = max(best, (placed + 1 + size, worth + plain.worth((first, *mates))))
    return best


@pytest.mark.parametrize("count", range(5, 10))
@pytest.mark.parametrize("seed", range(3))
def test_as_many_as_can_be_are_placed_and_as_well_as_can_be(count, seed):
    request = bound(count, seed)
    plain, problem = Plain(request), state(request)
    placed, worth = most(plain, problem.ids)

    found = [[problem.ids[each] for each in row if each != NOBODY] for row in best_teams(problem, np.arange(count))]

    assert all(map(plain.may_be, found))
    assert sum(map(len, found)) == placed
    assert sum(map(plain.worth, found)) == pytest.approx(worth, abs=3e-5)
    all_of_them = best_teams_of_all(problem, np.arange(count))
    assert (all_of_them != NOBODY).sum() == (placed if placed == count else 0)
