"""Launches that are refused beside those of tests/certification: odd values, headers and tokens."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import pytest

from lti_tool.launch import names
from tests.launch.signing_platform import MISSING, assert_refused, new_key

NOW = int(time.time())
DAY = 86400
DEEP_LINKING = {
    names.MESSAGE_TYPE: "LtiDeepLinkingRequest",
    names.RESOURCE_LINK: MISSING,
}
SETTINGS = {"deep_link_return_url": "https://lms.example.test/return", "accept_types": ["ltiResourceLink"]}

BAD_CLAIMS: dict[str, tuple[dict[str, Any], str]] = {
    "message type unknown": ({names.MESSAGE_TYPE: "LtiStartProctoring"}, "message_type_unknown"),
    "message type a list": ({names.MESSAGE_TYPE: ["LtiResourceLinkRequest"]}, "message_type_missing"),
    "deployment a number": ({names.DEPLOYMENT_ID: 1}, "deployment_id_invalid"),
    "deployment too long": ({names.DEPLOYMENT_ID: "d" * 256}, "deployment_id_invalid"),
    "user empty": ({"sub": ""}, "sub_invalid"),
    "user a number": ({"sub": 7}, "sub_invalid"),
    "issue time a text": ({"iat": "yesterday"}, "token_invalid"),
    "expiry beyond numbers": ({"exp": float("inf")}, "token_invalid"),
    "issued tomorrow": ({"iat": NOW + DAY, "exp": NOW + 2 * DAY}, "token_expired"),
    "audience missing": ({"aud": MISSING}, "aud_wrong"),
    "audience another": ({"aud": "client-9"}, "aud_wrong"),
    "audience empty": ({"aud": []}, "aud_wrong"),
    "issuer missing": ({"iss": MISSING}, "iss_wrong"),
    "issuer another": ({"iss": "https://evil.example.test"}, "iss_wrong"),
    "issuer with a slash": ({"iss": "https://lms.example.test/"}, "iss_wrong"),
    "nonce a number": ({"nonce": 1}, "nonce_wrong"),
    "context a text": ({names.CONTEXT: "course-1"}, "context_invalid"),
    "context without id": ({names.CONTEXT: {"title": "A course"}}, "context_invalid"),
    "deep linking without settings": (DEEP_LINKING, "deep_linking_settings_invalid"),
    "deep linking back to a script": (
        {**DEEP_LINKING, names.DEEP_LINKING_SETTINGS: SETTINGS | {"deep_link_return_url": "javascript:alert(1)"}},
        "deep_link_return_url_invalid",
    ),
    "deep linking without types": (
        {**DEEP_LINKING, names.DEEP_LINKING_SETTINGS: SETTINGS | {"accept_types": []}},
        "accept_types_invalid",
    ),
}


@pytest.mark.parametrize("name", BAD_CLAIMS)
def test_a_launch_with_bad_claims_is_refused(name, platform, client, database):
    changed, reason = BAD_CLAIMS[name]

    response = platform.launch(client, **changed)

    assert_refused(response, reason, database)


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ({"kid": ""}, "kid_missing"),
        ({"algorithm": "RS512"}, "alg_wrong"),
    ],
)
def test_a_launch_with_a_bad_header_or_key_is_refused(header, reason, platform, client, database):
    asked = platform.begin(client)

    response = platform.answer(client, asked["state"], platform.sign(platform.claims(asked["nonce"]), **header))

    assert_refused(response, reason, database)


def test_a_token_signed_with_the_public_key_as_a_secret_is_refused(platform, client, database):
    asked = platform.begin(client)
    kid = next(iter(platform.keys.pairs))
    head = base64.urlsafe_b64encode(json.dumps({"alg": "HS256", "kid": kid}).encode()).rstrip(b"=").decode()
    body = base64.urlsafe_b64encode(json.dumps(platform.claims(asked["nonce"])).encode()).rstrip(b"=").decode()

    response = platform.answer(client, asked["state"], f"{head}.{body}.c2ln")

    assert_refused(response, "alg_wrong", database)


@pytest.mark.parametrize("token", ["e30.e30.e30", "\u00e9.\u00e9.\u00e9"])
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
