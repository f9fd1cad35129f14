"""Scores of the practice Canvas, sentence by sentence (scores_controller.rb)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from practice_lms.lti.vocabulary import CANVAS_SUBMISSION, MediaType
from tests.practice_lms.lti_world import URL, World, message


@pytest.fixture
def world(canvas: World) -> World:
    canvas.sign_in("ana")
    return canvas


def extended(**extension: Any) -> dict[str, Any]:
    return {CANVAS_SUBMISSION: extension}


# What is refused of a score


@pytest.mark.parametrize("login", ["tess", "assi", "olga"])
def test_only_students_can_be_scored(world: World, login: str) -> None:
    answer = world.send_score(login)

    assert answer.status_code == 422
    assert message(answer) == "User not found in course or is not a student"


def test_a_missing_user_fails_before_other_parameters(world: World) -> None:
    assert world.send_score(userId=None, timestamp=None).status_code == 422


@pytest.mark.parametrize("name", ["activityProgress", "gradingProgress", "timestamp"])
def test_a_missing_parameter_is_a_400(world: World, name: str) -> None:
    without: dict[str, Any] = {name: None}
    assert world.send_score(**without).status_code == 400


def test_another_resource_link_id_is_a_412(world: World) -> None:
    answer = world.send_score(resourceLinkId="x")

    assert answer.status_code == 412
    assert message(answer) == "The specified LTI link ID is not associated with the line item."


def test_an_unpublished_assignment_takes_no_score(world: World) -> None:
    world.activity.published = False

    answer = world.send_score()

    assert (answer.status_code, message(answer)) == (422, "This assignment is still unpublished")


def test_an_unreadable_time_is_a_400(world: World) -> None:
    assert message(world.send_score(timestamp="yesterday")) == "Provided timestamp of yesterday not a valid timestamp"


def test_an_older_time_is_a_400_that_names_the_stored_one(world: World) -> None:
    world.send_score(timestamp="2026-11-23T11:00:00.500Z")

    answer = world.send_score(timestamp="2026-11-23T11:00:00.499Z")

    assert answer.status_code == 400
    assert message(answer).endswith("before last updated timestamp of 2026-11-23T11:00:00.500Z")


def test_an_equal_time_is_taken(world: World) -> None:
    world.send_score(timestamp="2026-11-23T11:00:00.500Z")

    assert world.send_score(timestamp="2026-11-23T11:00:00.500Z").status_code == 200


def test_a_time_in_the_future_is_kept_and_blocks_until_then(world: World) -> None:
    assert world.send_score(timestamp="2026-11-23T13:00:00Z").status_code == 200

    assert world.send_score().status_code == 400
    world.clock.forward(hours=1)
    assert world.send_score().status_code == 200


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"scoreMaximum": None}, "ScoreMaximum not supplied when ScoreGiven present."),
        ({"scoreMaximum": -1}, "ScoreMaximum must be greater than or equal to 0"),
        ({"scoreMaximum": 0}, "ScoreMaximum cannot be zero if line item's maximum is not zero"),
        ({"scoreGiven": -1}, "ScoreGiven must be greater than or equal to 0"),
    ],
)
def test_numbers_that_make_no_grade_are_a_422(world: World, changed: dict[str, Any], said: str) -> None:
    answer = world.send_score(**changed)

    assert (answer.status_code, message(answer)) == (422, said)


def test_numbers_do_not_matter_when_the_grade_is_reset(world: World) -> None:
    assert world.send_score(gradingProgress="Pending", scoreMaximum=None).status_code == 200


@pytest.mark.parametrize("text", ["yesterday", "2026-11-23T12:05:00Z"])
def test_a_bad_or_future_submission_time_is_a_400(world: World, text: str) -> None:
    assert world.send_score(submission={"submittedAt": text}).status_code == 400


def test_an_upload_needs_content_items(world: World) -> None:
    assert world.send_score(**extended(submission_type="online_upload")).status_code == 422


@pytest.mark.parametrize("name", ["activityProgress", "gradingProgress"])
def test_a_made_up_word_of_progress_is_a_400(world: World, name: str) -> None:
    with_bogus: dict[str, Any] = {name: "Bogus"}
    assert world.send_score(**with_bogus).status_code == 400


# What a score does


def test_a_score_is_answered_with_its_result_and_the_extension(world: World) -> None:
    answer = world.send_score()

    assert answer.status_code == 200
    assert answer.content_type.startswith(MediaType.SCORE)
    ana = world.person("ana").id
    assert answer.get_json(force=True) == {
        CANVAS_SUBMISSION: {"content_items": []},
        "resultUrl": f"{URL}{world.line_item_path(tail=f'/results/{ana}')}",
    }


def test_a_user_may_be_named_by_canvas_id_or_by_a_merged_accounts_old_sub(world: World) -> None:
    ana = world.person("ana")
    ana.past_lti_ids = {world.course.id: "old-sub"}

    assert world.send_score(userId=str(ana.id)).status_code == 200
    assert world.send_score(userId="old-sub").status_code == 200


@pytest.mark.parametrize("grading", ["FullyGraded", "PendingManual"])
def test_two_words_of_grading_write_a_rescaled_grade(world: World, grading: str) -> None:
    world.send_score(gradingProgress=grading, scoreGiven=1, scoreMaximum=2)

    assert world.grade_of() == 50


@pytest.mark.parametrize(("given", "final"), [(0.01, 100), (0, 0)])
def test_a_pass_fail_assignment_passes_with_anything_above_zero(world: World, given: float, final: float) -> None:
    world.activity.pass_fail = True

    world.send_score(scoreGiven=given)

    assert world.grade_of() == final


def test_a_score_above_the_maximum_is_taken(world: World) -> None:
    world.send_score(scoreGiven=3, scoreMaximum=2)

    assert world.grade_of() == 150


@pytest.mark.parametrize("grading", ["NotReady", "Failed", "Pending"])
def test_other_words_of_grading_clear_the_grade(world: World, grading: str) -> None:
    world.send_score()

    world.send_score(gradingProgress=grading)

    assert world.grade_of() is None


def test_completed_without_a_number_clears_the_grade(world: World) -> None:
    world.send_score()

    assert world.send_score(scoreGiven=None).status_code == 200
    assert world.grade_of() is None


def test_preserve_score_leaves_the_grade_alone(world: World) -> None:
    world.send_score()

    world.send_score(scoreGiven=None, **extended(preserve_score=True))
    world.send_score(scoreGiven=0, **extended(preserve_score=True))

    assert world.grade_of() == 100


def test_prioritize_non_tool_grade_leaves_any_grade_alone_even_the_tools_own(world: World) -> None:
    world.send_score(scoreGiven=0.5, **extended(prioritize_non_tool_grade=True))
    world.send_score(scoreGiven=1, **extended(prioritize_non_tool_grade=True))

    assert world.grade_of() == 50


def test_a_teachers_grade_is_overwritten_without_the_extension(world: World) -> None:
    grade = world.lms.grade(world.column.id, world.person("ana").id)
    grade.score, grade.overridden = 33.0, True

    world.send_score(**extended(prioritize_non_tool_grade=True))
    assert world.grade_of() == 33

    world.send_score()
    assert world.grade_of() == 100


def test_every_score_is_a_new_attempt_unless_it_says_otherwise(world: World) -> None:
    grade = world.lms.grade(world.column.id, world.person("ana").id)

    world.send_score()
    world.send_score()
    world.send_score(**extended(new_submission=False))
    world.send_score(**extended(submission_type="none"))
    world.send_score(activityProgress="InProgress")

    assert grade.attempts == 2


def test_attempts_run_out(world: World) -> None:
    world.activity.allowed_attempts = 1
    world.send_score(submission={"submittedAt": "2026-11-23T11:00:00Z"})

    answer = world.send_score()

    assert answer.status_code == 422
    assert message(answer) == "The maximum number of allowed attempts has been reached for this submission"
    assert world.send_score(submission={"submittedAt": "2026-11-23T11:00:00Z"}).status_code == 200
    assert world.send_score(**extended(new_submission=False)).status_code == 200


def test_a_comment_is_added_each_time(world: World) -> None:
    world.send_score(comment="Done")
    world.send_score(comment="Done")

    assert world.lms.grade(world.column.id, world.person("ana").id).comments == ["Done", "Done"]


def test_the_submission_time_is_kept(world: World) -> None:
    world.send_score(submission={"submittedAt": "2026-11-23T11:00:00Z"})

    kept = world.lms.grade(world.column.id, world.person("ana").id).submitted_at
    assert kept == world.clock() - timedelta(hours=1, seconds=2)
