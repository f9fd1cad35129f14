"""Teams from before: few people change theirs, and a team keeps its name with its largest part."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lti_tool.teams.matching.matcher import match, match_joiners
from lti_tool.teams.matching.request import Request
from tests.teams.matching.people import crowd
from tests.teams.matching.plain import Plain


def teams_of(answer) -> dict[str, set[str]]:
    return {team.id: set(team.members) for team in answer.teams}


def after(request: Request, *, leave: int, join: int) -> Request:
    """Return the question after some of the matched people left and others came."""
    answer = match(replace(request, people=request.people[join:]))
    previous = {team.id: team.members for team in answer.teams}
    return replace(request, people=request.people[: len(request.people) - leave], previous=previous)


def test_nobody_moves_when_nobody_left_or_came():
    request = after(crowd(60, 1), leave=0, join=0)

    answer = match(request)

    assert answer.moved == 0
    assert teams_of(answer) == {name: set(members) for name, members in request.previous.items()}


@pytest.mark.parametrize("seed", range(4))
def test_newcomers_are_placed_without_moving_whoever_has_a_team_that_stands(seed):
    request = after(crowd(80, seed), leave=0, join=6)

    answer = match_joiners(request)

    assert answer.moved == 0
    assert not answer.alone
    assert all(set(members) <= teams_of(answer)[name] for name, members in request.previous.items())


@pytest.mark.parametrize("seed", range(4))
def test_improving_moves_some_and_is_worth_their_moves(seed):
    request = after(crowd(120, seed), leave=8, join=8)
    plain = Plain(request)

    placed, improved = match_joiners(request), match(request)

    price = request.options.move_price / len(request.people)
    assert improved.objective >= placed.objective
    for answer in (placed, improved):
        worth = plain.objective([team.members for team in answer.teams])
        assert answer.objective == pytest.approx(worth - price * answer.moved, abs=5e-5)
    assert improved.moved <= 0.12 * len(request.people)


def test_a_dearer_move_is_made_less_often():
    request = after(crowd(120, 2), leave=10, join=10)

    cheap = match(replace(request, options=replace(request.options, move_price=0.02)))
    dear = match(replace(request, options=replace(request.options, move_price=0.4)))

    assert dear.moved < cheap.moved


def test_a_team_that_was_split_keeps_its_name_with_its_largest_part():
    people = crowd(9, 3).people
    ids = [each.id for each in people]
    request = Request(people, previous={"blue": tuple(ids[:6])}, apart=((ids[0], ids[1]), (ids[0], ids[2])))

    teams = teams_of(match_joiners(request))

    assert set(ids[1:3]) <= teams["blue"]
    assert ids[0] not in teams["blue"]


def test_a_team_below_the_minimum_is_filled_up_or_ends():
    people = crowd(10, 5).people
    ids = [each.id for each in people]
    request = Request(people, previous={"blue": tuple(ids[:2]), "red": tuple(ids[2:6]), "green": tuple(ids[6:10])})

    answer = match_joiners(request)

    assert not answer.alone
    assert all(len(team.members) >= 3 for team in answer.teams)
