"""What is found for teams that stand: the rules that can be kept are kept, whatever cannot."""

from __future__ import annotations

from dataclasses import replace

from lti_tool.teams.asking import Bonds
from lti_tool.teams.seats import Seat
from lti_tool.teams.standing_teams import reform
from tests.teams.test_like_teams import cluster

QUESTIONS, FEEDBACK = "1:1/1c/1c.2", "1:3/3d/3d.1"


def seats(team_id: int, first: int, count: int, path: str) -> list[Seat]:
    return [Seat(team_id, each.person_id, each, has_joined=True) for each in cluster(first, count, path)]


def moves(*teams: list[Seat], apart: set[frozenset[int]]) -> set[tuple[int, int]]:
    """Return who would move, and where to."""
    _, beside = reform([seat for team in teams for seat in team], [], may_move=True, apart=apart)
    return {(change.person_id, change.team_id) for change in beside.changes}


def test_two_who_cannot_be_taken_apart_do_not_bring_anybody_to_their_supervisor():
    first = seats(7, 1, 4, QUESTIONS)
    held = [replace(seat, candidate=None) if seat.person_id in {1, 2} else seat for seat in first]
    second = [*seats(8, 11, 1, QUESTIONS), *seats(8, 12, 3, FEEDBACK)]

    free = moves(held, second, apart=set())
    kept = moves(held, second, apart={frozenset((1, 2)), frozenset((3, 11))})

    assert (11, 7) in free
    assert (11, 7) not in kept


def test_a_pair_that_nothing_takes_apart_leaves_the_others_apart():
    """Eight people make two teams: of three who are all to be kept apart, two sit together in any case."""
    first = seats(7, 1, 4, QUESTIONS)
    second = [*seats(8, 11, 1, QUESTIONS), *seats(8, 12, 3, FEEDBACK)]
    apart = {frozenset((1, 2)), frozenset((1, 11)), frozenset((2, 11))}

    assert (11, 7) not in moves(first, second, apart=apart)


def test_wishes_that_cannot_be_kept_beside_teams_that_stand_let_no_other_go():
    teams = [*seats(7, 1, 3, QUESTIONS), *seats(8, 11, 3, "1:1/1c/1c.1")]
    comers = [*cluster(21, 4, QUESTIONS), *cluster(25, 1, "1:1/1c/1c.1")]
    bonds = Bonds(together=(frozenset({21, 22}), frozenset({22, 23}), frozenset({24, 25})))

    _, beside = reform(teams, comers, may_move=False, apart={frozenset({21, 23})}, bonds=bonds)

    places = {change.person_id: change.team_id for change in beside.changes}
    assert places[24] == places[25]
    assert places[21] != places[23]


def test_wishes_about_goals_for_two_schools_alone_let_no_other_go_whether_people_move_or_not():
    teams = [*seats(7, 1, 3, QUESTIONS), *seats(8, 11, 3, "1:1/1c/1c.1")]
    own_school = [
        replace(each, school=school, across_schools=False)
        for each, school in zip(cluster(21, 2, QUESTIONS), ("Hill School", "Lake School"), strict=True)
    ]
    comers = [*own_school, *cluster(24, 1, QUESTIONS), *cluster(25, 1, "1:1/1c/1c.1")]
    bonds = Bonds(together=(frozenset({21, 22}), frozenset({24, 25})))

    for may_move in (False, True):
        _, beside = reform(teams, comers, may_move=may_move, bonds=bonds)
        places = {change.person_id: change.team_id for change in beside.changes}
        assert places[24] == places[25]


def test_a_seat_that_is_kept_for_somebody_of_another_school_stops_no_look():
    """The goals of those who sit there are for their own school; whoever was asked is at another one by now."""
    team = [*seats(7, 1, 3, QUESTIONS), Seat(7, 9, None, has_joined=False, school="Lake School")]
    own = [replace(each, candidate=each.candidate and replace(each.candidate, across_schools=False)) for each in team]

    for may_move in (False, True):
        _, beside = reform(own, cluster(21, 1, QUESTIONS), may_move=may_move)
        assert [(change.person_id, change.team_id) for change in beside.changes] == [(21, 7)]


def test_a_goal_for_the_own_school_comes_to_no_team_with_somebody_of_another_one():
    team = [*seats(7, 1, 3, QUESTIONS), Seat(7, 9, None, has_joined=False, school="Lake School")]
    own = cluster(21, 1, QUESTIONS, across=False)

    for may_move in (False, True):
        _, beside = reform(team, own, may_move=may_move)
        assert beside.changes == ()
