"""6.2 Deep linking: a request is taken, and the response is signed, whole and for the platform that asked."""

from __future__ import annotations

import re
import time
from typing import Any

import jwt
import pytest

from lti_tool.launch import names
from tests.launch.signing_platform import INSTRUCTOR, MISSING

SETTINGS = {
    "deep_link_return_url": "https://lms.example.test/return", "accept_types": ["ltiResourceLink"],
    "accept_presentation_document_targets": ["iframe", "window"], "accept_multiple": True, "data": "csrf & <state>",
}  # fmt: skip


@pytest.fixture
def request_links(platform, client):
    """Return `request_links(settings)`: sends a deep linking request; gives the address of the choice."""

    def send(settings: dict[str, Any]) -> str:
        claims = {
            names.MESSAGE_TYPE: "LtiDeepLinkingRequest", names.RESOURCE_LINK: MISSING, names.ROLES: [INSTRUCTOR],
            names.DEEP_LINKING_SETTINGS: settings,
        }  # fmt: skip
        response = platform.launch(client, **claims)
        assert response.status_code == 303, response.text
        return str(response.headers["Location"])

    return send


@pytest.fixture
def token(request_links, client) -> str:
    """Choose two links; return the response as it is posted to the platform."""
    page = client.post(request_links(SETTINGS), data={"kind": ["course_goals", "plan"]})
    assert 'action="https://lms.example.test/return"' in page.text
    return posted(page)


def posted(page) -> str:
    (found,) = re.findall(r'name="JWT" value="([^"]+)"', page.text)
    return str(found)


def decoded(token: str) -> dict[str, Any]:
    found: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return found


def test_1_deep_linking_request_is_taken(request_links, client):
    page = client.get(request_links(SETTINGS))

    assert page.status_code == 200
    assert "What should the link open?" in page.text


def test_2_deep_linking_response_is_received(token):
    assert token.count(".") == 2


def test_3_response_is_a_deep_linking_response(token):
    assert decoded(token)[names.MESSAGE_TYPE] == "LtiDeepLinkingResponse"


def test_4_issued_at_and_expiry_are_valid(token):
    claims = decoded(token)

    assert claims["iat"] <= time.time() + 1
    assert time.time() < claims["exp"] <= claims["iat"] + 3600


def test_5_signature_is_valid_by_the_published_key(token, client):
    keys = jwt.PyJWKSet.from_dict(client.get("/lti/jwks").json())

    key = keys[jwt.get_unverified_header(token)["kid"]]

    assert jwt.decode(token, key, algorithms=["RS256"], audience="https://lms.example.test")


def test_6_required_claims_are_there(token):
    claims = decoded(token)

    assert claims["iss"] == "client-1"
    assert claims["aud"] == "https://lms.example.test"
    assert claims["nonce"]
    assert claims[names.VERSION] == "1.3.0"
    assert claims[names.DEPLOYMENT_ID] == "deployment-1"
    assert claims[names.DEEP_LINKING_DATA] == "csrf & <state>"


def test_6_data_is_not_there_if_it_was_not_sent(request_links, client):
    settings = {name: value for name, value in SETTINGS.items() if name != "data"}

    page = client.post(request_links(settings), data={"kind": "plan"})

    assert names.DEEP_LINKING_DATA not in decoded(posted(page))


def test_7_values_of_the_content_items_hold(token, client):
    items = decoded(token)[names.CONTENT_ITEMS]

    assert [item["type"] for item in items] == ["ltiResourceLink", "ltiResourceLink"]
    assert all(item["url"] == f"{client.base}/lti/launch" and item["title"] for item in items)
    assert [item["custom"] for item in items] == [{"kind": "course_goals"}, {"kind": "plan"}]
    assert items[0]["lineItem"]["scoreMaximum"] == 1
