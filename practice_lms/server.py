"""A practice LMS behind a real socket, in a thread of its own: for tests, for the tour, and for trying by hand."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Self

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from practice_lms.app import create_app
from practice_lms.state import Lms


class QuietRequestHandler(WSGIRequestHandler):
    """A request handler that writes no access log: launches carry personal data."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Write nothing."""


class RunningServer:
    """Serve one practice LMS while the context lasts.

    On construction the socket is bound and the LMS takes its address: `public_url` (a proxy stands before it), or else
    the real host and port. `app` is open to settings such as PLATFORM_STORAGE, `lms` to what a test wants to see.
    """

    def __init__(self, lms: Lms, host: str = "127.0.0.1", port: int = 0, public_url: str | None = None) -> None:
        self.lms = lms
        self.app = create_app(lms)
        self._server: BaseWSGIServer = make_server(
            host, port, self.app, threaded=True, request_handler=QuietRequestHandler
        )
        move_to(lms, public_url or f"http://{host}:{self._server.port}")
        self._thread = threading.Thread(target=self._serve, name=f"practice-{lms.flavour}", daemon=True)

    @property
    def url(self) -> str:
        """The address that browsers and the tool use, without a trailing slash."""
        return self.lms.url

    def _serve(self) -> None:
        # A shutdown waits for this poll; half a second of it, the default, would slow every test.
        self._server.serve_forever(poll_interval=0.02)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def move_to(lms: Lms, url: str) -> None:
    """Give the LMS its public address; an issuer that was set apart from the address stays."""
    if lms.issuer == lms.url:
        lms.issuer = url.rstrip("/")
    lms.url = url.rstrip("/")
