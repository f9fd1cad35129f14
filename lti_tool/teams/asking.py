"""From declared goals to what the matcher is asked. Nothing here loads the matcher itself."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations

from lti_tool.teams.likeness import Candidate
from lti_tool.teams.matching.request import BANDS, Options, Person, Request, may_see_each_other
from lti_tool.teams.matching.tree import levels_of

FLOOR = 0.4
"""Whoever is less like the nearest company stays alone: such a team would have nothing to work on together."""


@dataclass(frozen=True, slots=True)
class Bonds:
    """What a designer holds fast, by ids of people: who is kept together, and who is locked to a proposal."""

    together: tuple[frozenset[int], ...] = ()
    locked: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    """By person, the proposal and the goal that brought the person there."""

    @property
    def locked_groups(self) -> list[frozenset[int]]:
        """Return who is locked together, proposal by proposal."""
        groups: defaultdict[int, set[int]] = defaultdict(set)
        for person_id, (team_id, _) in self.locked.items():
            groups[team_id].add(person_id)
        return [frozenset(groups[team_id]) for team_id in sorted(groups)]

    @property
    def chains(self) -> list[frozenset[int]]:
        """Return who is to be in one team, through others as well."""
        return chains_of([*self.together, *self.locked_groups])


NO_BONDS = Bonds()
LARGEST = Options().maximum


def chains_of(groups: Iterable[frozenset[int]]) -> list[frozenset[int]]:
    """Return who is kept together, through others as well."""
    chains: list[frozenset[int]] = []
    for group in groups:
        met = [chain for chain in chains if chain & group]
        chains = [chain for chain in chains if not chain & group] + [group.union(*met)]
    return chains


def torn(bonds: Bonds, apart: Collection[frozenset[int]]) -> set[int]:
    """Return who is kept together, through others as well, with two who are kept apart from each other."""
    return {each for chain in bonds.chains if has_two_of(chain, apart) for each in chain}


def hidden(bonds: Bonds, goals: Iterable[Candidate]) -> set[int]:
    """Return who is kept together, through others as well, with two of whom no goals may be seen by both."""
    known = _by_person(_speaking(goals, bonds))
    return {each for chain in bonds.chains if _hides_two(known.keys() & chain, known) for each in chain}


def _hides_two(people: Collection[int], goals: Mapping[int, Sequence[Candidate]]) -> bool:
    pairs = combinations(sorted(people), 2)
    return not all(any(_meets(goal, goals[other]) for goal in goals[one]) for one, other in pairs)


def _meets(goal: Candidate, others: Iterable[Candidate]) -> bool:
    """Return whether one of these goals may be seen by the owner of this one, and this one by theirs."""
    return any(may_see_each_other(goal, each) for each in others)


def _speaking(goals: Iterable[Candidate], bonds: Bonds) -> list[Candidate]:
    """Return these goals; of who is locked, the one that brought the person there alone."""
    return [each for each in goals if bonds.locked.get(each.person_id, (0, each.goal_id))[1] == each.goal_id]


def _by_person(goals: Iterable[Candidate]) -> dict[int, list[Candidate]]:
    found: defaultdict[int, list[Candidate]] = defaultdict(list)
    for goal in goals:
        found[goal.person_id].append(goal)
    return dict(found)


def fitting(goals: Sequence[Candidate], bonds: Bonds) -> list[Candidate]:
    """Return these without goals that not all may see with whom their owner is kept together, where another will do."""
    known = _by_person(goals)
    mates = {each: (chain & known.keys()) - {each} for chain in bonds.chains for each in chain}
    fit = [goal for goal in goals if all(_meets(goal, known[each]) for each in mates.get(goal.person_id, ()))]
    able, fitting_ids = {goal.person_id for goal in fit}, {goal.goal_id for goal in fit}
    return [goal for goal in goals if goal.goal_id in fitting_ids or goal.person_id not in able]


def has_two_of(people: Iterable[int], apart: Collection[frozenset[int]]) -> bool:
    """Return whether two of these people are kept apart."""
    return any(frozenset(pair) in apart for pair in combinations(sorted(people), 2))


def circles(candidates: Sequence[Candidate], *, within_schools: bool) -> list[list[Candidate]]:
    """Return who may be teamed with whom: everybody, or each school by itself."""
    if not within_schools:
        return [list(candidates)]
    schools: defaultdict[str, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        if candidate.school:
            schools[candidate.school].append(candidate)
    return [schools[name] for name in sorted(schools)]


def name_of(person_id: int, goal_id: int) -> str:
    """Return what the matcher calls a person with this goal; names sort as the numbers do."""
    return f"{person_id:012}:{goal_id:012}"


def numbers_of(name: str) -> tuple[int, int]:
    """Return the ids of the person and the goal that a name stands for."""
    person_id, _, goal_id = name.partition(":")
    return int(person_id), int(goal_id)


def request_for(candidates: Iterable[Candidate], apart: Collection[frozenset[int]], options: Options) -> Request:
    """Return the request for these goals; `apart` holds pairs of person ids."""
    asked = list(candidates)
    ids = (candidate.person_id for candidate in asked)
    return request_of(list(zip(ids, people_of(asked), strict=True)), apart, options)


def request_of(named: Sequence[tuple[int, Person]], apart: Collection[frozenset[int]], options: Options) -> Request:
    """Return the request for people with their ids, each as often as goals speak for them."""
    names: defaultdict[int, list[str]] = defaultdict(list)
    for person_id, person in named:
        names[person_id].append(person.id)
    people = tuple(person for _, person in named)
    depth = max((path.count("/") + 1 for person in people for path in person.indicators), default=1)
    options = replace(options, levels=levels_of(depth))
    pairs = sorted(tuple(sorted(pair)) for pair in apart)
    kept = [(one, other) for first, second in pairs for one in names[first] for other in names[second]]
    return Request(people, options, apart=tuple(kept))


def placeable(circle: Iterable[Candidate], apart: Collection[frozenset[int]], bonds: Bonds) -> list[Candidate]:
    """Return whom the matcher is asked about: of who is locked, the goal that brought the person there alone.

    Where people are locked together who are not all here, or may not be one team, they stay and are not asked about.
    """
    found = fitting(_speaking(circle, bonds), bonds)
    by_person = {each.person_id: each for each in found if each.person_id in bonds.locked}
    fixed = {person_id for group in bonds.locked_groups if not _is_one(group, by_person, apart) for person_id in group}
    return [each for each in found if each.person_id not in fixed]


def _is_one(group: frozenset[int], here: Mapping[int, Candidate], apart: Collection[frozenset[int]]) -> bool:
    """Return whether people are all here and may be in one team."""
    if not here.keys() >= group:
        return False
    pairs = list(combinations(sorted(group), 2))
    return not has_two_of(group, apart) and all(may_see_each_other(here[one], here[other]) for one, other in pairs)


def bound(request: Request, candidates: Iterable[Candidate], bonds: Bonds) -> Request:
    """Return the request with what is held fast of those who are asked about, each with one goal by now.

    Where people who are kept together through others cannot be one team, their wishes are let go and no others.
    """
    names = {numbers_of(person.id)[0]: person.id for person in request.people}
    asked = {each.person_id: each for each in candidates if name_of(each.person_id, each.goal_id) in names.values()}
    apart = {frozenset(numbers_of(name)[0] for name in pair) for pair in request.apart}
    groups = [group & asked.keys() for group in bonds.together]
    chains = chains_of([*groups, *(group & asked.keys() for group in bonds.locked_groups)])
    kept = [chain for chain in chains if _is_one(chain, asked, apart) and _is_in_one_place(chain, bonds)]
    together = tuple(tuple(names[each] for each in sorted(group)) for group in within(groups, kept))
    locked = {names[who]: f"team-{team_id}" for who, (team_id, _) in bonds.locked.items() if who in asked}
    return replace(request, together=together, locked=locked)


def within(groups: Iterable[frozenset[int]], chains: Collection[frozenset[int]]) -> list[frozenset[int]]:
    """Return those groups of two and more that are all in one of these chains."""
    return [group for group in groups if len(group) > 1 and any(group <= chain for chain in chains)]


def _is_in_one_place(chain: frozenset[int], bonds: Bonds) -> bool:
    """Return whether people fit into one team, and are locked to one proposal at most."""
    return len(chain) <= LARGEST and len({bonds.locked[each][0] for each in chain if each in bonds.locked}) < 2


def unbound(request: Request) -> Request:
    """Return the request without what is held fast: who is locked is left where they are, and not asked about."""
    loose = {person.id for person in request.people} - request.locked.keys()
    people = tuple(person for person in request.people if person.id in loose)
    apart = tuple(pair for pair in request.apart if loose.issuperset(pair))
    return replace(request, people=people, apart=apart, together=(), locked={})


def people_of(candidates: Sequence[Candidate]) -> list[Person]:
    """Return people with one goal each as the matcher sees them.

    It knows one grade band of each: of several that which most of these people have, the lowest of equals.
    """
    common = Counter(band for each in candidates for band in each.grade_bands)
    return [_person_of(each, common) for each in candidates]


def _person_of(candidate: Candidate, common: Mapping[str, int]) -> Person:
    nearest = sorted(candidate.grade_bands, key=lambda band: (-common[band], BANDS.index(band)))
    return Person(
        id=name_of(candidate.person_id, candidate.goal_id),
        indicators=candidate.indicators,
        text=candidate.text,
        grade_band=next(iter(nearest), ""),
        discipline=candidate.discipline,
        school=candidate.school,
        achieved=candidate.achieved,
        across_schools=candidate.across_schools,
    )
