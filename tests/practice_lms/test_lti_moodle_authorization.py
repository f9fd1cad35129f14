"""From login initiation to launch in the practice Moodle, sentence by sentence (mod/lti/auth.php)."""

from __future__ import annotations

import json

import pytest

from tests.practice_lms.lti_world import World, form


@pytest.fixture
def world(moodle: World) -> World:
    moodle.sign_in("ana")
    return moodle


def test_login_initiation_is_a_posted_form_with_moodles_six_fields(world: World) -> None:
    action, fields = world.login_form(f"/launch/activities/{world.activity.id}")

    assert action == world.tool.initiate_login_uri
    assert list(fields) == [
        "iss",
        "target_link_uri",
        "login_hint",
        "lti_message_hint",
        "client_id",
        "lti_deployment_id",
    ]
    assert fields["login_hint"] == str(world.person("ana").id)
    hint = json.loads(fields["lti_message_hint"])
    assert hint["cmid"] == world.activity.id
    assert hint["launchid"].startswith(f"ltilaunch{world.activity.id}_")


def test_authorization_posts_an_id_token_and_the_state_to_the_redirect_uri(world: World) -> None:
    action, fields = form(world.ask())

    assert action == f"{world.stub.url}/launch"
    assert list(fields) == ["id_token", "state"]
    assert fields["state"] == "a-state"


def test_prompt_may_be_absent(world: World) -> None:
    assert "id_token" in form(world.ask(prompt=None))[1]


def test_state_may_be_absent_and_comes_back_empty(world: World) -> None:
    assert form(world.ask(state=None))[1]["state"] == ""


@pytest.mark.parametrize(
    "changed",
    [
        {"redirect_uri": "http://127.0.0.1:1/launch"},
        {"nonce": None},
        {"scope": "openid profile"},
        {"lti_message_hint": None},
        {"lti_message_hint": '{"cmid":3}'},
        {"response_type": "code"},
    ],
    ids=["other redirect_uri", "no nonce", "more scope", "no hint", "hint without launchid", "other response_type"],
)
def test_a_request_that_cannot_be_trusted_ends_at_moodles_own_404_page(
    world: World, changed: dict[str, str | None]
) -> None:
    answer = world.ask(**changed)

    assert answer.status_code == 404
    assert "Invalid request" in answer.text
    assert "<title>Error | " in answer.text


def test_redirect_uri_must_be_registered_exactly(world: World) -> None:
    assert world.ask(redirect_uri=f"{world.stub.url}/launch?more=1").status_code == 404


@pytest.mark.parametrize("mode", [None, "query"])
def test_a_missing_or_other_response_mode_is_posted_to_the_tool(world: World, mode: str | None) -> None:
    assert form(world.ask(response_mode=mode))[1] == {
        "error": "invalid_request",
        "error_description": "Invalid response_mode",
        "state": "a-state",
    }


def test_another_prompt_is_posted_to_the_tool(world: World) -> None:
    assert form(world.ask(prompt="login"))[1]["error_description"] == "Invalid prompt"


def test_another_login_hint_is_access_denied(world: World) -> None:
    assert form(world.ask(login_hint="999"))[1] == {"error": "access_denied", "state": "a-state"}


def test_another_client_id_is_an_unauthorized_client(world: World) -> None:
    assert form(world.ask(client_id="nope"))[1] == {"error": "unauthorized_client", "state": "a-state"}


def test_the_same_authentication_request_a_second_time_is_a_404(world: World) -> None:
    asked = world.authentication_request(world.start())

    assert world.authorize(asked).status_code == 200
    assert world.authorize(asked).status_code == 404


def test_somebody_elses_launch_is_a_404(world: World) -> None:
    asked = world.authentication_request(world.start())
    world.sign_in("ben")

    assert world.authorize(asked).status_code == 404


def test_somebody_who_is_not_enrolled_is_sent_to_the_enrolment_page(world: World) -> None:
    world.sign_in("olga")

    answer = world.ask()

    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/enrol/index.php?id={world.course.id}"
    assert world.client.get(answer.headers["Location"]).status_code == 200


def test_a_pending_tool_cannot_be_launched(world: World) -> None:
    world.tool.active = False

    assert world.client.get(f"/launch/activities/{world.activity.id}").status_code == 404
