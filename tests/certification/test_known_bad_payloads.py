"""6.1.1 Known "bad" payloads: the tool shows a readable error, gives the reason and opens no session."""

from __future__ import annotations

from lti_tool.launch import names
from tests.launch.signing_platform import MISSING, assert_refused


def sent(platform, client, body=None, **header):
    """Answer a login with a body and a header of its own."""
    asked = platform.begin(client)
    claims = platform.claims(asked["nonce"]) if body is None else body
    return platform.answer(client, asked["state"], platform.sign(claims, **header))


def test_1_no_kid_sent_in_jwt_header(platform, client, database):
    assert_refused(sent(platform, client, kid=MISSING), "kid_missing", database)


def test_2_incorrect_kid_in_jwt_header(platform, client, database):
    assert_refused(sent(platform, client, kid="imstester_66067"), "kid_unknown", database)


def test_3_wrong_lti_version(refused):
    refused("version_wrong", **{names.VERSION: "11.3"})


def test_4_no_lti_version(refused):
    refused("version_wrong", **{names.VERSION: MISSING})


def test_5_invalid_lti_message(platform, client, database):
    assert_refused(sent(platform, client, {"name": "badltilaunch"}), "nonce_wrong", database)


def test_6_missing_lti_claims(refused):
    absent = dict.fromkeys(("aud", "iss", "sub", names.DEPLOYMENT_ID, names.ROLES), MISSING)

    refused("iss_wrong", **absent)


def test_7_timestamps_incorrect(refused):
    refused("token_expired", iat=11111, exp=22222)


def test_8_message_type_claim_missing(refused):
    refused("message_type_missing", **{names.MESSAGE_TYPE: MISSING})


def test_9_role_claim_missing(refused):
    refused("roles_invalid", **{names.ROLES: MISSING})


def test_10_deployment_id_claim_missing(refused):
    refused("deployment_id_invalid", **{names.DEPLOYMENT_ID: MISSING})


def test_11_resource_link_id_claim_missing(refused):
    refused("resource_link_invalid", **{names.RESOURCE_LINK: MISSING})


def test_11_resource_link_without_id(refused):
    refused("resource_link_invalid", **{names.RESOURCE_LINK: {"title": "A link"}})


def test_12_user_claim_missing(refused):
    refused("sub_invalid", sub=MISSING)
