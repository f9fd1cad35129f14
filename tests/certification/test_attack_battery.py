"""What a forger, a thief of tokens or a broken platform may send beside the guide's own payloads: each is refused."""

from __future__ import annotations

import time

import jwt
import pytest
from sqlalchemy import select

from lti_tool.launch import names
from lti_tool.launch.models import LaunchSession
from tests.launch.signing_platform import INSTRUCTOR, MISSING, assert_refused, new_key

DAY = 86400
LINKS = {"deep_link_return_url": "https://lms.example.test/return", "accept_types": ["ltiResourceLink"]}


def links_asked_for(**settings):
    """Return the claims of a deep linking request."""
    wanted = {name: value for name, value in {**LINKS, **settings}.items() if value is not MISSING}
    return {
        names.MESSAGE_TYPE: "LtiDeepLinkingRequest", names.RESOURCE_LINK: MISSING, names.DEEP_LINKING_SETTINGS: wanted,
    }  # fmt: skip


def sessions(database) -> int:
    with database.reading() as db:
        return len(db.scalars(select(LaunchSession.id)).all())


def test_a_token_without_expiry(refused):
    refused("token_invalid", exp=MISSING)


def test_a_token_without_time_of_issue(refused):
    refused("token_invalid", iat=MISSING)


@pytest.mark.parametrize("days", [2, 365])
def test_a_token_issued_long_ago_that_still_lasts(days, refused):
    refused("iat_too_old", iat=int(time.time()) - days * DAY, exp=int(time.time()) + DAY)


def test_a_replayed_answer(platform, client, another_browser, database):
    asked = platform.begin(client)
    token = platform.sign(platform.claims(asked["nonce"]))
    another_browser.session.cookies.update(client.session.cookies)

    first = platform.answer(client, asked["state"], token)
    again = platform.answer(another_browser, asked["state"], token)

    assert (first.status_code, again.status_code) == (303, 400)
    assert "login_used" in again.text
    assert sessions(database) == 1


def test_a_mix_up_of_two_issuers(platform, new_platform, client, database):
    other = new_platform(client_id="client-2", issuer="https://other.example.test", tool_url=client.base)
    asked = platform.begin(client)

    response = platform.answer(client, asked["state"], other.sign(other.claims(asked["nonce"])))

    assert_refused(response, "iss_wrong", database)


def test_a_mix_up_of_two_clients_of_one_issuer(platform, new_platform, client, database):
    other = new_platform(client_id="client-2", tool_url=client.base)
    asked = platform.begin(client)

    response = platform.answer(client, asked["state"], other.sign(other.claims(asked["nonce"])))

    assert_refused(response, "aud_wrong", database)


def test_one_more_audience_that_nobody_trusts(refused):
    refused("aud_untrusted", aud=["client-1", "client-9"])


def test_an_authorised_party_that_is_another(refused):
    refused("azp_wrong", azp="client-9")


def test_our_client_id_as_the_second_audience(refused):
    refused("aud_untrusted", aud=["client-9", "client-1"])


@pytest.mark.parametrize("link", [None, "link-1", {}, [], 7])
def test_a_resource_link_of_another_type(link, refused):
    refused("resource_link_invalid", **{names.RESOURCE_LINK: link})


@pytest.mark.parametrize("roles", [INSTRUCTOR, [5], None, {"0": INSTRUCTOR}])
def test_roles_of_another_type(roles, refused):
    refused("roles_invalid", **{names.ROLES: roles})


def test_a_target_other_than_the_login_said(refused, platform):
    refused("target_link_uri_differs", **{names.TARGET_LINK_URI: f"{platform.tool_url}/lti/launch?x=1"})


def test_a_target_that_is_missing(refused):
    refused("target_link_uri_differs", **{names.TARGET_LINK_URI: MISSING})


@pytest.mark.parametrize("body", [[1, 2], "text", 7, None])
def test_a_body_that_is_no_object(body, platform, client, database):
    asked = platform.begin(client)

    response = platform.answer(client, asked["state"], platform.sign(body))

    assert_refused(response, "id_token_malformed", database)


def test_a_user_id_longer_than_255(refused):
    refused("sub_invalid", sub="s" * 256)


def test_a_deep_linking_request_without_an_address_to_return_to(refused):
    refused("deep_link_return_url_invalid", **links_asked_for(deep_link_return_url=MISSING))


def test_a_deep_linking_request_for_links_of_another_type_is_valid_and_taken(platform, client):
    response = platform.launch(client, **links_asked_for(accept_types=["link"]))

    assert response.status_code == 303


def test_clocks_that_differ_by_twenty_seconds_are_no_reason_to_refuse(platform, client):
    late = platform.launch(client, iat=int(time.time()) - 80, exp=int(time.time()) - 20)
    early = platform.launch(client, iat=int(time.time()) + 20, exp=int(time.time()) + 80, sub="user-2")

    assert (late.status_code, early.status_code) == (303, 303)


def test_clocks_that_differ_by_two_minutes(refused):
    refused("token_expired", iat=int(time.time()) - 180, exp=int(time.time()) - 120)


def test_a_signature_by_a_wrong_key(platform, client, database):
    asked = platform.begin(client)

    token = platform.sign(platform.claims(asked["nonce"]), key=new_key())

    assert_refused(platform.answer(client, asked["state"], token), "signature_wrong", database)


def test_a_token_without_signature(platform, client, database):
    asked = platform.begin(client)
    kid = next(iter(platform.keys.pairs))

    token = jwt.encode(platform.claims(asked["nonce"]), "", algorithm="none", headers={"kid": kid})

    assert_refused(platform.answer(client, asked["state"], token), "alg_wrong", database)


def test_a_nonce_that_nobody_gave_out(refused):
    refused("nonce_wrong", nonce="guessed")


def test_a_nonce_that_is_missing(refused):
    refused("nonce_wrong", nonce=MISSING)


def test_a_nonce_of_another_login(platform, client, database):
    first, second = platform.begin(client), platform.begin(client)

    response = platform.answer(client, first["state"], platform.sign(platform.claims(second["nonce"])))

    assert_refused(response, "nonce_wrong", database)


def test_a_deployment_that_is_unknown_waits_for_approval(platform, client, database):
    response = platform.launch(client, **{names.DEPLOYMENT_ID: "deployment-9"})

    assert response.status_code == 403
    assert "Waiting for your district" in response.text
    assert sessions(database) == 0


@pytest.mark.parametrize("token", ["", "x", "a.b", "a.b.c", "....", "x" * 70_000])
def test_garbage_instead_of_a_token(token, platform, client, database):
    asked = platform.begin(client)

    assert_refused(platform.answer(client, asked["state"], token), "id_token_", database)


def test_an_answer_in_another_browser(platform, client, another_browser, database):
    asked = platform.begin(client)

    response = platform.answer(another_browser, asked["state"], platform.sign(platform.claims(asked["nonce"])))

    assert response.status_code == 401
    assert sessions(database) == 0
