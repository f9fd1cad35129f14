"""From the question to the answer: checked before, searched, named, and checked again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lti_tool.errors import ToolError
from lti_tool.teams.matching.answer import Alone, Answer, Team, WhyAlone
from lti_tool.teams.matching.arrays import NOBODY, Bools
from lti_tool.teams.matching.checks import broken_rule, check
from lti_tool.teams.matching.large import SHIFTS, Views, match_large, search
from lti_tool.teams.matching.leaving_out import left_out
from lti_tool.teams.matching.naming import name_teams, renumber
from lti_tool.teams.matching.problem import Problem, state
from lti_tool.teams.matching.reforming import place_joiners
from lti_tool.teams.matching.request import Request
from lti_tool.teams.matching.small import MOST_PEOPLE, match_small
from lti_tool.teams.matching.standing import Standing, nobody_placed
from lti_tool.teams.matching.sweeping import sweep
from lti_tool.teams.matching.windows import regroup
from lti_tool.teams.matching.worth import objective

POLISHED = 10_000
"""Up to so many people three near teams are split anew again and again, and no change that gains is left anywhere,
unless that is waived."""
POLISHING = 8
MORE_PASSES = 12
HUGE = 50_000
FEW_PASSES = 3
RENAMINGS = 3
WORTH_MOVING_FOR = 1.42
"""How many times its price a move has to gain: for less, people are better left where they are."""
PRICE_OF_STAYING = 8.0
"""A price of moves that no gain pays."""


def match(request: Request, *, polish: bool | None = None) -> Answer:
    """Return teams of like goals; with teams from before, few people change theirs."""
    problem, out, alone = _asked(request)
    if problem.is_reforming:
        standing = _newcomers_placed(problem, alone)
        _improve(standing, problem.options.move_price * WORTH_MOVING_FOR)
    else:
        standing = _match_anew(problem, alone, polish=len(problem) <= POLISHED if polish is None else polish)
    return _answer(request, standing, out)


def match_joiners(request: Request) -> Answer:
    """Return the teams from before with the newcomers placed; only who must changes teams."""
    problem, out, alone = _asked(request)
    return _answer(request, _newcomers_placed(problem, alone), out)


def _asked(request: Request) -> tuple[Problem, dict[int, WhyAlone], Bools]:
    """Return the question in numbers, and who stays alone from the beginning."""
    check(request)
    problem = state(request)
    out = left_out(problem)
    return problem, out, np.isin(np.arange(len(problem)), list(out))


def _newcomers_placed(problem: Problem, alone: Bools) -> Standing:
    """Place newcomers, and let them alone find better places while nobody else moves."""
    standing = place_joiners(problem, alone)
    _improve(standing, PRICE_OF_STAYING)
    return standing


def _match_anew(problem: Problem, alone: Bools, *, polish: bool) -> Standing:
    people = int((~alone).sum())
    if not people:
        return nobody_placed(problem)
    if people <= MOST_PEOPLE:
        return match_small(problem, alone)
    if polish:
        return match_large(problem, alone, MORE_PASSES, POLISHING)
    return match_large(problem, alone, FEW_PASSES if people > HUGE else MORE_PASSES)


def _improve(standing: Standing, price: float) -> None:
    """Make the changes that gain more than moving people costs, till teams keep their names by it."""
    problem = standing.problem
    standing.problem = replace(problem, options=replace(problem.options, move_price=price))
    for _ in range(RENAMINGS):
        renumber(standing)
        people = (standing.team_of != NOBODY).sum()
        if people <= MOST_PEOPLE:
            regroup(standing, [np.flatnonzero(standing.sizes)])
        elif people <= POLISHED:
            sweep(standing)
        else:
            search(standing, Views(standing.problem), len(SHIFTS))
        if not renumber(standing):
            break
    standing.problem = problem


def _answer(request: Request, standing: Standing, out: dict[int, WhyAlone]) -> Answer:
    """Return the answer in names; one that breaks a rule is refused."""
    problem, members = standing.problem, standing.members
    names = name_teams(standing)
    teams = {name: [problem.ids[each] for each in members[team] if each != NOBODY] for team, name in names.items()}
    broken = broken_rule(request, teams)
    if broken:
        raise ToolError(f"The teams that were found break a rule, and are not used: {broken}")
    moved = _moved(request, teams)
    without = np.flatnonzero(standing.team_of == NOBODY).tolist()
    return Answer(
        teams=tuple(Team(name, tuple(own)) for name, own in teams.items()),
        alone=tuple(Alone(problem.ids[each], out.get(each, WhyAlone.NO_TEAM)) for each in without),
        objective=round(objective(problem, members, moved), 6),
        moved=moved,
    )


def _moved(request: Request, teams: dict[str, list[str]]) -> int:
    """Return how many of those who were in a team, and are still here, are not in the team of that name."""
    here = {person.id for person in request.people}
    before = [(each, team) for team, members in request.previous.items() for each in members if each in here]
    return sum(each not in teams.get(team, ()) for each, team in before)
