"""Faults on demand: what a real LMS does on a bad day, switched on from a page, a script or a test.

`GET /practice/faults` lists them, `POST` adds one (`{"kind": "refuse", "path_prefix": "/api/lti", "times": 2}`; a wrong
kind or number answers 400), `DELETE` ends them all. `/practice/…` itself is never struck.
"""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from flask import Blueprint, Flask, Response, current_app, jsonify, request
from flask.typing import ResponseReturnValue

from practice_lms.canvas.throttle import refusal
from practice_lms.current import lms

CONTROL = "/practice/"
LINE_ITEM = re.compile(r"/line_?items/(\d+)")


class Kind(StrEnum):
    """What goes wrong."""

    REFUSE = "refuse"
    """503, as a load balancer answers for a server that is away."""
    DROP = "drop"
    """The connection ends without an answer (where there is no socket, as in a test client: 503)."""
    DELAY = "delay"
    """The right answer, `seconds` late."""
    TIME_OUT = "time_out"
    """No answer for `seconds`, then 504."""
    THROTTLE = "throttle"
    GARBAGE = "garbage"
    """200 and something that is not JSON."""
    PAGE = "page"
    """200 and a page for people, as a proxy puts in the place of a server under maintenance."""
    REDIRECT = "redirect"
    """302 to such a page."""
    FORGET_LINE_ITEM = "forget_line_item"
    """The line item that the address names is gone when the request arrives."""
    ROTATE_KEYS = "rotate_keys"
    """The platform signs with a new key from this request on."""


@dataclass(slots=True)
class Fault:
    """One thing that goes wrong for the next `times` requests below `path_prefix`; None is until it is ended."""

    kind: Kind
    path_prefix: str = "/"
    times: int | None = 1
    seconds: float = 1.0

    def __post_init__(self) -> None:
        self.kind = Kind(self.kind)
        self.seconds = float(self.seconds)
        self.times = None if self.times is None else int(self.times)

    def concerns(self, path: str) -> bool:
        return path.startswith(self.path_prefix) and (self.times is None or self.times > 0)


class Faults:
    """The faults that are on, each used up by the requests that it strikes."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, fault: Fault) -> None:
        """Switch a fault on."""
        with self._lock:
            self._faults.append(fault)

    def clear(self) -> None:
        """Switch all off."""
        with self._lock:
            self._faults.clear()

    def active(self) -> list[Fault]:
        """Return the faults that are still on."""
        with self._lock:
            return list(self._faults)

    def take(self, path: str) -> Fault | None:
        """Return the first fault that strikes this path, one time less of it left."""
        with self._lock:
            fault = next((each for each in self._faults if each.concerns(path)), None)
            if fault is not None and fault.times is not None:
                fault.times -= 1
                self._faults = [each for each in self._faults if each.times != 0]
            return fault


def _unavailable(_fault: Fault) -> Response:
    return Response("Service Unavailable\n", 503, content_type="text/plain; charset=utf-8")


def _drop(fault: Fault) -> Response:
    connection = request.environ.get("werkzeug.socket")
    if isinstance(connection, socket.socket):
        connection.shutdown(socket.SHUT_RDWR)
    return _unavailable(fault)


def _delay(fault: Fault) -> None:
    time.sleep(fault.seconds)


def _time_out(fault: Fault) -> Response:
    time.sleep(fault.seconds)
    return Response("Gateway Timeout\n", 504, content_type="text/plain; charset=utf-8")


def _throttle(_fault: Fault) -> Response:
    return refusal(lms())


def _garbage(_fault: Fault) -> Response:
    return Response('{"items": [<html><body>Please sign in</body></html>', 200, content_type="application/json")


def _page(_fault: Fault) -> Response:
    return Response("<!DOCTYPE html><title>Maintenance</title><p>We are back soon.</p>", 200, content_type="text/html")


def _redirect(_fault: Fault) -> Response:
    return Response("", 302, {"Location": "/maintenance"})


def _forget_line_item(_fault: Fault) -> None:
    found = LINE_ITEM.search(request.path)
    with lms().lock:
        if found:
            lms().line_items.pop(int(found[1]), None)


def _rotate_keys(_fault: Fault) -> None:
    with lms().lock:
        lms().keys.rotate()


STRIKES: dict[Kind, Callable[[Fault], Response | None]] = {
    Kind.REFUSE: _unavailable,
    Kind.DROP: _drop,
    Kind.DELAY: _delay,
    Kind.TIME_OUT: _time_out,
    Kind.THROTTLE: _throttle,
    Kind.GARBAGE: _garbage,
    Kind.PAGE: _page,
    Kind.REDIRECT: _redirect,
    Kind.FORGET_LINE_ITEM: _forget_line_item,
    Kind.ROTATE_KEYS: _rotate_keys,
}

bp = Blueprint("fault_control", __name__)


def faults() -> Faults:
    """Return the faults of this application."""
    found: Faults = current_app.extensions["faults"]
    return found


def _strike() -> Response | None:
    fault = None if request.path.startswith(CONTROL) else faults().take(request.path)
    return STRIKES[fault.kind](fault) if fault else None


@bp.get("/practice/faults")
def list_faults() -> ResponseReturnValue:
    """List the faults that are still to strike."""
    return jsonify([asdict(each) for each in faults().active()])


@bp.post("/practice/faults")
def add_fault() -> ResponseReturnValue:
    """Take a fault that is to strike requests from now on."""
    wanted: dict[str, Any] = request.get_json()
    try:
        fault = Fault(**wanted)
    except (TypeError, ValueError) as error:
        return jsonify(error=str(error), kinds=list(Kind)), 400
    faults().add(fault)
    return jsonify(asdict(fault)), 201


@bp.delete("/practice/faults")
def clear_faults() -> ResponseReturnValue:
    """Let nothing strike any more."""
    faults().clear()
    return "", 204


def init_app(app: Flask) -> None:
    """Make every request pass the faults first."""
    app.extensions["faults"] = Faults()
    app.before_request(_strike)
    app.register_blueprint(bp)
