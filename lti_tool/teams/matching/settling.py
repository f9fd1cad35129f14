"""Everybody finds a place: newcomers join, teams that are too small end, and who is still free founds teams."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

import numpy as np

from lti_tool.teams.matching import exact
from lti_tool.teams.matching.arrays import NOBODY, Bools, Floats, Ints
from lti_tool.teams.matching.leaving_out import adds_up
from lti_tool.teams.matching.standing import Standing
from lti_tool.teams.matching.windows import begin
from lti_tool.teams.matching.worth import mates_in

AT_ONCE = 256
FOUNDING = 96
NEIGHBOURS = 4
MOST_RESCUES = 60
MOST_LOOKS = 120
"""So many sets of teams are split anew for all who are free together: each takes up to a fiftieth of a second."""


def free_blocks(standing: Standing, left_out: Bools) -> list[list[int]]:
    """Return who is in no team and should be, those kept together in one list; the most first."""
    free = (standing.team_of == NOBODY) & ~left_out
    blocks = [own for own in standing.problem.blocks() if free[own[0]]]
    return sorted(blocks, key=lambda own: (-len(own), own[0]))


def settle(standing: Standing, left_out: Bools) -> None:
    """Place whoever is free, except who is left out; a team below the minimum is filled up or ends."""
    join(standing, free_blocks(standing, left_out), only_gains=True)
    end_small_teams(standing)
    _found(standing, left_out)
    join(standing, free_blocks(standing, left_out))
    end_small_teams(standing)
    join(standing, free_blocks(standing, left_out))
    _rescue(standing, left_out)


def end_small_teams(standing: Standing) -> None:
    """Set the members of each team below the minimum free."""
    small = np.flatnonzero(standing.sizes < standing.problem.options.minimum)
    standing.team_of[np.isin(standing.team_of, small)] = NOBODY


def _found(standing: Standing, left_out: Bools) -> None:
    """Make teams among those who are free."""
    free = [person for block in free_blocks(standing, left_out) for person in block]
    groups = [np.array(free[at : at + FOUNDING], dtype=np.int64) for at in range(0, len(free), FOUNDING)]
    begin(standing, groups)
    end_small_teams(standing)


def join(standing: Standing, blocks: Sequence[list[int]], *, only_gains: bool = False, floor: float = -np.inf) -> None:
    """Put each block into the team where it gains most, the one that gains most of all first.

    None comes to a team to whose members, those who have a goal, it is less like than the floor.
    """
    if standing.teams:
        for at in range(0, len(blocks), AT_ONCE):
            _Joining(standing, blocks[at : at + AT_ONCE], floor).run(only_gains=only_gains)


class _Joining:
    """Some blocks and what each would gain in each team."""

    def __init__(self, standing: Standing, blocks: Sequence[list[int]], floor: float = -np.inf) -> None:
        self.standing, self.problem = standing, standing.problem
        self.blocks, self.floor = blocks, floor
        people = np.array([each for block in blocks for each in block], dtype=np.int64)
        starts = np.cumsum([0, *(len(block) for block in blocks[:-1])])
        likeness = self.problem.likeness
        alike = likeness.rows(people).between(likeness)
        like = np.add.reduceat(alike, starts, axis=0)
        self.between = np.add.reduceat(like[:, people], starts, axis=1)
        self.link = self._by_team(like)
        self.size = standing.sizes
        self.near: _Nearness | None = None
        if floor > -np.inf:
            self.near = _Nearness(standing, people, self._by_team(alike * self.problem.speaks), alike[:, people])
        self.pairs = self._pairs_in_teams()
        self.bar, self.bars_between = self._bars(people, starts)

    def _by_team(self, values: Floats) -> Floats:
        """Return the sums over the members of each team."""
        placed = np.flatnonzero(self.standing.team_of != NOBODY)
        order = placed[np.argsort(self.standing.team_of[placed], kind="stable")]
        teams, starts = np.unique(self.standing.team_of[order], return_index=True)
        sums = np.zeros((len(values), self.standing.teams), dtype=np.float32)
        if len(order):
            sums[:, teams] = np.add.reduceat(values[:, order], starts, axis=1)
        return sums

    def _pairs_in_teams(self) -> Floats:
        members = self.standing.members
        rows = self.problem.likeness.rows(np.maximum(members, 0))
        total: Floats = np.where(mates_in(members), rows.between(rows), 0).sum(axis=(1, 2))
        return total

    def _bars(self, people: Ints, starts: Ints) -> tuple[Floats | None, Floats | None]:
        if not self.problem.has_bars:
            return None, None
        everybody = np.arange(len(self.problem))
        barred = self.problem.barred_between(people, everybody).astype(np.float32)
        bar = np.add.reduceat(barred, starts, axis=0)
        return self._by_team(bar), np.add.reduceat(bar[:, people], starts, axis=1)

    def run(self, *, only_gains: bool) -> None:
        """Place one block after another."""
        order = np.argsort(-np.max([self._gains(each) for each in range(len(self.blocks))], axis=1), kind="stable")
        for block in order.tolist():
            gains = self._gains(block)
            team = int(gains.argmax())
            if gains[team] > (0 if only_gains else -np.inf):
                self._place(block, team)

    def _gains(self, block: int) -> Floats:
        """Return what each team and the block gain together, rounded to a millionth.

        A team that the block keeps from ending spares its members the move.
        """
        size, more, options = self.size, len(self.blocks[block]), self.problem.options
        after = self.pairs + 2 * self.link[block] + self._within(block)
        change = after / np.maximum(size + more - 1, 1) - self.pairs / np.maximum(size - 1, 1)
        price = self.problem.size_price
        change = change - price[np.minimum(size + more, options.maximum)] + price[size]
        change += self.problem.move_price * (self.problem.home[self.blocks[block][0]] == np.arange(len(size)))
        change += self.problem.move_price * np.where(
            (size < options.minimum) & (size + more >= options.minimum), size, 0
        )
        possible = (size > 0) & (size + more <= options.maximum)
        if self.near is not None:
            possible &= self.near.of(self.blocks[block]) >= self.floor
        if self.bar is not None:
            possible &= self.bar[block] == 0
        return np.where(possible, np.round(change, 6), -np.inf)

    def _within(self, block: int) -> float:
        own = np.array(self.blocks[block])
        rows = self.problem.likeness.rows(own)
        like = rows.between(rows)
        return float(like.sum() - np.trace(like))

    def _place(self, block: int, team: int) -> None:
        self.standing.team_of[self.blocks[block]] = team
        self.pairs[team] += 2 * self.link[block, team] + self._within(block)
        self.link[:, team] += self.between[:, block]
        self.size[team] += len(self.blocks[block])
        if self.near is not None:
            self.near.place(self.blocks[block], team)
        if self.bar is not None and self.bars_between is not None:
            self.bar[:, team] += self.bars_between[:, block]


class _Nearness:
    """How like some people are to those members of each team who have a goal."""

    def __init__(self, standing: Standing, people: Ints, link: Floats, alike: Floats) -> None:
        self.row = {person: row for row, person in enumerate(people.tolist())}
        self.speaks = standing.problem.speaks
        self.link, self.alike = link, alike
        speaking = (standing.team_of != NOBODY) & self.speaks
        self.count = np.bincount(standing.team_of[speaking], minlength=standing.teams)

    def of(self, block: list[int]) -> Floats:
        """Return by team how like he would be to the others there who is least like them; 1 where nobody is."""
        rows = np.array([self.row[each] for each in block])
        own = self.alike[np.ix_(rows, rows)]
        kin = np.where(self.speaks[block], own, 0).sum(axis=1) - np.where(self.speaks[block], np.diag(own), 0)
        mates = self.count + self.speaks[block].sum() - self.speaks[block][:, None]
        near = (self.link[rows] + kin[:, None]) / np.maximum(mates, 1)
        least: Floats = np.round(np.where(mates > 0, near, 1), 6).min(axis=0)
        return least

    def place(self, block: list[int], team: int) -> None:
        """Note that these are in a team now."""
        there = [each for each in block if self.speaks[each]]
        self.count[team] += len(there)
        self.link[:, team] += self.alike[:, [self.row[each] for each in there]].sum(axis=1)


def _rescue(standing: Standing, left_out: Bools) -> None:
    """Try for each who is still free to split some teams anew so that nobody of all these is left.

    Where that works for nobody alone, it may for several who are free together.
    """
    looks = iter(range(MOST_LOOKS))
    for block in free_blocks(standing, left_out)[:MOST_RESCUES]:
        for group in _with_others(free_blocks(standing, left_out), block):
            around = zip(_neighbourhoods(standing, group), looks, strict=False)
            if any(_split_anew(standing, group, teams, left_out) for teams, _ in around):
                break


def _with_others(free: list[list[int]], block: list[int]) -> Iterator[list[int]]:
    """Yield a block that is still free: by itself, with one other, with two."""
    if block in free:
        others = [each for each in free if each != block][: NEIGHBOURS - 1]
        yield from ([*block, *chain.from_iterable(others[:more])] for more in range(len(others) + 1))


def _neighbourhoods(standing: Standing, block: list[int]) -> list[tuple[int, ...]]:
    """Return sets of teams, the most open to the block first, each of which can be split anew with it by numbers."""
    joining = _Joining(standing, [block])
    bar = joining.bar[0] if joining.bar is not None else np.zeros(standing.teams)
    order = np.lexsort((-joining.link[0], bar, -joining.size))
    near = [int(team) for team in order[:MOST_RESCUES] if joining.size[team]]
    around = (_around(standing, len(block), joining.size, [*near[at:], *near[:at]]) for at in range(len(near)))
    return [teams for teams in dict.fromkeys(around) if teams]


def _around(standing: Standing, people: int, size: Ints, near: list[int]) -> tuple[int, ...]:
    """Return the largest beginning of these teams that can be looked at with so many people and adds up with them."""
    chosen, fitting = list[int](), tuple[int, ...]()
    for team in near:
        if len(chosen) < NEIGHBOURS and exact.is_small_enough(standing.problem, people + int(size[team])):
            chosen.append(team)
            people += int(size[team])
            fitting = tuple(sorted(chosen)) if adds_up(people, standing.problem.options) else fitting
    return fitting


def _split_anew(standing: Standing, block: list[int], teams: tuple[int, ...], left_out: Bools) -> bool:
    inside = np.isin(standing.team_of, teams) & ~left_out
    inside[block] = True
    people = np.flatnonzero(inside)
    found = exact.best_teams_of_all(standing.problem, people)
    if not len(found):
        return False
    standing.team_of[people] = NOBODY
    standing.add_teams(found)
    return True
