"""What a look for changes promises comes true when everybody says yes: sizes, seats, and how alike people are."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

import pytest

from lti_tool.teams.asking import FLOOR, NO_BONDS, Bonds
from lti_tool.teams.likeness import Candidate
from lti_tool.teams.matching.explaining import nearness
from lti_tool.teams.matching.request import Options, Person, Request
from lti_tool.teams.seats import Beside, Place, Seat
from lti_tool.teams.standing_teams import reform
from tests.teams.test_like_teams import candidate, cluster

GOALS = ("1:1/1c/1c.2", "1:1/1c/1c.1", "1:3/3d/3d.1", "1:2/2a/2a.1")
QUESTIONS, CARDS, FEEDBACK, ROUTINES = GOALS


def seated(team_id: int, people: list[Candidate]) -> list[Seat]:
    return [Seat(team_id, each.person_id, each, has_joined=True) for each in people]


@dataclass
class Case:
    """Teams that stand, newcomers, and what rules and designers want of them."""

    seats: list[Seat]
    newcomers: list[Candidate]
    apart: set[frozenset[int]]
    bonds: Bonds

    def found(self, *, may_move: bool) -> tuple[list[list[Place]], Beside]:
        return reform(self.seats, self.newcomers, may_move=may_move, apart=self.apart, bonds=self.bonds)

    def looked_at(self, *, may_move: bool) -> tuple[Beside, dict[int, set[int]], dict[int, set[int]]]:
        """Return what was found beside new teams, and the teams that stand before it and when all have said yes."""
        _, beside = self.found(may_move=may_move)
        return beside, teams_before(self.seats), teams_after(self.seats, beside)

    def clashes_in(self, teams: dict[int, set[int]]) -> set[frozenset[int]]:
        return {pair for members in teams.values() for pair in self.apart if pair <= members}


def drawn(seed: int, *, is_plain: bool = False) -> Case:
    """Return two to four teams that stand, most of each with one goal, and some newcomers.

    Some seats are kept for whoever has not answered, some goals are for the own school, some pairs are kept apart and
    some newcomers together; none of that where the case is plain.
    """
    chance = random.Random(seed)
    seats, number = list[Seat](), 1
    for team_id in range(1, chance.randint(3, 5)):
        common, size = chance.choice(GOALS), chance.randint(2, 6)
        goals = [common if chance.random() < 0.7 else chance.choice(GOALS) for _ in range(size)]
        across = is_plain or chance.random() < 0.7
        seats += seated(team_id, [candidate(number + at, goal, across=across) for at, goal in enumerate(goals)])
        number += size
    newcomers = [candidate(number + at, chance.choice(GOALS)) for at in range(chance.randint(0, 4))]
    if is_plain:
        return Case(seats, newcomers, set(), NO_BONDS)
    kept = [replace(each, candidate=None, has_joined=chance.random() < 0.5) for each in seats]
    seats = [silent if chance.random() < 0.15 else each for silent, each in zip(kept, seats, strict=True)]
    everybody = [*(each.person_id for each in seats), *(each.person_id for each in newcomers)]
    apart = {frozenset(chance.sample(everybody, 2)) for _ in range(chance.randint(0, 6))}
    wished = [frozenset(chance.sample(everybody, 2)) for _ in range(chance.randint(0, 2))]
    return Case(seats, newcomers, apart, Bonds(together=tuple(wished)))


def teams_before(seats: list[Seat]) -> dict[int, set[int]]:
    return {seat.team_id: {each.person_id for each in seats if each.team_id == seat.team_id} for seat in seats}


def teams_after(seats: list[Seat], beside: Beside) -> dict[int, set[int]]:
    """Return who is in which team when everybody who is asked has said yes."""
    teams = teams_before(seats)
    for change in beside.changes:
        if change.leaves_id:
            teams[change.leaves_id].remove(change.person_id)
    for change in beside.changes:
        assert change.person_id not in teams[change.team_id]
        teams[change.team_id].add(change.person_id)
    return teams


def all_after(seats: list[Seat], found: tuple[list[list[Place]], Beside]) -> dict[int, set[int]]:
    """Return the same with the new teams beside those that stand."""
    founded = {100 + number: {person_id for person_id, _ in team} for number, team in enumerate(found[0])}
    return teams_after(seats, found[1]) | founded


def likeness_in(teams: dict[int, set[int]], case: Case) -> dict[int, float]:
    """Return how like each person is to those teammates who have a goal."""
    goals = {seat.person_id: seat.candidate for seat in case.seats} | {each.person_id: each for each in case.newcomers}
    people = tuple(
        Person(f"{each:03}", goal.indicators, goal.text, "3-5", goal.discipline, goal.school)
        for each, goal in goals.items()
        if goal
    )
    named = [[f"{each:03}" for each in sorted(members) if goals[each]] for members in teams.values()]
    near = nearness(Request(people, Options()), [team for team in named if team])
    return {int(name): value for name, value in near.items()}


@pytest.mark.parametrize("seed", range(150))
def test_every_team_stays_and_comes_to_an_allowed_size(seed):
    case = drawn(seed)

    for may_move in (False, True):
        beside, before, after = case.looked_at(may_move=may_move)
        for team_id, members in after.items():
            assert min(3, len(before[team_id])) <= len(members) <= 6
            assert len(members & before[team_id]) >= 2
        assert may_move or all(change.leaves_id is None for change in beside.changes)


@pytest.mark.parametrize("seed", range(150))
def test_nobody_comes_to_whom_they_are_kept_apart_from_and_no_seat_is_lost(seed):
    case = drawn(seed)

    for may_move in (False, True):
        beside, before, after = case.looked_at(may_move=may_move)
        assert case.clashes_in(after) <= case.clashes_in(before)
        may_leave = {(seat.person_id, seat.team_id) for seat in case.seats if seat.may_be_moved}
        assert {(each.person_id, each.leaves_id) for each in beside.changes if each.leaves_id} <= may_leave


@pytest.mark.parametrize("seed", range(150))
def test_what_is_promised_is_gained_and_nobody_comes_to_a_team_of_other_goals(seed):
    case = drawn(seed)

    staying, moving = case.found(may_move=False), case.found(may_move=True)
    stayed, gained = (likeness_in(all_after(case.seats, found), case) for found in (staying, moving))

    part = sum(gained.values()) / sum(stayed.values()) - 1 if sum(stayed.values()) else 0
    changes, gain = moving[1].changes, moving[1].gain
    assert gain in (None, 0) or gain == pytest.approx(part, abs=0.01)
    assert (gain is None) == all(change.leaves_id is None for change in changes)
    asked_to = {each for pair in (*case.apart, *case.bonds.together) for each in pair}
    assert all(gained.get(each.person_id, 1) >= FLOOR - 0.01 for each in changes if each.person_id not in asked_to)


@pytest.mark.parametrize("seed", range(60))
def test_nobody_is_left_beside_a_free_seat_in_a_team_of_the_same_goal(seed):
    case = drawn(seed, is_plain=True)

    _, beside = case.found(may_move=False)

    teams, goals = teams_after(case.seats, beside), {seat.person_id: seat.candidate for seat in case.seats}
    left = [each for each in case.newcomers if not any(each.person_id in members for members in teams.values())]
    for each in left:
        for members in teams.values():
            same = [who for who in members if (goal := goals.get(who)) and goal.indicators == each.indicators]
            assert len(members) == 6 or len(same) < len(members)


def test_a_seat_is_offered_though_others_who_came_fit_nowhere():
    """Five work on routines; of four newcomers one does, too."""
    team = seated(1, cluster(1, 5, ROUTINES))
    newcomers = [candidate(6, ROUTINES), candidate(7, CARDS), candidate(8, FEEDBACK), candidate(9, CARDS)]

    for may_move in (False, True):
        _, beside = reform(team, newcomers, may_move=may_move)
        assert [(change.person_id, change.team_id) for change in beside.changes] == [(6, 1)]


def test_a_joiner_who_reviews_a_member_of_each_team_is_offered_none():
    teams = [*seated(1, cluster(1, 4, QUESTIONS)), *seated(2, cluster(11, 4, QUESTIONS))]
    apart = {frozenset((1, 21)), frozenset((11, 21))}

    for may_move in (False, True):
        _, beside = reform(teams, cluster(21, 1, QUESTIONS), may_move=may_move, apart=apart)
        assert beside.changes == ()


def test_whoever_sits_in_two_teams_is_not_asked_to_sit_twice_in_one():
    twice = candidate(1, QUESTIONS)
    teams = [*seated(1, [twice, *cluster(2, 3, FEEDBACK)]), *seated(2, [twice, *cluster(12, 3, QUESTIONS)])]

    _, beside = reform(teams, [], may_move=True)

    assert (1, 2) not in {(change.person_id, change.team_id) for change in beside.changes}


def test_two_teams_that_each_hold_two_who_must_not_be_together_are_mended_without_a_crowd():
    """Whoever has to leave finds the other team full, or with somebody from whom to be kept apart."""
    full = [*seated(1, cluster(1, 6, QUESTIONS)), *seated(2, cluster(11, 3, QUESTIONS))]
    small = [*seated(1, cluster(1, 2, QUESTIONS)), *seated(2, cluster(11, 4, QUESTIONS))]

    for teams, apart in ((full, {(2, 5), (11, 12)}), (small, {(1, 2), (2, 12), (12, 13)})):
        case = Case(teams, [], {frozenset(pair) for pair in apart}, NO_BONDS)
        sizes = [len(members) for members in teams_after(teams, case.found(may_move=True)[1]).values()]
        assert max(sizes) <= 6


def test_a_seat_that_is_kept_makes_nobody_leave_who_shares_a_goal():
    kept = [Seat(1, each, None, has_joined=False, school="Hill School") for each in (3, 4)]
    pair = [*seated(1, cluster(1, 2, QUESTIONS)), *kept]
    others = seated(2, [*cluster(11, 2, CARDS), candidate(13, QUESTIONS)])

    _, beside = reform([*pair, *others], [], may_move=True)

    assert {1, 2}.isdisjoint(change.person_id for change in beside.changes)


def test_two_who_are_kept_together_and_sit_together_stay_so_though_one_has_a_second_team():
    one = candidate(1, CARDS)
    teams = [
        *seated(1, [one, *cluster(2, 3, FEEDBACK)]),
        *seated(2, cluster(11, 4, CARDS)),
        *seated(3, [one, *cluster(21, 3, ROUTINES)]),
    ]

    _, free = reform(teams, [], may_move=True)
    _, held = reform(teams, [], may_move=True, bonds=Bonds(together=(frozenset((1, 2)),)))

    assert (1, 1) in {(change.person_id, change.leaves_id) for change in free.changes}
    assert (1, 1) not in {(change.person_id, change.leaves_id) for change in held.changes}
