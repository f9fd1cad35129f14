"""Canvas's OAuth2, edge by edge (oauth2_provider_controller.rb)."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from practice_lms.canvas.api_keys import create_api_key, grant_code
from practice_lms.connections import ApiKey
from practice_lms.state import Flavour
from tests.practice_lms.rest_fixtures import ADA, ADMINISTRATOR, REDIRECT_URI, TEACHER, Practice, make_practice

SELF = "url:GET|/api/v1/users/:id"
COURSES = "url:GET|/api/v1/courses"


@pytest.fixture
def canvas() -> Practice:
    return make_practice(Flavour.CANVAS)


@pytest.fixture
def key(canvas: Practice) -> ApiKey:
    return create_api_key(canvas.lms, "Like Goals", REDIRECT_URI)


def ask(canvas: Practice, key: ApiKey, **changes: str):
    query = {"client_id": key.client_id, "response_type": "code", "redirect_uri": REDIRECT_URI, "state": "s1"}
    return canvas.client.get("/login/oauth2/auth", query_string=query | changes)


def sent_back(answer) -> dict[str, str]:
    assert answer.status_code == 302
    assert answer.location.startswith(REDIRECT_URI + "?")
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.location).query).items()}


def token(canvas: Practice, key: ApiKey, **fields: str):
    form = {"client_id": key.client_id, "client_secret": key.secret}
    return canvas.client.post("/login/oauth2/token", data=form | fields)


def exchange(canvas: Practice, key: ApiKey, user_id: int = ADMINISTRATOR, scopes: tuple[str, ...] = ()):
    code = grant_code(canvas.lms, key, canvas.user(user_id), list(scopes))
    return token(canvas, key, grant_type="authorization_code", code=code)


def whoami(canvas: Practice, access_token: str):
    return canvas.client.get("/api/v1/users/self", headers={"Authorization": f"Bearer {access_token}"})


def test_allowing_leads_back_with_a_code_that_becomes_a_token_of_that_person(canvas, key):
    canvas.sign_in(ADMINISTRATOR)

    page = ask(canvas, key)
    back = sent_back(canvas.client.post("/login/oauth2/accept"))
    answer = token(canvas, key, grant_type="authorization_code", code=back["code"], redirect_uri=REDIRECT_URI)

    assert "Like Goals asks to act as you" in page.text
    assert back["state"] == "s1"
    assert answer.status_code == 200
    assert (answer.json["token_type"], answer.json["expires_in"]) == ("Bearer", 3600)
    assert (answer.json["user"]["id"], answer.json["user"]["name"]) == (ADMINISTRATOR, "Zola Example")
    assert whoami(canvas, answer.json["access_token"]).json["id"] == ADMINISTRATOR


def test_cancelling_leads_back_with_access_denied(canvas, key):
    canvas.sign_in(ADMINISTRATOR)
    ask(canvas, key)

    back = sent_back(canvas.client.get("/login/oauth2/deny"))

    assert (back["error"], back["state"]) == ("access_denied", "s1")


def test_an_answer_to_a_request_that_nobody_made_leads_nowhere(canvas, key):
    canvas.sign_in(ADMINISTRATOR)

    assert canvas.client.post("/login/oauth2/accept").status_code == 400
    assert canvas.client.get("/login/oauth2/deny").status_code == 400


def test_nobody_who_is_not_signed_in_can_allow_anything(canvas, key):
    assert ask(canvas, key).status_code == 403


def test_an_unknown_key_or_redirect_address_is_answered_on_the_spot(canvas, key):
    unknown = ask(canvas, key, client_id="10000000000999")
    elsewhere = ask(canvas, key, redirect_uri="https://evil.example/")

    assert (unknown.status_code, unknown.json["error"]) == (401, "invalid_client")
    assert (elsewhere.status_code, elsewhere.json["error"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"prompt": "none"}, "interaction_required"),
        ({"prompt": "none", "signed_out": "1"}, "login_required"),
    ],
)
def test_other_refusals_go_back_to_the_redirect_address(canvas, key, changes, error):
    if not changes.pop("signed_out", None):
        canvas.sign_in(ADMINISTRATOR)

    back = sent_back(ask(canvas, key, **changes))

    assert (back["error"], back["state"]) == (error, "s1")


def test_a_key_that_is_off_is_an_unauthorized_client(canvas, key):
    key.active = False

    assert sent_back(ask(canvas, key))["error"] == "unauthorized_client"


@pytest.mark.parametrize("scope", ["", "url:GET|/api/v1/accounts", f"{SELF} url:GET|/api/v1/accounts"])
def test_a_key_that_enforces_scopes_refuses_none_and_others_as_a_whole(canvas, scope):
    key = create_api_key(canvas.lms, "Like Goals", REDIRECT_URI, (SELF, COURSES))
    canvas.sign_in(ADMINISTRATOR)

    assert sent_back(ask(canvas, key, scope=scope))["error"] == "invalid_scope"


def test_a_scoped_token_opens_only_its_addresses_and_says_so_with_a_challenge(canvas):
    key = create_api_key(canvas.lms, "Like Goals", REDIRECT_URI, (SELF, COURSES))
    access_token = exchange(canvas, key, scopes=(SELF,)).json["access_token"]

    refused = canvas.client.get("/api/v1/courses", headers={"Authorization": f"Bearer {access_token}"})

    assert whoami(canvas, access_token).status_code == 200
    assert (refused.status_code, refused.json["errors"][0]["message"]) == (401, "Insufficient scopes on access token.")
    assert "WWW-Authenticate" in refused.headers


def test_with_scopes_include_is_dropped_unless_the_key_allows_it(canvas):
    answers = []
    for allowed in (False, True):
        key = create_api_key(canvas.lms, "Like Goals", REDIRECT_URI, (COURSES,), allow_includes=allowed)
        access_token = exchange(canvas, key, TEACHER, (COURSES,)).json["access_token"]
        headers = {"Authorization": f"Bearer {access_token}"}
        answers.append(canvas.client.get("/api/v1/courses?include[]=total_students", headers=headers).json[0])

    assert ["total_students" in each for each in answers] == [False, True]


def test_a_code_works_once_and_for_ten_minutes(canvas, key):
    code = grant_code(canvas.lms, key, canvas.user(ADA), [])
    late = grant_code(canvas.lms, key, canvas.user(ADA), [])
    statuses = [token(canvas, key, grant_type="authorization_code", code=code).status_code for _ in range(2)]

    canvas.clock.forward(minutes=11)
    answer = token(canvas, key, grant_type="authorization_code", code=late)

    assert statuses == [200, 400]
    assert answer.json == {"error": "invalid_grant", "error_description": "authorization_code not found"}


def test_a_refresh_gives_a_token_without_a_new_refresh_token(canvas, key):
    first = exchange(canvas, key).json
    canvas.clock.forward(hours=2)

    answer = token(canvas, key, grant_type="refresh_token", refresh_token=first["refresh_token"])

    assert "refresh_token" not in answer.json
    assert whoami(canvas, first["access_token"]).status_code == 401
    assert whoami(canvas, answer.json["access_token"]).status_code == 200


def test_a_refresh_ends_the_access_token_that_it_replaces(canvas, key):
    first = exchange(canvas, key).json

    answer = token(canvas, key, grant_type="refresh_token", refresh_token=first["refresh_token"])

    assert whoami(canvas, first["access_token"]).status_code == 401
    assert whoami(canvas, answer.json["access_token"]).status_code == 200


def test_an_unknown_refresh_token_is_an_invalid_request(canvas, key):
    answer = token(canvas, key, grant_type="refresh_token", refresh_token="gone")

    assert answer.status_code == 400
    assert answer.json == {"error": "invalid_request", "error_description": "refresh_token not found"}


@pytest.mark.parametrize("fields", [{"client_id": "10000000000999"}, {"client_secret": "wrong"}])
def test_an_unknown_or_wrong_client_is_401_with_canvass_own_challenge(canvas, key, fields):
    answer = token(canvas, key, grant_type="refresh_token", refresh_token="x", **fields)

    assert (answer.status_code, answer.json["error"]) == (401, "invalid_client")
    assert answer.headers["WWW-Authenticate"] == "Canvas OAuth 2.0"


def test_another_keys_code_is_no_grant(canvas, key):
    other = create_api_key(canvas.lms, "Other", REDIRECT_URI)
    code = grant_code(canvas.lms, other, canvas.user(ADA), [])

    answer = token(canvas, key, grant_type="authorization_code", code=code)

    assert answer.json == {"error": "invalid_grant", "error_description": "incorrect client"}


def test_an_unknown_grant_type_is_refused(canvas, key):
    assert token(canvas, key, grant_type="password").json["error"] == "unsupported_grant_type"


def test_an_lti_client_assertion_is_answered_by_the_lti_side_at_the_same_address(canvas):
    form = {"grant_type": "client_credentials", "client_assertion": "x.y.z", "scope": "s"}

    answer = canvas.client.post("/login/oauth2/token", data=form)

    assert (answer.status_code, answer.json["error"]) == (400, "invalid_request")
    assert answer.headers["X-Request-Cost"] == "200.0"


def test_deleting_a_token_ends_its_refresh_token_too(canvas, key):
    granted = exchange(canvas, key).json
    headers = {"Authorization": f"Bearer {granted['access_token']}"}

    assert canvas.client.delete("/login/oauth2/token", headers=headers).status_code == 200

    assert whoami(canvas, granted["access_token"]).status_code == 401
    refreshed = token(canvas, key, grant_type="refresh_token", refresh_token=granted["refresh_token"])
    assert refreshed.json["error_description"] == "refresh_token not found"


def test_a_key_that_is_switched_off_takes_its_tokens_with_it(canvas, key):
    access_token = exchange(canvas, key).json["access_token"]

    key.active = False

    assert whoami(canvas, access_token).status_code == 401
