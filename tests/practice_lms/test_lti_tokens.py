"""Access tokens for tools in both flavours, sentence by sentence (mod/lti/token.php; jwt_validator.rb)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from practice_lms.lti.vocabulary import MediaType, Scope
from tests.practice_lms.lti_world import URL, World

# Moodle


def test_moodle_answers_json_under_text_html(moodle: World) -> None:
    answer = moodle.ask_token()

    said = json.loads(answer.text)
    assert answer.status_code == 200
    assert answer.content_type == "text/html; charset=utf-8"
    assert said["token_type"] == "Bearer"
    assert said["expires_in"] == 3600
    assert len(said["access_token"]) == 32


def test_moodle_drops_scopes_that_it_does_not_know(moodle: World) -> None:
    said = json.loads(moodle.ask_token([Scope.SCORE, "https://x.test/y"]).text)

    assert said["scope"] == Scope.SCORE


def test_moodle_refuses_when_no_scope_is_left(moodle: World) -> None:
    answer = moodle.ask_token(["https://x.test/y"])

    assert answer.status_code == 400
    assert json.loads(answer.text) == {"error": "invalid_scope"}


@pytest.mark.parametrize(
    "changed",
    [{"aud": "http://elsewhere.test"}, {"iss": "other"}, {"jti": None}, {"exp": None}],
    ids=["aud", "iss", "jti", "exp"],
)
def test_moodle_does_not_check_aud_iss_or_jti_and_exp_is_optional(moodle: World, changed: dict[str, Any]) -> None:
    assert moodle.ask_token(**changed).status_code == 200


def test_moodle_takes_an_assertion_twice(moodle: World) -> None:
    assert [moodle.ask_token(jti="same").status_code for _ in range(2)] == [200, 200]


def test_moodle_refuses_an_expired_assertion(moodle: World) -> None:
    now = int(moodle.clock().timestamp())

    assert json.loads(moodle.ask_token(exp=now - 1).text) == {"error": "Expired token"}


def test_moodle_has_no_leeway_for_a_clock_that_is_ahead(moodle: World) -> None:
    answer = moodle.ask_token(iat=int(moodle.clock().timestamp()) + 1)

    assert answer.status_code == 400
    assert json.loads(answer.text)["error"] == "Cannot handle token with iat prior to 2026-11-23T12:00:01+0000"


def test_moodle_does_not_know_another_client(moodle: World) -> None:
    assert json.loads(moodle.ask_token(sub="nobody").text) == {"error": "invalid_client"}


def test_moodle_answers_an_unknown_kid_with_broken_json(moodle: World) -> None:
    answer = moodle.ask_token(kid="unheard-of")

    assert answer.status_code == 400
    assert '"error" : ""kid" invalid, unable to lookup correct key"' in answer.text
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.text)


def test_moodle_refuses_a_json_body(moodle: World) -> None:
    answer = moodle.client.post("/mod/lti/token.php", json={"grant_type": "client_credentials"})

    assert (answer.status_code, json.loads(answer.text)) == (400, {"error": "invalid_request"})


def test_moodle_keeps_the_key_set_and_fetches_it_again_when_verification_fails(moodle: World) -> None:
    moodle.ask_token()
    moodle.ask_token()
    assert moodle.stub.fetches == 1

    old = moodle.stub.keys.pairs
    moodle.stub.keys.pairs = dict(old)
    moodle.stub.keys.rotate()
    moodle.stub.published = moodle.stub.keys.key_set()
    assert moodle.ask_token().status_code == 200
    assert moodle.stub.fetches == 2
    moodle.stub.keys.pairs = old


def test_moodle_token_ends_after_an_hour(moodle: World) -> None:
    headers = moodle.bearer() | {"Accept": MediaType.LINE_ITEMS}
    assert moodle.client.get(moodle.line_items_path, headers=headers).status_code == 200

    moodle.clock.forward(hours=1)

    assert moodle.client.get(moodle.line_items_path, headers=headers).status_code == 401


# Canvas


def test_canvas_grants_exactly_what_was_asked(canvas: World) -> None:
    answer = canvas.ask_token([Scope.SCORE])

    assert answer.status_code == 200
    assert answer.content_type.startswith("application/json")
    assert answer.get_json()["scope"] == Scope.SCORE
    assert answer.get_json()["expires_in"] == 3600


def test_canvas_fails_the_whole_request_for_one_scope(canvas: World) -> None:
    answer = canvas.ask_token([Scope.SCORE, "https://x.test/y"])

    assert answer.status_code == 400
    assert answer.get_json()["error"] == "invalid_scope"


def test_canvas_checks_that_the_audience_is_its_own_token_address(canvas: World) -> None:
    answer = canvas.ask_token(aud="https://canvas.instructure.com/login/oauth2/token")

    assert answer.status_code == 400
    assert answer.get_json() == {"error": "invalid_request", "error_description": "the 'aud' is invalid"}
    assert canvas.ask_token(aud=["http://other.test", f"{URL}/login/oauth2/token"]).status_code == 200


@pytest.mark.parametrize("name", ["aud", "exp", "iat", "jti"])
def test_canvas_misses_an_assertion_by_name(canvas: World, name: str) -> None:
    answer = canvas.ask_token(**{name: None})

    assert answer.get_json()["error_description"] == f"the following assertions are missing: {name}"


def test_canvas_takes_any_issuer_of_an_assertion(canvas: World) -> None:
    assert canvas.ask_token(iss="https://tool.test").status_code == 200


@pytest.mark.parametrize(("seconds", "status"), [(-299, 200), (-301, 400), (29, 200), (31, 400)])
def test_canvas_takes_iat_from_five_minutes_ago_to_thirty_seconds_ahead(
    canvas: World, seconds: int, status: int
) -> None:
    assert canvas.ask_token(iat=int(canvas.clock().timestamp()) + seconds).status_code == status


@pytest.mark.parametrize("wrong", ["kid", "client"])
def test_canvas_says_signature_invalid_for_an_unknown_key_or_client(canvas: World, wrong: str) -> None:
    answer = canvas.ask_token(kid="unheard-of") if wrong == "kid" else canvas.ask_token(sub="1")

    assert answer.status_code == 400
    assert answer.get_json()["error_description"] == "JWS signature invalid."


def test_canvas_says_jwk_error_when_the_key_set_cannot_be_fetched(canvas: World) -> None:
    canvas.tool.jwks_uri = "http://127.0.0.1:9/jwks"

    assert canvas.ask_token().get_json()["error_description"].startswith("JWK Error: ")


def test_canvas_fetches_the_key_set_each_time(canvas: World) -> None:
    canvas.ask_token()
    canvas.ask_token()

    assert canvas.stub.fetches == 2


def test_canvas_has_no_token_for_a_key_that_is_off(canvas: World) -> None:
    canvas.tool.active = False

    assert canvas.ask_token().status_code == 400
