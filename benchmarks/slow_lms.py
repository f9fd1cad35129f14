"""An LMS in a process of its own that answers every request after the same time, and notes what it was sent.

It speaks what scores need: tokens, scores and results as Moodle gives them. It checks nothing and costs little, so that
what is measured is the tool.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from urllib.parse import parse_qs, urlsplit

CLIENT_ID = "client"
TOKEN = {"access_token": "token", "expires_in": 3600}


@dataclass
class Received:
    """What the LMS was sent, and how hard it was asked."""

    scores: Counter[str] = field(default_factory=Counter)
    requests: Counter[str] = field(default_factory=Counter)
    most_at_once: int = 0
    last_score_at: float = 0.0
    """By the machine's own clock since it started, which all its processes share."""
    cpu_seconds: float = 0.0


class SlowLms:
    """The LMS as the one who measures sees it."""

    def __init__(self, pipe: Connection, port: int) -> None:
        self._pipe, self.url = pipe, f"http://127.0.0.1:{port}"

    def line_item_url(self, number: int) -> str:
        """Return a gradebook column; there are as many as are asked for."""
        return f"{self.url}/lineitems/{number}/lineitem?type_id=1"

    def received(self) -> Received:
        """Return what it was sent up to now."""
        self._pipe.send("report")
        found: Received = self._pipe.recv()
        return found


@contextmanager
def slow_lms(seconds: float) -> Iterator[SlowLms]:
    """Run the LMS while the block lasts."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(theirs, seconds), daemon=True)
    process.start()
    try:
        yield SlowLms(ours, ours.recv())
    finally:
        ours.send("stop")
        process.join()


def _serve(pipe: Connection, seconds: float) -> None:
    asyncio.run(_Server(seconds).run(pipe))


class _Server:
    def __init__(self, seconds: float) -> None:
        self._seconds, self._received, self._under_way = seconds, Received(), 0

    async def run(self, pipe: Connection) -> None:
        """Serve until the pipe says stop."""
        server = await asyncio.start_server(self._converse, "127.0.0.1", 0)
        pipe.send(server.sockets[0].getsockname()[1])
        while await asyncio.to_thread(pipe.recv) == "report":
            self._received.cpu_seconds = time.process_time()
            pipe.send(self._received)
        server.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                method, address, _version = head.split(" ", 2)
                length = next((line[15:] for line in head.split("\r\n") if line[:15].lower() == "content-length:"), "0")
                body = await reader.readexactly(int(length))
                answer = await self._answer(method, address, body)
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(answer), answer))
                await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            writer.close()

    async def _answer(self, method: str, address: str, body: bytes) -> bytes:
        self._under_way += 1
        self._received.most_at_once = max(self._received.most_at_once, self._under_way)
        await asyncio.sleep(self._seconds)
        self._under_way -= 1
        parts = urlsplit(address)
        self._received.requests[f"{method} {parts.path.rpartition('/')[2]}"] += 1
        if parts.path == "/token":
            return json.dumps(TOKEN).encode()
        if method == "POST":
            return self._take(json.loads(body))
        return self._results(parse_qs(parts.query).get("user_id"))

    def _take(self, score: dict[str, str]) -> bytes:
        self._received.scores[score["userId"]] += 1
        self._received.last_score_at = time.monotonic()
        return b""

    def _results(self, asked: list[str] | None) -> bytes:
        shown = [user for user in (asked or self._received.scores) if user in self._received.scores]
        results = [{"id": f"r{user}", "userId": user, "resultScore": 1, "resultMaximum": 1} for user in shown]
        return json.dumps(results).encode()
