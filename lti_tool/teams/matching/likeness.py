"""How like two people's goals are, for any pairs at once.

Features are rounded to 1/512 and kept as whole numbers, so that every inner product is exact in 32 bits, in whichever
order a machine adds it up.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lti_tool.teams.matching.arrays import Bools, Floats, Ints, on_grid
from lti_tool.teams.matching.request import BANDS, Options, Person, Weights
from lti_tool.teams.matching.texts import text_vectors
from lti_tool.teams.matching.tree import component_depth, component_of, standards_vector

GRID = 512


@dataclass(frozen=True, slots=True)
class Likeness:
    """What is compared, a row a person."""

    weights: Weights
    vectors: Ints
    """Standards and text, in 512ths."""
    band: Floats
    discipline: Ints
    school: Ints
    focus: Floats
    """By component: 1 where a goal of the person is in it."""
    achieved: Floats
    across_schools: Bools

    def __len__(self) -> int:
        return len(self.vectors)

    def rows(self, people: Ints) -> Likeness:
        """Return the same for these people only, in the shape of the numbers given."""
        return Likeness(
            self.weights, self.vectors[people], self.band[people], self.discipline[people], self.school[people],
            self.focus[people], self.achieved[people], self.across_schools[people],
        )  # fmt: skip

    def between(self, other: Likeness) -> Floats:
        """Return how like each one here is to each one there; leading axes go side by side."""
        mine, theirs = self.vectors.astype(np.float32), other.vectors.astype(np.float32)
        like = mine @ theirs.swapaxes(-1, -2)
        like *= np.float32(1 / GRID**2)
        if self.weights.grade_band:
            like += self._band_part(other)
        for weight, own, their in (
            (self.weights.discipline, self.discipline, other.discipline),
            (self.weights.school, self.school, other.school),
        ):
            if weight:
                like += np.float32(on_grid(weight)) * _same(own, their)
        return like

    def _band_part(self, other: Likeness) -> Floats:
        part = np.abs(self.band[..., :, None] - other.band[..., None, :])
        part *= np.float32(-on_grid(self.weights.grade_band / 2))
        part += np.float32(2 * on_grid(self.weights.grade_band / 2))
        return np.maximum(part, 0, out=part)

    def learns_from(self, other: Likeness) -> Floats:
        """Return 1 where somebody there has achieved what somebody here works on."""
        shared = self.focus @ other.achieved.swapaxes(-1, -2)
        return np.minimum(shared, 1, out=shared)

    def hidden_from(self, other: Likeness) -> Bools:
        """Return where two may not see each other's goals."""
        both = self.across_schools[..., :, None] & other.across_schools[..., None, :]
        return ~(both | _same(self.school, other.school))


def _same(own: Ints, theirs: Ints) -> Bools:
    same: Bools = own[..., :, None] == theirs[..., None, :]
    return same


def compare(people: Sequence[Person], options: Options) -> Likeness:
    """Return what the matcher compares of these people."""
    weights = options.weights
    standards = _standards(people, options.levels)
    vectors = [math.sqrt(weights.standards) * standards]
    if weights.text:
        vectors.append(math.sqrt(weights.text) * text_vectors([person.text for person in people]))
    depth = component_depth(options.levels)
    goals = [[component_of(path, depth) for path in person.indicators] for person in people]
    done = [[component_of(path, depth) for path in person.achieved] for person in people]
    components = sorted({each for own in goals for each in own if each})
    return Likeness(
        weights=weights,
        vectors=np.rint(np.concatenate(vectors, axis=1) * GRID).astype(np.int16),
        band=_bands(people),
        discipline=_codes([person.discipline.casefold() for person in people]),
        school=_codes([person.school for person in people]),
        focus=_marks(goals, components),
        achieved=_marks(done, components),
        across_schools=np.array([person.across_schools for person in people], dtype=bool),
    )


def _standards(people: Sequence[Person], levels: Sequence[float]) -> Floats:
    """Return everybody's standards; many people cite the same, so each set of them is worked out once."""
    sets = {own: number for number, own in enumerate(dict.fromkeys(frozenset(each.indicators) for each in people))}
    vectors = [standards_vector(own, levels) for own in sets]
    places = {node: number for number, node in enumerate(sorted({node for vector in vectors for node in vector}))}
    table = np.zeros((len(sets), len(places)), dtype=np.float32)
    for row, vector in enumerate(vectors):
        for node, value in vector.items():
            table[row, places[node]] = value
    return table[[sets[frozenset(each.indicators)] for each in people]]


def _bands(people: Sequence[Person]) -> Floats:
    """Return the place of each grade band; who has none is far from everybody."""
    places = {band: float(number) for number, band in enumerate(BANDS)}
    far = [places.get(person.grade_band, 100.0 + 10 * number) for number, person in enumerate(people)]
    return np.array(far, dtype=np.float32)


def _codes(names: Sequence[str]) -> Ints:
    """Return a number for each name; who has none shares his with nobody."""
    known = {name: number for number, name in enumerate(sorted(set(names) - {""}))}
    return np.array([known.get(name, -1 - number) for number, name in enumerate(names)], dtype=np.int32)


def _marks(rows: Sequence[Sequence[str]], components: Sequence[str]) -> Floats:
    places = {component: number for number, component in enumerate(components)}
    marks = np.zeros((len(rows), max(1, len(components))), dtype=np.float32)
    cells = [(number, places[each]) for number, row in enumerate(rows) for each in row if each in places]
    if cells:
        marks[tuple(np.array(cells).T)] = 1
    return marks
