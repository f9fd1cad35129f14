"""A platform by another author, the package `lti1p3platform`: it launches the tool, and serves tokens, grades, rosters.

It is a lenient judge. What it overlooks (the client assertion's iss, sub, aud and jti, the redirect address, the
authentication request, who a deep linking response is for) is kept here, for the tests to look at themselves.
"""

from __future__ import annotations

import json
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from lti1p3platform.ltiplatform import LTI1P3PlatformConfAbstract
from lti1p3platform.membership import Context
from lti1p3platform.message_launch import LTIAdvantageMessageLaunchAbstract
from lti1p3platform.oidc_login import OIDCLoginAbstract
from lti1p3platform.registration import Registration
from lti1p3platform.request import Request as JudgeRequest
from lti1p3platform.response import generate_next_link
from lti1p3platform.score import UpdateScoreStatus
from lti1p3platform.service_connector import AssignmentsGradesService, NamesRoleProvisioningService
from werkzeug.wrappers import Request, Response

from practice_lms.keys import PlatformKeys

TOOL_URL = "http://localhost"
ISSUER = "https://judge.example.test"
CLIENT_ID = "judged-tool"
DEPLOYMENT_ID = "judged-deployment"
MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership#"
PAGE = 2


class Judge(LTI1P3PlatformConfAbstract):  # type: ignore[misc]  # the package is untyped
    """The platform: its registration, and what its services keep."""

    def init_platform_config(self, *, login_key: str, keys: PlatformKeys, tool_keys: dict[str, Any]) -> None:
        private = list(keys.pairs.values())[-1]
        public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        self._registration = (
            Registration()
            .set_iss(ISSUER)
            .set_client_id(CLIENT_ID)
            .set_deployment_id(DEPLOYMENT_ID)
            .set_oidc_login_url(f"{TOOL_URL}/lti/login/{login_key}")
            .set_launch_url(f"{TOOL_URL}/lti/launch")
            .set_deeplink_launch_url(f"{TOOL_URL}/lti/launch")
            .set_tool_key_set(tool_keys)
            .set_platform_private_key(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode())
            .set_platform_public_key(public.decode())
        )
        self.url = ""
        self.token_requests: list[dict[str, str]] = []
        self.columns: list[dict[str, Any]] = []
        self.scores: list[dict[str, Any]] = []
        self.members = [
            {"user_id": f"user-{number}", "roles": [f"{MEMBERSHIP}Learner"], "name": f"Learner {number}"}
            for number in range(5)
        ]

    def get_registration_by_params(self, **_params: Any) -> Registration:
        return self._registration

    def __call__(self, environ, start_response):
        """Serve the key set, the token endpoint and the services."""
        return self._answer(Request(environ))(environ, start_response)

    def _answer(self, request: Request) -> Response:
        path = request.path.strip("/").split("/")
        if path == ["keys"]:
            return _json(self.get_jwks())
        if path == ["token"]:
            self.token_requests.append(request.form.to_dict())
            return _json(self.get_access_token(request.form.to_dict()))
        asked = Asked(request)
        if path == ["members"]:
            return _told(Members(asked, self, f"{self.url}/members").handle_get_members())
        return _told(self._grades(asked, *path[1:]))

    def _grades(self, asked: Asked, number: str = "", part: str = "") -> Any:
        line_item_url = f"{self.url}/line_items/{number}" if number else None
        grades = Grades(asked, self, f"{self.url}/line_items", line_item_url)
        if not number:
            return grades.handle_create_lineitem() if asked.method == "POST" else grades.handle_get_lineitems()
        whole = f"{self.url}/line_items/{number}"
        if not part:
            return grades.handle_get_lineitem(whole)
        return grades.handle_update_score(whole) if part == "scores" else grades.handle_get_results(whole)


class Asked(JudgeRequest):  # type: ignore[misc]  # the package is untyped
    """A request of the tool to one of the services."""

    def build_metadata(self, request: Request) -> Any:
        query: dict[str, Any] = request.args.to_dict()
        if "page" in query:
            query["page"] = int(query["page"])
        return {
            "method": request.method, "get_data": query, "form_data": {}, "headers": request.headers,
            "content_type": request.content_type, "path": request.path, "json": json.loads(request.data or "null"),
        }  # fmt: skip


class Grades(AssignmentsGradesService):  # type: ignore[misc]  # the package is untyped
    """Columns and what is in them; pages of two."""

    def find_lineitems(self, page: int = 1, **asked: Any) -> Any:
        names = {"resource_link_id": "resourceLinkId", "resource_id": "resourceId", "tag": "tag"}
        wanted = {names[name]: value for name, value in asked.items() if name in names}
        columns = self.platform_config.columns
        return _page([each for each in columns if wanted.items() <= each.items()], page)

    def find_lineitem(self, line_item_id: str) -> Any:
        return next(each for each in self.platform_config.columns if each["id"] == line_item_id)

    def create_lineitem(self, creation_data: Any) -> Any:
        columns = self.platform_config.columns
        columns.append(creation_data | {"id": f"{self.platform_config.url}/line_items/{len(columns) + 1}"})
        return columns[-1]

    def update_lineitem(self, update_data: Any) -> Any:
        raise NotImplementedError

    def delete_lineitem(self, line_item_id: str) -> None:
        raise NotImplementedError

    def update_score(self, line_item_id: str, score: Any) -> UpdateScoreStatus:
        self.platform_config.scores.append(score | {"scoreOf": line_item_id})
        return UpdateScoreStatus.SUCCESS

    def get_results(self, line_item_id: str, page: int = 1, user_id: str | None = None, **_: Any) -> Any:
        found = [
            {
                "id": f"{line_item_id}/results/{number}", "userId": each["userId"], "scoreOf": line_item_id,
                "resultScore": each["scoreGiven"], "resultMaximum": each["scoreMaximum"],
            }
            for number, each in enumerate(self.platform_config.scores)
            if each["scoreOf"] == line_item_id and user_id in (None, each["userId"])
        ]  # fmt: skip
        return _page(found, page)


class Members(NamesRoleProvisioningService):  # type: ignore[misc]  # the package is untyped
    """The roster of the one course."""

    def get_member_data_page(self, page: int = 1, **_asked: Any) -> Any:
        return _page(self.platform_config.members, page)

    def get_context_by_id(self) -> Context:
        return Context("course-1", "PD1", "A course")


class Login(OIDCLoginAbstract):  # type: ignore[misc]  # the package is untyped
    """A login initiation."""

    def set_lti_message_hint(self, **kwargs: Any) -> None:
        self._lti_message_hint = kwargs["hint"]

    def get_redirect(self, url: str) -> str:
        return url


class Launch(LTIAdvantageMessageLaunchAbstract):  # type: ignore[misc]  # the package is untyped
    """The answer to an authentication request."""

    def get_preflight_response(self) -> Any:
        return self._request

    def render_launch_form(self, launch_data: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
        return launch_data


def _page(found: list[Any], page: int) -> dict[str, Any]:
    return {"content": found[(page - 1) * PAGE : page * PAGE], "has_next": len(found) > page * PAGE}


def _json(content: Any) -> Response:
    return Response(json.dumps(content), content_type="application/json")


def _told(said: Any) -> Response:
    """Return one of the judge's answers over HTTP: a page's content, and the next page's address in a header."""
    result = said.result if isinstance(said.result, dict) else {}
    following = result.pop("next", None)
    content = result.get("content", said.result)
    response = Response(json.dumps(content) if content is not None else "", said.code, content_type=said.media_type)
    if following:
        response.headers["Link"] = generate_next_link(following)
    return response
