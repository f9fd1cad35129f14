"""Teams of like goals: the same input gives the same teams on any machine.

Each two members of a team share a standard at least by its domain, may see each other's goal, and are not to be
kept apart. Sizes are 3 to 6 with 4 as the target; two make a pair only when no third is like both.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from lti_tool.teams.likeness import Candidate, inner_product, likeness, may_see_each_other, standards_vector
from lti_tool.teams.reasons import explain, explain_alone
from lti_tool.teams.search import Pairs, partition

WINDOW = 200
"""How many people are compared with each other at once; larger courses are cut along the tree of standards."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the designer may choose."""

    minimum: int = 3
    maximum: int = 6
    target: int = 4
    within_schools: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """A team that was found, and why."""

    members: tuple[Candidate, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Alone:
    """Somebody for whom no team was found, and why."""

    candidate: Candidate
    reason: str


@dataclass(frozen=True, slots=True)
class Matching:
    """The answer: who is with whom, and who is left."""

    teams: tuple[Proposal, ...]
    alone: tuple[Alone, ...]


DEFAULTS = Options()


def match(
    candidates: Sequence[Candidate], options: Options = DEFAULTS, *, apart: Collection[frozenset[int]] = ()
) -> Matching:
    """Return teams of like goals; `apart` holds pairs of person ids that must not be in one team.

    A person with several goals is placed once, with the goal that has the nearest company.
    """
    teams: list[Proposal] = []
    alone: list[Alone] = []
    for window in _windows(candidates):
        people = _one_goal_each(window, options, apart)
        pairs = _compare(people, options, apart)
        for numbers in partition(pairs, options.minimum, options.maximum, options.target):
            members = tuple(people[number] for number in numbers)
            if len(members) > 1:
                teams.append(Proposal(members, explain(members)))
            else:
                alone.append(Alone(members[0], explain_alone(pairs.likes_any(numbers[0]))))
    return Matching(tuple(teams), tuple(alone))


def _windows(candidates: Sequence[Candidate]) -> list[list[Candidate]]:
    """Return the candidates in the order of the tree, cut so that all goals of a person stay in one piece."""
    ordered = sorted(candidates, key=lambda each: (each.person_id, each.goal_id))
    goals: dict[int, list[Candidate]] = defaultdict(list)
    for candidate in ordered:
        goals[candidate.person_id].append(candidate)
    people = sorted(goals.values(), key=lambda own: (min(own[0].indicators, default=""), own[0].person_id))
    pieces = [people[start : start + WINDOW] for start in range(0, len(people), WINDOW)]
    return [[candidate for own in piece for candidate in own] for piece in pieces]


def _one_goal_each(candidates: list[Candidate], options: Options, apart: Collection[frozenset[int]]) -> list[Candidate]:
    """Return one candidate a person: the one that is nearest to three others."""
    if len({each.person_id for each in candidates}) == len(candidates):
        return candidates
    pairs = _compare(candidates, options, apart)
    best: dict[int, tuple[float, int]] = {}
    for number, candidate in enumerate(candidates):
        nearest = round(sum(sorted(pairs.like[number], reverse=True)[:3]), 6)
        if candidate.person_id not in best or nearest > best[candidate.person_id][0]:
            best[candidate.person_id] = (nearest, number)
    return [candidates[number] for _, number in best.values()]


def _compare(people: Sequence[Candidate], options: Options, apart: Collection[frozenset[int]]) -> Pairs:
    """Return how like each two people are; 0 where they cannot be in one team."""
    vectors = [standards_vector(person.indicators) for person in people]
    forbidden = set(apart)
    like = [[0.0] * len(people) for _ in people]
    for i, one in enumerate(people):
        for j in range(i + 1, len(people)):
            other = people[j]
            standards = inner_product(vectors[i], vectors[j])
            if standards > 0 and _may_meet(one, other, options, forbidden):
                like[i][j] = like[j][i] = likeness(one, other, standards)
    return Pairs(like)


def _may_meet(one: Candidate, other: Candidate, options: Options, apart: set[frozenset[int]]) -> bool:
    if one.person_id == other.person_id or frozenset((one.person_id, other.person_id)) in apart:
        return False
    if options.within_schools and (not one.school or one.school != other.school):
        return False
    return may_see_each_other(one, other)
