"""Deep linking of the practice Canvas, sentence by sentence (deep_linking_controller.rb)."""

from __future__ import annotations

from typing import Any

import pytest

from practice_lms.lti.vocabulary import AGS_CLAIM, CLAIM
from tests.practice_lms.lti_world import URL, World
from tests.practice_lms.selecting import ITEM, SETTINGS, added, answer_of, respond, select


@pytest.fixture
def canvas(canvas: World) -> World:
    canvas.sign_in("tess")
    return canvas


@pytest.mark.parametrize(
    ("placement", "multiple", "auto_create", "accepts"),
    [
        ("assignment_selection", False, False, ["ltiResourceLink"]),
        ("link_selection", True, False, ["ltiResourceLink"]),
        ("course_assignments_menu", True, False, ["ltiResourceLink"]),
        ("module_index_menu_modal", True, True, ["ltiResourceLink"]),
        ("editor_button", True, False, ["link", "file", "html", "ltiResourceLink", "image"]),
        ("homework_submission", False, False, ["file", "ltiResourceLink"]),
        ("collaboration", False, True, ["ltiResourceLink"]),
        ("conference_selection", False, True, ["link", "html"]),
        ("migration_selection", False, False, ["file"]),
    ],
)
def test_canvas_settings_follow_the_placement(
    canvas: World, placement: str, *, multiple: bool, auto_create: bool, accepts: list[str]
) -> None:
    settings = select(canvas, f"?placement={placement}")[SETTINGS]

    assert settings["accept_multiple"] is multiple
    assert settings["auto_create"] is auto_create
    assert settings["accept_types"] == accepts
    assert isinstance(settings["accept_media_types"], str)


def test_canvas_return_address_carries_its_own_data(canvas: World) -> None:
    settings = select(canvas)[SETTINGS]

    assert settings["deep_link_return_url"].startswith(f"{URL}/courses/{canvas.course.id}/deep_linking_response?data=")
    assert "data" not in settings


def test_canvas_creates_unpublished_assignments_at_once(canvas: World) -> None:
    page = respond(canvas, [ITEM])

    assert page.status_code == 200
    (activity,) = added(canvas)
    column = max(canvas.lms.line_items.values(), key=lambda item: item.id)
    assert (activity.title, activity.published, activity.new_window) == ("Evidence", False, True)
    assert (column.score_maximum, column.resource_id, column.tag, column.coupled) == (50, "goal-42", "pgp", True)


def test_canvas_creates_a_link_without_a_column_for_an_item_without_a_line_item(canvas: World) -> None:
    respond(canvas, [{"type": "ltiResourceLink", "title": "Plain"}])

    assert [activity.title for activity in added(canvas)] == ["Plain"]
    assert len(canvas.lms.line_items) == 1


def test_canvas_ignores_a_line_item_where_the_placement_takes_none(canvas: World) -> None:
    respond(canvas, [ITEM], "?placement=editor_button")

    assert len(canvas.lms.line_items) == 1


def test_canvas_takes_one_item_where_several_are_not_accepted(canvas: World) -> None:
    respond(canvas, [ITEM, ITEM], "?placement=assignment_selection")

    assert len(added(canvas)) == 1


def test_canvas_requires_a_maximum_of_a_line_item(canvas: World) -> None:
    page = respond(canvas, [ITEM | {"lineItem": {"label": "Evidence"}}])

    assert "lineItem.scoreMaximum is a required field" in page.text
    assert added(canvas) == []


def test_canvas_launches_what_was_created_with_its_custom_values(canvas: World) -> None:
    respond(canvas, [ITEM])
    (activity,) = added(canvas)

    claims = canvas.launch(f"/launch/activities/{activity.id}")

    assert claims[f"{CLAIM}custom"]["goal_id"] == "42"
    assert claims[f"{CLAIM}custom"]["lid"] == claims[f"{CLAIM}resource_link"]["id"]
    assert claims[f"{CLAIM}launch_presentation"]["document_target"] == "window"
    assert "lineitem" in claims[AGS_CLAIM]


def test_canvas_takes_an_empty_answer(canvas: World) -> None:
    assert respond(canvas, []).status_code == 200
    assert added(canvas) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "nobody"},
        {"aud": "http://x.test"},
        {"nonce": None},
        {"exp": 1},
        {"iat": 1},
        {"kid": "unheard-of"},
    ],
    ids=str,
)
def test_canvas_answers_a_bad_message_with_400_and_json(canvas: World, changed: dict[str, Any]) -> None:
    answer = respond(canvas, [ITEM], **changed)

    assert answer.status_code == 400
    assert answer.get_json()["errors"]
    assert added(canvas) == []


@pytest.mark.parametrize("query", ["", "?data=changed"])
def test_canvas_refuses_an_answer_without_its_data(canvas: World, query: str) -> None:
    token = canvas.stub.sign(answer_of(canvas, [ITEM]))

    answer = canvas.client.post(f"/courses/{canvas.course.id}/deep_linking_response{query}", data={"JWT": token})

    assert answer.status_code == 400


def test_canvas_refuses_an_answer_for_another_course(canvas: World) -> None:
    other = type(canvas.course)(777, "777", "X", "Another course")
    canvas.lms.courses[777] = other
    query = select(canvas)[SETTINGS]["deep_link_return_url"].partition("?")[2]
    token = canvas.stub.sign(answer_of(canvas, [ITEM]))

    assert canvas.client.post(f"/courses/777/deep_linking_response?{query}", data={"JWT": token}).status_code == 400


def test_canvas_lets_learners_add_nothing(canvas: World) -> None:
    canvas.sign_in("ana")

    path = f"/launch/courses/{canvas.course.id}/tools/{canvas.tool.id}/select"
    assert canvas.client.get(path).status_code == 403
