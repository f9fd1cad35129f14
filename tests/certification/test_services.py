"""6.3 Names and roles, 6.4 assignments and grades: after one launch the tool asks by itself, by command."""

from __future__ import annotations

import json
from datetime import datetime

import jwt
import pytest

from lti_tool.launch import names
from lti_tool.lms.platform import Scope
from tests.certification.services import TOKEN
from tests.launch.signing_platform import LEARNER

ROSTER_TYPE = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"


@pytest.fixture
def launched(platform, client, services):
    """Launch once as a learner, with the services offered."""
    return platform.launch(client, **{names.ROLES: [LEARNER]}, **services.claims())


@pytest.fixture
def command(app, launched):
    """Return `command(*words)`: what a command prints about the launched course."""

    def run(*words: str) -> str:
        done = app.test_cli_runner().invoke(args=["lti", *words, "--context-id", "course-1"])
        assert done.exit_code == 0, done.output
        return str(done.output)

    return run


def test_nrps_1_launch_with_the_service_is_taken(launched):
    assert launched.status_code == 303


def test_nrps_2_request_is_received(command, services):
    printed = command("certify-roster")

    assert [line.split()[0] for line in printed.splitlines()] == ["user-1", "user-2"]
    assert len(services.requests("GET", "/members")) == 2


def test_nrps_3_accept_header_names_the_media_type(command, services):
    command("certify-roster")

    assert {each.headers["Accept"] for each in services.requests("GET", "/members")} == {ROSTER_TYPE}


def test_nrps_4_bearer_token_is_the_one_that_was_given(command, services):
    command("certify-roster")

    assert {each.headers["Authorization"] for each in services.requests("GET", "/members")} == {f"Bearer {TOKEN}"}


def test_nrps_5_token_was_asked_for_with_the_scope_of_the_roster(command, services):
    command("certify-roster")

    (asked,) = services.requests("POST", "/token")
    assert Scope.MEMBERSHIP_READ in asked.form["scope"].split()


def test_nrps_role_and_limit_are_sent_where_they_are_asked_for(command, services):
    command("certify-roster", "--role", "Learner", "--limit", "1")

    first, _ = services.requests("GET", "/members")
    assert (first.args["role"], first.args["limit"]) == ("Learner", "1")


def test_ags_1_launch_with_the_service_is_taken(launched):
    assert launched.status_code == 303


def test_ags_2_access_token_is_asked_for_with_a_signed_assertion(command, services, client, platform):
    command("certify-grades")

    (asked,) = services.requests("POST", "/token")
    assert asked.form["grant_type"] == "client_credentials"
    assertion = asked.form["client_assertion"]
    key = jwt.PyJWKSet.from_dict(client.get("/lti/jwks").json())[jwt.get_unverified_header(assertion)["kid"]]
    claims = jwt.decode(assertion, key, algorithms=["RS256"], audience=f"{services.url}/token")
    assert claims["iss"] == claims["sub"] == platform.client_id
    assert claims["jti"]
    assert {Scope.LINE_ITEM, Scope.SCORE, Scope.RESULT_READ} <= set(asked.form["scope"].split())


def test_ags_3_line_item_is_created(command, services):
    printed = command("certify-grades", "--label", "Reflection")

    (asked,) = services.requests("POST", "/lineitems")
    assert asked.headers["Content-Type"] == "application/vnd.ims.lis.v2.lineitem+json"
    assert json.loads(asked.get_data()) == {
        "scoreMaximum": 1, "label": "Reflection", "resourceId": "like-goals-certification", "tag": "like-goals",
    }  # fmt: skip
    assert f"line item  {services.url}/lineitems/1" in printed


def test_ags_4_score_is_posted(command, services):
    command("certify-grades")

    (score,) = services.scores
    sent_at = score.pop("timestamp")
    assert score == {
        "userId": "user-1", "scoreGiven": 1, "scoreMaximum": 1, "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
    }  # fmt: skip
    assert datetime.fromisoformat(sent_at).tzinfo is not None
    assert "." in sent_at


def test_ags_5_result_is_read_back(command, services):
    printed = command("certify-grades")

    (asked,) = services.requests("GET", "/lineitems/1/results")
    assert asked.headers["Accept"] == "application/vnd.ims.lis.v2.resultcontainer+json"
    assert "result     1 of 1" in printed


def test_ags_6_line_item_is_deleted_if_that_is_wanted(command, services):
    assert "deleted" in command("certify-grades", "--remove")

    assert services.line_items == {}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["certify-grades", "--context-id", "unknown"], "No launch came from this course"),
        (["certify-grades", "--context-id", "course-1"], "name no line items"),
        (["certify-roster", "--context-id", "course-1"], "name no roster"),
    ],
)
def test_a_command_that_cannot_work_says_why(words, said, app, platform, client):
    platform.launch(client)

    done = app.test_cli_runner().invoke(args=["lti", *words])

    assert done.exit_code == 1
    assert said in done.output


def test_grades_need_somebody_to_be_for(app, platform, client, services):
    platform.launch(client, **services.claims())

    done = app.test_cli_runner().invoke(args=["lti", "certify-grades", "--context-id", "course-1"])

    assert (done.exit_code, "--user-id" in done.output, services.asked) == (1, True, [])
