"""Matching: who is put together, who never is, and that the same input gives the same teams."""

from __future__ import annotations

import random
from itertools import combinations

from lti_tool.teams.likeness import Candidate
from lti_tool.teams.matching import Options, match


def candidate(number: int, *indicators: str, school: str = "Hill School", across: bool = True, **kwargs) -> Candidate:
    return Candidate(number, 100 + number, indicators, "3-5", "mathematics", school, across, **kwargs)


def cluster(start: int, size: int, indicator: str, **kwargs) -> list[Candidate]:
    return [candidate(start + number, indicator, **kwargs) for number in range(size)]


def people_of(matching) -> list[set[int]]:
    return [{member.person_id for member in team.members} for team in matching.teams]


def test_two_educators_with_like_goals_become_a_pair():
    matching = match(cluster(1, 2, "1:1/1c/1c.2"))

    assert people_of(matching) == [{1, 2}]
    assert matching.teams[0].reasons[0] == "Both work on 1c.2."


def test_four_clusters_are_teamed_by_hand_worked_sizes_and_two_stay_alone():
    people = [
        *cluster(1, 5, "1:1/1c/1c.2"), *cluster(11, 6, "1:2/2a/2a.1"), *cluster(21, 6, "1:3/3d/3d.1"),
        *cluster(31, 5, "1:4/4b/4b.3"), candidate(41, "1:5/5a/5a.1"), candidate(42, "1:6/6a/6a.1"),
    ]  # fmt: skip

    matching = match(people)

    assert sorted(len(team.members) for team in matching.teams) == [3, 3, 3, 3, 5, 5]
    assert {each.candidate.person_id for each in matching.alone} == {41, 42}
    assert all("like goal" in each.reason for each in matching.alone)


def test_the_same_people_in_another_order_get_the_same_teams():
    people = [candidate(n, f"1:{n % 3}/{n % 3}a/{n % 3}a.{n % 4}", school=f"School {n % 2}") for n in range(40)]
    shuffled = random.Random(7).sample(people, len(people))

    assert people_of(match(people)) == people_of(match(shuffled))


def test_nobody_is_in_two_teams_and_sizes_hold():
    chance = random.Random(3)
    people = [
        candidate(
            number,
            f"1:{chance.randint(1, 4)}/{chance.choice('abc')}/{chance.randint(1, 4)}",
            across=chance.random() > 0.3,
            school=f"School {chance.randint(1, 4)}",
        )
        for number in range(120)
    ]

    matching = match(people)

    everybody = [person for team in people_of(matching) for person in team]
    everybody += [each.candidate.person_id for each in matching.alone]
    assert sorted(everybody) == list(range(120))
    assert all(2 <= len(team) <= 6 for team in people_of(matching))


def test_a_goal_shown_to_one_school_only_is_never_proposed_to_another_school():
    chance = random.Random(5)
    people = [
        candidate(n, "1:1/1a/1a.1", school=f"School {n % 3}", across=chance.random() > 0.5) for n in range(60)
    ]  # fmt: skip

    matching = match(people)

    for team in matching.teams:
        for one, other in combinations(team.members, 2):
            assert one.school == other.school or (one.across_schools and other.across_schools)


def test_an_evaluator_is_never_in_a_team_with_whom_he_evaluates():
    apart = {frozenset((1, 2)), frozenset((3, 4))}

    matching = match(cluster(1, 6, "1:1/1c/1c.2"), apart=apart)

    assert all(not pair <= team for team in people_of(matching) for pair in apart)
    assert sum(len(team) for team in people_of(matching)) == 6


def test_the_designer_may_keep_teams_within_schools():
    people = [*cluster(1, 3, "1:1/1a/1a.1", school="Hill"), *cluster(11, 3, "1:1/1a/1a.1", school="Lake")]

    matching = match(people, Options(within_schools=True))

    assert people_of(matching) == [{1, 2, 3}, {11, 12, 13}]


def test_three_and_two_with_like_goals_become_one_team_of_five():
    assert people_of(match(cluster(1, 5, "1:1/1a/1a.1"))) == [{1, 2, 3, 4, 5}]


def test_a_person_with_two_goals_is_placed_once_with_the_goal_that_has_company():
    lonely, shared = candidate(1, "1:9/9a/9a.1"), Candidate(1, 900, ("1:1/1a/1a.1",), "3-5", "", "Hill School", True)

    matching = match([lonely, shared, *cluster(2, 3, "1:1/1a/1a.1")])

    assert people_of(matching) == [{1, 2, 3, 4}]
    assert 900 in {member.goal_id for member in matching.teams[0].members}


def test_same_indicators_in_different_frameworks_are_not_alike():
    assert not match([candidate(1, "1:1/1a/1a.1"), candidate(2, "2:1/1a/1a.1")]).teams


def test_reasons_say_standard_bands_discipline_schools_and_offers():
    people = [
        Candidate(1, 1, ("1:1/1c/1c.2",), "3-5", "art", "Hill", True, offers=True),
        Candidate(2, 2, ("1:1/1c/1c.2",), "6-8", "music", "Lake", True),
        Candidate(3, 3, ("1:1/1c/1c.2",), "3-5", "art", "Hill", True),
        Candidate(4, 4, ("1:1/1c/1c.1",), "3-5", "art", "Hill", True),
    ]

    reasons = match(people).teams[0].reasons

    assert reasons == (
        "Three of four work on 1c.2; the other works near 1c.",
        "Grade bands 3-5 and 6-8.",
        "Disciplines: art and music.",
        "Two schools: Hill and Lake.",
        "One of them offers to show what works.",
    )


def test_a_course_of_two_hundred_is_matched_while_somebody_waits():
    chance = random.Random(11)
    people = [
        candidate(n, f"1:{chance.randint(1, 6)}/{chance.randint(1, 4)}/{chance.randint(1, 3)}") for n in range(200)
    ]

    matching = match(people)

    assert sum(len(team.members) for team in matching.teams) > 190
