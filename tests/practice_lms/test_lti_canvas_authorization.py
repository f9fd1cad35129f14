"""From login initiation to launch in the practice Canvas, sentence by sentence (authentication_controller.rb)."""

from __future__ import annotations

import pytest

from tests.practice_lms.lti_world import URL, World, form, location


@pytest.fixture
def world(canvas: World) -> World:
    canvas.sign_in("ana")
    return canvas


def test_login_initiation_has_canvas_fields_exactly(world: World) -> None:
    action, fields = world.login_form(f"/launch/activities/{world.activity.id}")

    assert action == world.tool.initiate_login_uri
    assert list(fields) == [
        "iss",
        "login_hint",
        "client_id",
        "deployment_id",
        "target_link_uri",
        "lti_message_hint",
        "canvas_environment",
        "canvas_region",
        "lti_storage_target",
    ]
    assert fields["canvas_environment"] == "prod"
    assert fields["canvas_region"] == "not_configured"
    assert fields["lti_storage_target"] == "post_message_forwarding"
    assert len(fields["login_hint"]) == 40


def test_the_storage_target_is_sent_again_with_the_launch(world: World) -> None:
    assert list(form(world.ask())[1]) == ["id_token", "lti_storage_target", "state"]


def test_platform_storage_can_be_off(world: World) -> None:
    world.app.config["PLATFORM_STORAGE"] = "off"

    assert "lti_storage_target" not in world.start()
    assert "lti_storage_target" not in form(world.ask())[1]


def test_the_shared_host_redirects_to_the_schools_own(world: World) -> None:
    asked = world.authentication_request(world.start(), extra="dropped")

    answer = world.client.post("/api/lti/authorize_redirect", data=asked)

    assert answer.status_code == 302
    address, query = location(answer)
    assert address == f"{URL}/api/lti/authorize"
    assert query == {name: value for name, value in asked.items() if name != "extra"}


@pytest.mark.parametrize("name", ["nonce", "prompt", "response_mode", "response_type"])
def test_a_missing_parameter_is_named_in_an_error_post(world: World, name: str) -> None:
    assert form(world.ask(**{name: None}))[1] == {
        "error": "invalid_request_object",
        "error_description": f"The following parameters are missing: {name}",
        "state": "a-state",
    }


def test_the_scope_must_be_exactly_openid(world: World) -> None:
    assert form(world.ask(scope="openid profile"))[1]["error_description"] == "The 'scope' must be 'openid'"


def test_no_session_is_login_required(world: World) -> None:
    asked = world.authentication_request(world.start())
    with world.client.session_transaction() as session:
        session.clear()

    fields = form(world.authorize(asked))[1]

    assert fields["error"] == "login_required"
    assert fields["error_description"] == "Must have an active user session"


def test_somebody_elses_session_is_login_required(world: World) -> None:
    asked = world.authentication_request(world.start())
    world.sign_in("ben")

    assert form(world.authorize(asked))[1]["error"] == "login_required"


def test_a_key_that_was_turned_off_is_an_unauthorized_client(world: World) -> None:
    asked = world.authentication_request(world.start())
    world.tool.active = False

    assert form(world.authorize(asked))[1]["error"] == "unauthorized_client"


def test_a_launch_is_consumed_by_its_first_use(world: World) -> None:
    asked = world.authentication_request(world.start())

    assert "id_token" in form(world.authorize(asked))[1]
    assert form(world.authorize(asked))[1]["error"] == "launch_no_longer_valid"


def test_an_error_does_not_consume_the_launch(world: World) -> None:
    login = world.start()
    world.authorize(world.authentication_request(login, nonce=None))

    assert "id_token" in form(world.authorize(world.authentication_request(login)))[1]


@pytest.mark.parametrize("hint", ["garbage", None])
def test_a_bad_hint_ends_at_canvas_own_page(world: World, hint: str | None) -> None:
    answer = world.ask(lti_message_hint=hint)

    assert answer.status_code == 400
    assert "Invalid lti_message_hint" in answer.text


def test_a_hint_is_good_for_five_minutes(world: World) -> None:
    login = world.start()
    world.clock.forward(minutes=4, seconds=59)
    assert "id_token" in form(world.authorize(world.authentication_request(login)))[1]

    login = world.start()
    world.clock.forward(minutes=5)
    assert "Invalid lti_message_hint" in world.authorize(world.authentication_request(login)).text


def test_an_unregistered_redirect_uri_ends_at_canvas_own_page(world: World) -> None:
    answer = world.ask(redirect_uri=f"{world.stub.url}/other")

    assert answer.status_code == 400
    assert "Invalid redirect_uri" in answer.text


def test_redirect_uri_is_compared_up_to_its_query(world: World) -> None:
    assert "id_token" in form(world.ask(redirect_uri=f"{world.stub.url}/launch?more=1"))[1]


def test_a_registered_query_must_be_in_the_redirect_uri(world: World) -> None:
    world.tool.redirect_uris = [f"{world.stub.url}/launch?school=1"]

    assert world.ask(redirect_uri=f"{world.stub.url}/launch").status_code == 400
    assert "id_token" in form(world.ask(redirect_uri=f"{world.stub.url}/launch?school=1&x=2"))[1]
