"""Seats in teams that stand: no team begins or ends, so that each change can be put to the person whom it is about."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lti_tool.teams.matching.arrays import NOBODY, Bools, Floats, Ints
from lti_tool.teams.matching.improving import WORTH_MOVING_FOR, improve
from lti_tool.teams.matching.likeness import Likeness
from lti_tool.teams.matching.problem import Problem, kept_apart
from lti_tool.teams.matching.reforming import bring_together, take_apart
from lti_tool.teams.matching.request import Request
from lti_tool.teams.matching.settling import free_blocks, join
from lti_tool.teams.matching.standing import Standing
from lti_tool.teams.matching.worth import mates_in

FEWEST_WHO_STAY = 2
"""With fewer of those who were in it a team would be another one, or end before others have come."""


def place_in_seats(problem: Problem) -> Standing:
    """Place newcomers in seats, and move people between teams where that gains more than it costs, or a rule asks it.

    Who is locked stays, and so does whoever is kept together with others: a wish moves nobody.
    """
    bound = np.bincount(problem.block, minlength=len(problem))[problem.block] > 1
    lock = np.where(bound, problem.home, problem.lock)
    held = replace(problem, lock=lock, likeness=_with_silent_like_their_teams(problem))
    while True:
        standing = _search(held)
        back = _have_to_stay(standing)
        if not back.any():
            standing.problem = problem
            return standing
        held = replace(held, lock=np.where(back, held.home, held.lock))


def _with_silent_like_their_teams(problem: Problem) -> Likeness:
    """Return who is compared with whom, where a kept seat without a goal makes its team look neither near nor far.

    It counts like the member who is nearest to the others there.
    """
    likeness, stand_in = problem.likeness, np.arange(len(problem))
    for person in np.flatnonzero(~problem.speaks & (problem.home != NOBODY)).tolist():
        mates = np.flatnonzero((problem.home == problem.home[person]) & problem.speaks)
        if len(mates):
            rows = likeness.rows(mates)
            stand_in[person] = mates[rows.between(rows).sum(axis=1).argmax()]
    seen = likeness.rows(stand_in)
    return replace(
        seen, school=likeness.school, across_schools=likeness.across_schools,
        achieved=likeness.achieved * (stand_in == np.arange(len(problem)))[:, None],
    )  # fmt: skip


def beside_what_stood(request: Request, standing: Standing) -> Request:
    """Return the request without what was broken before and still is: smaller teams, and two who sit together."""
    problem = standing.problem
    stays = (problem.home != NOBODY) & (standing.team_of == problem.home)
    seat = dict(zip(problem.ids, np.where(stays, problem.home, -1 - np.arange(len(problem))).tolist(), strict=True))
    before = np.bincount(problem.home[problem.home != NOBODY], minlength=1)
    least = min(request.options.minimum, *before[before > 0].tolist())
    return replace(
        request,
        options=replace(request.options, minimum=least),
        apart=tuple(pair for pair in kept_apart(request) if seat[pair[0]] != seat[pair[1]]),
    )


def _search(problem: Problem) -> Standing:
    standing = Standing(problem, problem.home.copy(), len(problem.names))
    bring_together(standing)
    for block in _to_take_apart(standing):
        _move_on(standing, block)
    refused = np.zeros(len(problem), dtype=bool)
    _fill(standing, refused)
    improve(standing, problem.options.move_price * WORTH_MOVING_FOR)
    _fill(standing, refused)
    return standing


def _to_take_apart(standing: Standing) -> list[list[int]]:
    """Return who has to go, one of each two whom a rule keeps apart; who sits beside a goal has seen it."""
    problem, seen = standing.problem, standing.problem.likeness
    open_to_all = replace(problem, likeness=replace(seen, across_schools=np.ones_like(seen.across_schools)))
    apart = Standing(open_to_all, standing.team_of.copy(), standing.teams)
    take_apart(apart)
    return free_blocks(apart, problem.home == NOBODY)


def _move_on(standing: Standing, block: list[int]) -> None:
    """Bring these to another team, however far it is; where none takes them they stay, as does everybody's seat."""
    before = standing.team_of[block]
    standing.team_of[block] = NOBODY
    join(standing, [block])
    if standing.team_of[block[0]] == NOBODY:
        standing.team_of[block] = before


def _fill(standing: Standing, refused: Bools) -> None:
    """Give seats to newcomers; whoever is below the floor when all have come gets none."""
    while True:
        join(standing, free_blocks(standing, refused), floor=standing.problem.options.floor)
        far = _newcomers_too_far(standing)
        if not len(far):
            return
        standing.team_of[far] = NOBODY
        refused[far] = True


def nearness(standing: Standing) -> Floats:
    """Return how like each person is to those teammates on average who have a goal; 1 without such teammates."""
    problem, members = standing.problem, standing.members
    here = members != NOBODY
    rows = problem.likeness.rows(np.maximum(members, 0))
    mates = mates_in(members) & problem.speaks[np.maximum(members, 0)][:, None, :]
    count = mates.sum(axis=2)
    mean = np.where(mates, rows.between(rows), 0).sum(axis=2) / np.maximum(count, 1)
    near: Floats = np.ones(len(problem))
    near[members[here]] = np.round(np.where(count > 0, mean, 1), 6)[here]
    return near


def _newcomers_too_far(standing: Standing) -> Ints:
    """Return of each team the newcomer who is farthest below the floor, with those who are kept together with them."""
    problem, near = standing.problem, nearness(standing)
    below = np.flatnonzero((standing.team_of != NOBODY) & _are_new(problem) & (near < problem.options.floor))
    below = below[np.argsort(near[below], kind="stable")]
    _, farthest = np.unique(standing.team_of[below], return_index=True)
    return np.flatnonzero(np.isin(problem.block, problem.block[below[farthest]]))


def _are_new(problem: Problem) -> Bools:
    """Return who had no team and is kept together with nobody who had."""
    blocks_before = np.unique(problem.block[problem.home != NOBODY])
    new: Bools = ~np.isin(problem.block, blocks_before)
    return new


def _have_to_stay(standing: Standing) -> Bools:
    """Return who moved to a team that is below the floor, or out of one that became too small by it."""
    problem = standing.problem
    has_home = problem.home != NOBODY
    moved = has_home & (standing.team_of != problem.home)
    count = len(problem.names)
    before = np.bincount(problem.home[has_home], minlength=count)
    staying = np.bincount(problem.home[has_home & ~moved], minlength=count)
    is_small = standing.sizes < np.minimum(before, problem.options.minimum)
    is_left = (staying < FEWEST_WHO_STAY) | is_small
    is_far = (nearness(standing) < problem.options.floor) & ~_are_to_go(problem)
    have_to_stay: Bools = moved & (is_left[problem.home] | is_far)
    return have_to_stay


def _are_to_go(problem: Problem) -> Bools:
    """Return who was in a team with a person whom a rule keeps apart."""
    one, other = problem.apart.T
    to_go = np.zeros(len(problem), dtype=bool)
    to_go[one[(problem.home[one] == problem.home[other]) & (problem.home[one] != NOBODY)]] = True
    return to_go
