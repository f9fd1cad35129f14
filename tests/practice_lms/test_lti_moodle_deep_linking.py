"""Deep linking of the practice Moodle, sentence by sentence (contentitem_return.php)."""

from __future__ import annotations

from typing import Any

import jwt
import pytest
from werkzeug.test import TestResponse

from practice_lms.lti.vocabulary import AGS_CLAIM, CLAIM, DEEP_LINKING_CLAIM, NRPS_CLAIM, Message
from practice_lms.state import Requirement
from tests.practice_lms.lti_world import URL, World
from tests.practice_lms.selecting import ITEM, SETTINGS, added, answer_of, respond, select


@pytest.fixture
def moodle(moodle: World) -> World:
    moodle.sign_in("tess")
    return moodle


def save(world: World, page: TestResponse) -> TestResponse:
    assert page.status_code == 200, page.text
    key = page.text.partition('name="selection" value="')[2].partition('"')[0]
    return world.client.post("/course/modedit.php", data={"selection": key})


def test_moodle_settings_have_neither_data_nor_line_item(moodle: World) -> None:
    claims = select(moodle)

    settings = claims[SETTINGS]
    assert claims[f"{CLAIM}message_type"] == Message.DEEP_LINKING
    assert claims[f"{CLAIM}target_link_uri"] == f"{moodle.stub.url}/select"
    assert settings["accept_types"] == ["ltiResourceLink"]
    assert settings["accept_multiple"] is True
    assert not {"data", "accept_lineitem"} & settings.keys()
    assert "sesskey=" in settings["deep_link_return_url"]
    assert f"{CLAIM}resource_link" not in claims
    assert claims[f"{CLAIM}launch_presentation"] == {"locale": "en"}
    assert "lineitem" not in claims[AGS_CLAIM]


def test_moodle_tells_of_the_roster_once_the_tool_is_in_the_course(moodle: World) -> None:
    assert NRPS_CLAIM in select(moodle)

    moodle.lms.activities.clear()

    assert NRPS_CLAIM not in select(moodle)


@pytest.mark.parametrize("login", ["ana", "assi"])
def test_moodle_lets_only_editing_teachers_select(moodle: World, login: str) -> None:
    moodle.sign_in(login)

    path = f"/launch/courses/{moodle.course.id}/tools/{moodle.tool.id}/select"
    assert moodle.client.get(path).status_code == 403


def test_moodle_creates_nothing_until_the_teacher_saves(moodle: World) -> None:
    page = respond(moodle, [ITEM])
    assert "Goal 42" in page.text
    assert added(moodle) == []

    saved = save(moodle, page)

    assert saved.status_code == 302
    assert [activity.title for activity in added(moodle)] == ["Goal 42"]


def test_moodle_ignores_label_and_window_and_sets_no_completion(moodle: World) -> None:
    save(moodle, respond(moodle, [ITEM]))

    (activity,) = added(moodle)
    column = max(moodle.lms.line_items.values(), key=lambda item: item.id)
    assert (activity.requirement, activity.pass_grade, activity.new_window) == (Requirement.NONE, None, False)
    assert (column.label, column.score_maximum, column.resource_id, column.tag) == ("Goal 42", 50, "goal-42", "pgp")


def test_moodle_launches_what_was_saved_with_its_url_custom_values_and_column(moodle: World) -> None:
    save(moodle, respond(moodle, [ITEM]))
    (activity,) = added(moodle)

    claims = moodle.launch(f"/launch/activities/{activity.id}")

    assert claims[f"{CLAIM}target_link_uri"] == "http://tool.test/launch?goal=42"
    assert claims[f"{CLAIM}custom"]["goal_id"] == "42"
    assert claims[f"{CLAIM}custom"]["lid"] == claims[f"{CLAIM}resource_link"]["id"]
    assert claims[AGS_CLAIM]["lineitem"].startswith(URL)


def test_moodle_saves_several_items_at_once(moodle: World) -> None:
    save(moodle, respond(moodle, [ITEM, ITEM | {"title": "Goal 43"}]))

    assert [activity.title for activity in added(moodle)] == ["Goal 42", "Goal 43"]


def test_moodle_gives_an_item_without_a_line_item_no_column(moodle: World) -> None:
    save(moodle, respond(moodle, [{"type": "ltiResourceLink", "title": "Plain"}]))

    assert len(moodle.lms.line_items) == 1


def test_moodle_saves_a_link_as_an_activity_of_the_tool(moodle: World) -> None:
    save(moodle, respond(moodle, [{"type": "link", "title": "A link", "url": "https://example.test/a"}]))

    (activity,) = added(moodle)
    assert (activity.tool_id, activity.url) == (moodle.tool.id, "https://example.test/a")


@pytest.mark.parametrize("items", [[], None])
def test_moodle_takes_an_empty_answer(moodle: World, items: list[dict[str, Any]] | None) -> None:
    page = respond(moodle, items)

    assert page.status_code == 200
    assert "selection" not in page.text


def test_moodle_shows_the_tools_message_and_error(moodle: World) -> None:
    claims = {f"{DEEP_LINKING_CLAIM}msg": "Goal linked.", f"{DEEP_LINKING_CLAIM}errormsg": "Something went wrong."}

    page = respond(moodle, [], **claims)

    assert "Goal linked." in page.text
    assert "Something went wrong." in page.text


@pytest.mark.parametrize(
    "changed",
    [{"aud": "http://x.test"}, {f"{CLAIM}deployment_id": "77"}, {"nonce": None}, {f"{CLAIM}message_type": None}],
    ids=["aud", "deployment", "nonce", "message type"],
)
def test_moodle_does_not_check_most_claims(moodle: World, changed: dict[str, Any]) -> None:
    assert respond(moodle, [ITEM], **changed).status_code == 200


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"iss": "nobody"}, "Consumer key is incorrect."),
        ({"exp": 1}, "Exception - Expired token"),
        ({"kid": "unheard-of"}, "unable to lookup correct key"),
    ],
)
def test_moodle_answers_a_bad_message_with_its_404_page(moodle: World, changed: dict[str, Any], said: str) -> None:
    page = respond(moodle, [ITEM], **changed)

    assert page.status_code == 404
    assert said in page.text


def test_moodle_answers_a_forged_signature_with_its_404_page(moodle: World) -> None:
    address = select(moodle)[SETTINGS]["deep_link_return_url"]
    own_kid = list(moodle.stub.keys.pairs)[-1]
    forger = list(moodle.lms.keys.pairs.values())[-1]
    forged = jwt.encode(answer_of(moodle, [ITEM]), forger, algorithm="RS256", headers={"kid": own_kid})

    page = moodle.client.post(moodle.path_of(address), data={"JWT": forged})

    assert page.status_code == 404
    assert "Exception - Signature verification failed" in page.text


def test_moodle_needs_the_key_of_the_teachers_session(moodle: World) -> None:
    address = select(moodle)[SETTINGS]["deep_link_return_url"].partition("&sesskey")[0]
    token = moodle.stub.sign(answer_of(moodle, [ITEM]))

    assert moodle.client.post(moodle.path_of(address), data={"JWT": token}).status_code == 404


def test_moodle_saves_a_selection_once(moodle: World) -> None:
    page = respond(moodle, [ITEM])

    assert [save(moodle, page).status_code for _ in range(2)] == [302, 404]
