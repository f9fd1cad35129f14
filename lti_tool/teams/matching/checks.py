"""What cannot be: said before anything is searched, in one sentence that names the entry."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from types import MappingProxyType

from lti_tool.errors import InvalidInputError
from lti_tool.teams.matching.problem import kept_apart, kept_together
from lti_tool.teams.matching.request import BANDS, Options, Person, Request, may_see_each_other

LARGEST_TEAM = 12
MOST_LOOKS = 20_000
"""How far the search for a clique goes: beyond it, whoever does not fit stays alone and is told so."""


def check(request: Request) -> None:
    """Refuse what no teams can satisfy."""
    for problem in _problems(request):
        raise InvalidInputError(problem)


def _problems(request: Request) -> Iterator[str]:
    yield from _wrong_options(request.options)
    yield from _wrong_people(request.people, request.options)
    yield from _unknown(request)
    yield from _wrong_previous(request)
    yield from _wrong_locks(request)
    yield from _impossible_groups(request)


def _wrong_options(options: Options) -> Iterator[str]:
    if not 2 <= options.minimum <= options.target <= options.maximum <= LARGEST_TEAM:
        yield (
            f"options: minimum {options.minimum}, target {options.target} and maximum {options.maximum} must rise from "
            f"2 to {LARGEST_TEAM} in this order."
        )
    levels = options.levels
    if not levels or min(levels) < 0 or abs(sum(levels) - 1) > 1e-6 or list(levels) != sorted(levels):
        yield f"options.levels: {list(levels)} must sum to 1 and not fall with depth."
    for name, least in (
        ("standards", 0),
        ("text", 0),
        ("grade_band", 0),
        ("discipline", 0),
        ("school", -1),
        ("expertise", 0),
    ):
        weight = getattr(options.weights, name)
        if not least <= weight <= 1:
            yield f"options.weights.{name}: {weight} is not between {least} and 1."
    for name in ("move_price", "floor"):
        value = getattr(options, name)
        if not 0 <= value <= 1:
            yield f"options.{name}: {value} is not between 0 and 1."


def _wrong_people(people: Sequence[Person], options: Options) -> Iterator[str]:
    yield from (
        f"people: {each} is listed twice." for each, times in Counter(p.id for p in people).items() if times > 1
    )
    for person in people:
        if person.grade_band and person.grade_band not in BANDS:
            yield f"people: {person.id} has the grade band {person.grade_band}, which is none of {', '.join(BANDS)}."
        for path in (*person.indicators, *person.achieved):
            levels = path.split("/")
            if not all(levels):
                yield f"people: {person.id} has the indicator “{path}”, a level of which is empty."
            if len(levels) > len(options.levels):
                yield f"people: {person.id} has the indicator “{path}”, deeper than the {len(options.levels)} levels."


def _unknown(request: Request) -> Iterator[str]:
    known = {person.id for person in request.people}
    for name, groups in (("together", request.together), ("apart", request.apart)):
        for group in groups:
            yield from (f"{name}: nobody has the id {each}." for each in group if each not in known)
            if len(set(group)) < len(group):
                yield f"{name}: {', '.join(group)} names somebody twice."
    yield from (f"locked: nobody has the id {each}." for each in request.locked if each not in known)


def _wrong_previous(request: Request) -> Iterator[str]:
    """People who are no longer there are no mistake: they left."""
    times = Counter(each for members in request.previous.values() for each in members)
    yield from (f"previous: {each} is in two teams." for each, count in times.items() if count > 1)


def _wrong_locks(request: Request) -> Iterator[str]:
    options, teams = request.options, Counter(request.locked.values())
    for team, count in teams.items():
        if count > options.maximum:
            yield f"locked: {count} people are locked to {team}, and a team has {options.maximum} at most."
    most = len(request.people) // options.minimum
    if len(teams) > most:
        last = list(teams)[-1]
        yield f"locked: {len(teams)} teams are named, the last of them {last}, and there can be {most} at most."


def _impossible_groups(request: Request) -> Iterator[str]:
    chain = _chains(request)
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for person, first in chain.items():
        groups[first].append(person)
    for own in groups.values():
        if len(own) > request.options.maximum:
            yield (
                f"together: {', '.join(own)} are {len(own)} people in one chain, "
                f"and a team has {request.options.maximum} at most."
            )
        locks = {request.locked[each]: each for each in own if each in request.locked}
        if len(locks) > 1:
            (one_team, one), (other_team, other), *_ = locks.items()
            yield f"locked: {one} is locked to {one_team} and {other} to {other_team}, but they are kept together."
    for one, other in kept_apart(request):
        if chain[one] == chain[other]:
            yield f"apart: {one} and {other} are kept apart, but other entries keep them together."
    yield from _hidden_from_each_other(request, groups.values())
    yield from _large_cliques(request, chain)


def _hidden_from_each_other(request: Request, groups: Iterable[Sequence[str]]) -> Iterator[str]:
    """Name two who are kept in one team though the goal of one may not be seen in the school of the other."""
    people = {person.id: person for person in request.people}
    for own in groups:
        for one, other in combinations([people[each] for each in own], 2):
            if not may_see_each_other(one, other):
                yield (
                    f"{'locked' if one.id in request.locked else 'together'}: {one.id} and {other.id} are kept in one "
                    "team, but a goal for the own school alone cannot be seen in the other's."
                )


def _chains(request: Request) -> dict[str, str]:
    """Return for everybody the first of those with whom he is kept together, through others as well."""
    first = {person.id: person.id for person in sorted(request.people, key=lambda each: each.id)}
    for group in kept_together(request):
        joined = {first[each] for each in group}
        if len(joined) > 1:
            least = min(joined)
            first = {each: least if own in joined else own for each, own in first.items()}
    return first


def _large_cliques(request: Request, chain: dict[str, str]) -> Iterator[str]:
    """Name people who are all kept apart from each other, when they are more than there can be teams."""
    most = len(request.people) // request.options.minimum
    near: defaultdict[str, set[str]] = defaultdict(set)
    locked = {team: chain[each] for each, team in request.locked.items()}
    for one, other in (*kept_apart(request), *combinations(locked.values(), 2)):
        near[chain[one]].add(chain[other])
        near[chain[other]].add(chain[one])
    clique = _clique_larger_than(most, near) if most else []
    if clique:
        yield (
            f"apart: {', '.join(clique)} are all kept apart from each other, "
            f"and {len(request.people)} people make {most} teams at most."
        )


def _clique_larger_than(most: int, near: dict[str, set[str]]) -> list[str]:
    """Return a clique with one more than so many, if one is found in a bounded number of looks."""
    looks = 0
    stack: list[tuple[list[str], list[str]]] = [([], sorted(each for each, own in near.items() if len(own) >= most))]
    while stack and looks < MOST_LOOKS:
        looks += 1
        chosen, others = stack.pop()
        if len(chosen) > most:
            return chosen
        if len(chosen) + len(others) > most:
            first, rest = others[0], others[1:]
            stack.append((chosen, rest))
            stack.append(([*chosen, first], [each for each in rest if each in near[first]]))
    return []


Seats = Mapping[str, str]
NO_SEATS: Seats = MappingProxyType({})


def broken_rule(request: Request, teams: Mapping[str, Sequence[str]], seats: Seats = NO_SEATS) -> str:
    """Return in words which rule these named teams break; empty when they keep all.

    `seats` tells who sat in which team before: what these have of each other's goals, they have seen.
    """
    team_of = {each: team for team, members in teams.items() for each in members}
    if sum(len(members) for members in teams.values()) != len(team_of):
        return "Somebody is in two teams."
    for team, members in teams.items():
        if not request.options.minimum <= len(members) <= request.options.maximum:
            return f"Team {team} has {len(members)} members."
    for group in kept_together(request):
        if len({team_of.get(each) for each in group}) > 1:
            return f"{', '.join(group)} are not together."
    for one, other in kept_apart(request):
        if one in team_of and team_of[one] == team_of.get(other):
            return f"{one} and {other} are not apart."
    for person, team in request.locked.items():
        if team_of.get(person, team) != team:
            return f"{person} is not in {team}."
    return _shown_too_far(request, teams, seats)


def _shown_too_far(request: Request, teams: Mapping[str, Sequence[str]], beside: Seats) -> str:
    people = {person.id: person for person in request.people}
    for team, members in teams.items():
        for one, other in combinations([people[each] for each in members], 2):
            sat_there = beside.get(one.id) == beside.get(other.id) == team
            if not (sat_there or may_see_each_other(one, other)):
                return f"{one.id} and {other.id} may not see each other's goals."
    return ""
