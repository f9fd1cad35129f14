"""Upper bounds on what any teams can be worth, so that a share of the best can be quoted.

*Top-k*: each person alone picks the size of his team and his mates. *Edge*: the same, where a multiplier moves likeness
from one side of a pair to the other; any antisymmetric multipliers leave the worth of every real set of teams as it is,
because a pair stands in one team, of one size. A few hundred steps of the subgradient find good ones. Every bound is of
the mean that `objective` gives, for a problem without people kept together or apart.
"""

from __future__ import annotations

import numpy as np

from lti_tool.teams.matching.arrays import Bools, Floats, Ints
from lti_tool.teams.matching.problem import Problem

ROWS = 1024
NEVER = np.float32(-1e6)
CANDIDATES = 200
REFRESH = 50
DECAY = 0.993
SLACK = 1e-6
"""What 32 bits may lose a person."""


def pairs(problem: Problem, rows: Ints) -> tuple[Floats, Floats]:
    """Return how like these people are to everybody, and who has achieved what they work on; nobody to himself."""
    everybody = problem.likeness
    here = everybody.rows(rows)
    like, learns = here.between(everybody), here.learns_from(everybody)
    like[np.arange(len(rows)), rows] = NEVER
    learns[np.arange(len(rows)), rows] = 0
    return like, learns


class Choices:
    """The best that each row can pick for itself among its columns."""

    def __init__(self, problem: Problem, like: Floats, learns: Floats) -> None:
        options = problem.options
        most = min(options.maximum - 1, like.shape[1])
        self.top = _largest(like, most)
        near = np.take_along_axis(like, self.top, 1)
        covering = np.take_along_axis(learns, self.top, 1) > 0
        self.teacher = np.where(learns > 0, like, NEVER).argmax(axis=1)
        at = np.arange(len(like))
        teacher = np.where(learns[at, self.teacher] > 0, like[at, self.teacher], NEVER)
        self.best = np.full(len(like), -np.inf)
        self.mates = np.zeros(len(like), dtype=np.int64)
        self.taught = np.zeros(len(like), dtype=bool)
        for size in range(options.minimum, most + 2):
            price = options.weights.expertise, problem.size_price[size] / size
            self._offer(size - 1, near, covering, teacher, price)

    def _offer(self, mates: int, near: Floats, covering: Bools, teacher: Floats, price: tuple[float, float]) -> None:
        """Consider teams with so many mates: the nearest ones, or all but one of them and a teacher."""
        total = near.cumsum(axis=1, dtype=np.float64)
        plain = total[:, mates - 1] / mates + price[0] * covering[:, :mates].any(axis=1)
        rest = total[:, mates - 2] if mates > 1 else 0.0
        taught = (rest + teacher) / mates + price[0]
        taught = np.where(covering[:, :mates].any(axis=1), -np.inf, taught)
        worth = np.maximum(plain, taught) - price[1]
        better = worth > self.best
        self.best = np.where(better, worth, self.best)
        self.mates = np.where(better, mates, self.mates)
        self.taught = np.where(better, taught > plain, self.taught)


def _largest(values: Floats, count: int) -> Ints:
    """Return the columns of each row's largest values, the largest first."""
    top = np.argpartition(-values, count - 1, axis=1)[:, :count]
    order = np.argsort(-np.take_along_axis(values, top, 1), axis=1, kind="stable")
    return np.take_along_axis(top, order, 1)


def top_k_bound(problem: Problem) -> float:
    """Return what everybody would have if each could choose alone."""
    everybody = np.arange(len(problem))
    pieces = (everybody[start : start + ROWS] for start in range(0, len(problem), ROWS))
    return sum(float(Choices(problem, *pairs(problem, rows)).best.sum()) for rows in pieces) / len(problem) + SLACK


class EdgeBound:
    """Lowers the bound by moving likeness between the two sides of pairs."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.like, self.learns = pairs(problem, np.arange(len(problem)))

    def bound(self, floor: float, steps: int) -> float:
        """Return the least bound that was met; `floor` is the worth of teams that exist, which sets the pace."""
        best = self._exact()
        for step in range(steps):
            if step % REFRESH == 0:
                best = min(best, self._exact())
                self.near = np.sort(_largest(self.like, min(CANDIDATES, self.like.shape[1])), axis=1)
            self._step(floor, DECAY**step)
        return min(best, self._exact())

    def _exact(self) -> float:
        pieces = range(0, len(self.like), ROWS)
        total = sum(
            float(Choices(self.problem, self.like[at : at + ROWS], self.learns[at : at + ROWS]).best.sum())
            for at in pieces
        )
        return total / len(self.like) + SLACK

    def _step(self, floor: float, pace: float) -> None:
        near = np.take_along_axis(self.like, self.near, 1)
        choices = Choices(self.problem, near, np.take_along_axis(self.learns, self.near, 1))
        rows, columns, share = self._chosen(choices)
        pull = self._two_sided(rows, columns, share)
        excess = choices.best.sum() - floor * len(self.like)
        step = np.float32(pace * max(excess, 1e-9) / max(float((pull[2] ** 2).sum()), 1e-9))
        one, other, change = pull[0], pull[1], (pull[2] * step).astype(np.float32)
        self.like[one, other] -= change
        self.like[other, one] += change

    def _chosen(self, choices: Choices) -> tuple[Ints, Ints, Floats]:
        """Return who picked whom, and how much of the row's mean each pick is."""
        mates = choices.mates[:, None]
        place = np.arange(choices.top.shape[1])
        columns = choices.top.copy()
        last = (place == mates - 1) & choices.taught[:, None]
        columns[last] = choices.teacher[choices.taught]
        rows, slots = np.nonzero(place < mates)
        people = self.near[rows, columns[rows, slots]]
        return rows, people, 1 / choices.mates[rows]

    def _two_sided(self, rows: Ints, columns: Ints, share: Floats) -> tuple[Ints, Ints, Floats]:
        """Return each pair once, with what the lower one picked more than the higher one."""
        low, high = np.minimum(rows, columns), np.maximum(rows, columns)
        signed = np.where(rows < columns, share, -share)
        keys, place = np.unique(low * len(self.like) + high, return_inverse=True)
        pull: Floats = np.bincount(place, weights=signed).astype(np.float64)
        return keys // len(self.like), keys % len(self.like), pull
