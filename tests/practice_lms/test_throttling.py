"""Canvas's leaky bucket in both dialects (request_throttle.rb)."""

from __future__ import annotations

import jwt
import pytest

from practice_lms.canvas.throttle import HIGH_WATER_MARK, buckets
from practice_lms.state import Flavour
from tests.practice_lms.rest_fixtures import ADA, TEACHER, Practice, make_practice


@pytest.fixture
def canvas() -> Practice:
    return make_practice(Flavour.CANVAS)


def fill(canvas: Practice, user_id: int = TEACHER) -> None:
    canvas.rest("GET", "/api/v1/courses", user_id)
    with canvas.client.application.app_context():
        buckets()[canvas.api_token(user_id)].level = HIGH_WATER_MARK


@pytest.mark.parametrize(("status", "reason"), [(403, "Forbidden"), (429, "Too Many Requests")])
def test_a_throttled_client_reads_plain_text_with_the_status_of_the_version(canvas, status, reason):
    canvas.lms.throttled_status = status
    fill(canvas)

    answer = canvas.rest("GET", "/api/v1/courses")

    assert (answer.status_code, answer.content_type) == (status, "text/plain; charset=utf-8")
    assert answer.text == f"{status} {reason} (Rate Limit Exceeded)\n"
    assert answer.headers["X-Rate-Limit-Remaining"] == "0.0"
    assert "X-Request-Cost" not in answer.headers
    assert "Retry-After" not in answer.headers


def test_every_other_answer_tells_its_cost_and_what_remains(canvas):
    answer = canvas.rest("GET", "/api/v1/courses")

    assert float(answer.headers["X-Request-Cost"]) == 0.5
    assert float(answer.headers["X-Rate-Limit-Remaining"]) == HIGH_WATER_MARK - 0.5


def test_the_bucket_leaks_as_time_goes_by(canvas):
    fill(canvas)
    assert canvas.rest("GET", "/api/v1/courses").status_code == 403

    canvas.clock.forward(seconds=1)

    answer = canvas.rest("GET", "/api/v1/courses")
    assert answer.status_code == 200
    assert float(answer.headers["X-Rate-Limit-Remaining"]) == 9.5


def test_each_access_token_has_a_bucket_of_its_own(canvas):
    fill(canvas)

    assert canvas.rest("GET", "/api/v1/courses", ADA).status_code == 200


def test_three_quick_token_requests_of_one_key_throttle_the_fourth(canvas):
    assertion = jwt.encode({"sub": "10000000000001"}, "k" * 32)
    form = {"grant_type": "refresh_token", "client_id": "10000000000001", "client_assertion": assertion}

    statuses = [canvas.client.post("/login/oauth2/token", data=form).status_code for _ in range(4)]

    assert statuses == [401, 401, 401, 403]


def test_all_lti_tokens_of_one_key_share_a_bucket(canvas):
    tokens = [jwt.encode({"sub": "10000000000001", "jti": str(number)}, "k" * 32) for number in range(2)]

    remaining = [
        canvas.client.get("/api/v1/courses", headers={"Authorization": f"Bearer {each}"}).headers[
            "X-Rate-Limit-Remaining"
        ]
        for each in tokens
    ]

    assert remaining == ["599.5", "599.0"]


def test_pages_for_people_are_not_throttled(canvas):
    assert "X-Rate-Limit-Remaining" not in canvas.client.get("/practice/faults").headers
