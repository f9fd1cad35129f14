"""Whatever a signed message holds, it opens a session or is refused readably; nothing breaks."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lti_tool.launch import names

CLAIMS = (
    "iss", "aud", "azp", "sub", "nonce", "iat", "exp", "nbf", "jti", "name", "given_name", "family_name", "email",
    "locale", names.MESSAGE_TYPE, names.VERSION, names.DEPLOYMENT_ID, names.TARGET_LINK_URI, names.ROLES,
    names.CONTEXT, names.RESOURCE_LINK, names.CUSTOM, names.LAUNCH_PRESENTATION, names.AGS, names.NRPS,
    names.DEEP_LINKING_SETTINGS,
)  # fmt: skip
PARTS = (
    "id", "title", "label", "type", "locale", "return_url", "scope", "lineitems", "lineitem", "kind", "time_zone",
    "context_memberships_url", "deep_link_return_url", "accept_types", "context_history", "canvas_user_id",
)  # fmt: skip
TEXTS = st.text() | st.sampled_from(["\0", "\ud800", "https://[", "$x", "../x", "team", "Ł" * 300, "https://a.test/\0"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(PARTS), inner, max_size=4),
    max_leaves=6,
)


@given(changed=st.dictionaries(st.sampled_from(CLAIMS), VALUES, min_size=1, max_size=3))
@settings(
    max_examples=120, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@pytest.mark.usefixtures("marked_course")
def test_no_signed_message_breaks_a_launch(changed, platform, client):
    response = platform.launch(client, **changed)

    assert response.status_code in {200, 303, 400, 401, 403}
    if response.status_code == 303:
        assert client.get(response.headers["Location"]).status_code in {200, 403}


@given(changed=st.dictionaries(st.sampled_from(["iss", "client_id", "login_hint", "lti_deployment_id"]), TEXTS))
@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_login_initiation_breaks_the_login(changed, platform, client):
    told = {name: value.encode(errors="replace").decode() for name, value in changed.items()}

    assert platform.initiate(client, **told).status_code in {302, 400, 403}
