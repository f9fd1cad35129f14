"""Teams from before: few people change theirs, and a team keeps its name with its largest part."""

from __future__ import annotations

import cProfile
from collections import Counter
from dataclasses import replace

import pytest

from lti_tool.teams.matching.explaining import explain
from lti_tool.teams.matching.matcher import match, match_seats
from lti_tool.teams.matching.reasons import WhyNot
from lti_tool.teams.matching.request import Options, Request
from lti_tool.teams.matching.settling import MOST_LOOKS
from tests.teams.matching.people import crowd, partly_formed
from tests.teams.matching.plain import Plain


def teams_of(answer) -> dict[str, set[str]]:
    return {team.id: set(team.members) for team in answer.teams}


def after(request: Request, *, leave: int, join: int) -> Request:
    """Return the question after some of the matched people left and others came."""
    answer = match(replace(request, people=request.people[join:]))
    previous = {team.id: team.members for team in answer.teams}
    return replace(request, people=request.people[: len(request.people) - leave], previous=previous)


def staying(request: Request) -> Request:
    """Return the question with everybody who was in a team held there."""
    here = {person.id for person in request.people}
    seats = {each: team for team, members in request.previous.items() for each in members if each in here}
    return replace(request, locked=seats)


def test_nobody_moves_when_nobody_left_or_came():
    request = after(crowd(60, 1), leave=0, join=0)

    answer = match(request)

    assert answer.moved == 0
    assert teams_of(answer) == {name: set(members) for name, members in request.previous.items()}


@pytest.mark.parametrize("seed", range(4))
def test_improving_moves_some_and_is_worth_their_moves(seed):
    request = after(crowd(120, seed), leave=8, join=8)
    plain = Plain(request)

    placed, improved, anew = match_seats(staying(request)), match_seats(request), match(request)

    price = request.options.move_price / len(request.people)
    assert placed.moved == 0
    assert improved.objective >= placed.objective
    for answer in (placed, improved, anew):
        worth = plain.objective([team.members for team in answer.teams])
        assert answer.objective == pytest.approx(worth - price * answer.moved, abs=5e-5)
        assert answer.moved <= 0.12 * len(request.people)


def test_a_dearer_move_is_made_less_often():
    request = after(crowd(120, 2), leave=10, join=10)

    cheap = match(replace(request, options=replace(request.options, move_price=0.02)))
    dear = match(replace(request, options=replace(request.options, move_price=0.4)))

    assert dear.moved < cheap.moved


def test_a_team_that_was_split_keeps_its_name_with_its_largest_part():
    people = crowd(9, 3).people
    ids = [each.id for each in people]
    request = Request(people, previous={"blue": tuple(ids[:6])}, apart=((ids[0], ids[1]), (ids[0], ids[2])))

    teams = teams_of(match(request))

    assert set(ids[1:3]) <= teams["blue"]
    assert ids[0] not in teams["blue"]


def test_a_team_below_the_minimum_is_filled_up_or_ends():
    people = crowd(10, 5).people
    ids = [each.id for each in people]
    request = Request(people, previous={"blue": tuple(ids[:2]), "red": tuple(ids[2:6]), "green": tuple(ids[6:10])})

    answer = match(request)

    assert not answer.alone
    assert all(len(team.members) >= 3 for team in answer.teams)


@pytest.mark.parametrize("locked", [{}, {"p000": "blue"}])
def test_two_who_came_beside_a_full_team_split_it_rather_than_stay_alone(locked):
    people = crowd(6, 2, maximum=4).people
    ids = [each.id for each in people]
    request = Request(people, Options(maximum=4), previous={"blue": tuple(ids[:4])}, locked=locked)

    answer = match(request)

    assert not answer.alone
    assert sorted(len(team.members) for team in answer.teams) == [3, 3]


@pytest.mark.parametrize("seed", range(6))
def test_whoever_is_said_to_stay_for_the_price_of_a_move_would_gain_by_it_and_the_others_would_not(seed):
    request = after(crowd(60, seed), leave=6, join=6)
    answer, plain, home = match(request), Plain(request), staying(request).locked
    placements = [each for told in explain(request, answer)[0].values() for each in told.placements]

    for placement in placements:
        if placement.why_not in (WhyNot.MOVES, WhyNot.OTHERS_LOSE):
            teams = teams_of(answer)
            before = plain.objective(list(map(sorted, teams.values())))
            own = next(name for name, members in teams.items() if placement.id in members)
            teams[own].remove(placement.id)
            teams[placement.other_team].add(placement.id)
            gains = plain.objective(list(map(sorted, teams.values()))) > before
            assert (placement.why_not is WhyNot.MOVES) == (gains and home.get(placement.id) == own)


def calls_in(asked, request) -> Counter[str]:
    """Return how often each function was called on the way to an answer."""
    profile = cProfile.Profile()
    profile.runcall(asked, request)
    return Counter({getattr(each.code, "co_name", str(each.code)): each.callcount for each in profile.getstats()})


@pytest.mark.parametrize("seed", range(1, 7))
def test_where_sizes_do_not_add_up_few_sets_of_teams_are_looked_at_and_no_solver_is_asked(seed):
    calls = calls_in(match, partly_formed(seed))

    assert not [name for name in calls if "milp" in name or "highs" in name]
    assert calls["best_teams_of_all"] <= MOST_LOOKS
    assert calls.total() < 40_000


def test_however_many_fit_nowhere_the_work_is_bounded():
    request = crowd(212, 1, minimum=3, maximum=4)
    ids = [each.id for each in request.people]
    teams = {f"team-{at}": tuple(ids[at * 4 : at * 4 + 4]) for at in range(50)}
    strangers = tuple((one, other) for one in ids[200:] for other in ids if one > other)

    calls = calls_in(match, replace(request, previous=teams, apart=strangers))

    assert 0 < calls["best_teams_of_all"] <= MOST_LOOKS
