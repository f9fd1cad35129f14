"""Who cannot be in any team, found before the search: by the floor, or because the sizes do not add up."""

from __future__ import annotations

import numpy as np

from lti_tool.teams.matching.answer import WhyAlone
from lti_tool.teams.matching.arrays import Bools, Floats, Ints
from lti_tool.teams.matching.problem import Problem
from lti_tool.teams.matching.request import Options

ROWS = 512
OUT_OF_REACH = np.float32(-8)


def left_out(problem: Problem) -> dict[int, WhyAlone]:
    """Return who is to stay alone, and why."""
    out = dict.fromkeys(np.flatnonzero(_seen_by_too_few(problem)).tolist(), WhyAlone.NO_TEAM)
    out |= dict.fromkeys(np.flatnonzero(_below_floor(problem)).tolist(), WhyAlone.BELOW_FLOOR)
    alone = np.isin(np.arange(len(problem)), list(out))
    return out | dict.fromkeys(_left_over(problem, ~alone), WhyAlone.TOO_FEW)


def _seen_by_too_few(problem: Problem) -> Bools:
    """Return whose goal is for a school alone in which there are too few for a team."""
    school, hidden = problem.likeness.school, ~problem.likeness.across_schools
    _, place, count = np.unique(school, return_inverse=True, return_counts=True)
    too_few: Bools = hidden & (count[place] < problem.options.minimum) & ~problem.is_fixed
    return too_few


def _below_floor(problem: Problem) -> Bools:
    """Return whose best company is below the floor; who is kept with somebody, or has a team, is not asked."""
    out = np.zeros(len(problem), dtype=bool)
    if problem.options.floor <= 0:
        return out
    asked = ~problem.is_fixed & (problem.home < 0)
    while True:
        some = np.flatnonzero(asked & ~out)
        below = some[best_company(problem, some, ~out) < problem.options.floor]
        if not len(below):
            return out
        out[below] = True


def best_company(problem: Problem, people: Ints, others: Bools, mates: int | None = None) -> Floats:
    """Return each one's mean likeness to the nearest he may be with, as many as the smallest team has."""
    count = mates or problem.options.minimum - 1
    best = np.full(len(people), OUT_OF_REACH, dtype=np.float64)
    for at in range(0, len(people), ROWS):
        like = reachable(problem, people[at : at + ROWS], others)
        if like.shape[1] >= count:
            top = -np.partition(-like, count - 1, axis=1)[:, :count]
            best[at : at + ROWS] = np.round(top.mean(axis=1, dtype=np.float64), 6)
    return best


def reachable(problem: Problem, people: Ints, others: Bools) -> Floats:
    """Return how like these are to everybody, far below all for those with whom they cannot be."""
    everybody = np.arange(len(problem))
    like = problem.likeness.rows(people).between(problem.likeness)
    like[:, ~others] = OUT_OF_REACH
    like[people[:, None] == everybody] = OUT_OF_REACH
    if problem.has_bars:
        like[problem.barred_between(people, everybody)] = OUT_OF_REACH
    return like


def _left_over(problem: Problem, asked: Bools) -> list[int]:
    """Return who must stay out so that the others can be split into teams of the sizes allowed.

    These are the people with the least company; whoever is kept together with others leaves with all of them, last.
    """
    count, out = int(asked.sum()), list[int]()
    if adds_up(count, problem.options):
        return out
    for block in _hardest_first(problem, np.flatnonzero(asked)):
        out += block
        if adds_up(count - len(out), problem.options):
            break
    return out


def adds_up(people: int, options: Options) -> bool:
    """Return whether so many people can be split into teams of the sizes allowed."""
    return -(-people // options.maximum) <= people // options.minimum


def _hardest_first(problem: Problem, people: Ints) -> list[list[int]]:
    everybody = np.isin(np.arange(len(problem)), people)
    company = dict(zip(people.tolist(), best_company(problem, people, everybody).tolist(), strict=True))
    blocks = [block for block in problem.blocks() if block[0] in company]
    locked = problem.lock >= 0
    return sorted(blocks, key=lambda own: (len(own), bool(locked[own].any()), company[own[0]], own[0]))
