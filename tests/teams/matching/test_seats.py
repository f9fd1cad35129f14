"""Seats in teams that stand: every answer can be put to those whom it is about, and all of them can say yes."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from lti_tool.teams.matching.explaining import nearness
from lti_tool.teams.matching.matcher import match_seats
from lti_tool.teams.matching.request import Options, Request
from tests.teams.matching.people import crowd
from tests.teams.matching.plain import Plain

SLOW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
FLOOR = 0.4


@st.composite
def standing(draw: st.DrawFn) -> Request:
    """Draw people of whom some sit in teams of two to six, some are locked, and some are kept apart."""
    request = crowd(draw(st.integers(8, 34)), draw(st.integers(0, 60)), floor=draw(st.sampled_from((0.0, FLOOR))))
    ids = draw(st.permutations([each.id for each in request.people]))
    previous, at = dict[str, tuple[str, ...]](), 0
    for name in ("blue", "green", "red", "teal"):
        size = draw(st.integers(2, 6))
        if at + size <= len(ids):
            previous[name] = tuple(ids[at : at + size])
            at += size
    team_of = {each: name for name, members in previous.items() for each in members}
    locked = draw(st.lists(st.sampled_from(sorted(team_of)), max_size=6, unique=True))
    apart = st.lists(st.sampled_from(ids), min_size=2, max_size=2, unique=True).map(tuple)
    return replace(
        request,
        previous=previous,
        locked={each: team_of[each] for each in locked},
        apart=tuple(draw(st.lists(apart, max_size=8))),
    )


def seats_of(request: Request) -> dict[str, str]:
    return {each: team for team, members in request.previous.items() for each in members}


def places_in(answer) -> dict[str, str]:
    return {each: team.id for team in answer.teams for each in team.members}


@SLOW
@given(standing())
def test_no_team_begins_ends_or_comes_to_a_size_that_is_not_allowed(request):
    answer = match_seats(request)

    assert {team.id for team in answer.teams} == set(request.previous)
    for team in answer.teams:
        least = min(request.options.minimum, len(request.previous[team.id]))
        assert least <= len(team.members) <= max(request.options.maximum, len(request.previous[team.id]))
        assert len(set(team.members) & set(request.previous[team.id])) >= 2
    assert sorted([*places_in(answer), *(each.id for each in answer.alone)]) == [each.id for each in request.people]


@SLOW
@given(standing())
def test_nobody_loses_a_seat_and_whoever_is_locked_keeps_it(request):
    places = places_in(match_seats(request))

    assert places.keys() >= seats_of(request).keys()
    assert all(places[each] == team for each, team in request.locked.items())


@SLOW
@given(standing())
def test_nobody_comes_to_whom_they_are_kept_apart_from_or_to_a_team_below_the_floor(request):
    answer, seats = match_seats(request), seats_of(request)
    places = places_in(answer)
    near = nearness(request, [team.members for team in answer.teams])

    came = {each for each, team in places.items() if seats.get(each) != team}
    sent = {each for pair in request.apart for each in pair if len({seats.get(each) for each in pair} - {None}) == 1}
    for one, other in request.apart:
        assert places.get(one, one) != places.get(other, other) or not {one, other} & came
    assert all(near[each] >= request.options.floor - 0.001 for each in came - sent)


@SLOW
@given(standing())
def test_moves_are_worth_more_than_nobody_moving(request):
    assume(not request.apart)
    held = replace(request, locked=seats_of(request))
    plain = Plain(request)

    moved, stayed = match_seats(request), match_seats(held)

    assert stayed.moved == 0
    if {each.id for each in moved.alone} == {each.id for each in stayed.alone}:
        worth = [plain.objective([team.members for team in answer.teams]) for answer in (moved, stayed)]
        assert worth[0] >= worth[1] - 1e-4


def test_a_newcomer_with_the_goal_of_a_team_takes_its_last_seat():
    like = crowd(1, 1).people[0]
    people = tuple(replace(like, id=f"p{number}") for number in range(6))
    others = tuple(replace(like, id=f"q{number}", indicators=("2/2b/2b.2",), text="") for number in range(3))
    request = Request(
        (*people, *others), Options(floor=FLOOR), previous={"blue": tuple(each.id for each in people[:5])}
    )

    places = places_in(match_seats(request))

    assert places == dict.fromkeys((each.id for each in people), "blue")
