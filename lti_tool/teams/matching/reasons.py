"""Why these people make a team, as facts: pages and commands put them into words.

Nothing here needs NumPy, so that a page may ask what would be said of a team that a designer thinks of.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from lti_tool.teams.matching.request import BANDS, LEVELS, Person
from lti_tool.teams.matching.tree import component_depth, component_of, nodes
from lti_tool.teams.matching.words import words_of

SHARED = 0.75
"""What part of a team has to share a standard for it to be named."""
MOST_WORDS = 3
CLOSE_ENOUGH = 0.005
"""Company that is nearer by so little is not called nearer."""


@dataclass(frozen=True, slots=True)
class SharedStandard:
    """The deepest standard that three quarters of the team share."""

    node: str
    sharing: int
    rest_near: str = ""
    """The deepest standard in which the others are with somebody of those; empty when there is none."""

    @property
    def code(self) -> str:
        return code_of(self.node)


@dataclass(frozen=True, slots=True)
class Expert:
    """A member who has achieved a goal in a component that a teammate works on."""

    id: str
    components: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Count:
    """How many members have something in common."""

    name: str
    people: int


@dataclass(frozen=True, slots=True)
class TeamReasons:
    """What a team has in common."""

    size: int
    standard: SharedStandard | None
    words: tuple[str, ...]
    experts: tuple[Expert, ...]
    bands: tuple[Count, ...]
    disciplines: tuple[Count, ...]
    schools: tuple[Count, ...]


class WhyNot(StrEnum):
    """Why somebody is not in the best other team."""

    LOWER = "lower"
    """The own team is nearer."""
    APART = "apart"
    """Somebody there must not be in one team with this person."""
    FULL = "full"
    OWN_TOO_SMALL = "own_too_small"
    """The own team would fall below the minimum."""
    KEPT = "kept"
    """This person is locked, or kept together with others."""
    MOVES = "moves"
    """It would move a person, for less than a move has to gain."""
    OTHERS_LOSE = "others_lose"
    """All together would lose by it."""


@dataclass(frozen=True, slots=True)
class Placement:
    """How near one person is to the team, and why not another."""

    id: str
    here: float
    """The mean likeness to the teammates."""
    best: float
    """The same with the nearest company of that size that exists."""
    other_team: str
    there: float
    why_not: WhyNot | None

    @property
    def is_closest(self) -> bool:
        return self.here >= self.best - CLOSE_ENOUGH


@dataclass(frozen=True, slots=True)
class Explained:
    """A team's reasons and its members' places in it."""

    reasons: TeamReasons
    placements: tuple[Placement, ...]


@dataclass(frozen=True, slots=True)
class NearestElsewhere:
    """For somebody who is alone: who is nearest, and how near the best company would be."""

    id: str
    nearest: str
    likeness: float
    nearest_school: str
    same_school: bool
    best: float


def code_of(node: str) -> str:
    """Return the code that people know a standard by."""
    return node.rsplit("/", 1)[-1].rsplit(":", 1)[-1]


def describe(people: Sequence[Person], levels: Sequence[float] = LEVELS) -> TeamReasons:
    """Return what these people have in common."""
    return TeamReasons(
        size=len(people),
        standard=_standard(people),
        words=_words(people),
        experts=_experts(people, component_depth(levels)),
        bands=_counts(people, lambda person: person.grade_band, BANDS.index),
        disciplines=_counts(people, lambda person: person.discipline, str.casefold),
        schools=_counts(people, lambda person: person.school, str.casefold),
    )


def _standard(people: Sequence[Person]) -> SharedStandard | None:
    found = _shared_node(people)
    if found is None:
        return None
    node, sharing = found
    has = [any(node in nodes(path) for path in person.indicators) for person in people]
    rest = [person for person, there in zip(people, has, strict=True) if not there]
    if not rest:
        return SharedStandard(node, sharing)
    near = _shared_node([*rest, people[has.index(True)]])
    return SharedStandard(node, sharing, near[0] if near else "")


def _shared_node(people: Sequence[Person]) -> tuple[str, int] | None:
    """Return the deepest standard that three quarters share, and how many do."""
    counts = _in_how_many({node for path in person.indicators for node in nodes(path)} for person in people)
    shared = [(node, count) for node, count in counts.items() if count >= SHARED * len(people)]
    return min(shared, key=lambda found: (-found[0].count("/"), -found[1], found[0]), default=None)


def _in_how_many(each: Iterable[set[str]]) -> Counter[str]:
    return Counter(thing for own in each for thing in own)


def _words(people: Sequence[Person]) -> tuple[str, ...]:
    """Return the words that most of the team use, those of most people first."""
    counts = _in_how_many(set(words_of(person.text)) for person in people)
    shared = [word for word, count in counts.items() if count >= max(2, len(people) / 2)]
    return tuple(sorted(shared, key=lambda word: (-counts[word], word))[:MOST_WORDS])


def _experts(people: Sequence[Person], depth: int) -> tuple[Expert, ...]:
    found = []
    for person in people:
        wanted = {component_of(path, depth) for other in people if other is not person for path in other.indicators}
        own = {component_of(path, depth) for path in person.achieved} & (wanted - {""})
        if own:
            found.append(Expert(person.id, tuple(sorted(own))))
    return tuple(found)


def _counts(
    people: Sequence[Person], name_of: Callable[[Person], str], order: Callable[[str], Any]
) -> tuple[Count, ...]:
    """Return how many have each name, however it is spelt."""
    spelt: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for name in filter(None, map(name_of, people)):
        spelt.setdefault(name.casefold(), name)
        counts[name.casefold()] += 1
    names = sorted(spelt.values(), key=lambda name: (order(name), name))
    return tuple(Count(name, counts[name.casefold()]) for name in names)
