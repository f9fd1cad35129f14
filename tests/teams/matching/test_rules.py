"""No hard rule is ever broken, nobody is lost, and what cannot be is said before."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from lti_tool.errors import InvalidInputError
from lti_tool.teams.matching.answer import WhyAlone
from lti_tool.teams.matching.arrays import NOBODY
from lti_tool.teams.matching.matcher import match
from lti_tool.teams.matching.problem import state
from lti_tool.teams.matching.request import Options, Person, Request, Weights
from tests.teams.matching.people import crowd, partly_formed, requests, seen_in_own_school
from tests.teams.matching.plain import Plain

SLOW = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)


def assert_rules_hold(request: Request, answer) -> None:
    plain = Plain(request)
    everybody = [each for team in answer.teams for each in team.members] + [each.id for each in answer.alone]
    assert sorted(everybody) == sorted(plain.people), "somebody is lost or doubled"
    assert len({team.id for team in answer.teams}) == len(answer.teams)
    for team in answer.teams:
        assert plain.may_be(team.members), team
        assert all(request.locked.get(each, team.id) == team.id for each in team.members)


@SLOW
@given(requests())
def test_no_hard_rule_is_broken_and_nobody_is_lost_or_doubled(request):
    try:
        answer = match(request)
    except InvalidInputError:
        return

    assert_rules_hold(request, answer)


@SLOW
@given(requests(most=40))
def test_whoever_is_alone_fits_into_no_team_as_it_stands(request):
    request = replace(request, locked={}, together=(), previous={})
    try:
        answer = match(request)
    except InvalidInputError:
        return
    plain = Plain(request)

    for each in answer.alone:
        if each.why is WhyAlone.NO_TEAM:
            assert not any(plain.may_be((*team.members, each.id)) for team in answer.teams)


@pytest.mark.parametrize("count", [*range(3, 12), 17, 23, 31, 59])
def test_nobody_is_alone_where_the_sizes_add_up(count):
    answer = match(crowd(count, count))

    assert not answer.alone
    assert sum(len(team.members) for team in answer.teams) == count


def test_whom_the_sizes_leave_over_is_alone_and_told_so():
    answer = match(crowd(7, 1, minimum=4, maximum=5, target=4))

    assert [each.why for each in answer.alone] == [WhyAlone.TOO_FEW] * 2
    assert [len(team.members) for team in answer.teams] == [5]


def test_newcomers_who_do_not_split_into_the_sizes_are_placed_beside_a_full_team():
    request = crowd(9, 1, minimum=3, maximum=4, target=4)
    full = tuple(each.id for each in request.people[:4])

    answer = match(replace(request, previous={"team-1": full}))

    assert_rules_hold(request, answer)
    assert not answer.alone


@pytest.mark.parametrize("seed", range(1, 7))
def test_teams_of_odd_sizes_with_goals_for_the_own_school_are_formed_anew_by_the_rules(seed):
    request = partly_formed(seed)

    assert_rules_hold(request, match(request))


def test_a_goal_for_the_own_school_is_never_shown_to_another():
    request = seen_in_own_school(crowd(45, 4), 3)

    answer = match(request)

    assert_rules_hold(request, answer)
    assert sum(len(team.members) for team in answer.teams) > 30


@pytest.mark.parametrize("anybody", [{}, {"apart": (("p000", "p001"),)}])
def test_where_nobody_is_near_enough_everybody_is_alone_and_told_so(anybody):
    answer = match(replace(crowd(6, 1, floor=0.99), **anybody))

    assert not answer.teams
    assert [each.why for each in answer.alone] == [WhyAlone.BELOW_FLOOR] * 6


def test_a_large_course_keeps_every_rule():
    request = crowd(600, 9)
    ids = [each.id for each in request.people]
    request = replace(
        request,
        together=tuple((ids[at], ids[-at - 1]) for at in range(0, 60, 3)),
        apart=tuple((ids[at], ids[at + 1], ids[at + 2]) for at in range(100, 300, 5)),
        locked={ids[70]: "blue", ids[71]: "blue", ids[350]: "red"},
    )

    answer = match(request, polish=True)

    assert_rules_hold(request, answer)
    assert not answer.alone
    assert {"blue", "red"} <= {team.id for team in answer.teams}


THREE = tuple(Person(each, ("1/1a/1a.1",)) for each in ("ana", "ben", "cai", "dee", "eva", "fay", "gus"))
ANA = THREE[0]
IMPOSSIBLE = [
    ({"together": (("ana", "zoe"),)}, "together: nobody has the id zoe."),
    ({"apart": (("ana", "zoe"),)}, "apart: nobody has the id zoe."),
    ({"locked": {"zoe": "blue"}}, "locked: nobody has the id zoe."),
    ({"people": (*THREE, THREE[0])}, "people: ana is listed twice."),
    ({"together": (("ana", "ben", "cai", "dee"), ("dee", "eva", "fay", "gus"))}, "together: ana, ben, cai,"),
    ({"apart": (("ana", "ben", "cai"),)}, "apart: ana, ben, cai are all kept apart"),
    ({"apart": (("ana", "ben"), ("ben", "cai"), ("cai", "ana"))}, "apart: ana, ben, cai are all kept apart"),
    ({"together": (("ana", "ben"), ("ben", "cai")), "apart": (("ana", "cai"),)}, "apart: ana and cai are kept apart"),
    ({"together": (("ana", "ben"),), "locked": {"ana": "blue", "ben": "red"}}, "locked: ana is locked to blue and"),
    ({"locked": {"ana": "blue", "ben": "blue"}, "apart": (("ana", "ben"),)}, "apart: ana and ben are kept apart"),
    ({"locked": {"ana": "blue", "ben": "red", "cai": "green"}}, "locked: 3 teams are named"),
    ({"locked": {each.id: "blue" for each in THREE}}, "locked: 7 people are locked to blue"),
    (
        {"people": (replace(ANA, across_schools=False, school="hill"), *THREE[1:]), "together": (("ana", "ben"),)},
        "together: ana and ben are kept in one team, but a goal for the own school alone",
    ),
    (
        {"people": (replace(ANA, across_schools=False), *THREE[1:]), "locked": {"ana": "blue", "cai": "blue"}},
        "locked: ana and cai are kept in one team, but a goal for the own school alone",
    ),
    ({"previous": {"blue": ("ana",), "red": ("ana",)}}, "previous: ana is in two teams."),
    ({"options": Options(minimum=5)}, "options: minimum 5, target 4 and maximum 6"),
    ({"options": Options(levels=(0.5, 0.2, 0.3))}, "options.levels: [0.5, 0.2, 0.3]"),
    ({"options": Options(weights=Weights(text=-1))}, "options.weights.text: -1 is not between 0 and 1."),
    ({"people": (Person("ana", ("1/1a/1a.1/x",)),)}, "people: ana has the indicator “1/1a/1a.1/x”, deeper"),
    ({"people": (Person("ana", ("1//1a",)),)}, "people: ana has the indicator “1//1a”, a level of which is empty."),
    ({"people": (Person("ana", (), grade_band="4"),)}, "people: ana has the grade band 4"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "sentence"), IMPOSSIBLE)
def test_what_cannot_be_is_said_in_one_sentence_that_names_the_entry(changes, sentence):
    with pytest.raises(InvalidInputError) as refused:
        match(replace(Request(THREE), **changes))

    assert refused.value.message.startswith(sentence)
    assert "\n" not in refused.value.message


@pytest.mark.timeout(120)
@pytest.mark.parametrize("seed", range(2))
def test_teams_of_many_people_are_found_however_many_pairs_are_kept_apart(seed):
    """Between any two teams changes are weighed for which nobody comes to whom they are kept apart from."""
    request = crowd(460, seed)
    ids, chance = [each.id for each in request.people], random.Random(seed)
    strangers = tuple(tuple(chance.sample(ids, 2)) for _ in range(900))
    request = replace(request, apart=strangers)

    assert_rules_hold(request, match(request))


def test_two_who_are_kept_apart_are_so_in_each_row_that_holds_both():
    request = crowd(12, 1)
    ids = [each.id for each in request.people]
    problem = state(replace(request, apart=((ids[2], ids[5]),)))

    barred = problem.barred(np.array([[1, 2, 5], [5, 7, 2], [2, 3, NOBODY], [5, 2, 9]]))

    assert np.argwhere(barred).tolist() == [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [3, 0, 1], [3, 1, 0]]
