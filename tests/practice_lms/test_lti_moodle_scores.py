"""Scores and results of the practice Moodle, sentence by sentence (gradebookservices: scores.php, results.php)."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import TestResponse

from practice_lms.lti.vocabulary import MediaType, Scope
from practice_lms.progress import State
from practice_lms.state import LineItem, Requirement
from tests.practice_lms.lti_world import URL, World


@pytest.fixture
def world(moodle: World) -> World:
    moodle.sign_in("ana")
    return moodle


def results(world: World, query: str = "") -> TestResponse:
    path = world.line_item_path(tail="/results") + query
    return world.client.get(path, headers=world.bearer(Scope.RESULT_READ) | {"Accept": MediaType.RESULTS})


# Scores


def test_a_full_grade_is_written_answered_empty_and_completes_at_once(world: World) -> None:
    answer = world.send_score()

    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.content_type == f"{MediaType.SCORE}; charset=utf-8"
    assert world.grade_of() == 100
    assert world.state_of() is State.COMPLETE


def test_activity_progress_has_no_effect(world: World) -> None:
    world.send_score(activityProgress="Initialized")

    assert world.grade_of() == 100


def test_zero_is_a_grade(world: World) -> None:
    world.send_score(scoreGiven=0)

    assert world.grade_of() == 0
    assert world.state_of() is State.COMPLETE


@pytest.mark.parametrize("grading", ["NotReady", "Pending", "PendingManual", "Failed", "Bogus"])
@pytest.mark.parametrize("given", [None, 0.9])
def test_anything_but_fully_graded_erases_the_grade_and_the_completion(
    world: World, grading: str, given: float | None
) -> None:
    world.send_score()

    answer = world.send_score(gradingProgress=grading, scoreGiven=given)

    assert answer.status_code == 200
    assert world.grade_of() is None
    assert world.state_of() is State.INCOMPLETE


def test_completed_without_a_number_does_nothing_but_erase(world: World) -> None:
    world.send_score()

    assert world.send_score(scoreGiven=None, scoreMaximum=None).status_code == 200
    assert world.grade_of() is None


def test_erasing_does_not_take_a_completed_course_back(world: World) -> None:
    world.send_score()
    ana = world.person("ana").id
    assert (world.course.id, ana) in world.lms.course_completions

    world.send_score(gradingProgress="Pending")

    assert (world.course.id, ana) in world.lms.course_completions


def test_a_passing_grade_completes_and_a_failing_one_does_not(world: World) -> None:
    world.activity.requirement, world.activity.pass_grade = Requirement.PASS, 70.0

    found = []
    for given in (60, 75, 10):
        world.send_score(scoreGiven=given, scoreMaximum=100)
        found.append(world.state_of())

    assert found == [State.FAILED, State.PASSED, State.FAILED]


@pytest.mark.parametrize(
    "changed",
    [
        {"scoreMaximum": None},
        {"timestamp": None},
        {"timestamp": "yesterday"},
        {"activityProgress": None},
        {"gradingProgress": None},
        {"userId": None},
        {"userId": "99999"},
        {"userId": "ana"},
    ],
    ids=str,
)
def test_an_incorrect_score_is_a_400_with_an_empty_list(world: World, changed: dict[str, Any]) -> None:
    answer = world.send_score(**changed)

    assert answer.status.startswith("400 Incorrect score received{")
    assert answer.get_json(force=True) == []
    assert answer.content_type == f"{MediaType.SCORE}; charset=utf-8"


@pytest.mark.parametrize("login", ["tess", "olga"])
def test_only_somebody_with_a_gradebook_role_can_be_scored(world: World, login: str) -> None:
    assert world.send_score(login).status_code == 400


def test_a_suspended_student_can_be_scored(world: World) -> None:
    world.course.suspended.add(world.person("ana").id)

    assert world.send_score().status_code == 200
    assert world.grade_of() == 100


def test_the_user_may_be_a_number(world: World) -> None:
    assert world.send_score(userId=world.person("ana").id).status_code == 200


@pytest.mark.parametrize(
    ("given", "maximum", "final"), [(150, 100, 100), (-5, 100, 0), (1, 2, 50)], ids=["above", "below", "rescaled"]
)
def test_a_score_is_rescaled_and_clipped(world: World, given: float, maximum: float, final: float) -> None:
    assert world.send_score(scoreGiven=given, scoreMaximum=maximum).status_code == 200
    assert world.grade_of() == final


def test_the_same_second_again_is_a_conflict(world: World) -> None:
    world.send_score(timestamp="2026-11-23T06:47:44.100+00:00")

    answer = world.send_score(timestamp="2026-11-23T06:47:44.999+00:00", scoreGiven=0)

    ana = world.person("ana").id
    reason = f"Refusing score with an earlier timestamp for item {world.column.id} and user {ana}"
    assert answer.status == f"409 {reason}"
    assert answer.get_json(force=True) == []
    assert world.grade_of() == 100


def test_an_older_time_is_a_conflict_and_a_later_second_is_not(world: World) -> None:
    world.send_score(timestamp="2026-11-23T06:47:44Z")

    assert world.send_score(timestamp="2026-11-23T06:47:43Z").status_code == 409
    assert world.send_score(timestamp="2026-11-23T06:47:45Z").status_code == 200


def test_a_time_in_the_future_blocks_until_then(world: World) -> None:
    world.send_score(timestamp="2026-11-23T13:00:00Z")

    assert world.send_score().status_code == 409
    world.clock.forward(hours=1)
    assert world.send_score().status_code == 200


@pytest.mark.parametrize("text", ["2026-11-23T11:00:00Z", "2026-11-23T11:00:00.576813+00:00", "2026-11-23T11:00:00"])
def test_times_may_have_a_zone_a_fraction_or_neither(world: World, text: str) -> None:
    assert world.send_score(timestamp=text).status_code == 200
    assert results(world).get_json(force=True)[0]["timestamp"] == "2026-11-23T11:00:00+00:00"


def test_erasing_a_coupled_column_forgets_its_time(world: World) -> None:
    world.send_score(timestamp="2026-11-23T11:00:00Z")
    world.send_score(timestamp="2026-11-23T11:00:01Z", gradingProgress="Pending")

    assert world.send_score(timestamp="2026-11-23T10:00:00Z").status_code == 200


def test_a_comment_is_feedback_until_a_score_without_one(world: World) -> None:
    world.send_score(comment="Well <b>done</b>")
    assert results(world).get_json(force=True)[0]["comment"] == "Well <b>done</b>"

    world.send_score()
    assert "comment" not in results(world).get_json(force=True)[0]


def test_a_teachers_own_grade_stays_final(world: World) -> None:
    grade = world.lms.grade(world.column.id, world.person("ana").id)
    grade.score, grade.overridden, grade.updated_at = 33.0, True, world.clock()

    answer = world.send_score(scoreGiven=95, scoreMaximum=100)

    assert answer.status_code == 200
    assert world.grade_of() == 33
    assert results(world).get_json(force=True)[0]["resultScore"] == 33


def test_a_locked_column_is_a_500(world: World) -> None:
    world.column.locked = True

    assert world.send_score().status_code == 500
    assert world.grade_of() is None


def test_a_score_as_plain_json_has_no_handler(world: World) -> None:
    path = world.line_item_path(tail="/scores")

    answer = world.client.post(path, json=world.score(), headers=world.bearer())

    assert answer.status_code == 400
    assert answer.get_json()["reason"].startswith("No handler found for /")


def test_scores_appended_behind_the_query_are_a_400(world: World) -> None:
    path = f"{world.line_item_path()}/scores"

    answer = world.client.post(path, json=world.score(), headers=world.bearer(), content_type=MediaType.SCORE)

    assert answer.status_code == 400
    assert answer.get_json()["reason"].startswith("No handler found for /")


def test_a_score_needs_its_scope(world: World) -> None:
    path = world.line_item_path(tail="/scores")
    headers = world.bearer(Scope.LINE_ITEM, Scope.RESULT_READ)

    assert world.client.post(path, json={}, headers=headers, content_type=MediaType.SCORE).status_code == 401


def test_another_tools_column_is_forbidden(world: World) -> None:
    other = LineItem(world.lms.new_id(), world.course.id, "Other", 1.0, None)
    world.lms.line_items[other.id] = other

    assert world.client.get(world.line_item_path(other), headers=world.bearer()).status_code == 403


# Results


def test_a_result_has_the_final_grade_and_whole_seconds(world: World) -> None:
    world.send_score(scoreGiven=1, scoreMaximum=2)

    ana = world.person("ana").id
    base = f"{URL}{world.line_item_path(tail='/results')}"
    assert results(world).get_json(force=True) == [
        {
            "id": f"{base}&user_id={ana}",
            "userId": str(ana),
            "resultScore": 50,
            "resultMaximum": 100,
            "scoreOf": f"{URL}{world.line_item_path()}",
            "timestamp": "2026-11-23T12:00:02+00:00",
        }
    ]


def test_an_erased_grade_of_an_activity_is_no_result_at_all(world: World) -> None:
    world.send_score()
    world.send_score(gradingProgress="Pending")

    assert results(world).get_json(force=True) == []


def test_a_number_in_quotes_is_a_number(world: World) -> None:
    assert world.send_score(scoreGiven="1").status_code == 200
    assert world.send_score(scoreGiven="one").status_code == 400


def test_results_of_one_user_without_a_grade_are_empty(world: World) -> None:
    world.send_score()

    assert results(world, f"&user_id={world.person('ben').id}").get_json(force=True) == []


def test_results_with_a_limit_break_into_a_404_page(world: World) -> None:
    answer = results(world, "&limit=1")

    assert answer.status_code == 404
    assert answer.content_type == "text/html; charset=utf-8"


def test_results_need_no_media_type(world: World) -> None:
    path = world.line_item_path(tail="/results")

    assert world.client.get(path, headers=world.bearer()).status_code == 200
