"""Windows over teams or people: each is searched by itself, many side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from lti_tool.teams.matching.arrays import NOBODY, Bools, Ints
from lti_tool.teams.matching.batch import Batch, lay_out
from lti_tool.teams.matching.problem import Problem
from lti_tool.teams.matching.rounds import improve
from lti_tool.teams.matching.standing import Standing
from lti_tool.teams.matching.starts import build, quotas

SIDE_BY_SIDE = 32
"""How many windows are laid out at once: few enough for a processor's own memory."""


def filled(rows: Sequence[Ints]) -> Ints:
    """Return rows of unequal length as one array, filled up with NOBODY."""
    table = np.full((len(rows), max(map(len, rows))), NOBODY, dtype=np.int64)
    for number, row in enumerate(rows):
        table[number, : len(row)] = row
    return table


def pieces(groups: Sequence[Ints]) -> Iterator[Sequence[Ints]]:
    """Yield the groups, so many at a time as are laid out at once."""
    return (groups[at : at + SIDE_BY_SIDE] for at in range(0, len(groups), SIDE_BY_SIDE))


def team_count(problem: Problem, people: int) -> int:
    """Return into how many teams to split so many people; a little under the target, where that is allowed, is best.

    Smaller teams are more alike than they lose by their size.
    """
    options = problem.options
    size = max(options.minimum, options.target - 1 / 3)
    return int(min(max(round(people / size), -(-people // options.maximum)), people // options.minimum))


def begin(standing: Standing, groups: Sequence[Ints]) -> None:
    """Build and improve teams within each group of people; who finds no place is left without a team."""
    for some in pieces([group for group in groups if len(group) >= standing.problem.options.minimum]):
        _begin(standing, filled(some))


def _begin(standing: Standing, people: Ints) -> None:
    counts = [team_count(standing.problem, int(count)) for count in (people != NOBODY).sum(axis=1)]
    slots = max(counts)
    slot = standing.teams + np.cumsum([0, *counts[:-1]])[:, None] + np.arange(slots)
    slot[np.arange(slots) >= np.array(counts)[:, None]] = NOBODY
    standing.teams += sum(counts)
    sizes = (people != NOBODY).sum(axis=1)
    maximum = standing.problem.options.maximum
    quota = np.stack([quotas(int(size), count, slots, maximum) for size, count in zip(sizes, counts, strict=True)])
    batch = lay_out(standing.problem, people, np.zeros_like(people), slot)
    batch.fixed |= build(batch, quota)
    _keep(standing, batch, improve(batch))


def regroup(standing: Standing, groups: Sequence[Ints]) -> None:
    """Improve the teams of each group among themselves."""
    members = standing.members
    for some in pieces([group for group in groups if len(group) > 1]):
        batch = laid_out(standing.problem, members, some)
        _keep(standing, batch, improve(batch))


def laid_out(problem: Problem, members: Ints, groups: Sequence[Ints]) -> Batch:
    """Return groups of teams as windows, all people where they are."""
    slot = filled(groups)
    there = (slot != NOBODY)[:, :, None]
    mates = np.where(there, members[np.maximum(slot, 0)], NOBODY)
    team = np.broadcast_to(np.arange(slot.shape[1])[None, :, None], mates.shape)
    return lay_out(problem, *_packed(mates, team), slot)


def _packed(people: Ints, team: Ints) -> tuple[Ints, Ints]:
    """Return rows of people with their teams, those places at the end dropped in which nobody stands."""
    rows, teams = people.reshape(len(people), -1), team.reshape(len(team), -1)
    order = np.argsort(rows == NOBODY, axis=1, kind="stable")[:, : int((rows != NOBODY).sum(axis=1).max())]
    return np.take_along_axis(rows, order, 1), np.take_along_axis(teams, order, 1)


def _keep(standing: Standing, batch: Batch, team: Ints) -> None:
    """Write down which teams people are in now."""
    placed: Bools = (batch.people != NOBODY) & (team < batch.teams)
    number = np.take_along_axis(batch.slot, np.minimum(team, batch.teams - 1), 1)
    standing.team_of[batch.people[placed]] = number[placed]
