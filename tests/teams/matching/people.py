"""People to be matched, for the tests: drawn by Hypothesis, or from a seed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

from hypothesis import strategies as st

from lti_tool.teams.matching.request import BANDS, Options, Person, Request, Weights

INDICATORS = [f"{d}/{d}{c}/{d}{c}.{n}" for d in "12" for c in "ab" for n in "12"]
WORDS = ("questions", "feedback", "circles", "families", "reading", "evidence", "discussion", "routines")

SIZES = [(least, most) for least in range(2, 6) for most in range(least, 7)]


def person(number: int, chance: random.Random) -> Person:
    return Person(
        id=f"p{number:03}",
        indicators=tuple(chance.sample(INDICATORS, chance.choice((1, 1, 1, 2)))),
        text=" ".join(chance.sample(WORDS, 3)),
        grade_band=chance.choice(("", *BANDS)),
        discipline=chance.choice(("", "art", "music", "science")),
        school=chance.choice(("", "hill", "lake")),
        achieved=tuple(chance.sample(INDICATORS, chance.choice((0, 0, 1)))),
    )


def crowd(count: int, seed: int, **options) -> Request:
    chance = random.Random(seed)
    return Request(tuple(person(number, chance) for number in range(count)), Options(**options))


def seen_in_own_school(request: Request, every: int) -> Request:
    """Let every so many-th goal be seen in its owner's school alone; none for 0."""
    people = (
        replace(each, across_schools=not every or number % every > 0) for number, each in enumerate(request.people)
    )
    return replace(request, people=tuple(people))


def partly_formed(seed: int) -> Request:
    """Return 70 people in teams of four or five, every third goal for the own school, eight teams there from before."""
    request = seen_in_own_school(crowd(70, seed, minimum=4, maximum=5), 3)
    ids = random.Random(seed).sample([each.id for each in request.people], 40)
    return replace(request, previous={f"team-{at}": tuple(ids[at * 5 : at * 5 + 5]) for at in range(8)})


def _groups(draw: st.DrawFn, ids: Sequence[str], size: int) -> tuple[tuple[str, ...], ...]:
    group = st.lists(st.sampled_from(ids), min_size=2, max_size=size, unique=True).map(tuple)
    return tuple(draw(st.lists(group, max_size=5)))


@st.composite
def requests(draw: st.DrawFn, most: int = 26) -> Request:
    """Draw people and whatever holds them together or apart, possible or not."""
    count = draw(st.integers(2, most))
    minimum, maximum = draw(st.sampled_from(SIZES))
    options = Options(
        minimum=minimum, maximum=maximum, target=draw(st.integers(minimum, maximum)), seed=draw(st.integers(0, 3)),
        floor=draw(st.sampled_from((0.0, 0.0, 0.3, 0.6, 0.95))),
        weights=Weights(school=draw(st.sampled_from((0.0, 0.2, -0.2)))),
    )  # fmt: skip
    request = crowd(count, draw(st.integers(0, 50)))
    request = seen_in_own_school(request, draw(st.sampled_from((0, 0, 2, 5))))
    ids = [each.id for each in request.people]
    names = st.sampled_from(("team-1", "blue", "red"))
    return Request(
        request.people, options,
        together=_groups(draw, ids, 3), apart=_groups(draw, ids, 4),
        locked=draw(st.dictionaries(st.sampled_from(ids), names, max_size=4)),
        previous=draw(previous_teams(ids)),
    )  # fmt: skip


@st.composite
def previous_teams(draw: st.DrawFn, ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Draw teams from before, or none; some of their people may have left."""
    if draw(st.booleans()):
        return {}
    team = {each: draw(st.sampled_from(("", "team-1", "blue", "green"))) for each in (*ids, "gone")}
    return {
        name: members
        for name in ("team-1", "blue", "green")
        if (members := tuple(each for each, own in team.items() if own == name))
    }
