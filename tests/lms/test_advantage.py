"""Columns, rosters and answers that are not right, over LTI Advantage."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import jwt
import pytest

from lti_tool.db import utc_now
from lti_tool.errors import (
    LMSRejectedError,
    LMSStrangeError,
    LMSThrottledError,
    LMSUnavailableError,
    LMSWaitingError,
)
from lti_tool.lms.advantage import moment
from lti_tool.lms.http import StaleScoreError
from lti_tool.lms.platform import Platform
from lti_tool.lms.tokens import client_assertion
from practice_lms.faults import Kind
from practice_lms.state import Enrolment
from tests.lms.conftest import TOKEN, answering, page
from tests.lms_fixtures import EDUCATOR


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        (Kind.REFUSE, LMSUnavailableError),
        (Kind.DROP, LMSUnavailableError),
        (Kind.THROTTLE, LMSThrottledError),
        (Kind.GARBAGE, LMSStrangeError),
        (Kind.PAGE, LMSStrangeError),
        (Kind.REDIRECT, LMSStrangeError),
    ],
)
def test_a_bad_day_of_the_lms_has_the_right_class(canvas, kind, error):
    item = canvas.place_link()
    canvas.results(item)
    canvas.fault(kind, canvas.services)

    with pytest.raises(error):
        canvas.results(item)

    assert canvas.results(item) == []


@pytest.mark.parametrize("status", [403, 429])
def test_both_ways_to_throttle_name_a_time(canvas, status):
    item = canvas.place_link()
    canvas.lms.throttled_status = status
    canvas.fault(Kind.THROTTLE, canvas.services)

    with pytest.raises(LMSThrottledError) as throttled:
        canvas.results(item)

    assert throttled.value.retry_at
    assert utc_now() < throttled.value.retry_at <= utc_now() + timedelta(seconds=61)


def test_columns_are_found_made_and_deleted(world):
    made = world.advantage.create_line_item(
        world.line_items_url, label="Growth plan", resource_id="plan", tag="like-goals"
    )
    for number in range(12):
        world.advantage.create_line_item(world.line_items_url, label=f"Other {number}", resource_id=f"o{number}")

    found = world.advantage.line_items(world.line_items_url, resource_id="plan", tag="like-goals")
    assert [each.url for each in found] == [made.url]
    assert len(world.advantage.line_items(world.line_items_url)) == 13
    assert world.advantage.line_item(made.url) == made
    world.advantage.delete_line_item(made.url)
    assert world.advantage.line_items(world.line_items_url, resource_id="plan") == []


def test_columns_of_a_link_are_found(world):
    item = world.place_link()

    found = world.advantage.line_items(world.line_items_url, resource_link_id=item.resource_link_id)

    assert [each.url for each in found] == [world.url_of(item)]


def test_the_roster_is_read_to_its_end(world):
    for user in world.lms.users.values():
        world.course.enrolments.setdefault(user.id, Enrolment.STUDENT)
    template = world.user(EDUCATOR)
    for number in range(9000, 9120):
        world.lms.users[number] = replace(
            template, id=number, lti_id=f"U{number}-Ab" if world.is_canvas else str(number), login=f"x{number}"
        )
        world.course.enrolments[number] = Enrolment.STUDENT

    members = world.advantage.memberships(world.memberships_url)
    learners = world.advantage.memberships(world.memberships_url, role="Learner" if not world.is_canvas else LEARNER)

    assert {each.user_id for each in members} == {world.lms.users[number].lti_id for number in world.course.enrolments}
    assert 0 < len(learners) < len(members)
    assert next(each for each in members if each.user_id == template.lti_id).name == "Ana Ruiz"


LEARNER = "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"


def test_times_always_have_milliseconds_and_a_zone():
    assert moment(datetime(2026, 11, 5, 13, 38, tzinfo=UTC)) == "2026-11-05T13:38:00.000Z"


def test_the_assertion_says_who_where_and_for_how_long(signing_key):
    platform = Platform(
        id=1, district_id=1, family="moodle", issuer="https://lms", client_id="c", token_url="https://lms/token",
        signing_key=signing_key, deployment_id="7",
    )  # fmt: skip
    tokens = [client_assertion(platform), client_assertion(replace(platform, audience="https://aud"))]
    claims, other = (
        jwt.decode(each, signing_key.private_key.public_key(), ["RS256"], {"verify_aud": False}) for each in tokens
    )

    assert jwt.get_unverified_header(tokens[0])["kid"] == signing_key.kid
    assert (claims["iss"], claims["sub"], claims["aud"], other["aud"]) == ("c", "c", "https://lms/token", "https://aud")
    assert claims["https://purl.imsglobal.org/spec/lti/claim/deployment_id"] == "7"
    assert claims["exp"] - claims["iat"] <= 300
    assert claims["jti"] != other["jti"]


def test_a_next_page_keeps_the_case_of_its_letters_and_need_not_be_quoted(scripted):
    answers = {"/token": TOKEN}
    with answering(answers) as (url, asked):
        answers["/items"] = page({"id": "a"}, link=f'<{url}/items?page=bookmark:WyJB>; title="x"; rel=next')
        answers["/items?page=bookmark:WyJB"] = page({"id": "b"})

        found = scripted(url).line_items(f"{url}/items")

    assert [each.url for each in found] == ["a", "b"]
    assert not any("limit" in path for _, path, _, _ in asked)


def test_a_next_page_of_another_origin_is_never_given_the_token(scripted):
    answers = {"/token": TOKEN}
    with answering(answers) as (url, _asked), answering({}) as (stranger, asked_stranger):
        answers["/items"] = page({"id": "a"}, link=f'<{stranger}/items>; rel="next"')

        with pytest.raises(LMSRejectedError, match="another host"):
            scripted(url).line_items(f"{url}/items")

    assert asked_stranger == []


@pytest.mark.parametrize("body", [b"{}", b"[1]", b'[{"label": "no id"}]', b"[", b'[{"id": []}]', b"[" * 100_000])
def test_a_malformed_answer_is_refused_and_does_not_leak(scripted, body):
    answers = {"/token": TOKEN, "/items": (200, {}, body)}
    with answering(answers) as (url, _asked), pytest.raises((LMSRejectedError, LMSStrangeError)) as refused:
        scripted(url).line_items(f"{url}/items")

    assert "label" not in str(refused.value)


def test_a_score_says_that_it_is_whole_and_graded(scripted):
    answers = {"/token": TOKEN, "/item/scores": (200, {}, b"")}
    with answering(answers) as (url, asked):
        scripted(url).send_score(
            f"{url}/item?type_id=1", user_id="6", timestamp=datetime(2026, 1, 2, tzinfo=UTC), achieved_at=utc_now()
        )

    _, path, body, headers = asked[-1]
    assert path == "/item/scores?type_id=1"
    assert headers["Content-Type"] == "application/vnd.ims.lis.v1.score+json"
    assert json.loads(body) == {
        "userId": "6", "scoreGiven": 1, "scoreMaximum": 1, "activityProgress": "Completed",
        "gradingProgress": "FullyGraded", "timestamp": "2026-01-02T00:00:00.000Z",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("status", "words", "error"),
    [
        (403, b"Forbidden", LMSWaitingError),  # of one course, which closes no door for the others
        (403, b"Rate Limit Exceeded", LMSThrottledError),
        (401, b"", LMSWaitingError),  # the token was given a moment ago: it is this that is refused
        (404, b"", LMSWaitingError),
        (409, b"", StaleScoreError),
    ],
)
def test_an_lms_of_no_known_family_is_understood_by_the_standards_alone(scripted, status, words, error):
    answers = {"/token": TOKEN, "/items/1/results": (status, {}, words)}
    with answering(answers) as (url, _), pytest.raises(error) as refused:
        scripted(url).results(f"{url}/items/1")

    assert type(refused.value) is error
