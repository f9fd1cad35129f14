"""The last look: between no two teams is a swap or a move left that gains.

Windows only hold teams that are alike. Here every two teams are weighed by a bound of what one change between them can
gain, and where that is something, all their changes are looked at exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from lti_tool.teams.matching.arrays import NOBODY, Floats, Ints
from lti_tool.teams.matching.batch import NEVER
from lti_tool.teams.matching.rounds import LEAST_GAIN, best_gains
from lti_tool.teams.matching.standing import Standing
from lti_tool.teams.matching.windows import laid_out, regroup
from lti_tool.teams.matching.worth import mates_in

TEAMS_AT_ONCE = 128
PAIRS_AT_ONCE = 2048
ROUNDING = 1e-5
"""What sums of 32 bits may be off by."""


def sweep(standing: Standing) -> None:
    """Make single changes between any two teams until none gains; each round looks at what the last one changed."""
    changed = np.flatnonzero(standing.sizes)
    while len(changed):
        pairs = _best_apart(*_gaining(standing, changed))
        before = standing.team_of.copy()
        regroup(standing, list(pairs))
        changed = np.unique(pairs) if (standing.team_of != before).any() else pairs[:0]


def _gaining(standing: Standing, changed: Ints) -> tuple[Ints, Floats]:
    """Return each two teams, one of which changed, between which a change gains, and the most that one gains."""
    members, promising = standing.members, _promising(standing, changed)
    gains: Floats = np.zeros(len(promising))
    for at in range(0, len(promising), PAIRS_AT_ONCE):
        rows = slice(at, at + PAIRS_AT_ONCE)
        gains[rows] = best_gains(laid_out(standing.problem, members, list(promising[rows])))
    return promising[gains > LEAST_GAIN], gains[gains > LEAST_GAIN]


def _best_apart(pairs: Ints, gains: Floats) -> Ints:
    """Return the pairs that gain most and of which no two touch one team."""
    taken: set[int] = set()
    chosen = []
    for place in np.argsort(-gains, kind="stable").tolist():
        one, other = pairs[place].tolist()
        if taken.isdisjoint((one, other)):
            taken.update((one, other))
            chosen.append(place)
    return pairs[sorted(chosen)]


def _promising(standing: Standing, changed: Ints) -> Ints:
    """Return each two teams, one of which changed, between which a change may gain."""
    bounds = _Bounds(standing)
    places = np.flatnonzero(np.isin(bounds.numbers, changed))
    found = [np.zeros((0, 2), dtype=np.int64)]
    for at in range(0, len(places), TEAMS_AT_ONCE):
        some = places[at : at + TEAMS_AT_ONCE]
        first = int(some[0]) if len(places) == len(bounds.numbers) else 0
        row, other = np.nonzero(bounds.between(some, np.arange(first, len(bounds.numbers))) > 0)
        found.append(np.stack([some[row], other + first], axis=1))
    pairs = np.sort(np.concatenate(found), axis=1)
    return bounds.numbers[np.unique(pairs[pairs[:, 0] < pairs[:, 1]], axis=0)]


@dataclass(frozen=True, slots=True)
class _Rows:
    """The people of some teams, the largest first: each one's first member, then the second of those that have one."""

    people: Ints
    team: Ints
    """By person: the place of the team."""
    counts: Ints
    """How many teams have a first member, a second, and so on."""

    def fold(self, how: np.ufunc, values: Floats) -> Floats:
        """Return by team what its people have, of columns by person."""
        ends = np.cumsum(self.counts)
        folded: Floats = values[..., : ends[0]].copy()
        for start, end in pairwise(ends.tolist()):
            how(folded[..., : end - start], values[..., start:end], out=folded[..., : end - start])
        return folded


@dataclass(frozen=True, slots=True)
class _Visits:
    """The most that a person of each team (rows) can bring to each other team (columns)."""

    swap: Floats
    move: Floats


class _Bounds:
    """The most that one swap or move between two teams can gain: never less than the truth.

    A swap gains what each of the two brings to the other's team, less what both lose by standing in neither: the
    likeness of the two. Cover that a newcomer gives or finds counts whole; cover that is lost on the way, not at all.
    """

    def __init__(self, standing: Standing) -> None:
        self.problem, self.members = standing.problem, standing.members
        sizes = standing.sizes
        self.numbers = np.argsort(-sizes, kind="stable")[: int((sizes > 0).sum())]
        self.size = sizes[self.numbers]
        self.share = (2 / np.maximum(self.size - 1, 1)).astype(np.float32)
        self.share_of_less = (2 / np.maximum(self.size - 2, 1)).astype(np.float32)
        self._weigh()

    def _rows(self, teams: Ints) -> _Rows:
        members = self.members[self.numbers[teams]]
        slot, place = np.nonzero(members.T != NOBODY)
        return _Rows(members[place, slot], teams[place], np.bincount(slot))

    def _weigh(self) -> None:
        """Note what each person and each team has now."""
        members = self.members[self.numbers]
        rows, mates = self.problem.likeness.rows(np.maximum(members, 0)), mates_in(members)
        own = np.where(mates, rows.between(rows), 0).sum(axis=2)
        covered = (rows.learns_from(rows) * mates).sum(axis=2) > 0
        self.own, self.is_covered = (np.zeros(len(self.problem), dtype=np.float32) for _ in range(2))
        here = members != NOBODY
        self.own[members[here]], self.is_covered[members[here]] = own[here], covered[here]
        self.joined, self.left = self._by_size(own.sum(axis=1))

    def _by_size(self, total: Floats) -> tuple[Floats, Floats]:
        """Return what each team gains by one more, and loses by one less, before who that is counts."""
        size, price, options = self.size, self.problem.size_price, self.problem.options
        less = total / np.maximum(size - 1, 1)
        joined = total / size - less - price[np.minimum(size + 1, options.maximum)] + price[size]
        left = less - total / np.maximum(size - 2, 1) + price[size - 1] - price[size]
        joined, left = joined - NEVER * (size >= options.maximum), left + NEVER * (size <= options.minimum)
        return joined.astype(np.float32), left.astype(np.float32)

    def between(self, some: Ints, others: Ints) -> Floats:
        """Return the bound between each of some teams (a row each) and each of others."""
        mine, theirs = self._rows(some), self._rows(others)
        rows, columns = (self.problem.likeness.rows(each.people) for each in (mine, theirs))
        like = rows.between(columns)
        learns = (rows.learns_from(columns), columns.learns_from(rows).T) if self.problem.has_learning else None
        out = self._visits(mine, theirs, others, like, learns)
        come = self._visits(theirs, mine, some, like.T, learns and (learns[1].T, learns[0].T))
        nearest = mine.fold(np.minimum, theirs.fold(np.minimum, like).T).T
        bound = out.swap + come.swap.T - (self.share[some][:, None] + self.share[others]) * nearest
        bound = np.maximum(np.maximum(bound, np.maximum(out.move, come.move.T)) + ROUNDING, 0)
        bound[some[:, None] == others] = 0
        return bound

    def _visits(
        self, guests: _Rows, hosts: _Rows, teams: Ints, like: Floats, learns: tuple[Floats, Floats] | None
    ) -> _Visits:
        """Return what guests bring to these teams; `learns` tells what they find there, and what they give."""
        link = hosts.fold(np.add, like)
        home, own = guests.team, self.own[guests.people]
        swap = self.share[teams] * link - (self.share[home] * own)[:, None]
        move = (2 / self.size[teams]).astype(np.float32) * link + self.joined[teams]
        lost: Floats = self.left[home] + own * self.share_of_less[home]
        move -= lost[:, None]
        if learns is not None:
            cover = self._cover(guests, hosts, *learns)
            swap, move = swap + cover, move + cover
        if self.problem.move_price:
            kept = self._kept(guests, teams)
            swap, move = swap + kept, move + kept
        return _Visits(guests.fold(np.maximum, swap.T).T, guests.fold(np.maximum, move.T).T)

    def _cover(self, guests: _Rows, hosts: _Rows, finds: Floats, gives: Floats) -> Floats:
        cover: Floats = hosts.fold(np.maximum, finds) + hosts.fold(np.add, gives * (1 - self.is_covered[hosts.people]))
        cover -= self.is_covered[guests.people][:, None]
        cover *= np.float32(self.problem.options.weights.expertise)
        return cover

    def _kept(self, guests: _Rows, teams: Ints) -> Floats:
        """Return what is saved where somebody goes back, and lost where he leaves the team that he was in before."""
        home, now = self.problem.home[guests.people], self.numbers[guests.team]
        back = (home[:, None] == self.numbers[teams]) & (home != NOBODY)[:, None]
        kept: Floats = (back.astype(np.float32) - (home == now)[:, None]) * np.float32(self.problem.move_price)
        return kept
