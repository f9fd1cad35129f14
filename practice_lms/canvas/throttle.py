"""Canvas's rate limit: a leaky bucket per access token, or per LTI key.

Source: app/middleware/request_throttle.rb: blocked at 600, filled to 800 at most, 10 leak out each
second, 50 are charged while a request is in flight and then replaced by its real cost; there is no Retry-After.
A token request costs 200 (doc/api/oauth_endpoints.md). Real costs follow CPU time; here all others cost 0.5.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import cast

import jwt
from flask import Flask, Response, current_app, g, request

from practice_lms.current import lms
from practice_lms.state import Lms

HIGH_WATER_MARK = 600.0
MAXIMUM = 800.0
LEAK_PER_SECOND = 10.0
UP_FRONT_COST = 50.0
REQUEST_COST = 0.5
TOKEN_COST = 200.0
TOKEN_PATH = "/login/oauth2/token"  # noqa: S105 (an address)
LIMITED = ("/api/v1/", "/api/lti/courses/", "/api/lti/groups/", "/api/lti/notice-handlers/", TOKEN_PATH)


@dataclass(slots=True)
class Bucket:
    """How much one client has asked for lately."""

    level: float
    touched_at: datetime

    def leak(self, now: datetime) -> None:
        """Let out what the time since the last request allows."""
        gone = max(0.0, (now - self.touched_at).total_seconds()) * LEAK_PER_SECOND
        self.level = max(0.0, self.level - gone)
        self.touched_at = now

    def add(self, cost: float) -> None:
        """Charge a request, or give some of its cost back."""
        self.level = min(MAXIMUM, max(0.0, self.level + cost))

    @property
    def remaining(self) -> float:
        return max(0.0, HIGH_WATER_MARK - self.level)


def refusal(practice: Lms) -> Response:
    """Return what Canvas says to a throttled client, with the status of this instance (403 or 429)."""
    reason = "Forbidden" if practice.throttled_status == 403 else "Too Many Requests"
    body = f"{practice.throttled_status} {reason} (Rate Limit Exceeded)\n"
    headers = {"X-Rate-Limit-Remaining": "0.0"}
    return Response(body, practice.throttled_status, headers, content_type="text/plain; charset=utf-8")


def buckets() -> dict[str, Bucket]:
    """Return the buckets of this application by who they belong to."""
    return cast("dict[str, Bucket]", current_app.extensions["throttle"])


def _subject_of(token: str) -> str:
    # An LTI access token and a client assertion both name the key in `sub`: all its tokens share one bucket.
    try:
        return str(jwt.decode(token, options={"verify_signature": False}).get("sub", token))
    except jwt.InvalidTokenError:
        return token


def _client() -> str:
    if request.path == TOKEN_PATH:
        return _subject_of(request.form.get("client_assertion", request.form.get("client_id", "")))
    bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return _subject_of(bearer or request.args.get("access_token", ""))


def _charge() -> Response | None:
    if not request.path.startswith(LIMITED):
        return None
    practice = lms()
    with practice.lock:
        bucket = buckets().setdefault(_client(), Bucket(0.0, practice.clock()))
        bucket.leak(practice.clock())
        if bucket.level >= HIGH_WATER_MARK:
            return refusal(practice)
        bucket.add(UP_FRONT_COST)
        g.throttle_bucket = bucket
    return None


def _settle(response: Response) -> Response:
    bucket: Bucket | None = g.pop("throttle_bucket", None)
    if bucket is not None:
        cost = TOKEN_COST if request.path == TOKEN_PATH else REQUEST_COST
        with lms().lock:
            bucket.add(cost - UP_FRONT_COST)
        response.headers["X-Request-Cost"] = str(cost)
        response.headers["X-Rate-Limit-Remaining"] = str(bucket.remaining)
    return response


def init_app(app: Flask) -> None:
    """Throttle the addresses of LTI services, REST and tokens."""
    app.extensions["throttle"] = {}
    app.before_request(_charge)
    app.after_request(_settle)
