"""Line items of the practice Moodle, sentence by sentence (gradebookservices: lineitem.php, lineitems.php)."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import TestResponse

from practice_lms.lti.vocabulary import AGS_CLAIM, MediaType, Scope
from practice_lms.progress import State
from tests.practice_lms.lti_world import URL, World


@pytest.fixture
def world(moodle: World) -> World:
    moodle.sign_in("ana")
    return moodle


def listed(world: World, query: str = "", accept: str | None = MediaType.LINE_ITEMS) -> TestResponse:
    headers = world.bearer(Scope.LINE_ITEM_READ) | ({"Accept": accept} if accept else {})
    return world.client.get(world.line_items_path + query, headers=headers)


def create(world: World, content_type: str = MediaType.LINE_ITEM, **body: Any) -> TestResponse:
    asked = {"label": "Goal 42", "scoreMaximum": 10} | body
    sent = {name: value for name, value in asked.items() if value is not None}
    return world.client.post(world.line_items_path, json=sent, headers=world.bearer(), content_type=content_type)


# Line items


def test_the_list_shows_the_tools_columns_with_both_link_ids(world: World) -> None:
    answer = listed(world)

    link = world.activity.resource_link_id
    assert answer.content_type == f"{MediaType.LINE_ITEMS}; charset=utf-8"
    assert answer.get_json(force=True) == [
        {
            "id": f"{URL}{world.line_item_path()}",
            "label": "Growth plan",
            "scoreMaximum": 100,
            "resourceId": "",
            "tag": "",
            "resourceLinkId": link,
            "ltiLinkId": link,
        }
    ]


@pytest.mark.parametrize("accept", [None, "*/*"])
def test_a_list_without_its_media_type_is_a_400(world: World, accept: str | None) -> None:
    answer = listed(world, accept=accept)

    assert answer.status == "400 No context or unsupported content type"
    assert answer.get_json()["reason"] == "No context or unsupported content type"


def test_a_list_as_plain_json_has_no_handler(world: World) -> None:
    answer = listed(world, accept="application/json")

    assert answer.status_code == 400
    assert answer.get_json()["reason"].startswith("No handler found for /")
    assert answer.get_json()["request"]["accept"] == "application/json"


def test_a_limit_is_honoured_but_its_link_header_cannot_be_read(world: World) -> None:
    for number in range(4):
        create(world, label=str(number))

    answer = listed(world, "&limit=2")

    link = answer.headers["Link"].encode("latin-1").decode()
    assert len(answer.get_json(force=True)) == 2
    assert "rel=\u201cnext\u201d" in link
    assert "&amp;limit=2&amp;from=2>" in link
    assert 'rel="next"' not in link


def test_without_a_limit_everything_comes_at_once(world: World) -> None:
    for number in range(30):
        create(world, label=str(number))

    answer = listed(world)

    assert len(answer.get_json(force=True)) == 31
    assert "Link" not in answer.headers


def test_the_type_id_may_be_left_out(world: World) -> None:
    headers = world.bearer() | {"Accept": MediaType.LINE_ITEMS}

    assert world.client.get(world.line_items_path.partition("?")[0], headers=headers).status_code == 200


def test_lists_filter_by_tag_resource_and_link(world: World) -> None:
    listed(world)
    link = world.activity.resource_link_id
    create(world, tag="a", resourceId="r")
    create(world, tag="b", resourceLinkId=link)

    assert [item["tag"] for item in listed(world, "&tag=a").get_json(force=True)] == ["a"]
    assert [item["tag"] for item in listed(world, "&resource_id=r").get_json(force=True)] == ["a"]
    assert [item["tag"] for item in listed(world, f"&resource_link_id={link}").get_json(force=True)] == ["", "b"]


def test_a_new_column_echoes_dates_that_are_not_stored(world: World) -> None:
    answer = create(world, startDateTime="2026-11-01T00:00:00Z", resourceId="goal-42", tag="pgp")

    said = answer.get_json(force=True)
    assert answer.status == "201 Created"
    assert said["startDateTime"] == "2026-11-01T00:00:00Z"
    assert "startDateTime" not in world.client.get(world.path_of(said["id"]), headers=world.bearer()).text


def test_nothing_keeps_a_column_unique(world: World) -> None:
    first, second = create(world, tag="t", resourceId="r"), create(world, tag="t", resourceId="r")

    assert first.get_json(force=True)["id"] != second.get_json(force=True)["id"]


def test_a_column_without_a_link_stands_alone(world: World) -> None:
    create(world)

    assert "resourceLinkId" not in listed(world).get_json(force=True)[1]


def test_a_maximum_of_zero_is_taken(world: World) -> None:
    assert create(world, scoreMaximum=0).status_code == 201


@pytest.mark.parametrize("name", ["label", "scoreMaximum"])
def test_a_column_needs_a_label_and_a_maximum(world: World, name: str) -> None:
    without: dict[str, Any] = {name: None}
    assert create(world, **without).status == "400 No label or Score Maximum"


def test_a_column_as_plain_json_has_no_handler(world: World) -> None:
    answer = create(world, content_type="application/json")

    assert answer.status_code == 400
    assert answer.get_json()["request"]["contentType"] == "application/json"


def test_a_charset_after_the_media_type_is_no_matter(world: World) -> None:
    assert create(world, content_type=f"{MediaType.LINE_ITEM}; charset=utf-8").status_code == 201


def test_a_link_that_is_not_the_tools_is_forbidden(world: World) -> None:
    assert create(world, resourceLinkId="999").status == "403 Forbidden"


def test_an_unknown_course_or_column_is_a_404_with_its_reason(world: World) -> None:
    headers = world.bearer() | {"Accept": MediaType.LINE_ITEMS}
    path = f"/mod/lti/services.php/{world.course.id}/lineitems/9999/lineitem"

    course = world.client.get("/mod/lti/services.php/9999/lineitems", headers=headers)
    column = world.client.get(path, headers=world.bearer())

    assert course.status == "404 Not Found: Course 9999 doesn't exist"
    assert column.status == "404 Not Found: Grade item 9999 doesn't exist"


def test_a_bad_token_a_missing_token_and_a_missing_scope_look_alike(world: World) -> None:
    accept = {"Accept": MediaType.LINE_ITEMS}
    for headers in ({}, {"Authorization": "Bearer x"}, world.bearer(Scope.SCORE)):
        answer = world.client.get(world.line_items_path, headers=accept | headers)
        assert answer.status == "401 Unauthorized"
        assert answer.get_json()["reason"] == "Unauthorized"


def test_a_token_reads_line_items_of_every_course(world: World) -> None:
    world.lms.courses[777] = type(world.course)(777, "777", "X", "Another course")
    headers = world.bearer() | {"Accept": MediaType.LINE_ITEMS}

    answer = world.client.get("/mod/lti/services.php/777/lineitems", headers=headers)

    assert (answer.status_code, answer.get_json(force=True)) == (200, [])


def test_a_put_renames_and_rescales_grades(world: World) -> None:
    world.send_score(scoreGiven=80, scoreMaximum=100)

    answer = world.client.put(
        world.line_item_path(),
        json={"label": "New", "scoreMaximum": 10, "tag": "t"},
        headers=world.bearer(),
        content_type=MediaType.LINE_ITEM,
    )

    assert answer.status_code == 200
    assert answer.get_json(force=True)["id"] == f"{URL}{world.line_item_path()}"
    assert (world.column.label, world.column.tag) == ("New", "t")
    assert world.grade_of() == 8


def test_a_delete_takes_even_the_activitys_own_column_and_its_completion(world: World) -> None:
    world.send_score()
    assert world.state_of() is State.COMPLETE

    answer = world.client.delete(world.line_item_path(), headers=world.bearer())

    assert answer.status_code == 204
    assert world.lms.line_items == {}
    assert world.lms.grades == {}
    assert world.state_of() is State.INCOMPLETE
    assert world.launch()[AGS_CLAIM]["lineitem"] == ""


def test_a_further_column_of_the_same_link_completes_nothing(world: World) -> None:
    listed(world)
    made = create(world, resourceLinkId=world.activity.resource_link_id).get_json(force=True)
    extra = max(world.lms.line_items.values(), key=lambda item: item.id)
    assert world.path_of(made["id"]) == world.line_item_path(extra)

    assert world.post_score(world.score(), extra).status_code == 200
    assert world.state_of() is State.INCOMPLETE


def test_erasing_a_standalone_column_stamps_the_servers_clock(world: World) -> None:
    create(world)
    alone = max(world.lms.line_items.values(), key=lambda item: item.id)
    world.post_score(world.score(timestamp="2026-11-23T11:00:00Z"), alone)
    world.post_score(world.score(timestamp="2026-11-23T11:00:01Z", gradingProgress="Pending"), alone)

    assert world.post_score(world.score(timestamp="2026-11-23T11:00:02Z"), alone).status_code == 409
