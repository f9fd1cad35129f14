"""How good teams are, and how soon: shares of bounds that no teams can pass, and other methods beside ours.

Nothing here passes or fails; the aim stands beside each figure. Seconds are those of the clock; on a machine that is
busy with other work the processor's own, beside them, say more.
"""

from __future__ import annotations

import random
import resource
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Self

import numpy as np

from benchmarks.educators import educators
from benchmarks.lp_bound import TooManyTeamsError, best_choice, linear_bound
from benchmarks.other_methods import by_k_means, by_standard
from benchmarks.table import print_table
from benchmarks.team_bounds import EdgeBound, top_k_bound
from lti_tool.teams.matching.answer import Answer
from lti_tool.teams.matching.arrays import Ints
from lti_tool.teams.matching.matcher import match
from lti_tool.teams.matching.problem import Problem, state
from lti_tool.teams.matching.request import Options, Request
from lti_tool.teams.matching.windows import filled
from lti_tool.teams.matching.worth import objective

SEEDS = (1, 2, 3)
MANY_SEEDS = range(1, 11)
"""Among few people much depends on who they are."""
OURS = "ours"
FEW = 30
"""Among so many people every team can be looked at."""
OWN_SCHOOL = 0.6
"""This share of goals is for the own school alone, where that is measured."""
EDGE_STEPS = 250
LEAVE = 0.05
HEADS = ("people", "seed", "method", "seconds", "CPU s", "J", "share", "of", "aim")
Row = tuple[object, ...]


def measure_matching(largest: int) -> None:
    """Print all tables for courses of 30 up to districts of so many."""
    for count, most, seeds, share, limit in ((30, 6, MANY_SEEDS, ".995", ".1"), (200, 5, SEEDS, ".99", ".6")):
        if count <= largest:
            print(f"### {count} people, teams of three to {most}\n")
            _measure_small(count, most, seeds, f"≥ {share} in {limit} s")
    _measure_own_school(largest)
    if largest >= 5000:
        print("### 5,000 people\n")
        print_table(HEADS, [row for seed in SEEDS for row in _district(5000, seed)])
        print("### 5 % leave and 5 % join\n")
        heads = ("people", "seed", "moved of who stays", "aim", "J of a fresh start", "aim", "seconds", "CPU s")
        print_table(heads, [_reformed(5000, seed) for seed in SEEDS])
    if largest >= 20_000:
        print("### 20,000 people\n")
        print_table(HEADS, [_state(20_000, seed) for seed in SEEDS])
    if largest >= 100_000:
        print("### 100,000 people\n")
        answer, took = _timed(educators(100_000, SEEDS[0]))
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        row = (
            100_000,
            SEEDS[0],
            f"{took.seconds:.1f}",
            f"{took.cpu:.1f}",
            "12",
            f"{answer.objective:.3f}",
            memory,
            1024,
        )
        print_table(("people", "seed", "seconds", "CPU s", "aim", "J", "MB at most so far", "aim"), [row])


def _measure_small(count: int, most: int, seeds: Sequence[int], aim: str) -> None:
    """Print how near the linear bound teams come, and the mean of it."""
    rows = [row for seed in seeds for row in _small(count, most, seed, aim)]
    shares = [float(str(row[HEADS.index("share")])) for row in rows if row[HEADS.index("method")] == OURS]
    mean = count, "all", f"{OURS}, mean", "", "", "", f"{sum(shares) / len(shares):.4f}", "LP", aim
    print_table(HEADS, [*rows, mean])


def _measure_own_school(largest: int) -> None:
    print(f"### {OWN_SCHOOL:.0%} of the goals for the own school alone, in 40 schools\n")
    heads = ("people", "seed", "formed", "seconds", "CPU s", "aim", "J", "alone")
    sizes = ((200, ".6"), (1000, "")) if largest >= 1000 else ((200, ".6"),)
    rows = [row for count, aim in sizes for seed in SEEDS for row in _own_school(count, seed, aim)]
    print_table(heads, rows)


def _own_school(count: int, seed: int, aim: str) -> list[Row]:
    """Form teams, and form them anew after 5 % left and as many came."""
    chance = random.Random(seed)
    asked = educators(count + count // 20, seed)
    people = tuple(replace(each, across_schools=chance.random() >= OWN_SCHOOL) for each in asked.people)
    before, took = _timed(replace(asked, people=people[:count]), polish=None)
    previous = {team.id: team.members for team in before.teams}
    after, took_anew = _timed(replace(asked, people=people[count // 20 :], previous=previous), polish=None)
    return [
        (
            count,
            seed,
            how,
            f"{taken.seconds:.2f}",
            f"{taken.cpu:.2f}",
            aim,
            f"{answer.objective:.4f}",
            len(answer.alone),
        )
        for how, answer, taken in (("at first", before, took), ("after 5 % changed", after, took_anew))
    ]


class Took:
    """How long something took: by the clock, and of the processor."""

    def __init__(self) -> None:
        self.began = time.perf_counter(), time.process_time()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds, self.cpu = time.perf_counter() - self.began[0], time.process_time() - self.began[1]


def _timed(request: Request, *, polish: bool | None = False) -> tuple[Answer, Took]:
    with Took() as took:
        answer = match(request, polish=polish)
    return answer, took


def _row(count: int, seed: int, method: str, took: Took, worth: float, bound: tuple[float, str, str]) -> Row:
    share = f"{worth / bound[0]:.4f}"
    return count, seed, method, f"{took.seconds:.2f}", f"{took.cpu:.2f}", f"{worth:.4f}", share, bound[1], bound[2]


def _small(count: int, most: int, seed: int, aim: str) -> list[Row]:
    """Form teams; where all teams there are can be looked at, set the best of them beside ours."""
    request = replace(educators(count, seed), options=Options(seed=seed, maximum=most))
    answer, took = _timed(request)
    problem = state(request)
    teams = members_of(problem, answer)
    try:
        bound = linear_bound(problem, teams)
    except TooManyTeamsError:
        given_up = float("nan"), "LP (given up: too many teams)", aim
        return [_row(count, seed, OURS, took, answer.objective, given_up)]
    of = bound.mean, "LP", aim
    rows = [_row(count, seed, OURS, took, answer.objective, of)]
    if count <= FEW:
        with Took() as took:
            best = best_choice(problem, teams, bound)
        rows.append(_row(count, seed, "the best there are", took, best, of))
    return rows


def members_of(problem: Problem, answer: Answer) -> Ints:
    """Return an answer as rows of members."""
    place = {each: number for number, each in enumerate(problem.ids)}
    rows = filled([np.array([place[each] for each in team.members], dtype=np.int64) for team in answer.teams])
    missing = problem.options.maximum - rows.shape[1]
    return np.pad(rows, ((0, 0), (0, missing)), constant_values=-1)


def _district(count: int, seed: int) -> list[Row]:
    request = educators(count, seed)
    problem = state(request)
    quick, quickly = _timed(request)
    long, slowly = _timed(request, polish=True)
    bound = EdgeBound(problem).bound(long.objective, EDGE_STEPS)
    rows = [
        _row(count, seed, OURS, quickly, quick.objective, (bound, "edge", "≥ .940 in 1 s")),
        _row(count, seed, "ours, polished", slowly, long.objective, (bound, "edge", "≥ .950 in 6 s")),
    ]
    for method, teams, aim in (
        ("k-means-constrained", by_k_means, "ours ≥ 1.04 times its J, ≥ 20 times faster"),
        ("sorted by standard and cut", by_standard, "ours ≥ .06 more J"),
    ):
        with Took() as took:
            members = teams(problem, seed)
        worth = objective(problem, members, 0)
        times, more, faster = quick.objective / worth, quick.objective - worth, took.cpu / quickly.cpu
        ours = f"{aim}: {times:.3f} times, {more:+.3f}, {faster:.1f} times faster"
        rows.append(_row(count, seed, method, took, worth, (bound, "edge", ours)))
    return rows


def _state(count: int, seed: int) -> Row:
    request = educators(count, seed)
    answer, took = _timed(request)
    bound = top_k_bound(state(request))
    return _row(count, seed, OURS, took, answer.objective, (bound, "top-k", "≥ .915 in 4 s"))


def _reformed(count: int, seed: int) -> Row:
    """Let 5 % leave and as many come from the same district; compare with teams made anew."""
    chance = random.Random(seed)
    before = match(educators(count, seed), polish=False)
    stay = [person for person in educators(count, seed).people if chance.random() >= LEAVE]
    come = educators(2 * count - len(stay), seed).people[count:]
    request = Request((*stay, *come), Options(seed=seed))
    fresh = match(request, polish=False)
    previous = {team.id: team.members for team in before.teams}
    after, took = _timed(replace(request, previous=previous))
    worth = after.objective + request.options.move_price * after.moved / count
    moved = f"{100 * after.moved / len(stay):.2f} %"
    return (
        count,
        seed,
        moved,
        "≤ 2 %",
        f"{worth / fresh.objective:.4f}",
        "≥ .995",
        f"{took.seconds:.2f}",
        f"{took.cpu:.2f}",
    )
