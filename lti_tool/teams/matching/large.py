"""Any number of people: windows along an order in which what is alike stands close, cut elsewhere again and again."""

from __future__ import annotations

import numpy as np

from lti_tool.teams.matching.arrays import NOBODY, Bools, Floats, Ints
from lti_tool.teams.matching.likeness import Likeness
from lti_tool.teams.matching.ordering import bisect
from lti_tool.teams.matching.problem import Problem
from lti_tool.teams.matching.settling import settle
from lti_tool.teams.matching.standing import Standing, nobody_placed
from lti_tool.teams.matching.starts import noise
from lti_tool.teams.matching.sweeping import sweep
from lti_tool.teams.matching.texts import DIMENSIONS
from lti_tool.teams.matching.triples import polish
from lti_tool.teams.matching.windows import begin, regroup

WINDOW = 96
TEAMS = 24
FINEST = 6
"""An order of teams is refined down to so many that stand together."""
SHIFTS = (0, 12, 6, 18, 3, 15, 9, 21)
WORST_SHARE = 0.15
AS_THEY_STAND = 6000
"""Larger pieces are cut along the tree of standards: their main direction would say no more."""
TEXT = 64
"""Into so many dimensions texts are folded for the order alone."""
COLOURS = 32
"""How many disciplines are told apart where people are only put into an order."""


def match_large(problem: Problem, left_out: Bools, passes: int = len(SHIFTS), polishing: int = 0) -> Standing:
    """Return teams of all but those who are left out."""
    views = Views(problem)
    standing = nobody_placed(problem)
    begin(standing, _first_windows(problem, views, np.flatnonzero(~left_out)))
    settle(standing, left_out)
    search(standing, views, passes)
    for number in range(polishing):
        order = views.order_of_teams(standing, passes + number)
        polish(standing, order)
        _shifted(standing, order, SHIFTS[number % len(SHIFTS)])
    if polishing:
        sweep(standing)
    return standing


def search(standing: Standing, views: Views, passes: int) -> None:
    """Improve teams within windows, which each pass cuts elsewhere and along another view; the worst twice."""
    for number in range(passes):
        order = views.order_of_teams(standing, number)
        _shifted(standing, order, SHIFTS[number % len(SHIFTS)])
        if number % 2:
            _worst(standing, order)


def _shifted(standing: Standing, order: Ints, shift: int) -> None:
    cuts = np.arange(shift, len(order), TEAMS)
    regroup(standing, np.split(order, cuts[cuts > 0]))


def _worst(standing: Standing, order: Ints) -> None:
    """Improve the teams that are worth least a head among themselves."""
    worth = np.round(standing.worth_a_head()[order], 6)
    worst = np.sort(np.argsort(worth, kind="stable")[: int(len(order) * WORST_SHARE)])
    regroup(standing, np.split(order[worst], np.arange(TEAMS, len(worst), TEAMS)))


class Views:
    """What people and teams are put into an order by: a little different each time, by nothing but the number."""

    def __init__(self, problem: Problem) -> None:
        likeness = problem.likeness
        standards = likeness.vectors.shape[1] - (DIMENSIONS if likeness.weights.text else 0)
        text = likeness.vectors[:, standards:].reshape(len(likeness), -1, TEXT).sum(axis=1, dtype=np.int16)
        parts = [likeness.vectors[:, :standards], text, *_places(likeness)]
        self.features = np.concatenate(parts, axis=1)
        self.part = np.repeat(np.arange(len(parts)), [part.shape[1] for part in parts])

    def order_of_teams(self, standing: Standing, number: int) -> Ints:
        """Return the teams that have members, those that are alike in this view close together."""
        members = standing.members
        teams = np.flatnonzero((members != NOBODY).any(axis=1))
        centres = self._centres(members[teams], self._stress(number))
        order, _ = bisect(centres, np.arange(len(teams)), 1, FINEST)
        return teams[order]

    def _stress(self, number: int) -> Floats:
        """Return how much each feature counts this time; all alike the first time."""
        if number == 0:
            return np.ones(len(self.part), dtype=np.float32)
        low, width = np.array([0.4, 0.2, 0.2, 0.2]), np.array([1.2, 1.6, 1.6, 1.6])
        stress: Floats = (low + width * noise(number, 1, 4)[0])[self.part]
        return stress

    def _centres(self, members: Ints, stress: Floats) -> Ints:
        here = members != NOBODY
        centres = np.empty((len(members), len(stress)), dtype=np.int16)
        for at in range(0, len(members), 1024):
            rows = slice(at, at + 1024)
            own = self.features[np.maximum(members[rows], 0)] * here[rows, :, None]
            total = own.sum(axis=1, dtype=np.int32)
            centres[rows] = np.rint(total / here[rows].sum(axis=1)[:, None] * stress)
        return centres


def _places(likeness: Likeness) -> list[Ints]:
    """Return grade bands as overlapping marks, and disciplines as marks, for the order alone."""
    people = np.arange(len(likeness))
    band, bands = likeness.band.astype(np.int64), np.zeros((len(likeness), 6), dtype=np.int16)
    known = band < 5
    for step in (0, 1):
        bands[people[known], band[known] + step] = round(512 * (likeness.weights.grade_band / 2) ** 0.5)
    colours = np.zeros((len(likeness), COLOURS), dtype=np.int16)
    named = likeness.discipline >= 0
    colours[people[named], likeness.discipline[named] % COLOURS] = round(512 * likeness.weights.discipline**0.5)
    return [bands, colours]


def _first_windows(problem: Problem, views: Views, people: Ints) -> list[Ints]:
    """Return everybody in windows along the tree and then the main directions, those kept together in one."""
    by_tree = problem.tree_order[np.isin(problem.tree_order, people)]
    order, starts = bisect(views.features, by_tree, problem.options.target, WINDOW + 16, AS_THEY_STAND)
    return _not_split(problem, order, starts)


def _not_split(problem: Problem, order: Ints, starts: Ints) -> list[Ints]:
    """Move those who are kept together into the window of the first of them."""
    window = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    where = np.full(len(problem), NOBODY, dtype=np.int64)
    where[order] = window
    wanted = where[problem.block[order]]
    wanted = np.where(wanted == NOBODY, window, wanted)
    kept = np.argsort(wanted, kind="stable")
    return np.split(order[kept], np.searchsorted(wanted[kept], np.arange(1, len(starts) - 1)))
