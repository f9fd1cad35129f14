"""A tool of a few lines behind a real socket: it publishes keys, receives notices and signs what a test wants."""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import SimpleQueue
from typing import Any

import jwt

from practice_lms.keys import PlatformKeys


class StubTool:
    """Keys, a notice box and the addresses of both."""

    def __init__(self, keys: PlatformKeys, port: int) -> None:
        self.keys = keys
        self.url = f"http://127.0.0.1:{port}"
        self.published: dict[str, Any] = keys.key_set()
        self.fetches = 0
        self.notices: SimpleQueue[dict[str, Any]] = SimpleQueue()

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
def serving(keys: PlatformKeys) -> Iterator[StubTool]:
    """Serve a stub tool on a free port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.tool = StubTool(keys, server.server_port)  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield server.tool  # type: ignore[attr-defined]
    server.shutdown()
    thread.join()
    server.server_close()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        tool = self.server.tool  # type: ignore[attr-defined]
        tool.fetches += 1
        self._answer(json.dumps(tool.published).encode())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.tool.notices.put(json.loads(body))  # type: ignore[attr-defined]
        self._answer(b"{}")

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the name in http.server)
        """Write no log."""
