"""A launch belongs to the browser and the login it began with, and is used up by one answer."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import update

from lti_tool.db import utc_now
from lti_tool.launch import names
from lti_tool.launch.models import LaunchSession, Login
from tests.launch.signing_platform import INSTRUCTOR

FRAMED = {"Sec-Fetch-Dest": "iframe", "Origin": "https://school.example.test"}


def test_the_authentication_request_is_exact_and_keeps_the_query_of_its_address(platform, client):
    asked = platform.begin(client, lti_message_hint="a+b/c= &")

    assert asked.pop("state")
    assert asked.pop("nonce")
    assert asked == {
        "tenant": "7", "scope": "openid", "response_type": "id_token", "response_mode": "form_post", "prompt": "none",
        "client_id": "client-1", "redirect_uri": "http://localhost/lti/launch", "login_hint": "hint & more",
        "lti_message_hint": "a+b/c= &",
    }  # fmt: skip


def test_a_login_may_come_by_get(platform, client):
    response = client.get(
        "/lti/login",
        query_string={"iss": platform.issuer, "login_hint": "1", "target_link_uri": "http://localhost/lti/launch"},
    )

    assert response.status_code == 302


def test_the_cookie_of_a_login_works_in_a_frame(platform, client):
    cookie = platform.initiate(client).headers["Set-Cookie"]

    assert all(word in cookie for word in ("Secure", "HttpOnly", "SameSite=None", "Partitioned", "Path=/lti/launch"))


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"iss": "https://nobody.example.test"}, "registration_unknown"),
        ({"client_id": "client-9"}, "registration_unknown"),
        ({"login_key": "unknown"}, "registration_unknown"),
        ({"login_hint": ""}, "login_invalid"),
        ({"target_link_uri": "https://evil.example.test/lti/launch"}, "target_link_uri_foreign"),
        ({"target_link_uri": "http://localhost@evil.example.test/lti/launch"}, "target_link_uri_foreign"),
        ({"target_link_uri": "http://localhost/lti/launch/../../s"}, "target_link_uri_foreign"),
        ({"target_link_uri": "javascript:alert(1)"}, "target_link_uri_foreign"),
        ({"target_link_uri": "http://localhost:99999/lti/launch"}, "target_link_uri_foreign"),
        ({"target_link_uri": ""}, "target_link_uri_foreign"),
    ],
)
def test_a_login_that_does_not_add_up_gets_a_readable_page(changed, reason, platform, client):
    response = platform.initiate(client, **changed)

    assert response.status_code in {400, 403}
    assert reason in response.text


def test_a_refused_answer_does_not_use_the_login_up(platform, client):
    asked = platform.begin(client)

    refused = platform.answer(client, asked["state"], "a.b.c")
    taken = platform.answer(client, asked["state"], platform.sign(platform.claims(asked["nonce"])))

    assert (refused.status_code, taken.status_code) == (401, 303)


def test_an_answer_to_a_login_that_never_began_is_refused(platform, client):
    response = platform.answer(client, "guessed", platform.sign(platform.claims("nonce")))

    assert "state_unknown" in response.text


def test_an_answer_to_an_old_login_is_refused(platform, client, database):
    asked = platform.begin(client)
    with database.transaction() as db:
        db.execute(update(Login).values(expires_at=utc_now()))

    response = platform.answer(client, asked["state"], platform.sign(platform.claims(asked["nonce"])))

    assert "login_expired" in response.text


def test_a_session_key_without_its_cookie_is_worth_nothing_where_the_browser_keeps_cookies(platform, client, app):
    address = platform.launch(client).headers["Location"]
    stranger = app.test_client()

    assert stranger.get(address).status_code == 401
    assert client.get(address).status_code == 200


def test_a_page_of_an_ended_session_says_so_inside_its_lms(platform, client, database):
    address = platform.launch(client).headers["Location"]
    with database.transaction() as db:
        db.execute(update(LaunchSession).values(expires_at=utc_now()))
    platform.begin(client)

    response = client.get(address)

    assert response.status_code == 401
    assert "Open the tool again" in response.text
    assert "frame-ancestors https://lms.example.test" in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("login_required", "Sign in there"),
        ("launch_no_longer_valid", "used before"),
        ("access_denied", "does not let you"),
        ("<script>", "refused this launch"),
    ],
)
def test_what_the_lms_says_instead_of_a_launch_is_told(code, said, client):
    response = client.post("/lti/launch", data={"error": code, "error_description": "<b>x</b>", "state": "s"})

    assert response.status_code == 400
    assert said in response.text
    assert "<script>" not in response.text


def test_reloading_the_address_of_launches_says_what_to_do(client):
    response = client.get("/lti/launch")

    assert response.status_code == 400
    assert "open the link" in response.text


def test_a_framed_login_asks_the_browser_what_it_can_remember(platform, client):
    response = platform.initiate(client, headers=FRAMED, lti_storage_target="_parent")

    assert response.status_code == 200
    assert "launch_login.js" in response.text
    assert 'data-storage-origin="https://lms.example.test"' in response.text
    assert 'target="_blank"' in response.text
    policy = response.headers["Content-Security-Policy"]
    assert "frame-ancestors https://lms.example.test https://school.example.test" in policy
    assert "form-action 'self' https://lms.example.test" in policy


def test_a_framed_login_goes_straight_on_once_a_cookie_came_back(platform, client):
    client.set_cookie("lg_seen", "1", path="/lti/login")

    response = platform.initiate(client, headers=FRAMED)

    assert response.status_code == 302


def framed_login(platform, client, **fields):
    page = platform.initiate(client, headers=FRAMED, **fields).text
    ((state, nonce),) = re.findall(r'data-address="[^"]*state=([\w-]+)&amp;nonce=([\w-]+)', page)
    (kept,) = re.findall(r'data-storage-value="([^"]*)"', page)
    return state, nonce, kept


def test_a_launch_without_cookies_is_finished_by_platform_storage(platform, client, app):
    state, nonce, kept = framed_login(platform, client, lti_storage_target="post_message_forwarding")
    token = platform.sign(platform.claims(nonce))
    cookieless = app.test_client(use_cookies=False)

    asks = platform.answer(cookieless, state, token)
    opened = platform.answer(cookieless, state, token, storage_value=kept)

    assert asks.status_code == 200
    assert f'data-storage-key="state_{state}"' in asks.text
    assert 'data-storage-target="post_message_forwarding"' in asks.text
    assert opened.status_code == 303
    assert [cookieless.get(opened.headers["Location"]).status_code for _ in range(2)] == [200, 200]


@pytest.mark.parametrize("kept", ["", "guessed"])
def test_a_launch_that_platform_storage_does_not_confirm_is_refused(kept, platform, client, app):
    state, nonce, _ = framed_login(platform, client, lti_storage_target="_parent")

    response = platform.answer(app.test_client(), state, platform.sign(platform.claims(nonce)), storage_value=kept)

    assert response.status_code == 401


def test_a_launch_without_cookies_and_storage_says_how_to_go_on(platform, client, app):
    state, nonce, _ = framed_login(platform, client)
    presentation = {names.LAUNCH_PRESENTATION: {"return_url": "https://lms.example.test/course/1"}}

    response = platform.answer(app.test_client(), state, platform.sign(platform.claims(nonce, **presentation)))

    assert response.status_code == 401
    assert 'href="https://lms.example.test/course/1"' in response.text


def test_a_return_address_that_is_no_web_address_is_not_shown(platform, client, app):
    state, nonce, _ = framed_login(platform, client)
    presentation = {names.LAUNCH_PRESENTATION: {"return_url": "javascript:alert(1)"}}

    response = platform.answer(app.test_client(), state, platform.sign(platform.claims(nonce, **presentation)))

    assert "javascript:" not in response.text


def test_pages_of_a_session_are_framed_by_its_lms_alone(platform, client):
    response = platform.launch(
        client,
        **{
            names.ROLES: [INSTRUCTOR],
            names.LAUNCH_PRESENTATION: {"return_url": "https://school.example.test/courses/1"},
        },
    )

    policy = client.get(response.headers["Location"]).headers["Content-Security-Policy"]
    assert "frame-ancestors https://lms.example.test https://school.example.test" in policy
