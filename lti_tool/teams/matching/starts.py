"""First teams: each is built around whoever is hardest to place, with the nearest of those who are free."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from lti_tool.teams.matching.arrays import NOBODY, Bools, Floats, Ints
from lti_tool.teams.matching.batch import Batch

OUT_OF_REACH = np.float32(1e6)


def noise(seed: int, rows: int, columns: int) -> Floats:
    """Return numbers from 0 to 1 that depend on nothing but the seed and the place."""
    with np.errstate(over="ignore"):
        x = np.arange(rows * columns, dtype=np.uint64) + np.uint64(seed % 2**32) * np.uint64(0x9E3779B97F4A7C15)
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        x ^= x >> np.uint64(31)
    return (x >> np.uint64(40)).astype(np.float32).reshape(rows, columns) / np.float32(2**24)


def quotas(people: int, teams: int, slots: int, maximum: int) -> Ints:
    """Return sizes that differ by one at most for so many teams, and nothing for the other slots.

    Where the people do not split into the allowed sizes, full teams leave some over.
    """
    sizes = np.zeros(slots, dtype=np.int64)
    sizes[:teams] = people // teams
    sizes[: people % teams] += 1
    return np.minimum(sizes, maximum)


@dataclass(slots=True)
class _Building:
    """Teams being built in all windows at once; people who are kept together come together."""

    batch: Batch
    order: Floats
    """By person: who is taken first when a team is begun."""
    taste: Floats
    """By person: what is added to how near he is."""
    free: Bools
    kin: Floats | None
    """By pair: 1 where both are kept together, he himself too; none when nobody is."""
    weight: Floats
    """How many come with each person; nothing for who is not the first of his block."""
    link: Floats = field(init=False)
    bar: Floats = field(init=False)
    size: Ints = field(init=False)

    def begin(self) -> None:
        """Look at an empty team in each window."""
        windows, people = self.free.shape
        self.link = np.zeros((windows, people), dtype=np.float32)
        self.bar = np.zeros((windows, people), dtype=np.float32)
        self.size = np.zeros(windows, dtype=np.int64)

    def choose(self, quota: Ints) -> tuple[Ints, Bools]:
        """Return the next person for each window's team, and where there is one."""
        link, bar = (
            each if self.kin is None else (self.kin @ each[:, :, None])[:, :, 0] for each in (self.link, self.bar)
        )
        begun = (self.size > 0)[:, None]
        near = link / np.maximum(self.weight, 1) + self.taste
        score = np.where(begun, near, -self.order)
        fits = (self.size[:, None] + self.weight <= quota[:, None]) | ~begun
        possible = self.free & (self.weight > 0) & fits & (bar == 0) & (quota > self.size)[:, None]
        score = np.where(possible, score, -OUT_OF_REACH)
        chosen = score.argmax(axis=1)
        return chosen, possible[np.arange(len(chosen)), chosen]

    def take(self, team: int, chosen: Ints, found: Bools) -> None:
        """Put the chosen, and who comes with them, into the team."""
        windows = np.flatnonzero(found)
        if self.kin is None:
            windows_of, people = windows, chosen[windows]
        else:
            rows, people = np.nonzero(self.kin[windows if len(self.kin) > 1 else windows * 0, chosen[windows]])
            windows_of = windows[rows]
        self.free[windows_of, people] = False
        self.batch.team[windows_of, people] = team
        np.add.at(self.size, windows_of, 1)
        np.add.at(self.link, windows_of, self._row(self.batch.like, windows_of, people))
        if self.batch.barred is not None:
            np.add.at(self.bar, windows_of, self._row(self.batch.barred, windows_of, people))

    @staticmethod
    def _row(pairs: Floats, windows: Ints, people: Ints) -> Floats:
        return pairs[windows if len(pairs) > 1 else windows * 0, people]


def build(batch: Batch, quota: Ints, spread: Floats | None = None) -> Bools:
    """Fill the teams of each window up to its quotas; return who found no place.

    `spread` moves people's order and taste a little, by window, so that several starts differ.
    """
    building = _building(batch, spread)
    for team in range(quota.shape[1]):
        building.begin()
        for _ in range(int(quota[:, team].max())):
            chosen, found = building.choose(quota[:, team])
            if not found.any():
                break
            building.take(team, chosen, found)
    return building.free


def _building(batch: Batch, spread: Floats | None) -> _Building:
    windows = len(batch.team)
    here = np.broadcast_to(batch.people != NOBODY, batch.team.shape)
    batch.team[:] = batch.teams
    kin, weight = _kinship(batch)
    company = np.sort(batch.like, axis=2)[:, :, -3:].sum(axis=2)
    order = np.broadcast_to(company - 8 * (weight - 1), batch.team.shape)
    taste = np.zeros((windows, 1), dtype=np.float32)
    if spread is not None:
        order, taste = order + spread, spread * np.float32(0.5)
    return _Building(batch, order, taste, here.copy(), kin, weight)


def _kinship(batch: Batch) -> tuple[Floats | None, Floats]:
    """Return who comes with whom, and how many come with the first of each block."""
    people = np.maximum(batch.people, 0)
    block = np.where(batch.people == NOBODY, -2 - np.arange(people.shape[1]), batch.problem.block[people])
    kin = (block[:, :, None] == block[:, None, :]).astype(np.float32)
    if kin.sum() == kin.shape[0] * kin.shape[1]:
        return None, np.ones((len(kin), kin.shape[1]), dtype=np.float32)
    is_first = kin.argmax(axis=2) == np.arange(kin.shape[1])
    return kin, kin.sum(axis=2) * is_first
