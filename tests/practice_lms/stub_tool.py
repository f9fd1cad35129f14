"""A tool of a few lines behind a real socket: it publishes keys, receives notices and signs what a test wants."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

import jwt
from werkzeug.wrappers import Request, Response

from practice_lms.keys import PlatformKeys
from tests.serving import serving

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class StubTool:
    """Keys, a notice box and the addresses of both."""

    def __init__(self, keys: PlatformKeys) -> None:
        self.keys = keys
        self.url = ""
        self.published: dict[str, Any] = keys.key_set()
        self.fetches = 0
        self.notices: SimpleQueue[dict[str, Any]] = SimpleQueue()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Take a notice, or publish the keys."""
        asked = Request(environ)
        if asked.method == "POST":
            self.notices.put(json.loads(asked.get_data()))
            return Response("{}", content_type="application/json")(environ, start_response)
        self.fetches += 1
        return Response(json.dumps(self.published), content_type="application/json")(environ, start_response)

    def sign(self, claims: dict[str, Any], kid: str | None = None) -> str:
        """Return claims signed by the tool's key, under another `kid` if a test wants one."""
        own, key = list(self.keys.pairs.items())[-1]
        return jwt.encode(claims, key, algorithm="RS256", headers={"kid": kid or own})

    def assertion(self, client_id: str, audience: str, now: int) -> dict[str, Any]:
        """Return the claims of a good client assertion."""
        return {
            "iss": client_id,
            "sub": client_id,
            "aud": audience,
            "iat": now,
            "exp": now + 60,
            "jti": str(uuid.uuid4()),
        }


@contextmanager
def running_stub_tool(keys: PlatformKeys) -> Iterator[StubTool]:
    """Serve a stub tool on a free port."""
    tool = StubTool(keys)
    with serving(tool) as tool.url:
        yield tool
