"""Notices of a platform: each is checked like a launch, acted on once, and leaves nothing of courses nobody marked."""

from __future__ import annotations

import time

import jwt
import pytest
from sqlalchemy import func, select, update

from lti_tool.db import utc_now
from lti_tool.launch import names
from lti_tool.launch.models import ContextCopy, Deployment, DeploymentState, ReceivedNotice, Registration
from lti_tool.outbox.models import OutboxMessage
from lti_tool.people.models import Course
from tests.launch.signing_platform import MISSING, new_key


def notice(platform, number=1, *, context="copy-1", origins=("course-1",), **changed):
    """Return the claims of a valid notice of a copied course, with some changed or left out."""
    now = int(time.time())
    claims = {
        "iss": platform.issuer, "aud": platform.client_id, "azp": platform.client_id, "iat": now, "exp": now + 3600,
        "nonce": f"nonce-{number}", names.VERSION: "1.3.0", names.DEPLOYMENT_ID: platform.deployment_id,
        names.NOTICE: {"id": f"notice-{number}", "timestamp": "2026-11-23T10:00:00Z", "type": "LtiContextCopyNotice"},
        names.CONTEXT: {"id": context, "title": "A copy"}, names.ORIGIN_CONTEXTS: list(origins),
        **changed,
    }  # fmt: skip
    return {name: value for name, value in claims.items() if value is not MISSING}


def send(client, *tokens: str):
    return client.post("/lti/notices", json={"notices": [{"jwt": token} for token in tokens]})


def copies(database) -> list[tuple[str, str]]:
    with database.reading() as db:
        found = db.execute(select(ContextCopy.context_id, ContextCopy.origin_id).order_by(ContextCopy.id))
        return [tuple(each) for each in found]


def count(database, table):
    with database.reading() as db:
        return db.scalar(select(func.count()).select_from(table))


def test_a_copy_of_a_marked_course_is_noted_by_its_ids_alone(platform, client, marked_course, database):
    answer = send(client, platform.sign(notice(platform)))

    assert answer.status_code == 200
    assert copies(database) == [("copy-1", "course-1")]
    assert count(database, Course) == 1


def test_of_courses_that_nobody_marked_nothing_is_kept(platform, client, marked_course, database):
    answer = send(client, platform.sign(notice(platform, origins=("science-7",))))

    assert answer.status_code == 200
    assert copies(database) == []


@pytest.mark.parametrize("claim", [None, {"id": None}, {"id": 5}, {"id": "x" * 300}, [], "copy-1", MISSING])
def test_a_copy_that_does_not_say_what_was_copied_changes_nothing(claim, platform, client, marked_course, database):
    answer = send(client, platform.sign(notice(platform, **{names.CONTEXT: claim})))

    assert answer.status_code == 200
    assert copies(database) == []


@pytest.mark.parametrize("claim", [None, "course-1", [], [5, None], {}, MISSING])
def test_a_copy_that_does_not_say_of_what_changes_nothing(claim, platform, client, marked_course, database):
    answer = send(client, platform.sign(notice(platform, **{names.ORIGIN_CONTEXTS: claim})))

    assert answer.status_code == 200
    assert copies(database) == []


def test_a_copy_of_a_copy_comes_from_the_marked_course(platform, client, marked_course, database):
    send(client, platform.sign(notice(platform, 1)))

    send(client, platform.sign(notice(platform, 2, context="copy-2", origins=("copy-1",))))

    assert copies(database) == [("copy-1", "course-1"), ("copy-2", "course-1")]


def test_a_notice_is_acted_on_once_however_often_it_comes(platform, client, marked_course, database):
    first = platform.sign(notice(platform))
    same_id = platform.sign(notice(platform, nonce="another", context="copy-2"))
    same_nonce = platform.sign(notice(platform, 2, nonce="nonce-1", context="copy-3"))

    statuses = [send(client, token).status_code for token in (first, first, same_id, same_nonce)]

    assert statuses == [200] * 4
    assert copies(database) == [("copy-1", "course-1")]
    assert count(database, ReceivedNotice) == 1


def test_a_notice_of_another_kind_is_taken_and_changes_nothing(platform, client, marked_course, database):
    hello = {"id": "n", "timestamp": "2026-11-23T10:00:00Z", "type": "LtiHelloWorldNotice"}

    answer = send(client, platform.sign(notice(platform, **{names.NOTICE: hello})))

    assert answer.status_code == 200
    assert copies(database) == []


def test_one_refused_notice_does_not_keep_the_others_out(platform, client, marked_course, database):
    bad = platform.sign(notice(platform, 1), key=new_key())
    good = platform.sign(notice(platform, 2, context="copy-2"))

    answer = send(client, bad, good)

    assert answer.status_code == 401
    assert copies(database) == [("copy-2", "course-1")]


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"iss": "https://nobody.example.test"}, 403),
        ({"iss": MISSING}, 401),
        ({"iss": 5}, 401),
        ({"aud": "other", "azp": MISSING}, 403),
        ({"aud": "other"}, 401),
        ({"aud": ["client-1", "other"]}, 401),
        ({"aud": [], "azp": MISSING}, 401),
        ({"aud": [5], "azp": MISSING}, 401),
        ({"azp": "other"}, 403),
        ({"exp": MISSING}, 401),
        ({"exp": 22222, "iat": 11111}, 401),
        ({"exp": "soon"}, 401),
        ({"iat": MISSING}, 401),
        ({"iat": int(time.time()) - 90_000}, 401),
        ({"iat": int(time.time()) + 600}, 401),
        ({"nonce": MISSING}, 400),
        ({"nonce": ""}, 400),
        ({"nonce": 5}, 400),
        ({"nonce": "x" * 300}, 400),
        ({names.VERSION: "1.1"}, 400),
        ({names.DEPLOYMENT_ID: MISSING}, 401),
        ({names.DEPLOYMENT_ID: "unknown"}, 403),
        ({names.NOTICE: MISSING}, 400),
        ({names.NOTICE: "notice-1"}, 400),
        ({names.NOTICE: {"type": "LtiContextCopyNotice"}}, 400),
        ({names.NOTICE: {"id": "n", "type": ["LtiContextCopyNotice"]}}, 400),
        ({names.NOTICE: {"id": "n\0", "type": "LtiContextCopyNotice"}}, 401),
    ],
)
def test_a_notice_that_does_not_add_up_is_refused(changed, status, platform, client, marked_course, database):
    answer = send(client, platform.sign(notice(platform, **changed)))

    assert answer.status_code == status
    assert count(database, ReceivedNotice) == 0
    assert copies(database) == []


@pytest.mark.parametrize("header", [{"kid": MISSING}, {"kid": "unknown"}, {"kid": 5}])
def test_a_notice_without_a_known_key_is_refused(header, platform, client):
    if header["kid"] == 5:
        token = platform.sign(notice(platform), kid=MISSING, x=5)
    else:
        token = platform.sign(notice(platform), **header)

    assert send(client, token).status_code == 401


def test_a_notice_that_nobody_signed_is_refused(platform, client):
    unsigned = jwt.encode(notice(platform), "", algorithm="none")
    shared = jwt.encode(notice(platform), "s" * 40, algorithm="HS256", headers={"kid": "x"})

    assert [send(client, token).status_code for token in (unsigned, shared)] == [401, 401]


def test_a_notice_for_a_deployment_that_waits_or_of_an_lms_that_is_off_is_refused(platform, client, database):
    with database.transaction() as db:
        db.execute(update(Deployment).values(state=DeploymentState.PENDING))
    waiting = send(client, platform.sign(notice(platform)))
    with database.transaction() as db:
        db.execute(update(Deployment).values(state=DeploymentState.APPROVED))
        db.execute(update(Registration).values(disabled_at=utc_now()))
    off = send(client, platform.sign(notice(platform, 2)))

    assert (waiting.status_code, off.status_code) == (403, 403)
    assert count(database, ReceivedNotice) == 0


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"{}", b'{"notices": "x"}', b'{"notices": [5]}', b'{"notices": [{"jwt": 5}]}', b"null"]
)
def test_what_is_no_list_of_notices_is_refused(body, client):
    answer = client.post("/lti/notices", data=body, content_type="application/json")

    assert answer.status_code == 400


@pytest.mark.parametrize("token", ["", "a.b.c", "a", "x" * 70_000])
def test_what_is_no_token_is_refused(token, client):
    assert send(client, token).status_code in {400, 401}


def test_more_notices_than_make_sense_are_refused(platform, client):
    assert send(client, *["a.b.c"] * 101).status_code == 400


def test_one_lms_cannot_speak_of_the_courses_of_another(new_platform, client, marked_course, database):
    other = new_platform(client_id="client-2", issuer="https://other.example.test")

    answer = send(client, other.sign(notice(other)))

    assert answer.status_code == 200
    assert copies(database) == []


def test_a_copy_into_a_course_that_is_marked_is_announced_at_once(platform, client, marked_course, database):
    platform.launch(client, **{names.CONTEXT: {"id": "copy-1", "title": "A copy"}})
    address = platform.launch(client, **{names.CONTEXT: {"id": "copy-1"}}).headers["Location"]
    client.post(f"{address.split('?')[0].rstrip('/')}/course/mark")

    send(client, platform.sign(notice(platform)))

    with database.reading() as db:
        payloads = db.scalars(select(OutboxMessage.payload).where(OutboxMessage.kind == "course.copied")).all()
        copy = db.scalars(select(Course).where(Course.context_id == "copy-1")).one()
    assert payloads == [{"course_id": copy.id, "origin_ids": [marked_course]}]
    assert copy.copied_from == ["course-1"]
    assert copies(database) == []


@pytest.mark.parametrize(
    ("history", "kept"),
    [
        ("newest,older", ["newest", "older"]),
        (" newest , older ,truncated", ["newest", "older"]),
        ("timed out", []),
        ("$Context.id.history", []),
        ("", []),
        (",,", []),
        (f"newest,{'x' * 300}", ["newest"]),
        (",".join(map(str, range(1000))), [str(number) for number in range(20)]),
    ],
)
def test_what_the_launch_says_of_earlier_contexts_is_remembered(
    history, kept, platform, client, marked_course, database
):
    platform.launch(client, **{names.CUSTOM: {"context_history": history}})

    with database.reading() as db:
        assert db.get_one(Course, marked_course).copied_from == kept
