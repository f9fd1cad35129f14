"""Teams among the declared goals of a course. Only the worker imports this: it loads the matcher."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace

from lti_tool.errors import InvalidInputError
from lti_tool.teams.asking import FLOOR, NO_BONDS, Bonds, bound, circles, numbers_of, placeable, request_for, unbound
from lti_tool.teams.likeness import Candidate
from lti_tool.teams.matching.answer import Answer
from lti_tool.teams.matching.choosing import nearest_of_each
from lti_tool.teams.matching.matcher import match
from lti_tool.teams.matching.request import Options, Request

PAIRS = Options(minimum=2, target=2, maximum=3, floor=FLOOR)
"""Where no three can be a team, two with like goals are better off than one."""


def teams_of_like_goals(
    candidates: Sequence[Candidate],
    *,
    within_schools: bool = False,
    apart: Collection[frozenset[int]] = (),
    bonds: Bonds = NO_BONDS,
) -> list[list[tuple[int, int]]]:
    """Return teams, each as the ids of its people with the goals that bring them together.

    Whoever is locked to a proposal is in a team with the others who are; a wish that nothing can satisfy is let go.
    """
    apart = frozenset(apart)
    teams: list[list[tuple[int, int]]] = []
    for circle in circles(candidates, within_schools=within_schools):
        asked = placeable(circle, apart, bonds)
        request = bound(one_goal_each(request_for(asked, apart, Options(floor=FLOOR))), asked, bonds)
        teams += [list(map(numbers_of, team)) for team in _teams(request)]
    return teams


def one_goal_each(request: Request) -> Request:
    """Place everybody with the goal that has the nearest company."""
    chosen = nearest_of_each(request, lambda name: name.partition(":")[0])
    kept = tuple(person for person in request.people if person.id in chosen)
    pairs = tuple(pair for pair in request.apart if chosen.issuperset(pair))
    return replace(request, people=kept, apart=pairs)


def _answer(request: Request) -> Answer:
    """Match; where too few teams are possible to keep everybody apart, whoever is kept from most others stays alone.

    First those go whom nothing holds to others; where that does not help either, what is held is let go.
    """
    try:
        return match(request)
    except InvalidInputError:
        held = request.locked.keys() | {each for group in request.together for each in group}
        loose = Counter(each for pair in request.apart for each in pair if each not in held)
        if not loose and not held:
            raise
    if not loose:
        return _answer(unbound(request))
    ((left_out, _),) = loose.most_common(1)
    people = tuple(person for person in request.people if person.id != left_out)
    return _answer(replace(request, people=people, apart=tuple(pair for pair in request.apart if left_out not in pair)))


def _teams(request: Request) -> list[tuple[str, ...]]:
    answer = _answer(request)
    teams = [team.members for team in answer.teams]
    alone = {each.id for each in answer.alone} - request.locked.keys()
    if len(alone) >= PAIRS.minimum and request.options.minimum > PAIRS.minimum:
        rest = tuple(person for person in request.people if person.id in alone)
        pairs = tuple(pair for pair in request.apart if alone.issuperset(pair))
        together = tuple(group for group in request.together if alone.issuperset(group))
        options = replace(PAIRS, levels=request.options.levels)
        teams += _teams(Request(rest, options, apart=pairs, together=together))
    return teams
