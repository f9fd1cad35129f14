"""Windows side by side: what every swap and every move in them would gain, exactly.

A window is some people and their teams. The gains of all its pairs come from a few matrix products, whose numbers are
multiples of 2**-18 and small: whichever way a machine adds them up, the sums are the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from lti_tool.teams.matching.arrays import NOBODY, Bools, Floats, Ints, on_grid
from lti_tool.teams.matching.problem import Problem

NEVER = np.float32(64)
"""More than any change can gain."""
SHIFT = np.float32(-12)
"""Added last, it leaves a gain with steps of 2**-20, about 1e-6: what differs by less counts as equal."""


@dataclass(slots=True)
class Batch:
    """Windows of one shape, with what does not change while people change teams.

    `team` is each person's team, numbered within the window; `teams` stands for "nobody here".
    """

    problem: Problem
    people: Ints
    like: Floats
    learns: Floats | None
    barred: Floats | None
    fixed: Bools
    slot: Ints
    """By window and team: the number of the team in the whole problem."""
    team: Ints

    @property
    def teams(self) -> int:
        return self.slot.shape[1]

    def only(self, windows: Bools) -> Batch:
        """Return these windows alone; what is there once serves all of them."""
        kept = {
            name: each if each is None or len(each) == 1 < len(windows) else each[windows]
            for name in ("people", "like", "learns", "barred", "fixed", "slot", "team")
            for each in [getattr(self, name)]
        }
        return Batch(self.problem, **kept)


def lay_out(problem: Problem, people: Ints, team: Ints, slot: Ints) -> Batch:
    """Return windows of these people (NOBODY fills a row) in these teams."""
    here = people != NOBODY
    rows = problem.likeness.rows(np.maximum(people, 0))
    like = rows.between(rows)
    _clear(like, here)
    learns = rows.learns_from(rows) if problem.has_learning else None
    if learns is not None:
        _clear(learns, here)
    barred = problem.barred(people).astype(np.float32) if problem.has_bars else None
    fixed = ~here | problem.is_fixed[np.maximum(people, 0)]
    return Batch(problem, people, like, learns, barred, fixed, slot, np.where(here, team, slot.shape[1]))


def _clear(pairs: Floats, here: Bools) -> None:
    """Leave nothing between a person and himself, or nobody."""
    pairs[~here] = 0
    pairs.swapaxes(-1, -2)[~here] = 0
    own = np.arange(pairs.shape[-1])
    pairs[:, own, own] = 0


class Gains:
    """What each change would gain, given who is in which team now."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        options = batch.problem.options
        self.minimum, self.maximum = options.minimum, options.maximum
        self.expertise = np.float32(on_grid(options.weights.expertise))
        self.member = (batch.team[:, :, None] == np.arange(batch.teams)).astype(np.float32)
        self.size = self.member.sum(axis=1)
        self.link = batch.like @ self.member
        self.divisor = np.maximum(self.size - 1, 1)
        self.own = self._at_own_team(self.link)

    def _at_own_team(self, values: Floats) -> Floats:
        """Return what stands beside each person's own team."""
        return np.einsum("wpt,wpt->wp", values, self.member)

    def _by_person(self, values: Floats) -> Floats:
        """Return a team's value beside each of its members."""
        return (self.member @ values[:, :, None])[:, :, 0]

    @cached_property
    def covers(self) -> Floats:
        """Return how many members of each team have achieved what each person works on."""
        return np.asarray(self.batch.learns) @ self.member

    @cached_property
    def covered(self) -> Floats:
        """Return how many teammates of each person have achieved what he works on."""
        return self._at_own_team(self.covers)

    @cached_property
    def depends(self) -> Floats:
        """Return by pair: 1 where the second is a teammate who has no other cover than perhaps the first."""
        rest = np.asarray(self.batch.learns).swapaxes(1, 2) == self.covered[:, None, :]
        mates = self.batch.team[:, :, None] == self.batch.team[:, None, :]
        return (rest & mates & ~np.eye(mates.shape[1], dtype=bool)).astype(np.float32)

    @cached_property
    def lost(self) -> Floats:
        """Return how much cover each person's team, he among it, has only while he is in it."""
        is_covered = np.minimum(self.covered, 1)
        return ((self.depends @ is_covered[:, :, None])[:, :, 0] + is_covered) * self.expertise

    @cached_property
    def stay(self) -> Floats:
        """Return what each person saves by staying in the team that he was in before."""
        home = self._home()
        at_home = home[:, :, None] == self.batch.slot[:, None, :]
        return (at_home | (home == NOBODY)[:, :, None]) * np.float32(self.batch.problem.move_price)

    def _home(self) -> Ints:
        return self.batch.problem.home[np.maximum(self.batch.people, 0)]

    def swaps(self) -> Floats:
        """Return what each two people of different teams gain by changing places."""
        batch = self.batch
        share = self._by_person(np.float32(2) / self.divisor)
        members = self.member.swapaxes(1, 2)
        gain = self.link @ members
        gain -= batch.like
        gain *= share[:, None, :]
        cost = share * self.own
        if batch.learns is not None:
            gain += self._learning_of_swaps(members)
            cost += self.lost
        if batch.problem.move_price:
            gain += self.stay @ members
            cost += self._at_own_team(self.stay)
        if batch.barred is not None:
            gain -= NEVER * (batch.barred @ self.member @ members > batch.barred)
        return self._of_both(gain, cost)

    def _learning_of_swaps(self, members: Floats) -> Floats:
        learns = np.asarray(self.batch.learns)
        gain = self.depends @ learns
        gain += self.covers @ members > learns
        gain *= self.expertise
        return gain

    def _of_both(self, gain: Floats, cost: Floats) -> Floats:
        """Return the gain of both sides, less what both teams lose; impossible where either is fixed."""
        both = gain + gain.swapaxes(1, 2)
        both[self.batch.team[:, :, None] == self.batch.team[:, None, :]] = -NEVER
        cost = cost + NEVER * self.batch.fixed
        both -= cost[:, None, :]
        both -= (cost + SHIFT)[:, :, None]
        return both

    def moves(self) -> Floats:
        """Return what each person gains, with both teams, by joining each team."""
        batch, price = self.batch, self.batch.problem.size_price.astype(np.float32)
        total = np.einsum("wp,wpt->wt", self.own, self.member)
        gain = 2 * self.link / np.maximum(self.size, 1)[:, None, :]
        gain += self._joined(total, price)[:, None, :]
        cost = self._left(total, price)
        if batch.learns is not None:
            gain += self._learning_of_moves()
            cost = cost + self.lost
        if batch.problem.move_price:
            gain += self.stay
            cost = cost + self._at_own_team(self.stay)
        if batch.barred is not None:
            gain -= NEVER * (batch.barred @ self.member > 0)
        gain -= NEVER * self.member
        gain -= (cost + SHIFT + NEVER * batch.fixed)[:, :, None]
        return gain

    def _joined(self, total: Floats, price: Floats) -> Floats:
        """Return what each team loses by its new size alone."""
        size = self.size.astype(np.int64)
        change = total / np.maximum(self.size, 1) - total / self.divisor
        change -= price[np.minimum(size + 1, self.maximum)] - price[size]
        return change - NEVER * ((size >= self.maximum) | (size == 0))

    def _left(self, total: Floats, price: Floats) -> Floats:
        """Return what each person's team loses when he leaves it."""
        size = self.size.astype(np.int64)
        change = total / self.divisor - total / np.maximum(self.size - 2, 1)
        change += price[np.maximum(size - 1, 0)] - price[size]
        change += NEVER * (size <= self.minimum)
        return self._by_person(change) + 2 * self.own * self._by_person(1 / np.maximum(self.size - 2, 1))

    def _learning_of_moves(self) -> Floats:
        learns, uncovered = np.asarray(self.batch.learns), (self.covered == 0).astype(np.float32)
        helped = learns.swapaxes(1, 2) @ (self.member * uncovered[:, :, None])
        return (helped + (self.covers > 0)) * self.expertise
