"""Rounds of best changes: everybody's best swap or move is found, and those of different teams are made at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from lti_tool.teams.matching.arrays import Bools, Floats, Ints
from lti_tool.teams.matching.batch import SHIFT, Batch, Gains

LEAST_GAIN = 1e-5
MOST_ROUNDS = 400
"""Every round gains, so that an end is certain; this only bounds it."""


@dataclass(frozen=True, slots=True)
class Changes:
    """The best change of each person who has one, the best first."""

    window: Ints
    person: Ints
    partner: Ints
    """With whom the person changes places; NOBODY for a move."""
    goes_to: Ints
    comes_from: Ints

    def __len__(self) -> int:
        return len(self.window)

    def these(self, chosen: Bools | Ints) -> Changes:
        return Changes(
            self.window[chosen], self.person[chosen], self.partner[chosen], self.goes_to[chosen],
            self.comes_from[chosen],
        )  # fmt: skip


def improve(batch: Batch, seen: Callable[[Batch], None] | None = None) -> Ints:
    """Make changes until none gains; return everybody's team. `seen` is shown the teams after each round."""
    team = batch.team.copy()
    active = np.arange(len(team))
    for _ in range(MOST_ROUNDS):
        changes = _best_changes(batch)
        moving = np.zeros(len(batch.team), dtype=bool)
        moving[changes.window] = True
        if not moving.all():
            team[active[~moving]] = batch.team[~moving]
            if not moving.any():
                break
        for chosen in _disjoint(changes, batch.teams):
            batch.team[chosen.window, chosen.person] = chosen.goes_to
            swaps = chosen.these(chosen.partner >= 0)
            batch.team[swaps.window, swaps.partner] = swaps.comes_from
        if seen is not None:
            seen(batch)
        if moving.sum() * 4 <= len(moving) * 3:
            batch, active = batch.only(moving), active[moving]
    else:
        team[active] = batch.team
    return team


def best_gains(batch: Batch) -> Floats:
    """Return the most that one change gains, window by window; less than nothing where none does."""
    gains = Gains(batch)
    most: Floats = np.maximum(gains.swaps().max(axis=(1, 2)), gains.moves().max(axis=(1, 2))) + SHIFT
    return most


def _best_changes(batch: Batch) -> Changes:
    """Return everybody's best change that gains, ties by place."""
    gains = Gains(batch)
    swaps, moves = gains.swaps(), gains.moves()
    partner, goal = swaps.argmax(axis=2), moves.argmax(axis=2)
    of_swap = np.take_along_axis(swaps, partner[:, :, None], 2)[:, :, 0]
    of_move = np.take_along_axis(moves, goal[:, :, None], 2)[:, :, 0]
    is_swap = of_swap >= of_move
    best = np.where(is_swap, of_swap, of_move)
    window, person = np.nonzero(best > -SHIFT + LEAST_GAIN)
    order = np.argsort(-best[window, person], kind="stable")
    window, person = window[order], person[order]
    swapped = is_swap[window, person]
    partner = np.where(swapped, partner[window, person], -1)
    goes_to = np.where(swapped, batch.team[window, partner], goal[window, person])
    return Changes(window, person, partner, goes_to, batch.team[window, person])


def _disjoint(changes: Changes, teams: int) -> Iterator[Changes]:
    """Yield changes of which no two touch one team: each time those that are the best of both their teams."""
    one, other = changes.window * teams + changes.goes_to, changes.window * teams + changes.comes_from
    left = np.arange(len(changes))
    taken = np.zeros(int(max(one.max(), other.max())) + 1 if len(changes) else 0, dtype=bool)
    while len(left):
        first = _first_of_each(one[left], other[left], len(taken))
        rank = np.arange(len(left))
        best = (first[one[left]] == rank) & (first[other[left]] == rank)
        chosen = left[best]
        taken[one[chosen]] = taken[other[chosen]] = True
        yield changes.these(chosen)
        left = left[~best]
        left = left[~(taken[one[left]] | taken[other[left]])]


def _first_of_each(one: Ints, other: Ints, teams: int) -> Ints:
    """Return by team: the first change in the order that touches it."""
    first = np.full(teams, len(one))
    np.minimum.at(first, one, np.arange(len(one)))
    np.minimum.at(first, other, np.arange(len(one)))
    return first
