"""Up to a few hundred people: many starts, and the best choice among all teams that were seen on the way."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lti_tool.teams.matching import exact
from lti_tool.teams.matching.arrays import NOBODY, Bools, Floats, Ints
from lti_tool.teams.matching.batch import Batch, lay_out
from lti_tool.teams.matching.pool import choose, distinct
from lti_tool.teams.matching.problem import Problem
from lti_tool.teams.matching.rounds import improve
from lti_tool.teams.matching.settling import settle
from lti_tool.teams.matching.standing import Standing, nobody_placed
from lti_tool.teams.matching.starts import build, noise, quotas
from lti_tool.teams.matching.windows import regroup, team_count
from lti_tool.teams.matching.worth import members_by_team, worths

MOST_PEOPLE = 400
STARTS = 24
SPREAD = np.float32(0.4)
MORE_TEAMS = (0, 1, -1, 2, 0, -2)


def match_small(problem: Problem, left_out: Bools) -> Standing:
    """Return teams of all but those who are left out."""
    people = np.flatnonzero(~left_out)
    standing = nobody_placed(problem)
    if exact.is_small_enough(problem, len(people)):
        standing.add_teams(exact.best_teams(problem, people))
    else:
        standing.add_teams(people_in(_chosen(problem, people), people))
        settle(standing, left_out)
        regroup(standing, [np.flatnonzero(standing.sizes)])
    return standing


def people_in(teams: Ints, people: Ints) -> Ints:
    """Return teams of places among some people as teams of people."""
    return np.where(teams == NOBODY, NOBODY, people[np.maximum(teams, 0)])


def _chosen(problem: Problem, people: Ints) -> Ints:
    """Return the best choice of teams that were seen from many starts, by place."""
    batch, quota = _starts(problem, people)
    spread = noise(problem.options.seed, STARTS, len(people)) * SPREAD
    spread[0] = 0
    batch.fixed = batch.fixed | build(batch, quota, spread)
    seen: list[Ints] = []
    final = improve(batch, lambda now: seen.append(now.team.copy()))
    teams = distinct(np.concatenate([_teams(problem, team, quota.shape[1]) for team in np.concatenate([*seen, final])]))
    worth = worths(problem, people_in(teams, people))
    best = _best_start(problem, people, final, quota.shape[1])
    chosen = choose(teams, worth, len(people))
    return teams[chosen] if chosen is not None and _is_better(problem, people, teams[chosen], best) else best


def _starts(problem: Problem, people: Ints) -> tuple[Batch, Ints]:
    """Return one window of everybody for each start, and sizes for their teams; the starts differ in how many."""
    count, options = len(people), problem.options
    least, most = -(-count // options.maximum), count // options.minimum
    near = team_count(problem, count)
    step = max(1, count // 80)
    counts = [min(max(near + step * MORE_TEAMS[each % len(MORE_TEAMS)], least), most) for each in range(STARTS)]
    slots = np.arange(max(counts))[None]
    batch = lay_out(problem, people[None], np.zeros((1, count), dtype=np.int64), slots)
    team, fixed, slot = (np.repeat(each, STARTS, axis=0) for each in (batch.team, batch.fixed, batch.slot))
    beside = replace(batch, team=team.astype(np.int64), fixed=fixed.astype(bool), slot=slot.astype(np.int64))
    return beside, np.stack([quotas(count, each, max(counts), options.maximum) for each in counts])


def _teams(problem: Problem, team: Ints, teams: int) -> Ints:
    """Return the teams of one start that are of an allowed size."""
    members = members_by_team(np.where(team < teams, team, NOBODY), teams, problem.options.maximum)
    return members[(members != NOBODY).sum(axis=1) >= problem.options.minimum]


def _best_start(problem: Problem, people: Ints, final: Ints, teams: int) -> Ints:
    found = [_teams(problem, team, teams) for team in final]
    return max(found, key=lambda each: _score(problem, people, each))


def _is_better(problem: Problem, people: Ints, one: Ints, other: Ints) -> bool:
    return _score(problem, people, one) > _score(problem, people, other)


def _score(problem: Problem, people: Ints, teams: Ints) -> tuple[int, float]:
    """Return how many are placed, and what the teams are worth."""
    worth: Floats = worths(problem, people_in(teams, people))
    return int((teams != NOBODY).sum()), round(float(worth.sum()), 6)
