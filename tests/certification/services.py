"""The service side of the certification suite's platform: it notes what it is asked, and answers by the book."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from werkzeug.wrappers import Request, Response

from lti_tool.launch import names
from lti_tool.lms.platform import Scope
from tests.launch.signing_platform import LEARNER

TOKEN = "a-token"


@dataclass
class Services:
    """A token endpoint, a roster of two pages and a gradebook."""

    url: str = ""
    asked: list[Request] = field(default_factory=list)
    line_items: dict[str, dict[str, Any]] = field(default_factory=dict)
    scores: list[dict[str, Any]] = field(default_factory=list)

    def reset(self) -> None:
        self.asked, self.line_items, self.scores = [], {}, []

    def claims(self) -> dict[str, Any]:
        """Return the claims with which a launch offers these services."""
        return {
            names.AGS: {"scope": [each for each in Scope if "lti-ags" in each], "lineitems": f"{self.url}/lineitems"},
            names.NRPS: {"context_memberships_url": f"{self.url}/members", "service_versions": ["2.0"]},
        }

    def requests(self, method: str, path: str) -> list[Request]:
        """Return what was asked so, the first first."""
        return [each for each in self.asked if (each.method, each.path) == (method, path)]

    def __call__(self, environ, start_response):
        request = Request(environ)
        request.get_data()
        self.asked.append(request)
        return self._answer(request)(environ, start_response)

    def _answer(self, request: Request) -> Response:
        if request.path == "/token":
            return _json({"access_token": TOKEN, "token_type": "Bearer", "expires_in": 3600, "scope": " ".join(Scope)})
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return Response(status=401)
        return self._roster(request) if request.path == "/members" else self._gradebook(request)

    def _roster(self, request: Request) -> Response:
        page = request.args.get("page", "1")
        answer = _json({"id": self.url, "context": {"id": "course-1"}, "members": [_member(f"user-{page}")]})
        link, relation = ("differences", "differences") if page == "2" else ("members?page=2", "next")
        answer.headers["Link"] = f'<{self.url}/{link}>; rel="{relation}"'
        return answer

    def _gradebook(self, request: Request) -> Response:
        _, _, path = request.path.partition("/lineitems")
        if not path and request.method == "POST":
            number = f"/lineitems/{len(self.line_items) + 1}"
            self.line_items[number] = made = {"id": self.url + number, **json.loads(request.get_data())}
            return _json(made, 201)
        if path.endswith("/scores"):
            self.scores.append(json.loads(request.get_data()))
            return Response(status=204)
        if path.endswith("/results"):
            kept = [each for each in self.scores if each["userId"] == request.args.get("user_id")]
            return _json([{"userId": each["userId"], "resultScore": 1, "resultMaximum": 1} for each in kept])
        if request.method == "DELETE":
            del self.line_items[request.path]
            return Response(status=204)
        return _json(list(self.line_items.values()))


def _member(user_id: str) -> dict[str, Any]:
    return {"user_id": user_id, "roles": [LEARNER], "status": "Active"}


def _json(content: Any, status: int = 200) -> Response:
    return Response(json.dumps(content), status, content_type="application/json")
