"""What a run can say of its teams and of those whom it leaves alone. Only the worker imports this: it loads NumPy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from lti_tool.teams.asking import FLOOR, name_of, numbers_of, request_for
from lti_tool.teams.likeness import Candidate
from lti_tool.teams.matching.answer import Answer, Team, WhyAlone
from lti_tool.teams.matching.explaining import explain, nearest_of
from lti_tool.teams.matching.reasons import Placement
from lti_tool.teams.matching.request import Options
from lti_tool.teams.seats import Place, Placed, Rare

Apart = Collection[frozenset[int]]
OPTIONS = Options(floor=FLOOR)


def placed_in(candidates: Iterable[Candidate], teams: Sequence[Sequence[Place]], apart: Apart) -> dict[Place, Placed]:
    """Return how near everybody is to the team that was found, and why not to another."""
    asked = {place for team in teams for place in team}
    there = [each for each in candidates if (each.person_id, each.goal_id) in asked]
    named = tuple(Team(str(n), tuple(name_of(*place) for place in team)) for n, team in enumerate(teams))
    explained, _ = explain(request_for(there, apart, OPTIONS), Answer(named, (), objective=0.0, moved=0))
    return {numbers_of(each.id): _placed(each) for team in explained.values() for each in team.placements}


def _placed(found: Placement) -> Placed:
    other = int(found.other_team) if found.other_team else None
    return Placed(found.here, found.best, other, found.there, found.why_not)


def rare_among(
    alone: Collection[int],
    here: Sequence[Candidate],
    sitting: Sequence[Candidate],
    everywhere: Sequence[Candidate],
    apart: Apart,
) -> tuple[Rare, ...]:
    """Return for these people why they are alone, and the nearest goal of the whole district.

    `here` are the goals among which teams were looked for, `sitting` those of teams that stand beside them, and
    `everywhere` those of colleagues who are free for a team.
    """
    own = [each for each in here if each.person_id in alone]
    others = [each for each in everywhere if each.person_id not in alone]
    free = {each.person_id for each in here}
    near_here = _nearest(alone, [*here, *(each for each in sitting if each.person_id not in free)], ())
    nearest = _nearer_of(_nearest(alone, here, apart), _nearest(alone, [*own, *others], apart))
    return tuple(_rare(person_id, near_here, nearest) for person_id in sorted(alone))


Nearest = dict[int, tuple[int, int, float]]
"""By person: the own goal, the nearest one of somebody else, and how like they are."""


def _nearer_of(one: Nearest, other: Nearest) -> Nearest:
    """Return the nearer of both for each person; the second where they are as near."""
    return other | {who: found for who, found in one.items() if who not in other or found[2] > other[who][2]}


def _rare(person_id: int, near_here: Nearest, nearest: Nearest) -> Rare:
    is_near_here = person_id in near_here and near_here[person_id][2] >= FLOOR
    why = WhyAlone.NO_TEAM if is_near_here else WhyAlone.BELOW_FLOOR
    return Rare(person_id, why, *nearest.get(person_id, ()))


def _nearest(people: Collection[int], candidates: Sequence[Candidate], apart: Apart) -> Nearest:
    """Return the nearest goal to each of these people, who are no company for themselves."""
    goals: defaultdict[int, list[str]] = defaultdict(list)
    for each in candidates:
        goals[each.person_id].append(name_of(each.person_id, each.goal_id))
    several = tuple(tuple(own) for own in goals.values() if len(own) > 1)
    request = request_for(candidates, apart, OPTIONS)
    asked = [name for person_id in sorted(people) for name in goals[person_id]]
    return _best_of_each(nearest_of(replace(request, apart=(*request.apart, *several)), asked) if asked else {})


def _best_of_each(found: dict[str, tuple[str, float]]) -> Nearest:
    best: Nearest = {}
    for name, (other, like) in found.items():
        person_id, goal_id = numbers_of(name)
        if person_id not in best or like > best[person_id][2]:
            best[person_id] = (goal_id, numbers_of(other)[1], like)
    return best
