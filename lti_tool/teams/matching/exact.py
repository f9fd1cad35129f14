"""The best teams of a few people: all that are possible are looked at, and every way to choose among them.

What can be made of a set of people is worked out once for every set, from the last person to the first: so the work
grows with the number of people alone, whatever keeps them apart.
"""

from __future__ import annotations

from functools import cache
from itertools import combinations
from math import comb
from types import EllipsisType

import numpy as np

from lti_tool.teams.matching.arrays import NOBODY, Bools, Floats, Ints
from lti_tool.teams.matching.pool import PRICE_OF_NOBODY
from lti_tool.teams.matching.problem import Problem
from lti_tool.teams.matching.worth import worths

MOST_PEOPLE = 13
MOST_TEAMS = 2500


def is_small_enough(problem: Problem, people: int) -> bool:
    """Return whether all teams of so many people can be looked at."""
    sizes = range(problem.options.minimum, problem.options.maximum + 1)
    return people <= MOST_PEOPLE and sum(comb(people, size) for size in sizes) <= MOST_TEAMS


def best_teams(problem: Problem, people: Ints) -> Ints:
    """Return the teams that are worth most and hold as many of these people as any can."""
    return _best_of(problem, people, possible_teams(problem, people))


def best_teams_of_all(problem: Problem, people: Ints) -> Ints:
    """Return the teams that are worth most and hold all of these people; none where no teams can."""
    teams = possible_teams(problem, people)
    if not np.isin(people, teams).all():
        return teams[:0]
    found = _best_of(problem, people, teams)
    return found if (found != NOBODY).sum() == len(people) else found[:0]


def possible_teams(problem: Problem, people: Ints) -> Ints:
    """Return all teams that the rules allow, a row each."""
    options = problem.options
    found = [np.zeros((0, options.maximum), dtype=np.int64)]
    barred, together = _barred(problem, people), _together(problem, people)
    for size in range(options.minimum, min(options.maximum, len(people)) + 1):
        places = _sets(len(people), size)
        rows = people[places[_are_allowed(places, barred, together)]]
        found.append(np.pad(rows, ((0, 0), (0, options.maximum - size)), constant_values=NOBODY))
    return np.concatenate(found)


@cache
def _sets(count: int, size: int) -> Ints:
    """Return all sets of so many places among some, a row each."""
    return np.array(list(combinations(range(count), size)), dtype=np.int64).reshape(-1, size)


def _barred(problem: Problem, people: Ints) -> Bools:
    return problem.barred(people[None])[0] if problem.has_bars else np.zeros((len(people),) * 2, dtype=bool)


def _together(problem: Problem, people: Ints) -> Bools:
    """Return who is kept together with whom, by place."""
    together: Bools = problem.block[people][:, None] == problem.block[people]
    return together


def _are_allowed(places: Ints, barred: Bools, together: Bools) -> Bools:
    """Return which sets hold nobody with whom another must not be, and nobody without those who come with him."""
    clash = barred[places[:, :, None], places[:, None, :]].any(axis=(1, 2))
    company = together[places[:, :, None], places[:, None, :]].sum(axis=2)
    allowed: Bools = ~clash & (company == together.sum(axis=1)[places]).all(axis=1)
    return allowed


def _best_of(problem: Problem, people: Ints, teams: Ints) -> Ints:
    """Return which of these teams are worth most side by side, as many placed as can be."""
    place = np.full(len(problem) + 1, len(people))
    place[people] = np.arange(len(people))
    holds = np.zeros((len(teams), len(people) + 1), dtype=np.int64)
    holds[np.arange(len(teams))[:, None], place[teams]] = 1
    holds, worth = holds[:, :-1], worths(problem, teams)
    by_first = [np.flatnonzero(holds.argmax(axis=1) == person) for person in range(len(people))]
    return teams[_chosen(holds, worth, by_first, _values(holds, worth, by_first))]


def _values(holds: Ints, worth: Floats, by_first: list[Ints]) -> Floats:
    """Return what can be made of each set of people: an axis a person, 1 where he is in the set."""
    values = np.zeros(())
    for person in reversed(range(holds.shape[1])):
        with_him = values - PRICE_OF_NOBODY
        for team in by_first[person].tolist():
            mates = holds[team, person + 1 :].tolist()
            here = with_him[_where(mates, 1)]
            np.maximum(here, values[_where(mates, 0)] + worth[team], out=here)
        values = np.stack([values, with_him])
    return values


def _where(mates: list[int], there: int) -> tuple[int | slice | EllipsisType, ...]:
    """Return the index of the sets in which the mates are there, or are not."""
    return (*(there if mate else slice(None) for mate in mates), ...)


def _chosen(holds: Ints, worth: Floats, by_first: list[Ints], values: Floats) -> list[int]:
    """Return the teams by which the whole set comes to its value."""
    left, chosen = np.ones(holds.shape[1], dtype=np.int64), []
    for person in range(holds.shape[1]):
        for team in by_first[person].tolist() if left[person] else ():
            rest = left - holds[team]
            if rest.min() >= 0 and values[tuple(rest)] + worth[team] == values[tuple(left)]:
                chosen.append(team)
                left = rest
                break
        left[person] = 0
    return chosen
