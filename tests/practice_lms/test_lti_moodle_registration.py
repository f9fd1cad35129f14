"""Dynamic registration with the practice Moodle, sentence by sentence (registration_helper.php)."""

from __future__ import annotations

from typing import Any

import jwt
import pytest
from werkzeug.test import TestResponse

from practice_lms.lti.vocabulary import AGS_SCOPES, PLATFORM_CONFIGURATION, TOOL_CONFIGURATION, Message, Scope
from tests.practice_lms.lti_building import registration_request
from tests.practice_lms.lti_world import URL, World
from tests.practice_lms.registering import begin, register

MOODLE_ENDPOINT = "/mod/lti/openid-registration.php"


@pytest.fixture
def asked(moodle: World) -> dict[str, Any]:
    return registration_request(moodle.stub)


def moodle_register(world: World, body: dict[str, Any]) -> TestResponse:
    return register(world, begin(world)["registration_token"], body, MOODLE_ENDPOINT)


def test_moodle_sends_the_administrator_to_the_tool_with_two_parameters(moodle: World) -> None:
    query = begin(moodle)

    assert query["invitation"] == "1"
    assert query["openid_configuration"] == f"{URL}/mod/lti/openid-configuration.php"
    claims = jwt.decode(query["registration_token"], options={"verify_signature": False})
    assert claims["scope"] == "reg"
    assert claims["exp"] == claims["iat"] + 3600
    assert len(claims["sub"]) == 15


def test_moodle_shows_a_teacher_its_error_page(moodle: World) -> None:
    moodle.sign_in("tess")

    assert moodle.client.get("/launch/register?url=http://tool.test/").status_code == 404


def test_moodle_asks_first_when_the_domain_has_a_tool_already(moodle: World) -> None:
    moodle.sign_in("adam")
    url = f"{moodle.stub.url}/register"

    choice = moodle.client.get("/launch/register", query_string={"url": url})
    forced = moodle.client.get("/launch/register", query_string={"url": url, "type": "0"})

    assert choice.status_code == 200
    assert "Register as a new tool" in choice.text
    assert forced.status_code == 302


def test_moodle_configuration_needs_no_token(moodle: World) -> None:
    said = moodle.client.get("/mod/lti/openid-configuration.php").get_json()

    assert said["issuer"] == URL
    assert said["registration_endpoint"] == f"{URL}{MOODLE_ENDPOINT}"
    assert said["token_endpoint"] == f"{URL}/mod/lti/token.php"
    assert said["authorization_endpoint"] == f"{URL}/mod/lti/auth.php"
    assert said["jwks_uri"] == f"{URL}/mod/lti/certs.php"
    assert said[PLATFORM_CONFIGURATION]["product_family_code"] == "moodle"
    assert "Moodle.Person.userGroupIds" in said[PLATFORM_CONFIGURATION]["variables"]


def test_moodle_answers_a_registration_with_200_and_the_deployment(moodle: World, asked: dict[str, Any]) -> None:
    token = begin(moodle)["registration_token"]

    answer = register(moodle, token, asked, MOODLE_ENDPOINT)

    said = answer.get_json()
    assert answer.status_code == 200
    assert said["client_id"] == jwt.decode(token, options={"verify_signature": False})["sub"]
    tool = max(moodle.lms.tools.values(), key=lambda each: each.id)
    assert said[TOOL_CONFIGURATION]["deployment_id"] == tool.deployment_id == str(tool.id)
    assert said[TOOL_CONFIGURATION]["version"] == "1.3.0"


def test_moodle_leaves_a_new_tool_pending(moodle: World, asked: dict[str, Any]) -> None:
    moodle_register(moodle, asked)

    assert not max(moodle.lms.tools.values(), key=lambda each: each.id).active


def test_moodle_drops_the_resource_link_message_labels_and_placements(moodle: World, asked: dict[str, Any]) -> None:
    said = moodle_register(moodle, asked | {"contacts": ["ops@example.test"]}).get_json()

    assert said[TOOL_CONFIGURATION]["messages"] == [
        {"type": Message.DEEP_LINKING, "target_link_uri": f"{moodle.stub.url}/select"}
    ]
    assert "contacts" not in said


def test_moodle_lists_the_line_item_scope_although_only_reading_was_granted(
    moodle: World, asked: dict[str, Any]
) -> None:
    said = moodle_register(moodle, asked | {"scope": Scope.SCORE}).get_json()

    assert said["scope"].split() == [Scope.SCORE, Scope.RESULT_READ, Scope.LINE_ITEM_READ, Scope.LINE_ITEM]
    assert set(list(moodle.lms.tools.values())[-1].scopes) == set(AGS_SCOPES) - {Scope.LINE_ITEM}


def test_moodle_echoes_claims_by_group(moodle: World, asked: dict[str, Any]) -> None:
    asked[TOOL_CONFIGURATION]["claims"] = ["name"]

    said = moodle_register(moodle, asked).get_json()

    assert said[TOOL_CONFIGURATION]["claims"] == ["sub", "iss", "name", "family_name", "given_name"]


def test_moodle_takes_a_registration_token_once(moodle: World, asked: dict[str, Any]) -> None:
    token = begin(moodle)["registration_token"]
    register(moodle, token, asked, MOODLE_ENDPOINT)

    again = register(moodle, token, asked, MOODLE_ENDPOINT)

    assert (again.status_code, again.text) == (401, "token_already_used")
    assert again.content_type == "text/html; charset=utf-8"


def test_moodle_misses_a_token_with_401(moodle: World, asked: dict[str, Any]) -> None:
    answer = moodle.client.post(MOODLE_ENDPOINT, json=asked)

    assert (answer.status_code, answer.text) == (401, "missing_registration_token")


def test_moodle_answers_garbage_and_old_tokens_with_its_404_page(moodle: World, asked: dict[str, Any]) -> None:
    assert register(moodle, "garbage", asked, MOODLE_ENDPOINT).status_code == 404

    token = begin(moodle)["registration_token"]
    moodle.clock.forward(hours=1)
    assert register(moodle, token, asked, MOODLE_ENDPOINT).status_code == 404


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"jwks_uri": None}, "missing required attribute jwks_uri"),
        ({"client_name": None}, "missing required attribute client_name"),
        ({"token_endpoint_auth_method": "client_secret_basic"}, "invalid_token_endpoint_auth_method"),
        ({"response_types": ["code"]}, "invalid_response_types"),
        ({"application_type": "native"}, "invalid_application_type"),
    ],
)
def test_moodle_refuses_a_registration_in_bare_text(
    moodle: World, asked: dict[str, Any], changed: dict[str, Any], text: str
) -> None:
    answer = moodle_register(moodle, asked | changed)

    assert (answer.status_code, answer.text) == (400, text)


def test_moodle_requires_a_domain(moodle: World, asked: dict[str, Any]) -> None:
    del asked[TOOL_CONFIGURATION]["domain"]

    assert moodle_register(moodle, asked).text == "missing_domain"


def test_moodle_compares_the_domain_with_its_port_and_without_www(moodle: World, asked: dict[str, Any]) -> None:
    asked[TOOL_CONFIGURATION] |= {"domain": "tool.test", "target_link_uri": "http://tool.test:8080/launch"}
    assert moodle_register(moodle, asked).text == "domain_targetlinkuri_mismatch"

    asked[TOOL_CONFIGURATION] |= {"domain": "www.tool.test:8080"}
    assert moodle_register(moodle, asked).status_code == 200
