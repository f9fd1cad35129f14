"""Notices of the practice Canvas, sentence by sentence (doc/api/pns.md, notice_handlers_controller.rb)."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import TestResponse

from practice_lms.canvas.lti.notices import announce_copy
from practice_lms.lti.vocabulary import CLAIM, Scope
from practice_lms.state import Course
from tests.practice_lms.lti_world import World


def put(world: World, kind: str, handler: object) -> TestResponse:
    return world.client.put(
        f"/api/lti/notice-handlers/{world.tool.id}",
        json={"notice_type": kind, "handler": handler},
        headers=world.bearer(Scope.NOTICE_HANDLERS),
    )


def received(world: World) -> dict[str, Any]:
    (notice,) = world.stub.notices.get(timeout=5)["notices"]
    return world.verified(notice["jwt"])


def test_a_handler_is_echoed_and_listed_under_a_numeric_client_id(canvas: World) -> None:
    handler = f"{canvas.stub.url}/notices"

    answer = put(canvas, "LtiContextCopyNotice", handler)
    said = canvas.client.get(
        f"/api/lti/notice-handlers/{canvas.tool.id}", headers=canvas.bearer(Scope.NOTICE_HANDLERS)
    ).get_json()

    assert answer.get_json() == {"notice_type": "LtiContextCopyNotice", "handler": handler}
    assert said["client_id"] == int(canvas.tool.client_id)
    assert {"notice_type": "LtiContextCopyNotice", "handler": handler} in said["notice_handlers"]


def test_subscribing_to_hello_sends_one_at_once(canvas: World) -> None:
    put(canvas, "LtiHelloWorldNotice", f"{canvas.stub.url}/notices")

    claims = received(canvas)

    assert claims[f"{CLAIM}notice"]["type"] == "LtiHelloWorldNotice"
    assert claims["aud"] == claims["azp"] == canvas.tool.client_id
    assert claims["exp"] == claims["iat"] + 3600
    assert claims["nonce"]
    assert claims[f"{CLAIM}deployment_id"] == canvas.tool.deployment_id
    assert "sub" not in claims


def test_a_copied_course_is_announced_with_its_origin(canvas: World) -> None:
    put(canvas, "LtiContextCopyNotice", f"{canvas.stub.url}/notices")
    copy = Course(
        canvas.lms.new_id(), "new-context", "PD101-27", "Formative assessment", copied_from=["newest", "older"]
    )

    announce_copy(canvas.lms, copy)

    claims = received(canvas)
    assert claims[f"{CLAIM}context"]["id"] == "new-context"
    assert claims[f"{CLAIM}origin_contexts"] == ["newest"]


def test_an_empty_handler_unsubscribes(canvas: World) -> None:
    put(canvas, "LtiContextCopyNotice", f"{canvas.stub.url}/notices")

    assert put(canvas, "LtiContextCopyNotice", "").status_code == 200
    announce_copy(canvas.lms, canvas.course)
    assert canvas.stub.notices.empty()
    assert canvas.lms.lti.notice_handlers == {}


def test_a_handler_that_is_down_loses_the_notice_for_good(canvas: World) -> None:
    canvas.tool.redirect_uris.append("http://127.0.0.1:9/launch")

    assert put(canvas, "LtiHelloWorldNotice", "http://127.0.0.1:9/notices").status_code == 200
    assert canvas.stub.notices.empty()


@pytest.mark.parametrize(
    ("kind", "handler", "said"),
    [
        ("LtiOtherNotice", "", "notice_type must be one of"),
        ("LtiHelloWorldNotice", None, "handler must be a valid URL or an empty string"),
        ("LtiHelloWorldNotice", "http://other.test/", "Validation failed: Url should match tool's domain"),
    ],
)
def test_a_bad_handler_is_a_400(canvas: World, kind: str, handler: str | None, said: str) -> None:
    answer = put(canvas, kind, handler)

    assert answer.status_code == 400
    assert answer.get_json()["errors"]["message"].startswith(said)


def test_another_keys_deployment_is_forbidden(canvas: World) -> None:
    answer = canvas.client.get("/api/lti/notice-handlers/9999", headers=canvas.bearer(Scope.NOTICE_HANDLERS))

    assert answer.status_code == 403
