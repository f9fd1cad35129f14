"""The known bad payloads of the certification suite (guide v3, 6.1.1) and a longer battery of our own."""

from __future__ import annotations

import base64
import json
import time

import jwt
import pytest
from sqlalchemy import func, select

from lti_tool.launch import names
from lti_tool.launch.models import LaunchSession
from lti_tool.people.models import Person
from tests.launch.signing_platform import INSTRUCTOR, MISSING, new_key

NOW = int(time.time())
DAY = 86400
DEEP_LINKING = {
    names.MESSAGE_TYPE: "LtiDeepLinkingRequest",
    names.RESOURCE_LINK: MISSING,
}
SETTINGS = {"deep_link_return_url": "https://lms.example.test/return", "accept_types": ["ltiResourceLink"]}

BAD_CLAIMS = {
    "wrong LTI version": ({names.VERSION: "11.3"}, "version_wrong"),
    "no LTI version": ({names.VERSION: MISSING}, "version_wrong"),
    "old timestamps": ({"iat": 11111, "exp": 22222}, "token_expired"),
    "message type missing": ({names.MESSAGE_TYPE: MISSING}, "message_type_missing"),
    "message type unknown": ({names.MESSAGE_TYPE: "LtiStartProctoring"}, "message_type_unknown"),
    "message type a list": ({names.MESSAGE_TYPE: ["LtiResourceLinkRequest"]}, "message_type_missing"),
    "roles missing": ({names.ROLES: MISSING}, "roles_invalid"),
    "roles a text": ({names.ROLES: INSTRUCTOR}, "roles_invalid"),
    "roles numbers": ({names.ROLES: [5]}, "roles_invalid"),
    "roles null": ({names.ROLES: None}, "roles_invalid"),
    "deployment missing": ({names.DEPLOYMENT_ID: MISSING}, "deployment_id_invalid"),
    "deployment a number": ({names.DEPLOYMENT_ID: 1}, "deployment_id_invalid"),
    "deployment too long": ({names.DEPLOYMENT_ID: "d" * 256}, "deployment_id_invalid"),
    "resource link missing": ({names.RESOURCE_LINK: MISSING}, "resource_link_invalid"),
    "resource link empty": ({names.RESOURCE_LINK: {}}, "resource_link_invalid"),
    "resource link null": ({names.RESOURCE_LINK: None}, "resource_link_invalid"),
    "resource link a text": ({names.RESOURCE_LINK: "link-1"}, "resource_link_invalid"),
    "resource link without id": ({names.RESOURCE_LINK: {"title": "A link"}}, "resource_link_invalid"),
    "user missing": ({"sub": MISSING}, "sub_invalid"),
    "user empty": ({"sub": ""}, "sub_invalid"),
    "user a number": ({"sub": 7}, "sub_invalid"),
    "user too long": ({"sub": "s" * 256}, "sub_invalid"),
    "no expiry": ({"exp": MISSING}, "token_invalid"),
    "no issue time": ({"iat": MISSING}, "token_invalid"),
    "issue time a text": ({"iat": "yesterday"}, "token_invalid"),
    "expiry beyond numbers": ({"exp": float("inf")}, "token_invalid"),
    "issued two days ago": ({"iat": NOW - 2 * DAY, "exp": NOW + DAY}, "iat_too_old"),
    "issued a year ago": ({"iat": NOW - 365 * DAY, "exp": NOW + DAY}, "iat_too_old"),
    "issued tomorrow": ({"iat": NOW + DAY, "exp": NOW + 2 * DAY}, "token_expired"),
    "audience missing": ({"aud": MISSING}, "aud_wrong"),
    "audience another": ({"aud": "client-9"}, "aud_wrong"),
    "audience empty": ({"aud": []}, "aud_wrong"),
    "audience one more": ({"aud": ["client-1", "client-9"]}, "aud_untrusted"),
    "audience ours second": ({"aud": ["client-9", "client-1"]}, "aud_untrusted"),
    "authorised party another": ({"azp": "client-9"}, "azp_wrong"),
    "issuer missing": ({"iss": MISSING}, "iss_wrong"),
    "issuer another": ({"iss": "https://evil.example.test"}, "iss_wrong"),
    "issuer with a slash": ({"iss": "https://lms.example.test/"}, "iss_wrong"),
    "nonce missing": ({"nonce": MISSING}, "nonce_wrong"),
    "nonce unknown": ({"nonce": "guessed"}, "nonce_wrong"),
    "nonce a number": ({"nonce": 1}, "nonce_wrong"),
    "target missing": ({names.TARGET_LINK_URI: MISSING}, "target_link_uri_differs"),
    "target another": ({names.TARGET_LINK_URI: "http://localhost/lti/launch?x=1"}, "target_link_uri_differs"),
    "context a text": ({names.CONTEXT: "course-1"}, "context_invalid"),
    "context without id": ({names.CONTEXT: {"title": "A course"}}, "context_invalid"),
    "deep linking without settings": (DEEP_LINKING, "deep_linking_settings_invalid"),
    "deep linking without return address": (
        {**DEEP_LINKING, names.DEEP_LINKING_SETTINGS: {"accept_types": ["ltiResourceLink"]}},
        "deep_link_return_url_invalid",
    ),
    "deep linking back to a script": (
        {**DEEP_LINKING, names.DEEP_LINKING_SETTINGS: SETTINGS | {"deep_link_return_url": "javascript:alert(1)"}},
        "deep_link_return_url_invalid",
    ),
    "deep linking without types": (
        {**DEEP_LINKING, names.DEEP_LINKING_SETTINGS: SETTINGS | {"accept_types": []}},
        "accept_types_invalid",
    ),
}


def assert_refused(response, reason, database):
    assert response.status_code in {400, 401, 403}
    assert reason in response.text
    assert "<h1>" in response.text
    assert "Set-Cookie" not in response.headers
    with database.reading() as db:
        assert db.scalar(select(func.count(LaunchSession.id))) == 0
        assert db.scalar(select(func.count(Person.id))) == 0


@pytest.mark.parametrize("name", BAD_CLAIMS)
def test_a_launch_with_bad_claims_is_refused(name, platform, client, database):
    changed, reason = BAD_CLAIMS[name]

    response = platform.launch(client, **changed)

    assert_refused(response, reason, database)


def test_missing_lti_claims_are_refused(platform, client, database):
    response = platform.launch(
        client, aud=MISSING, iss=MISSING, sub=MISSING, **{names.DEPLOYMENT_ID: MISSING, names.ROLES: MISSING}
    )

    assert_refused(response, "iss_wrong", database)


@pytest.mark.parametrize("body", [{"name": "badltilaunch"}, [1, 2], "text", 7, None])
def test_a_message_that_is_no_lti_message_is_refused(body, platform, client, database):
    asked = platform.begin(client)

    response = platform.answer(client, asked["state"], platform.sign(body))

    assert_refused(response, "nonce_wrong" if isinstance(body, dict) else "id_token_malformed", database)


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ({"kid": MISSING}, "kid_missing"),
        ({"kid": ""}, "kid_missing"),
        ({"kid": "imstester_66067"}, "kid_unknown"),
        ({"algorithm": "RS512"}, "alg_wrong"),
        ({"key": new_key()}, "signature_wrong"),
    ],
)
def test_a_launch_with_a_bad_header_or_key_is_refused(header, reason, platform, client, database):
    asked = platform.begin(client)

    response = platform.answer(client, asked["state"], platform.sign(platform.claims(asked["nonce"]), **header))

    assert_refused(response, reason, database)


def test_a_token_without_signature_is_refused(platform, client, database):
    asked = platform.begin(client)
    kid = next(iter(platform.keys.pairs))
    token = jwt.encode(platform.claims(asked["nonce"]), "", algorithm="none", headers={"kid": kid})

    response = platform.answer(client, asked["state"], token)

    assert_refused(response, "alg_wrong", database)


def test_a_token_signed_with_the_public_key_as_a_secret_is_refused(platform, client, database):
    asked = platform.begin(client)
    kid = next(iter(platform.keys.pairs))
    head = base64.urlsafe_b64encode(json.dumps({"alg": "HS256", "kid": kid}).encode()).rstrip(b"=").decode()
    body = base64.urlsafe_b64encode(json.dumps(platform.claims(asked["nonce"])).encode()).rstrip(b"=").decode()

    response = platform.answer(client, asked["state"], f"{head}.{body}.c2ln")

    assert_refused(response, "alg_wrong", database)


@pytest.mark.parametrize("token", ["", "x", "a.b", "a.b.c", "....", "e30.e30.e30", "\u00e9.\u00e9.\u00e9", "x" * 70000])
def test_garbage_instead_of_a_token_is_refused(token, platform, client, database):
    asked = platform.begin(client)

    response = platform.answer(client, asked["state"], token)

    assert_refused(response, "id_token_" if token != "e30.e30.e30" else "nonce_wrong", database)


def test_headers_that_name_keys_of_their_own_are_ignored(platform, client, database):
    asked = platform.begin(client)
    own = new_key()
    token = platform.sign(
        platform.claims(asked["nonce"]), key=own, jku="https://evil.example.test/jwks", jwk={"kty": "RSA"}
    )

    response = platform.answer(client, asked["state"], token)

    assert_refused(response, "signature_wrong", database)


def test_a_deployment_other_than_the_login_announced_is_refused(platform, client, database):
    asked = platform.begin(client, lti_deployment_id="deployment-1")

    token = platform.sign(platform.claims(asked["nonce"], **{names.DEPLOYMENT_ID: "deployment-2"}))
    response = platform.answer(client, asked["state"], token)

    assert_refused(response, "deployment_id_differs", database)


def test_clocks_may_differ_by_a_minute(platform, client):
    late = platform.launch(client, iat=NOW - 100, exp=int(time.time()) - 20)
    early = platform.launch(client, iat=int(time.time()) + 20, sub="user-2")

    assert (late.status_code, early.status_code) == (303, 303)
