"""Made-up educators for the measurements of teams: drawn from a seed, the same on any machine.

76 indicators stand in 22 components of 4 domains, and some are cited far more often than others (Zipf). Everybody cites
one; 35 % cite a second of the same domain. Grade band and discipline are drawn apart from the standard, so that what is
near by one is often far by the other. The text is a sentence from three templates with the discipline and two words
that belong to the indicator, in three of five with another word for the second. Everybody has achieved goals before, in
up to four components. docs/decisions/0041-made-up-educators.md says where these numbers come from.
"""

from __future__ import annotations

import random
from bisect import bisect
from itertools import accumulate

from lti_tool.teams.matching.request import BANDS, Options, Person, Request

COMPONENTS = (6, 5, 5, 6)
LONG_COMPONENTS = 10
"""So many components have four indicators, the others three."""
POPULARITY = 0.9
"""How fast it falls: the second is cited 2**0.9 times less often than the first."""
SECOND = 0.35
OTHER_WORD = 0.6
ACHIEVED = (3, 4)
"""So many goals somebody has achieved; two of them may be of one component."""
DISCIPLINES = ("mathematics", "english", "science", "history", "arts", "languages", "sports", "support")
NOUNS = (
    "questions", "discussion", "feedback", "routines", "evidence", "families", "groups", "tasks", "texts",
    "language", "rubrics", "reflection", "circles", "behavior", "notes", "pacing", "choice", "projects",
    "vocabulary", "talk", "modeling", "conferences", "portfolios", "stations", "warmups", "exits", "peers",
    "data", "inquiry", "debate", "journals", "translation", "gestures", "visuals", "homework", "assessment",
    "attendance", "transitions",
)  # fmt: skip
TEMPLATES = (
    "I will plan {first} and {second} with my {discipline} groups",
    "Study how {first} changes {second} in {discipline}",
    "Make {first} a habit in {discipline} so that {second} follows",
)


def indicators() -> list[str]:
    """Return the paths of all 76."""
    paths = []
    numbers = [(domain, number) for domain, count in enumerate(COMPONENTS, 1) for number in range(count)]
    for place, (domain, number) in enumerate(numbers):
        component = f"{domain}{chr(97 + number)}"
        count = 4 if place < LONG_COMPONENTS else 3
        paths += [f"{domain}/{component}/{component}.{each}" for each in range(1, count + 1)]
    return paths


class District:
    """Draws educators."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.paths = indicators()
        popular = self.chance.sample(self.paths, len(self.paths))
        self.popular = popular
        self.reach = list(accumulate(rank**-POPULARITY for rank in range(1, len(popular) + 1)))

    def person(self, number: int) -> Person:
        """Return one more educator."""
        first = self._indicator(self.popular)
        own = [first]
        if self.chance.random() < SECOND:
            own.append(self._second(first))
        discipline = self.chance.choice(DISCIPLINES)
        return Person(
            id=f"p{number:06}", indicators=tuple(dict.fromkeys(own)), text=self._text(first, discipline),
            grade_band=self.chance.choice(BANDS), discipline=discipline, school=f"s{self.chance.randrange(40)}",
            achieved=self._achieved(),
        )  # fmt: skip

    def _indicator(self, paths: list[str]) -> str:
        return paths[bisect(self.reach, self.chance.random() * self.reach[len(paths) - 1])]

    def _second(self, first: str) -> str:
        return self._indicator([path for path in self.popular if path[0] == first[0]])

    def _achieved(self) -> tuple[str, ...]:
        paths = [self._indicator(self.popular) for _ in range(self.chance.randint(*ACHIEVED))]
        return tuple(dict.fromkeys(path.rsplit("/", 1)[0] for path in paths))

    def _text(self, path: str, discipline: str) -> str:
        place = self.paths.index(path)
        words = [NOUNS[place % len(NOUNS)], NOUNS[(place * 7 + 3) % len(NOUNS)]]
        if self.chance.random() < OTHER_WORD:
            words[1] = self.chance.choice(NOUNS)
        return self.chance.choice(TEMPLATES).format(first=words[0], second=words[1], discipline=discipline)


def educators(count: int, seed: int, options: Options | None = None) -> Request:
    """Return so many educators to be matched."""
    district = District(seed)
    return Request(tuple(district.person(number) for number in range(count)), options or Options(seed=seed))
