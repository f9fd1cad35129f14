"""What is made large is the objective as it is written, and no single change makes it larger."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lti_tool.teams.matching.matcher import match
from lti_tool.teams.matching.request import Options, Person, Request, Weights
from tests.teams.matching.people import crowd, seen_in_own_school
from tests.teams.matching.plain import Plain, Table

SLOW = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)


def teams_of(answer) -> list[tuple[str, ...]]:
    return [team.members for team in answer.teams]


@pytest.mark.parametrize("seed", range(6))
def test_the_objective_equals_an_independent_one(seed):
    request = crowd(20 + 5 * seed, seed, weights=Weights(school=0.1 * (seed % 3 - 1)))

    answer = match(request)

    assert answer.objective == pytest.approx(Plain(request).objective(teams_of(answer)), abs=2e-5)
    assert answer.objective == pytest.approx(Plain(request, rounded=False).objective(teams_of(answer)), abs=3e-3)


def one(*indicators: str, **more) -> Person:
    return Person("one", indicators, **more)


@pytest.mark.parametrize(
    ("mine", "theirs", "like"),
    [
        (Person("a", ("1/1c/1c.2",)), Person("b", ("1/1c/1c.2",)), 0.55),
        (Person("a", ("1/1c/1c.2",)), Person("b", ("1/1c/1c.3",)), 0.55 * 0.6),
        (Person("a", ("1/1c/1c.2",)), Person("b", ("1/1d/1d.1",)), 0.55 * 0.2),
        (Person("a", ("1/1c/1c.2",)), Person("b", ("2/2d/2d.1",)), 0.0),
        (Person("a", (), "exit questions"), Person("b", (), "Exit question"), 0.25),
        (Person("a", (), grade_band="3-5"), Person("b", (), grade_band="3-5"), 0.10),
        (Person("a", (), grade_band="3-5"), Person("b", (), grade_band="6-8"), 0.05),
        (Person("a", (), grade_band="K-2"), Person("b", (), grade_band="6-8"), 0.0),
        (Person("a", (), discipline="Art"), Person("b", (), discipline="art"), 0.10),
        (Person("a", ()), Person("b", ()), 0.0),
    ],
)
def test_each_part_counts_as_much_as_it_should(mine, theirs, like):
    answer = match(Request((mine, theirs), Options(minimum=2, target=2)))

    assert answer.objective == pytest.approx(like, abs=2e-3)


def test_a_colleague_who_has_achieved_a_goal_in_the_component_counts_once():
    people = [
        Person(each, ("1/1c/1c.2",), achieved=done)
        for each, done in (("a", ()), ("b", ("1/1c",)), ("c", ("1/1c/1c.9",)))
    ]

    answer = match(Request(tuple(people), Options(target=3)))

    assert answer.objective == pytest.approx(0.55 + 0.10, abs=2e-3)


@SLOW
@given(st.integers(0, 500), st.integers(15, 44))
def test_no_allowed_swap_or_move_makes_the_total_larger(seed, count):
    request = crowd(count, seed)
    plain, teams = Plain(request), [list(team) for team in teams_of(match(request))]

    for one_team, other_team in combinations(teams, 2):
        before = plain.worth(one_team) + plain.worth(other_team)
        for after in changed(one_team, other_team):
            if all(map(plain.may_be, after)):
                assert sum(map(plain.worth, after)) <= before + 3e-5, (one_team, other_team, after)


def test_no_change_makes_the_total_of_a_large_course_larger():
    request = bound_together_and_apart(crowd(430, 3))
    plain, teams = Plain(request), [list(team) for team in teams_of(match(request))]
    table = Table(plain)

    for one_team, other_team in combinations(teams, 2):
        before = table.worths([one_team, other_team]).sum()
        after = [each for each in changed(one_team, other_team) if all(map(table.has_a_size, each))]
        total = table.worths([team for each in after for team in each]).reshape(-1, 2).sum(axis=1)
        for each in np.flatnonzero(total > before + 5e-5):
            assert not all(map(plain.may_be, after[each])), after[each]


def bound_together_and_apart(request: Request) -> Request:
    """Hold some of a crowd together, apart, in a team, or in their own school."""
    ids = [each.id for each in request.people]
    request = seen_in_own_school(request, 7)
    school = {each.id: each.school for each in request.people if each.across_schools}
    together = [(ids[at], ids[at + 200]) for at in range(0, 60, 5)]
    return replace(
        request,
        together=tuple(pair for pair in together if all(each in school for each in pair)),
        apart=tuple((ids[at], ids[at + 1], ids[at + 2]) for at in range(100, 200, 5)),
        locked={ids[71]: "blue", ids[72]: "blue", ids[351]: "red"},
    )


def changed(one_team: list[str], other_team: list[str]):
    """Yield both teams after each swap and each move between them."""
    for mine in one_team:
        rest = [each for each in one_team if each != mine]
        yield rest, [*other_team, mine]
        for theirs in other_team:
            others = [each for each in other_team if each != theirs]
            yield [*rest, theirs], [*others, mine]
    for theirs in other_team:
        yield [*one_team, theirs], [each for each in other_team if each != theirs]


def best_by_brute_force(plain: Plain, people: list[str]) -> float:
    """Return the most that any way to split these people into teams is worth."""
    if not people:
        return 0.0
    first, rest = people[0], people[1:]
    best = float("-inf")
    for size in range(plain.options.minimum - 1, plain.options.maximum):
        for mates in combinations(rest, size):
            if plain.may_be((first, *mates)):
                left = [each for each in rest if each not in mates]
                best = max(best, plain.worth((first, *mates)) + best_by_brute_force(plain, left))
    return best


@pytest.mark.parametrize("count", range(3, 10))
@pytest.mark.parametrize("seed", range(3))
def test_a_few_people_get_the_best_teams_that_there_are(count, seed):
    request = crowd(count, seed)

    answer = match(request)

    best = best_by_brute_force(Plain(request), [each.id for each in request.people]) / count
    assert answer.objective == pytest.approx(best, abs=3e-5)
