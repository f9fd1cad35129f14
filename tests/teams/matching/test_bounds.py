"""The bounds that `make bench` quotes shares of: no teams at all are worth more."""

from __future__ import annotations

import pytest

from benchmarks.educators import educators
from benchmarks.lp_bound import best_choice, linear_bound
from benchmarks.matching import members_of
from benchmarks.team_bounds import EdgeBound, top_k_bound
from lti_tool.teams.matching.matcher import match
from lti_tool.teams.matching.problem import state
from tests.teams.matching.people import crowd
from tests.teams.matching.plain import Plain
from tests.teams.matching.test_objective import best_by_brute_force


@pytest.mark.parametrize("count", [6, 8, 9])
@pytest.mark.parametrize("seed", range(4))
def test_no_teams_of_a_few_people_are_worth_more_than_a_bound(count, seed):
    request = crowd(count, seed)
    problem = state(request)
    best = best_by_brute_force(Plain(request), [each.id for each in request.people]) / count

    alone, pairs = top_k_bound(problem), EdgeBound(problem).bound(best, 100)
    teams = members_of(problem, match(request))
    bound = linear_bound(problem, teams)
    linear = bound.mean

    assert best_choice(problem, teams, bound) == pytest.approx(best, abs=1e-5)
    assert best <= linear + 1e-5
    assert best <= pairs + 1e-5
    assert linear <= alone + 1e-5
    assert pairs <= alone + 1e-5


def test_the_bounds_of_a_course_stand_in_their_order_above_its_teams():
    request = educators(24, 1)
    problem, answer = state(request), match(request)

    linear = linear_bound(problem, members_of(problem, answer)).mean
    pairs = EdgeBound(problem).bound(answer.objective, 150)

    assert answer.objective <= linear + 1e-5
    assert linear <= pairs + 1e-5
    assert pairs <= top_k_bound(problem) + 1e-5
