from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from sqlalchemy import select

from lti_tool.db import utc_now
from lti_tool.errors import (
    LMSAccessError,
    LMSRejectedError,
    LMSThrottledError,
    LMSUnavailableError,
    LMSWaitingError,
)
from lti_tool.lms.advantage import Advantage, Result, moment
from lti_tool.lms.http import StaleScoreError
from lti_tool.lms.models import AccessToken
from lti_tool.lms.platform import Platform, Scope
from lti_tool.lms.tokens import AccessTokens, client_assertion
from practice_lms.faults import Kind
from practice_lms.state import Enrolment, LineItem
from tests.lms.conftest import SECRET, World, answering

ANA = "ana.ruiz"


def send(world: World, item: LineItem, login: str = ANA, **details: Any) -> None:
    details = {"timestamp": utc_now(), "achieved_at": utc_now() - timedelta(hours=1), **details}
    world.advantage.send_score(world.url_of(item), user_id=world.user(login).lti_id, **details)


def results(world: World, item: LineItem, login: str = ANA) -> list[Result]:
    return world.advantage.results(world.url_of(item), user_id=world.user(login).lti_id)


def test_a_score_arrives_and_is_read_back(world):
    item = world.place_link(maximum=100)

    send(world, item)

    assert world.grade(item, ANA).score == 100
    assert [(each.user_id, each.is_full) for each in results(world, item)] == [(world.user(ANA).lti_id, True)]
    assert len(world.advantage.results(world.url_of(item))) == 1


def test_a_score_with_the_same_time_is_refused_as_stale_and_nothing_changes(moodle):
    item, when = moodle.place_link(), utc_now()
    send(moodle, item, timestamp=when)

    with pytest.raises(StaleScoreError) as refused:
        send(moodle, item, timestamp=when)

    assert refused.value.http_status == 409
    assert moodle.grade(item, ANA).writes == 1


def test_canvas_refuses_an_older_score_as_stale(canvas):
    item = canvas.place_link()
    send(canvas, item)

    with pytest.raises(StaleScoreError):
        send(canvas, item, timestamp=utc_now() - timedelta(minutes=1))


def test_sending_twice_to_canvas_makes_one_attempt_and_no_comment(canvas):
    item = canvas.place_link()
    canvas.lms.activities[item.activity_id].submission_type = "external_tool"

    send(canvas, item)
    send(canvas, item, is_first=False)

    grade = canvas.grade(item, ANA)
    assert (grade.attempts, grade.comments) == (1, [])


def test_a_grade_that_a_teacher_set_by_hand_stays_in_canvas(canvas):
    item = canvas.place_link()
    canvas.grade_by_hand(item, ANA, 40)

    send(canvas, item)

    assert canvas.grade(item, ANA).score == 40


def test_somebody_who_is_not_enrolled_waits_and_the_review_says_what_to_do(world):
    item = world.place_link()
    del world.course.enrolments[world.user(ANA).id]

    with pytest.raises(LMSWaitingError, match="Enrol the person as a student"):
        send(world, item)


def test_a_teacher_of_the_course_cannot_be_scored_and_waits(world):
    item = world.place_link()
    world.course.enrolments[world.user(ANA).id] = Enrolment.TEACHER

    with pytest.raises(LMSWaitingError):
        send(world, item)


def test_an_unpublished_assignment_waits_until_somebody_publishes_it(canvas):
    item = canvas.place_link(published=False)
    with pytest.raises(LMSWaitingError, match="Publish it in Canvas"):
        send(canvas, item)

    item.published = canvas.lms.activities[item.activity_id].published = True
    send(canvas, item)

    assert canvas.grade(item, ANA).score == 100


def test_a_concluded_course_is_refused_for_good(canvas):
    item = canvas.place_link()
    canvas.course.concluded = True

    with pytest.raises(LMSRejectedError, match="concluded"):
        send(canvas, item)


def test_used_up_attempts_wait(canvas):
    item = canvas.place_link()
    canvas.lms.activities[item.activity_id].allowed_attempts = 1
    canvas.grade(item, ANA).attempts = 1

    with pytest.raises(LMSWaitingError, match="attempt"):
        send(canvas, item)


def test_a_locked_column_waits(moodle):
    item = moodle.place_link()
    item.locked = True

    with pytest.raises(LMSWaitingError, match="Unlock it"):
        send(moodle, item)


def test_a_column_that_is_gone_waits(world):
    item = world.place_link()
    url = world.url_of(item)
    del world.lms.line_items[item.id]

    with pytest.raises(LMSWaitingError):
        world.advantage.send_score(url, user_id="1", timestamp=utc_now(), achieved_at=utc_now())


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        (Kind.REFUSE, LMSUnavailableError),
        (Kind.DROP, LMSUnavailableError),
        (Kind.THROTTLE, LMSThrottledError),
        (Kind.GARBAGE, LMSRejectedError),
    ],
)
def test_a_bad_day_of_the_lms_has_the_right_class(canvas, kind, error):
    item = canvas.place_link()
    results(canvas, item)
    canvas.fault(kind, canvas.services)

    with pytest.raises(error):
        results(canvas, item)

    assert results(canvas, item) == []


@pytest.mark.parametrize("status", [403, 429])
def test_both_ways_to_throttle_name_a_time(canvas, status):
    item = canvas.place_link()
    canvas.lms.throttled_status = status
    canvas.fault(Kind.THROTTLE, canvas.services)

    with pytest.raises(LMSThrottledError) as throttled:
        results(canvas, item)

    assert throttled.value.retry_at
    assert utc_now() < throttled.value.retry_at <= utc_now() + timedelta(seconds=61)


def test_tokens_are_asked_for_once_and_shared_by_all_workers(world, database):
    item = world.place_link()
    send(world, item)
    results(world, item)
    world.fault(Kind.REFUSE, "/login/oauth2/token", times=None)
    world.fault(Kind.REFUSE, "/mod/lti/token.php", times=None)

    other_worker = Advantage(world.platform, AccessTokens(database, SECRET))
    other_worker.results(world.url_of(item))
    other_worker.line_items(world.line_items_url)
    other_worker.memberships(world.memberships_url)

    with database.transaction() as db:
        kept = db.scalars(select(AccessToken)).one()
    assert timedelta(minutes=58) < kept.expires_at - utc_now() <= timedelta(minutes=59)
    assert b"token" not in kept.token


def test_a_token_that_has_ended_is_replaced(world, database):
    item = world.place_link()
    results(world, item)
    with database.transaction() as db:
        kept = db.scalars(select(AccessToken)).one()
        before, kept.expires_at = kept.token, utc_now()

    results(world, item)

    with database.transaction() as db:
        assert db.scalars(select(AccessToken)).one().token != before


def test_a_token_that_the_lms_refuses_is_replaced_once(world):
    item = world.place_link()
    results(world, item)
    world.lms.lti.access_tokens.clear()
    world.lms.lti.secret = "x" * 64

    assert results(world, item) == []


def test_a_tool_that_is_switched_off_has_lost_access(canvas):
    item = canvas.place_link()
    results(canvas, item)
    canvas.tool.active = False

    with pytest.raises(LMSAccessError):
        results(canvas, item)


def test_only_granted_scopes_are_asked_for(world):
    item = world.place_link()
    granted = frozenset({Scope.RESULT_READ.value})
    advantage = Advantage(replace(world.platform, scopes=granted), world.tokens)

    assert advantage.results(world.url_of(item)) == []
    with pytest.raises(LMSAccessError):
        advantage.memberships(world.memberships_url)


def test_a_scope_that_an_administrator_took_away_does_not_spoil_the_others(world):
    item = world.place_link()
    world.tool.scopes.remove(Scope.MEMBERSHIP_READ)

    assert results(world, item) == []
    with pytest.raises(LMSAccessError):
        world.advantage.memberships(world.memberships_url)


def test_an_unknown_tool_has_lost_access(world):
    item = world.place_link()
    del world.lms.tools[world.tool.id]

    with pytest.raises(LMSAccessError):
        results(world, item)


def test_keys_that_the_lms_cannot_fetch_are_lost_access(moodle):
    item = moodle.place_link()
    moodle.tool.jwks_uri = "http://127.0.0.1:1/jwks"

    with pytest.raises(LMSAccessError):
        results(moodle, item)


def test_columns_are_found_made_changed_and_deleted(world):
    made = world.advantage.create_line_item(
        world.line_items_url, label="Growth plan", resource_id="plan", tag="like-goals"
    )
    for number in range(12):
        world.advantage.create_line_item(world.line_items_url, label=f"Other {number}", resource_id=f"o{number}")

    found = world.advantage.line_items(world.line_items_url, resource_id="plan", tag="like-goals")
    assert [each.url for each in found] == [made.url]
    assert len(world.advantage.line_items(world.line_items_url)) == 13
    changed = world.advantage.put_line_item(made.url, label="Growth plan 2026")
    assert (changed.label, changed.resource_id, changed.tag) == ("Growth plan 2026", "plan", "like-goals")
    assert world.advantage.line_item(made.url) == changed
    world.advantage.delete_line_item(made.url)
    assert world.advantage.line_items(world.line_items_url, resource_id="plan") == []


def test_columns_of_a_link_are_found(world):
    item = world.place_link()

    found = world.advantage.line_items(world.line_items_url, resource_link_id=item.resource_link_id)

    assert [each.url for each in found] == [world.url_of(item)]


def test_the_roster_is_read_to_its_end(world):
    for user in world.lms.users.values():
        world.course.enrolments.setdefault(user.id, Enrolment.STUDENT)
    template = world.user(ANA)
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


@pytest.fixture
def scripted(sample, database, signing_key):
    """Return `advantage(pages)`: a platform whose line items are these answers."""

    def advantage(url: str) -> Advantage:
        platform = Platform(
            id=sample.registration.id, district_id=1, family="other", issuer=url, client_id="c",
            token_url=f"{url}/token", signing_key=signing_key, scopes=frozenset({*Scope}),
            private_hosts=frozenset({"127.0.0.1", "localhost"}),
        )  # fmt: skip
        return Advantage(platform, AccessTokens(database, SECRET))

    return advantage


TOKEN: tuple[int, dict[str, str], bytes] = (200, {}, b'{"access_token": "t", "expires_in": 3600}')


def page(*items: Any, link: str = "") -> tuple[int, dict[str, str], bytes]:
    return (200, {"Link": link} if link else {}, json.dumps(items).encode())


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
    with answering(answers) as (url, _asked), pytest.raises(LMSRejectedError) as refused:
        scripted(url).line_items(f"{url}/items")

    assert "label" not in str(refused.value)


def test_unknown_fields_survive_a_change(scripted):
    whole = {"id": "x", "label": "a", "gradesReleased": True, "https://vendor/x": {"y": [1]}}
    answers = {"/token": TOKEN, "/item": (200, {}, json.dumps(whole).encode())}
    with answering(answers) as (url, asked):
        scripted(url).put_line_item(f"{url}/item", label="b")

    sent = json.loads(next(body for method, _, body, _ in asked if method == "PUT"))
    assert sent == {**whole, "label": "b"}


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
