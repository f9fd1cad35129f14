"""Line items of the practice Canvas, and the gate before them, sentence by sentence (line_items_controller.rb)."""

from __future__ import annotations

from typing import Any

import jwt
import pytest
from werkzeug.test import TestResponse

from practice_lms.lti.vocabulary import AGS_CLAIM, CANVAS, CLAIM, MediaType, Scope
from practice_lms.state import LineItem
from tests.practice_lms.lti_world import URL, World, message


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


def test_a_further_line_item_of_a_link_keeps_a_result_but_no_grade(world: World) -> None:
    link = world.launch()[f"{CLAIM}resource_link"]["id"]
    extra = made(world, resourceLinkId=link)

    assert world.post_score(world.score(), extra).status_code == 200

    grade = world.lms.grade(extra.id, world.person("ana").id)
    assert (grade.score, grade.result_score, grade.attempts) == (None, 1, 0)
    assert world.launch()[AGS_CLAIM]["lineitem"] == f"{URL}{world.line_item_path()}"
