"""The question in numbers: people by their place in the order of their ids, and what binds them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from lti_tool.teams.matching.arrays import NOBODY, Bools, Floats, Ints, on_grid
from lti_tool.teams.matching.likeness import Likeness, compare
from lti_tool.teams.matching.ordering import tree_order
from lti_tool.teams.matching.request import SIZE_PRICE, Options, Request


@dataclass(frozen=True, slots=True)
class Problem:
    """What the search works on; all arrays have a row a person."""

    ids: tuple[str, ...]
    options: Options
    likeness: Likeness
    speaks: Bools
    """Who has a goal that is compared; who has none keeps a place, and is like nobody by it."""
    block: Ints
    """The lowest place among those with whom a person is kept together; his own when there is nobody."""
    apart: Ints
    """Pairs of places, both ways round, that must not be in one team."""
    home: Ints
    """The number of the team in which a person was before; NOBODY for who joins."""
    lock: Ints
    """The number of the team that a person is locked to; NOBODY for who is free."""
    names: tuple[str, ...]
    """The names of the teams with these numbers: those that were before, then those that only locks name."""
    tree_order: Ints
    """Everybody in the order of the standards that they cite."""
    size_price: Floats
    """By size of a team: what its members lose together for being more or fewer than the target."""

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def is_fixed(self) -> Bools:
        """Return who may not change teams alone: he is kept together with somebody, or locked."""
        sizes = np.bincount(self.block, minlength=len(self))
        return (sizes[self.block] > 1) | ((self.lock != NOBODY) & self.is_reforming)

    @property
    def is_reforming(self) -> bool:
        """Return whether there were teams before."""
        return bool((self.home != NOBODY).any())

    @property
    def move_price(self) -> float:
        """Return what each move costs; nothing when there were no teams before."""
        return on_grid(self.options.move_price) if self.is_reforming else 0.0

    @property
    def has_learning(self) -> bool:
        """Return whether anybody has achieved what somebody works on."""
        return bool(self.options.weights.expertise) and bool(self.likeness.achieved.any())

    @property
    def has_bars(self) -> bool:
        """Return whether some pairs must not be in one team."""
        return len(self.apart) > 0 or not self.likeness.across_schools.all() or bool((self.lock != NOBODY).any())

    def blocks(self) -> list[list[int]]:
        """Return who is kept together, by the first of each; those who are free stand alone."""
        found: defaultdict[int, list[int]] = defaultdict(list)
        for place, block in enumerate(self.block.tolist()):
            found[block].append(place)
        return list(found.values())

    def barred(self, people: Ints) -> Bools:
        """Return which of these must not be in one team; rows of people side by side, NOBODY where there is none."""
        who = np.maximum(people, 0)
        rows = self.likeness.rows(who)
        barred = rows.hidden_from(rows) | _held_apart(self.lock[who], self.lock[who])
        if len(self.apart):
            _mark_apart(barred, people, self.apart, len(self))
        barred[..., np.arange(people.shape[-1]), np.arange(people.shape[-1])] = False
        return barred

    def barred_between(self, people: Ints, others: Ints) -> Bools:
        """Return which of some must not be in one team with which of others."""
        barred = self.likeness.rows(people).hidden_from(self.likeness.rows(others))
        barred |= _held_apart(self.lock[people], self.lock[others])
        if len(self.apart):
            row, column = np.full(len(self), NOBODY), np.full(len(self), NOBODY)
            row[people], column[others] = np.arange(len(people)), np.arange(len(others))
            one, other = row[self.apart[:, 0]], column[self.apart[:, 1]]
            met = (one != NOBODY) & (other != NOBODY)
            barred[one[met], other[met]] = True
        barred[people[:, None] == others] = False
        return barred


def _held_apart(one: Ints, other: Ints) -> Bools:
    """Return who are locked to different teams."""
    locked: Bools = (one[..., :, None] != NOBODY) & (other[..., None, :] != NOBODY)
    locked &= one[..., :, None] != other[..., None, :]
    return locked


def _mark_apart(barred: Bools, people: Ints, apart: Ints, count: int) -> None:
    """Mark the pairs that are kept apart where both stand in one row; anybody may stand in several."""
    concerned = np.zeros(count, dtype=bool)
    concerned[apart[:, 0]] = True
    here = (people != NOBODY) & concerned[np.maximum(people, 0)]
    both = np.nonzero(here[..., :, None] & here[..., None, :])
    one, other = people[both[:-1]], people[(*both[:-2], both[-1])]
    pairs, asked = apart[:, 0] * count + apart[:, 1], one * count + other
    found = np.minimum(np.searchsorted(pairs, asked), len(pairs) - 1)
    barred[both] |= pairs[found] == asked


def state(request: Request) -> Problem:
    """Return the question in numbers; the order of the people asked for plays no part."""
    people = sorted(request.people, key=lambda person: person.id)
    places = {person.id: number for number, person in enumerate(people)}
    names = tuple(dict.fromkeys([*sorted(request.previous), *sorted(set(request.locked.values()))]))
    options, likeness = request.options, compare(people, request.options)
    sizes = range(options.maximum + 2)
    return Problem(
        ids=tuple(places),
        options=options,
        likeness=likeness,
        speaks=np.asarray(likeness.vectors.any(axis=1)),
        block=_blocks(request, places),
        apart=_apart(request, places),
        home=_numbers(places, ((each, team) for team, own in request.previous.items() for each in own), names),
        lock=_numbers(places, request.locked.items(), names),
        names=names,
        tree_order=tree_order([person.indicators for person in people]),
        size_price=np.array([SIZE_PRICE * size * abs(size - options.target) for size in sizes]),
    )


def kept_together(request: Request) -> list[tuple[str, ...]]:
    """Return every group that must be in one team, those locked to one team among them."""
    locked: defaultdict[str, list[str]] = defaultdict(list)
    for person, team in sorted(request.locked.items()):
        locked[team].append(person)
    return [*request.together, *(tuple(group) for group in locked.values())]


def kept_apart(request: Request) -> list[tuple[str, str]]:
    """Return every pair that the request keeps apart by name; who is locked to different teams is not among them."""
    return [pair for group in request.apart for pair in combinations(dict.fromkeys(group), 2)]


def _blocks(request: Request, places: dict[str, int]) -> Ints:
    block = list(range(len(places)))

    def root(place: int) -> int:
        while block[place] != place:
            place = block[place]
        return place

    for group in kept_together(request):
        roots = [root(places[each]) for each in group]
        for each in roots:
            block[root(each)] = min(root(each), root(roots[0]))
            block[root(roots[0])] = min(root(each), root(roots[0]))
    return np.array([root(place) for place in range(len(block))], dtype=np.int64)


def _apart(request: Request, places: dict[str, int]) -> Ints:
    pairs = {(places[one], places[other]) for one, other in kept_apart(request)}
    both = sorted(pairs | {(other, one) for one, other in pairs})
    return np.array(both, dtype=np.int64).reshape(-1, 2)


def _numbers(places: dict[str, int], teams: Iterable[tuple[str, str]], names: tuple[str, ...]) -> Ints:
    """Return the number of each person's team; whoever is no longer here is left out."""
    numbers = {name: number for number, name in enumerate(names)}
    found = np.full(len(places), NOBODY, dtype=np.int64)
    for person, team in teams:
        if person in places:
            found[places[person]] = numbers[team]
    return found
