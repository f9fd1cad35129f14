"""What teams are worth: the objective, team by team, and what it comes to for everybody."""

from __future__ import annotations

import numpy as np

from lti_tool.teams.matching.arrays import NOBODY, Bools, Floats, Ints
from lti_tool.teams.matching.problem import Problem

AT_ONCE = 4096


def members_by_team(team_of: Ints, teams: int, most: int) -> Ints:
    """Return a row of members for each team, in order, filled up with NOBODY."""
    placed = np.flatnonzero(team_of != NOBODY)
    order = placed[np.argsort(team_of[placed], kind="stable")]
    team = team_of[order]
    starts = np.searchsorted(team, np.arange(teams))
    rows = np.full((teams, most), NOBODY, dtype=np.int64)
    rows[team, np.arange(len(order)) - starts[team]] = order
    return rows


def worths(problem: Problem, members: Ints) -> Floats:
    """Return what each row of members adds to everybody's total: likeness, cover, and the price of its size."""
    pieces = [_worths(problem, members[start : start + AT_ONCE]) for start in range(0, len(members), AT_ONCE)]
    return np.concatenate(pieces) if pieces else np.zeros(0)


def _worths(problem: Problem, members: Ints) -> Floats:
    rows = problem.likeness.rows(np.maximum(members, 0))
    mates = mates_in(members)
    like = np.where(mates, rows.between(rows), 0)
    learns = rows.learns_from(rows) if problem.has_learning else None
    return from_pairs(problem, like, None if learns is None else learns * mates, (members != NOBODY).sum(axis=1))


def mates_in(members: Ints) -> Bools:
    """Return which two of each row are there and not the same person."""
    here = members != NOBODY
    return here[:, :, None] & here[:, None, :] & ~np.eye(members.shape[1], dtype=bool)


def from_pairs(problem: Problem, like: Floats, learns: Floats | None, size: Ints) -> Floats:
    """Return what teams are worth by what is between their members."""
    worth = like.sum(axis=(1, 2), dtype=np.float64) / np.maximum(size - 1, 1)
    if learns is not None:
        worth = worth + problem.options.weights.expertise * (learns.sum(axis=2) > 0).sum(axis=1)
    price: Floats = problem.size_price[np.minimum(size, len(problem.size_price) - 1)]
    return worth - price


def objective(problem: Problem, members: Ints, moved: int) -> float:
    """Return what an answer is worth a person: the number that the search makes large."""
    total = float(worths(problem, members).sum()) - problem.move_price * moved
    return total / len(problem) if len(problem) else 0.0
