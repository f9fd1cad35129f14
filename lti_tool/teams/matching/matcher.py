"""From the question to the answer: checked before, searched, named, and checked again."""

from __future__ import annotations

import numpy as np

from lti_tool.errors import ToolError
from lti_tool.teams.matching.answer import Alone, Answer, Team, WhyAlone
from lti_tool.teams.matching.arrays import NOBODY, Bools
from lti_tool.teams.matching.checks import NO_SEATS, Seats, broken_rule, check
from lti_tool.teams.matching.improving import POLISHED, WORTH_MOVING_FOR, improve
from lti_tool.teams.matching.large import match_large
from lti_tool.teams.matching.leaving_out import left_out
from lti_tool.teams.matching.naming import name_teams, renumber
from lti_tool.teams.matching.problem import Problem, state
from lti_tool.teams.matching.reforming import place_joiners
from lti_tool.teams.matching.request import Request
from lti_tool.teams.matching.seats import beside_what_stood, place_in_seats
from lti_tool.teams.matching.small import MOST_PEOPLE, match_small
from lti_tool.teams.matching.standing import Standing, nobody_placed
from lti_tool.teams.matching.worth import objective

POLISHING = 8
MORE_PASSES = 12
HUGE = 50_000
FEW_PASSES = 3
RENAMINGS = 3
PRICE_OF_STAYING = 8.0
"""A price of moves that no gain pays: newcomers alone find better places first."""


def match(request: Request, *, polish: bool | None = None) -> Answer:
    """Return teams of like goals; with teams from before, few people change theirs.

    Up to `POLISHED` people three near teams are split anew again and again, unless `polish` says otherwise.
    """
    check(request)
    problem = state(request)
    out = left_out(problem)
    alone = np.isin(np.arange(len(problem)), list(out))
    if problem.is_reforming:
        standing = place_joiners(problem, alone)
        _improve(standing, PRICE_OF_STAYING)
        _improve(standing, problem.options.move_price * WORTH_MOVING_FOR)
    else:
        standing = _match_anew(problem, alone, polish=len(problem) <= POLISHED if polish is None else polish)
    return _answer(request, standing, name_teams(standing), out)


def match_seats(request: Request) -> Answer:
    """Return the teams from before with newcomers in seats, and the moves between them that gain; who is locked stays.

    No team begins or ends, none shrinks below the least size, and nobody comes to one that is below the floor. What
    was so before may stay: a smaller team, and two who must not be together where no move takes them apart.
    """
    standing = place_in_seats(state(request))
    names = dict(enumerate(standing.problem.names))
    seats = {each: team for team, members in request.previous.items() for each in members}
    return _answer(beside_what_stood(request, standing), standing, names, {}, seats)


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
    """Improve till teams keep their names by it."""
    for _ in range(RENAMINGS):
        renumber(standing)
        improve(standing, price)
        if not renumber(standing):
            break


def _answer(
    request: Request,
    standing: Standing,
    names: dict[int, str],
    out: dict[int, WhyAlone],
    seats: Seats = NO_SEATS,
) -> Answer:
    """Return the answer in names; one that breaks a rule is refused."""
    problem, members = standing.problem, standing.members
    teams = {name: [problem.ids[each] for each in members[team] if each != NOBODY] for team, name in names.items()}
    broken = broken_rule(request, teams, seats)
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
