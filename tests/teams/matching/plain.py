"""The objective once more, in plain Python from its definition: slow, and independent of the library."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from lti_tool.teams.matching.request import Person, Request
from lti_tool.teams.matching.texts import DIMENSIONS, place_of
from lti_tool.teams.matching.words import words_of

BANDS = ["PK", "K-2", "3-5", "6-8", "9-12"]
Vector = dict[object, float]


def dot(one: Vector, other: Vector) -> float:
    return math.fsum(value * other[key] for key, value in one.items() if key in other)


def unit(vector: Vector) -> Vector:
    length = math.sqrt(dot(vector, vector))
    return {key: value / length for key, value in vector.items()} if length else {}


def standards(person: Person, levels: Sequence[float]) -> Vector:
    vector: defaultdict[object, float] = defaultdict(float)
    for path in set(person.indicators):
        parts = path.split("/")
        for depth in range(len(parts)):
            share = levels[depth] if depth < len(parts) - 1 else sum(levels[depth:])
            vector["/".join(parts[: depth + 1])] += math.sqrt(share)
    return unit(dict(vector))


def text_vectors(people: Sequence[Person]) -> dict[str, Vector]:
    counts = Counter(word for person in people for word in set(words_of(person.text)))
    found = {}
    for person in people:
        vector: defaultdict[object, float] = defaultdict(float)
        for word in set(words_of(person.text)):
            rarity = round(64 * (1 + math.log((1 + len(people)) / (1 + counts[word])))) / 64
            place, sign = place_of(word)
            assert 0 <= place < DIMENSIONS
            vector[place] += rarity * sign
        found[person.id] = unit(dict(vector))
    return found


class Plain:
    """How like people of a request are, and what teams of them are worth."""

    def __init__(self, request: Request, *, rounded: bool = True) -> None:
        self.request, self.options = request, request.options
        self.people = {person.id: person for person in request.people}
        weights = request.options.weights
        step = (lambda value: round(value * 512) / 512) if rounded else (lambda value: value)
        self.standards = {
            person.id: {
                key: step(math.sqrt(weights.standards) * value)
                for key, value in standards(person, request.options.levels).items()
            }
            for person in request.people
        }
        self.texts = {
            who: {key: step(math.sqrt(weights.text) * value) for key, value in vector.items()}
            for who, vector in text_vectors(sorted(request.people, key=lambda each: each.id)).items()
        }

    def likeness(self, one: str, other: str) -> float:
        a, b, weights = self.people[one], self.people[other], self.options.weights
        like = dot(self.standards[one], self.standards[other]) + dot(self.texts[one], self.texts[other])
        if a.grade_band and b.grade_band:
            apart = abs(BANDS.index(a.grade_band) - BANDS.index(b.grade_band))
            like += weights.grade_band * {0: 1.0, 1: 0.5}.get(apart, 0.0)
        like += weights.discipline * (bool(a.discipline) and a.discipline.casefold() == b.discipline.casefold())
        return like + weights.school * (bool(a.school) and a.school == b.school)

    def learns(self, one: str, other: str) -> bool:
        depth = min(2, len(self.options.levels))

        def components(paths: Iterable[str]) -> set[str]:
            return {"/".join(path.split("/")[:depth]) for path in paths if path.count("/") + 1 >= depth}

        return bool(components(self.people[one].indicators) & components(self.people[other].achieved))

    def worth(self, team: Sequence[str]) -> float:
        total = 0.0
        for one in team:
            mates = [other for other in team if other != one]
            total += math.fsum(self.likeness(one, other) for other in mates) / len(mates)
            total += self.options.weights.expertise * any(self.learns(one, other) for other in mates)
            total -= 0.02 * abs(len(team) - self.options.target)
        return total

    def objective(self, teams: Iterable[Sequence[str]]) -> float:
        return math.fsum(map(self.worth, teams)) / len(self.people)

    def may_be(self, team: Sequence[str]) -> bool:
        """Return whether the rules allow this team by itself."""
        request, members = self.request, set(team)
        if not self.options.minimum <= len(team) <= self.options.maximum:
            return False
        if any(members & set(group) and not set(group) <= members for group in request.together):
            return False
        if any(len(members & set(group)) > 1 for group in request.apart):
            return False
        locks = {request.locked[each] for each in team if each in request.locked}
        if len(locks) > 1 or any(who not in members for who, at in request.locked.items() if at in locks):
            return False
        return all(self.see_each_other(one, other) for one, other in combinations(team, 2))

    def see_each_other(self, one: str, other: str) -> bool:
        a, b = self.people[one], self.people[other]
        return (a.across_schools and b.across_schools) or (bool(a.school) and a.school == b.school)


class Table:
    """The same for many teams at once: every pair is looked at beforehand."""

    def __init__(self, plain: Plain) -> None:
        self.options, ids = plain.options, list(plain.people)
        self.place = {who: number for number, who in enumerate(ids)}
        self.like = np.zeros((len(ids) + 1, len(ids) + 1))
        self.learns = np.zeros_like(self.like)
        for one, other in combinations(ids, 2):
            here, there = self.place[one], self.place[other]
            self.like[here, there] = self.like[there, here] = plain.likeness(one, other)
            self.learns[here, there], self.learns[there, here] = plain.learns(one, other), plain.learns(other, one)

    def has_a_size(self, team: Sequence[str]) -> bool:
        return self.options.minimum <= len(team) <= self.options.maximum

    def worths(self, teams: Sequence[Sequence[str]]) -> Any:
        """Return what each team is worth; the last row and column stand for nobody."""
        nobody, size = len(self.place), np.array([len(team) for team in teams])
        rows = np.full((len(teams), self.options.maximum), nobody)
        for number, team in enumerate(teams):
            rows[number, : len(team)] = [self.place[each] for each in team]
        pairs = rows[:, :, None], rows[:, None, :]
        covered = self.learns[pairs].any(axis=2).sum(axis=1)
        worth = self.like[pairs].sum(axis=(1, 2)) / (size - 1) + self.options.weights.expertise * covered
        return worth - 0.02 * size * abs(size - self.options.target)
