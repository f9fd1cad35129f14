"""Teams among the declared goals of a course, as the worker finds them."""

from __future__ import annotations

from lti_tool.teams.asking import Bonds
from lti_tool.teams.like_teams import teams_of_like_goals
from lti_tool.teams.likeness import Candidate


def candidate(number: int, *indicators: str, school: str = "Hill School", across: bool = True, **kwargs) -> Candidate:
    return Candidate(number, 100 + number, indicators, ("3-5",), "mathematics", school, across, **kwargs)


def cluster(start: int, size: int, indicator: str, **kwargs) -> list[Candidate]:
    return [candidate(start + number, indicator, **kwargs) for number in range(size)]


def people_of(teams: list[list[tuple[int, int]]]) -> list[set[int]]:
    return [{person_id for person_id, _ in team} for team in teams]


def test_two_educators_with_like_goals_become_a_pair():
    assert people_of(teams_of_like_goals(cluster(1, 2, "1:1/1c/1c.2"))) == [{1, 2}]


def test_a_cluster_of_five_stays_whole_and_whoever_is_unlike_stays_alone():
    people = [*cluster(1, 5, "1:1/1c/1c.2"), candidate(41, "1:5/5a/5a.1"), candidate(42, "1:6/6a/6a.1")]

    assert people_of(teams_of_like_goals(people)) == [{1, 2, 3, 4, 5}]


def test_the_designer_may_keep_teams_within_schools():
    people = [*cluster(1, 3, "1:1/1a/1a.1", school="Hill"), *cluster(11, 3, "1:1/1a/1a.1", school="Lake")]

    assert people_of(teams_of_like_goals(people, within_schools=True)) == [{1, 2, 3}, {11, 12, 13}]


def test_an_evaluator_is_never_in_a_team_with_whom_he_evaluates():
    apart = {frozenset((1, 2)), frozenset((3, 4))}

    teams = people_of(teams_of_like_goals(cluster(1, 6, "1:1/1c/1c.2"), apart=apart))

    assert sum(map(len, teams)) == 6
    assert all(not pair <= team for team in teams for pair in apart)


def test_where_one_team_is_possible_whoever_is_kept_from_most_of_it_stays_alone():
    apart = {frozenset((1, 3)), frozenset((2, 3)), frozenset((3, 4))}

    assert people_of(teams_of_like_goals(cluster(1, 5, "1:1/1c/1c.2"), apart=apart)) == [{1, 2, 4, 5}]


def test_a_person_with_two_goals_is_placed_once_with_the_goal_that_has_company():
    lonely, shared = candidate(1, "1:9/9a/9a.1"), Candidate(1, 900, ("1:1/1a/1a.1",), ("3-5",), "", "Hill School", True)

    (team,) = teams_of_like_goals([lonely, shared, *cluster(2, 3, "1:1/1a/1a.1")])

    assert {person_id for person_id, _ in team} == {1, 2, 3, 4}
    assert (1, 900) in team


def test_somebody_who_can_show_what_works_counts_for_the_team():
    teacher = candidate(1, "1:1/1a/1a.1", achieved=("1:1/1a/1a.1",))

    assert people_of(teams_of_like_goals([teacher, *cluster(2, 5, "1:1/1a/1a.1")])) == [{1, 2, 3, 4, 5, 6}]


def test_goals_of_a_framework_with_four_levels_are_matched_too():
    people = [*cluster(1, 3, "1:1/1a/1a.1/1a.1.i"), *cluster(11, 3, "1:2/2a/2a.1/2a.1.i"), candidate(21, "2:1/1a")]

    assert people_of(teams_of_like_goals(people)) == [{1, 2, 3}, {11, 12, 13}]


def test_where_somebody_has_to_stay_alone_it_is_nobody_whom_a_designer_keeps_with_others():
    people = cluster(1, 5, "1:1/1c/1c.2")
    bonds = Bonds(together=(frozenset({2, 5}), frozenset({3, 4, 5})))

    teams = people_of(teams_of_like_goals(people, apart={frozenset((1, 2))}, bonds=bonds))

    assert teams == [{2, 3, 4, 5}]
