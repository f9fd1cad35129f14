"""Dynamic registration with the practice Canvas, sentence by sentence (registration_controller.rb)."""

from __future__ import annotations

from typing import Any

import jwt
import pytest
from werkzeug.test import TestResponse

from practice_lms.lti.vocabulary import CANVAS, PLATFORM_CONFIGURATION, TOOL_CONFIGURATION, Message
from tests.practice_lms.lti_building import registration_request
from tests.practice_lms.lti_world import URL, World
from tests.practice_lms.registering import begin, register

CANVAS_ENDPOINT = "/api/lti/registrations"


@pytest.fixture
def asked(moodle: World) -> dict[str, Any]:
    return registration_request(moodle.stub)


def canvas_register(world: World, body: dict[str, Any]) -> TestResponse:
    return register(world, begin(world)["registration_token"], body, CANVAS_ENDPOINT)


def test_canvas_puts_the_token_into_the_configuration_address_too(canvas: World) -> None:
    query = begin(canvas)

    answer = canvas.client.get(query["openid_configuration"])

    said = answer.get_json()
    assert said["registration_endpoint"] == f"{URL}{CANVAS_ENDPOINT}"
    assert said["jwks_uri"] == f"{URL}/api/lti/security/jwks"
    assert said["token_endpoint"] == f"{URL}/login/oauth2/token"
    assert said["authorization_endpoint"] == f"{URL}/api/lti/authorize_redirect"
    assert said[PLATFORM_CONFIGURATION]["product_family_code"] == "canvas"
    assert "$" not in said[PLATFORM_CONFIGURATION]["variables"][0]


def test_canvas_configuration_without_the_token_parameter_is_401(canvas: World) -> None:
    answer = canvas.client.get("/api/lti/security/openid-configuration")

    assert answer.status_code == 401
    assert answer.get_json()["error"] == "Access token missing (You must include the registration_token parameter)."


def test_canvas_token_holds_what_canvas_puts_there(canvas: World) -> None:
    claims = jwt.decode(begin(canvas)["registration_token"], options={"verify_signature": False})

    assert {
        "user_id",
        "initiated_at",
        "root_account_global_id",
        "root_account_domain",
        "exp",
        "uuid",
        "registration_url",
    } <= claims.keys()


def test_canvas_answers_a_registration_with_200_and_no_deployment(canvas: World, asked: dict[str, Any]) -> None:
    answer = canvas_register(canvas, asked)

    said = answer.get_json()
    tool = list(canvas.lms.tools.values())[-1]
    assert answer.status_code == 200
    assert said["client_id"] == str(10**13 + tool.id)
    assert said["scope"].split()[-1] == "openid"
    assert said["registration_client_uri"].startswith(f"{URL}{CANVAS_ENDPOINT}/")
    assert f"{CANVAS}registration_config_url" in said[TOOL_CONFIGURATION]
    assert "deployment_id" not in said
    assert "logo_uri" not in said


def test_canvas_names_the_deployment_under_a_flag(canvas: World, asked: dict[str, Any]) -> None:
    canvas.lms.names_deployment = True

    said = canvas_register(canvas, asked).get_json()

    assert said["deployment_id"] == list(canvas.lms.tools.values())[-1].deployment_id


def test_canvas_starts_a_new_key_off(canvas: World, asked: dict[str, Any]) -> None:
    canvas_register(canvas, asked)

    assert not list(canvas.lms.tools.values())[-1].active


def test_canvas_refuses_a_token_that_is_not_its_own(canvas: World, asked: dict[str, Any]) -> None:
    answer = register(canvas, "garbage", asked, CANVAS_ENDPOINT)

    assert answer.status_code == 401
    assert answer.get_json() == {"errorMessage": "JWT did not include expected contents"}


@pytest.mark.parametrize(
    "changed",
    [
        {"grant_types": ["implicit"]},
        {"response_types": ["code"]},
        {"token_endpoint_auth_method": "client_secret_basic"},
        {"application_type": None},
        {"jwks_uri": None},
        {"scope": "https://purl.imsglobal.org/spec/lti-gs/scope/contextgroup.readonly"},
    ],
)
def test_canvas_refuses_a_registration_with_422_and_errors(
    canvas: World, asked: dict[str, Any], changed: dict[str, Any]
) -> None:
    answer = canvas_register(canvas, asked | changed)

    assert answer.status_code == 422
    assert len(answer.get_json()["errors"]) == 1


@pytest.mark.parametrize(
    ("claims", "level"),
    [
        (["sub", "picture"], "public"),
        (["name", "email"], "public"),
        (["given_name"], "name_only"),
        (["email"], "email_only"),
        (["sub"], "anonymous"),
    ],
)
def test_canvas_infers_privacy_from_claims(canvas: World, asked: dict[str, Any], claims: list[str], level: str) -> None:
    asked[TOOL_CONFIGURATION]["claims"] = claims

    canvas_register(canvas, asked)

    assert list(canvas.lms.tools.values())[-1].privacy_level == level


def test_canvas_takes_a_privacy_level_over_claims(canvas: World, asked: dict[str, Any]) -> None:
    asked[TOOL_CONFIGURATION][f"{CANVAS}privacy_level"] = "anonymous"

    canvas_register(canvas, asked)

    assert list(canvas.lms.tools.values())[-1].privacy_level == "anonymous"


def test_canvas_reads_three_spellings_of_placements_and_drops_unknown_ones(
    canvas: World, asked: dict[str, Any]
) -> None:
    asked[TOOL_CONFIGURATION]["messages"] = [
        {"type": Message.DEEP_LINKING, "placements": ["ContentArea", f"{CANVAS}editor_button", "nonsense"]},
        {"type": Message.RESOURCE_LINK},
    ]

    canvas_register(canvas, asked)

    messages = list(canvas.lms.tools.values())[-1].messages
    assert [message["placements"] for message in messages] == [["link_selection", "editor_button"], ["link_selection"]]
