"""Teams that exist already, after some people left and others came: as few as possible change teams."""

from __future__ import annotations

import numpy as np

from lti_tool.teams.matching.arrays import NOBODY, Bools, Ints
from lti_tool.teams.matching.problem import Problem
from lti_tool.teams.matching.settling import settle
from lti_tool.teams.matching.standing import Standing


def place_joiners(problem: Problem, left_out: Bools) -> Standing:
    """Keep everybody where he was, end teams below the minimum, and place who is free."""
    team_of = np.where(problem.lock != NOBODY, problem.lock, problem.home)
    standing = Standing(problem, team_of, len(problem.names))
    standing.team_of[left_out] = NOBODY
    bring_together(standing)
    take_apart(standing)
    _shrink(standing)
    settle(standing, left_out)
    return standing


def bring_together(standing: Standing) -> None:
    """Put those who are kept together where one of them is locked, or else where most of them are."""
    for block in standing.problem.blocks():
        if len(block) > 1:
            locked = standing.problem.lock[block]
            teams = locked[locked != NOBODY] if (locked != NOBODY).any() else standing.team_of[block]
            counts = np.bincount(teams[teams != NOBODY]) if (teams != NOBODY).any() else None
            standing.team_of[block] = NOBODY if counts is None else int(counts.argmax())


def take_apart(standing: Standing) -> None:
    """Set one of each two free who are in one team and must not be; who is locked stays."""
    problem = standing.problem
    if not problem.has_bars:
        return
    held = np.isin(problem.block, problem.block[problem.lock != NOBODY])
    for team in np.flatnonzero(standing.sizes > 1).tolist():
        people = np.flatnonzero(standing.team_of == team)
        barred = problem.barred(people[None])[0]
        while (clashes := np.where(held[people], 0, barred.sum(axis=1))).any():
            out = _block(problem, int(people[len(people) - 1 - clashes[::-1].argmax()]))
            standing.team_of[out] = NOBODY
            kept = ~np.isin(people, out)
            people, barred = people[kept], barred[np.ix_(kept, kept)]


def _shrink(standing: Standing) -> None:
    """Set free who is too many in a team, those who are least like the others first."""
    problem = standing.problem
    for team in np.flatnonzero(standing.sizes > problem.options.maximum).tolist():
        people = np.flatnonzero(standing.team_of == team)
        rows = problem.likeness.rows(people)
        near = rows.between(rows).sum(axis=1) + 100 * (problem.lock[people] != NOBODY)
        for person in people[np.argsort(near, kind="stable")].tolist():
            if (standing.team_of == team).sum() > problem.options.maximum:
                standing.team_of[_block(problem, person)] = NOBODY


def _block(problem: Problem, person: int) -> Ints:
    return np.flatnonzero(problem.block == problem.block[person])
