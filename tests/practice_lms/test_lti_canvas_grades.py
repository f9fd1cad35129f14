"""Line items, scores and results of the practice Canvas, sentence by sentence (lti/ims/*_controller.rb)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import jwt
import pytest
from werkzeug.test import TestResponse

from practice_lms.lti.vocabulary import AGS_CLAIM, CANVAS, CANVAS_SUBMISSION, CLAIM, MediaType, Scope
from practice_lms.state import LineItem
from tests.practice_lms.lti_world import URL, World


@pytest.fixture
def world(canvas: World) -> World:
    canvas.sign_in("ana")
    return canvas


def listed(world: World, query: str = "") -> TestResponse:
    return world.client.get(world.line_items_path + query, headers=world.bearer(Scope.LINE_ITEM_READ))


def create(world: World, headers: dict[str, str] | None = None, **body: Any) -> TestResponse:
    asked = {"label": "Goal 42", "scoreMaximum": 10} | body
    sent = {name: value for name, value in asked.items() if value is not None}
    return world.client.post(
        world.line_items_path, json=sent, headers=headers or world.bearer(), content_type=MediaType.LINE_ITEM
    )


def made(world: World, **body: Any) -> LineItem:
    assert create(world, **body).status_code == 201
    return max(world.lms.line_items.values(), key=lambda item: item.id)


def results(world: World, query: str = "") -> list[dict[str, Any]]:
    path = world.line_item_path(tail="/results") + query
    answer = world.client.get(path, headers=world.bearer(Scope.RESULT_READ))
    assert answer.content_type.startswith(MediaType.RESULTS)
    found: list[dict[str, Any]] = answer.get_json(force=True)
    return found


def message(answer: TestResponse) -> str:
    return str(answer.get_json()["errors"]["message"])


def extended(**extension: Any) -> dict[str, Any]:
    return {CANVAS_SUBMISSION: extension}


# The gate


def test_no_bearer_is_a_missing_access_token(world: World) -> None:
    answer = world.client.get(world.line_items_path)

    assert answer.status_code == 401
    assert answer.get_json() == {"errors": {"type": "unauthorized", "message": "Missing access token"}}


def bearer_of(world: World, secret: str | None = None, algorithm: str = "HS256", **changed: Any) -> dict[str, str]:
    now = int(world.clock().timestamp())
    claims = {
        "sub": world.tool.client_id,
        "aud": f"{URL}/login/oauth2/token",
        "exp": now + 60,
        "scopes": str(Scope.LINE_ITEM),
    } | changed
    token = jwt.encode(claims, secret or world.lms.lti.secret, algorithm=algorithm)
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"secret": "another secret that is long enough"}, "Invalid access token signature"),
        ({"algorithm": "HS512"}, "Access token signature algorithm not allowed"),
        ({"exp": 1}, "Access token expired"),
        ({"aud": "http://elsewhere.test"}, "Invalid access token field/s: the 'aud' is invalid"),
        ({"sub": "1"}, "Unknown or inactive Developer Key"),
        ({"scopes": str(Scope.SCORE)}, "Insufficient permissions"),
    ],
)
def test_each_flaw_of_a_token_is_a_401_of_its_own(world: World, changed: dict[str, Any], said: str) -> None:
    answer = world.client.get(world.line_items_path, headers=bearer_of(world, **changed))

    assert (answer.status_code, message(answer)) == (401, said)


def test_garbage_is_an_invalid_format(world: World) -> None:
    answer = world.client.get(world.line_items_path, headers={"Authorization": "Bearer x"})

    assert message(answer) == "Invalid access token format"


def test_a_key_that_is_off_is_an_invalid_developer_key(world: World) -> None:
    headers = world.bearer()
    world.tool.active = False

    answer = world.client.get(world.line_items_path, headers=headers)

    assert (answer.status_code, message(answer)) == (401, "Invalid Developer Key")


def test_the_token_is_looked_at_before_the_course(world: World) -> None:
    path = "/api/lti/courses/9999/line_items"

    assert world.client.get(path).status_code == 401
    answer = world.client.get(path, headers=world.bearer())
    assert answer.status_code == 404
    assert answer.get_json() == {"errors": [{"message": "The specified resource does not exist."}]}


@pytest.mark.parametrize("tail", ["", "/results"])
def test_a_concluded_course_takes_no_ags_call_not_even_a_read(world: World, tail: str) -> None:
    world.course.concluded = True

    answer = world.client.get(world.line_item_path(tail=tail), headers=world.bearer())

    assert answer.status_code == 422
    assert message(answer) == "This course has concluded. AGS requests will no longer be accepted for this course."


def test_a_concluded_course_names_the_student_of_a_score(world: World) -> None:
    world.course.concluded = True

    assert message(world.send_score()).startswith("This course has concluded for this student.")


# Line items


def test_the_list_has_ten_to_a_page_and_a_link_header(world: World) -> None:
    for number in range(11):
        made(world, label=str(number))

    first = listed(world)
    second = listed(world, "?page=2")

    assert len(first.get_json(force=True)) == 10
    assert f'<{URL}{world.line_items_path}?page=2&per_page=10>; rel="next"' in first.headers["Link"]
    assert len(second.get_json(force=True)) == 2
    assert 'rel="next"' not in second.headers["Link"]
    assert 'rel="prev"' in second.headers["Link"]


def test_a_limit_goes_up_to_a_hundred_and_filters_stay_in_the_link(world: World) -> None:
    for _ in range(3):
        made(world, tag="a")

    answer = listed(world, "?tag=a&limit=2")

    assert len(answer.get_json(force=True)) == 2
    assert "?tag=a&page=2&per_page=2>" in answer.headers["Link"]
    assert "per_page=100>" in listed(world, "?limit=500").headers["Link"]


def test_the_list_shows_this_clients_items_only(world: World) -> None:
    other = LineItem(world.lms.new_id(), world.course.id, "Other", 1.0, None)
    world.lms.line_items[other.id] = other

    assert len(listed(world).get_json(force=True)) == 1
    answer = world.client.get(world.line_item_path(other), headers=world.bearer())
    assert answer.status_code == 412
    assert message(answer) == "Tool does not have permission to view line_item"


def test_a_line_item_leaves_empty_fields_out(world: World) -> None:
    said = listed(world).get_json(force=True)[0]

    assert said == {
        "id": f"{URL}{world.line_item_path()}",
        "scoreMaximum": 100.0,
        "label": "Growth plan",
        "resourceLinkId": world.activity.resource_link_id,
    }


def test_the_launch_url_is_there_on_request(world: World) -> None:
    said = listed(world, "?include[]=launch_url").get_json(force=True)[0]

    assert said[f"{CANVAS}launch_url"] == world.tool.target_link_uri


def test_a_line_item_without_a_link_is_a_new_assignment_in_the_course(world: World) -> None:
    answer = create(world, resourceId="goal-42", tag="pgp")

    assert answer.status_code == 201
    assert answer.content_type.startswith(MediaType.LINE_ITEM)
    assert "resourceLinkId" not in answer.get_json(force=True)
    assignment = world.lms.activities_of(world.course.id)[-1]
    assert (assignment.title, assignment.submission_type, assignment.published) == ("Goal 42", "none", True)


def test_an_external_tool_assignment_is_echoed_and_has_a_link(world: World) -> None:
    kind = {"type": "external_tool", "external_tool_url": "https://tool.test/launch"}

    said = create(world, **{f"{CANVAS}submission_type": kind}).get_json(force=True)

    assert said[f"{CANVAS}submission_type"] == kind
    assert "resourceLinkId" in said
    assert world.lms.activities_of(world.course.id)[-1].url == "https://tool.test/launch"


def test_another_submission_type_is_refused(world: World) -> None:
    answer = create(world, **{f"{CANVAS}submission_type": {"type": "online_url"}})

    assert answer.status_code == 400
    assert answer.get_json() == {"error": "Invalid submission_type for new assignment: online_url"}


def test_the_context_id_as_resource_link_is_a_404(world: World) -> None:
    assert create(world, resourceLinkId=world.course.context_id).status_code == 404


def test_a_link_without_line_items_is_an_empty_412(world: World) -> None:
    link = world.launch()[f"{CLAIM}resource_link"]["id"]
    world.lms.line_items.clear()

    answer = create(world, resourceLinkId=link)

    assert (answer.status_code, answer.data) == (412, b"")


def test_another_tools_link_is_a_422(world: World) -> None:
    link = world.launch()[f"{CLAIM}resource_link"]["id"]
    headers = world.bearer()
    world.activity.tool_id = 9999

    assert create(world, headers, resourceLinkId=link).status_code == 422


@pytest.mark.parametrize("name", ["label", "scoreMaximum"])
def test_a_line_item_needs_a_label_and_a_maximum(world: World, name: str) -> None:
    assert create(world, **{name: None}).status_code == 400


def test_nothing_keeps_a_line_item_unique(world: World) -> None:
    assert made(world, tag="t").id != made(world, tag="t").id


def test_a_put_on_the_first_line_item_renames_the_assignment(world: World) -> None:
    answer = world.client.put(world.line_item_path(), json={"label": "New"}, headers=world.bearer())

    assert answer.status_code == 200
    assert answer.get_json(force=True)["scoreMaximum"] == 100
    assert world.activity.title == "New"


def test_deleting_a_coupled_line_item_is_an_empty_401(world: World) -> None:
    answer = world.client.delete(world.line_item_path(), headers=world.bearer())

    assert (answer.status_code, answer.data) == (401, b"")
    assert world.column.id in world.lms.line_items


def test_deleting_an_own_line_item_deletes_its_assignment(world: World) -> None:
    item = made(world)

    assert world.client.delete(world.line_item_path(item), headers=world.bearer()).status_code == 204
    assert item.activity_id not in world.lms.activities


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


def test_a_further_line_item_of_a_link_keeps_a_result_but_no_grade(world: World) -> None:
    link = world.launch()[f"{CLAIM}resource_link"]["id"]
    extra = made(world, resourceLinkId=link)

    assert world.post_score(world.score(), extra).status_code == 200

    grade = world.lms.grade(extra.id, world.person("ana").id)
    assert (grade.score, grade.result_score, grade.attempts) == (None, 1, 0)
    assert world.launch()[AGS_CLAIM]["lineitem"] == f"{URL}{world.line_item_path()}"


def test_the_submission_time_is_kept(world: World) -> None:
    world.send_score(submission={"submittedAt": "2026-11-23T11:00:00Z"})

    kept = world.lms.grade(world.column.id, world.person("ana").id).submitted_at
    assert kept == world.clock() - timedelta(hours=1, seconds=2)


# Results


def test_a_result_is_on_the_tools_own_scale(world: World) -> None:
    world.send_score(comment="Done")

    ana = world.person("ana").id
    assert results(world) == [
        {
            "id": f"{URL}{world.line_item_path(tail=f'/results/{ana}')}",
            "userId": "sub-ana",
            "resultScore": 1,
            "resultMaximum": 1,
            "comment": "Done",
            "scoreOf": f"{URL}{world.line_item_path()}",
        }
    ]


def test_a_cleared_grade_has_a_result_without_a_score(world: World) -> None:
    world.send_score()
    world.send_score(scoreGiven=None, scoreMaximum=None)

    assert "resultScore" not in results(world)[0]


def test_a_regrade_is_rescaled_to_the_tools_scale(world: World) -> None:
    world.send_score()
    grade = world.lms.grade(world.column.id, world.person("ana").id)
    grade.score, grade.overridden = 50.0, True

    assert results(world)[0]["resultScore"] == 0.5


def test_results_of_somebody_who_is_no_student_are_empty(world: World) -> None:
    world.send_score()

    assert results(world, "?user_id=sub-tess") == []
    assert len(results(world, "?user_id=sub-ana")) == 1


def test_a_result_url_can_be_read(world: World) -> None:
    address = world.send_score().get_json(force=True)["resultUrl"]

    answer = world.client.get(world.path_of(address), headers=world.bearer())

    assert answer.get_json(force=True)["resultScore"] == 1
