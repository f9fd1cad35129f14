"""The linear bound of the set-partitioning model: what fractions of teams could be worth, all teams considered.

Columns are made as they are needed. A team that would still help has a positive reduced cost, which is spread over its
pairs; then one of its members can be left out so that the rest, weighed by the same pairs, stays positive. So all such
teams are found by growing sets from positive pairs, one person at a time: nothing that helps is missed.

Between that bound and the best real teams there is a gap that no search can close. For few people it is measured: a
team belongs to something better than what is known only if the prices of its members leave it room, and those that do
are given to the solver whole.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csc_array

from benchmarks.team_bounds import pairs
from lti_tool.teams.matching.arrays import NOBODY, Floats, Ints
from lti_tool.teams.matching.problem import Problem
from lti_tool.teams.matching.worth import worths

TOLERANCE = 1e-7
FOR_EACH = 8
"""How many teams of each person are added at once, those that help most."""
STEP = 0.4
FEW = 200
"""With fewer new teams than these, all are looked at."""
GAP = 2e-5
"""How near to the solution the bound has to come, a person."""
BEAM = 3000
"""So many sets of each size are grown further while the prices are far off."""
MOST_GROWN = 6_000_000
"""Beyond so many sets the bound is given up: it would not be exhaustive."""


class TooManyTeamsError(Exception):
    """The bound was given up."""


@dataclass(frozen=True, slots=True)
class LinearBound:
    """What no teams can be worth more than."""

    mean: float
    """Of the objective, a person."""
    prices: Floats
    """What each person is worth in it, with nothing left to gain but what `mean` allows for."""


def linear_bound(problem: Problem, start: Ints) -> LinearBound:
    """Return the bound of the mean objective; `start` holds teams to begin with that cover everybody once.

    Prices far from those of the last solution would call for teams in vain, so each time they go only part of the way.
    """
    columns, prices = start, _shares(problem, start)
    like, learns = pairs(problem, np.arange(len(problem)))
    breadth = BEAM
    while True:
        new, gain = _all_helping(problem, like, learns, prices, breadth)
        if breadth == MOST_GROWN:
            bound = float(prices.sum()) + _most_missed(problem, new, gain)
            value, _ = _solve(problem, columns)
            if bound <= value + GAP * len(problem):
                return LinearBound(bound / len(problem) + TOLERANCE, prices)
        elif len(new) < FEW:
            breadth = MOST_GROWN
        columns = np.concatenate([columns, new[_best_of_each(problem, new, gain)]])
        prices = (1 - STEP) * prices + STEP * _solve(problem, columns)[1]


def best_choice(problem: Problem, start: Ints, bound: LinearBound) -> float:
    """Return the mean objective of the best teams there are; `start` holds good ones. For some 30 people.

    What is better than these consists of teams worth less than their members' prices by no more than `start` lacks.
    """
    room = bound.mean * len(problem) - float(worths(problem, start).sum())
    like, learns = pairs(problem, np.arange(len(problem)))
    found = [_all_of_size(problem, like, learns, bound.prices - room / size, size) for size in _sizes(problem)]
    columns = np.concatenate([start, *found])
    everybody = LinearConstraint(_holds(problem, columns), 1, 1)
    worth = worths(problem, columns)
    best = milp(-worth, constraints=everybody, integrality=np.ones(len(columns)), bounds=Bounds(0, 1))
    return -float(best.fun) / len(problem)


def _all_of_size(problem: Problem, like: Floats, learns: Floats, prices: Floats, size: int) -> Ints:
    return _helping(problem, _pair_weights(problem, like, learns, prices, size), prices, size, MOST_GROWN)[0]


def _sizes(problem: Problem) -> range:
    return range(problem.options.minimum, problem.options.maximum + 1)


def _shares(problem: Problem, teams: Ints) -> Floats:
    """Return what each person has of the worth of his team."""
    shares = np.zeros(len(problem))
    row, slot = np.nonzero(teams != NOBODY)
    shares[teams[row, slot]] = (worths(problem, teams) / (teams != NOBODY).sum(axis=1))[row]
    return shares


def _all_helping(problem: Problem, like: Floats, learns: Floats, prices: Floats, breadth: int) -> tuple[Ints, Floats]:
    """Return teams of every size that are worth more than the prices of their members, and by how much."""
    helping = [
        _helping(problem, _pair_weights(problem, like, learns, prices, size), prices, size, breadth)
        for size in _sizes(problem)
    ]
    return np.concatenate([teams for teams, _ in helping]), np.concatenate([gain for _, gain in helping])


def _most_missed(problem: Problem, teams: Ints, gain: Floats) -> float:
    """Return what prices may lack at most: each person is in one team, and has his share of what it gains."""
    most = np.zeros(len(problem))
    row, slot = np.nonzero(teams != NOBODY)
    np.maximum.at(most, teams[row, slot], (gain / (teams != NOBODY).sum(axis=1))[row])
    return float(most.sum())


def _best_of_each(problem: Problem, teams: Ints, gain: Floats) -> Ints:
    """Return the teams that are among the best few of one of their members."""
    order = np.argsort(-gain, kind="stable")
    row, slot = np.nonzero(teams[order] != NOBODY)
    member = teams[order][row, slot]
    by_member = np.argsort(member, kind="stable")
    first = np.searchsorted(member[by_member], np.arange(len(problem)))
    place = np.empty(len(member), dtype=np.int64)
    place[by_member] = np.arange(len(member)) - first[member[by_member]]
    return order[np.unique(row[place < FOR_EACH])]


def _solve(problem: Problem, columns: Ints) -> tuple[float, Floats]:
    """Return the best worth of fractions of these teams, and what each person is worth in it."""
    found = linprog(
        -worths(problem, columns), A_eq=_holds(problem, columns), b_eq=np.ones(len(problem)), method="highs"
    )
    return -float(found.fun), -np.asarray(found.eqlin.marginals)


def _holds(problem: Problem, columns: Ints) -> csc_array:
    """Return a row a person and a column a team, 1 where the team holds the person."""
    row, slot = np.nonzero(columns != NOBODY)
    return csc_array((np.ones(len(row)), (columns[row, slot], row)), shape=(len(problem), len(columns)))


def _helping(problem: Problem, weight: Floats, prices: Floats, size: int, breadth: int) -> tuple[Ints, Floats]:
    """Return the teams of a size whose worth is more than the prices of their members, and by how much."""
    sets = _positive_sets(weight, size, breadth)
    gain = np.zeros(0)
    if len(sets):
        gain = worths(problem, sets) - prices[sets].sum(axis=1)
        sets, gain = sets[gain > TOLERANCE], gain[gain > TOLERANCE]
    filler = np.full((len(sets), problem.options.maximum - size), NOBODY, dtype=np.int64)
    return np.concatenate([sets, filler], axis=1), gain


def _pair_weights(problem: Problem, like: Floats, learns: Floats, prices: Floats, size: int) -> Floats:
    """Spread a team's reduced cost over its pairs; cover counts for each colleague who gives it, which is no less."""
    expertise = problem.options.weights.expertise
    weight = 2 * like.astype(np.float64) / (size - 1) + expertise * (learns + learns.T)
    weight -= (prices[:, None] + prices) / (size - 1)
    weight -= problem.size_price[size] / (size * (size - 1) / 2)
    np.fill_diagonal(weight, -np.inf)
    return weight


def _positive_sets(weight: Floats, size: int, breadth: int) -> Ints:
    """Return the sets of a size whose pairs sum to more than nothing, each in order; all, unless they are too many."""
    one, other = np.nonzero(np.triu(weight > 0, 1))
    sets, total = np.stack([one, other], axis=1), weight[one, other]
    while sets.shape[1] < size and len(sets):
        sets, total = _grown(weight, sets, total)
        if len(sets) > MOST_GROWN:
            raise TooManyTeamsError
        if len(sets) > breadth:
            kept = np.argsort(-total, kind="stable")[:breadth]
            sets, total = sets[kept], total[kept]
    return sets if sets.shape[1] == size else np.zeros((0, size), dtype=np.int64)


def _grown(weight: Floats, sets: Ints, total: Floats) -> tuple[Ints, Floats]:
    found, totals = [], []
    for at in range(0, len(sets), 4096):
        some = sets[at : at + 4096]
        more = total[at : at + 4096, None] + weight[some].sum(axis=1)
        row, person = np.nonzero(more > 0)
        found.append(np.sort(np.concatenate([some[row], person[:, None]], axis=1), axis=1).astype(np.int16))
        totals.append(more[row, person])
    grown, first = np.unique(np.concatenate(found), axis=0, return_index=True)
    return grown.astype(np.int64), np.concatenate(totals)[first]
