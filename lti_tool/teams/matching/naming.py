"""Names of teams: locks say them, then a team goes by the name of the team that most of its members come from."""

from __future__ import annotations

import numpy as np

from lti_tool.teams.matching.arrays import NOBODY, Ints
from lti_tool.teams.matching.problem import Problem
from lti_tool.teams.matching.standing import Standing


def name_teams(standing: Standing) -> dict[int, str]:
    """Return the name of each team that has members, by its number."""
    problem, members = standing.problem, standing.members
    teams = np.flatnonzero((members != NOBODY).any(axis=1))
    numbers = _numbers_of_old_names(problem, members, teams)
    taken = {problem.names[number] for number in numbers.values()} | set(problem.names)
    fresh = (f"team-{number}" for number in range(1, len(teams) + len(taken) + 1))
    free = iter([name for name in fresh if name not in taken])
    return {team: problem.names[numbers[team]] if team in numbers else next(free) for team in _in_order(members, teams)}


def _in_order(members: Ints, teams: Ints) -> list[int]:
    """Return teams in the order of their first members."""
    return sorted(teams.tolist(), key=lambda team: int(members[team][0]))


def _numbers_of_old_names(problem: Problem, members: Ints, teams: Ints) -> dict[int, int]:
    """Return which team goes by which earlier name: a name goes to the largest part of what it named."""
    found: dict[int, int] = {}
    claims = []
    for team in teams.tolist():
        people = members[team][members[team] != NOBODY]
        locked = problem.lock[people]
        if (locked != NOBODY).any():
            found[team] = int(locked[locked != NOBODY][0])
        homes, counts = np.unique(problem.home[people], return_counts=True)
        claims += [(-count, team, home) for home, count in zip(homes.tolist(), counts.tolist(), strict=True)]
    for _, team, home in sorted(claims):
        if home != NOBODY and team not in found and home not in found.values():
            found[team] = home
    return found


def renumber(standing: Standing) -> bool:
    """Give teams the numbers of the names that they go by; return whether any changed."""
    problem, names = standing.problem, name_teams(standing)
    numbers = {name: number for number, name in enumerate(problem.names)}
    fresh = iter(range(len(problem.names), len(problem.names) + len(names)))
    new = {team: numbers[name] if name in numbers else next(fresh) for team, name in names.items()}
    table = np.full(standing.teams + 1, NOBODY, dtype=np.int64)
    table[list(new)] = list(new.values())
    changed = any(
        old != number for old, number in new.items() if old < len(problem.names) or number < len(problem.names)
    )
    standing.team_of = table[standing.team_of]
    standing.teams = len(problem.names) + len(names)
    return changed
