"""A practice LMS that a test holds in its hands: it can stop at a request, before or after doing what it asks."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask import Response, request

from practice_lms.canvas.lti import urls as canvas_urls
from practice_lms.canvas.throttle import refusal
from practice_lms.faults import STRIKES, Fault, Kind
from practice_lms.lti.vocabulary import Scope
from practice_lms.moodle.lti import urls as moodle_urls
from practice_lms.server import RunningServer
from practice_lms.state import Activity, Course, Enrolment, Flavour, LineItem, Lms, Tool, User

CLIENT_ID = "client"
SCOPES = [Scope.SCORE.value, Scope.RESULT_READ.value, Scope.LINE_ITEM.value]


@dataclass
class Gate:
    """A place at which requests stop until it is opened."""

    path_ending: str
    method: str
    is_after: bool
    arrived: threading.Event = field(default_factory=threading.Event)
    _opened: threading.Event = field(default_factory=threading.Event)
    is_dropped: bool = False
    """What stood here when it was opened is not carried out any more: the server died too."""

    def concerns(self) -> bool:
        return request.method == self.method and request.path.endswith(self.path_ending)

    def stop(self) -> None:
        self.arrived.set()
        assert self._opened.wait(60), "a test left a gate closed"

    def open(self, *, drop: bool = False) -> None:
        self.is_dropped = drop
        self._opened.set()


@dataclass
class Storm:
    """What goes wrong at random, of a hundred requests for scores; the same seed gives the same storm."""

    unavailable: int = 0
    throttled: int = 0
    page: int = 0
    """A page for people, as from a proxy."""
    answer_lost: int = 0
    _dice: random.Random = field(default_factory=lambda: random.Random(20261103))

    def before(self) -> str:
        roll = self._dice.randrange(100)
        if roll < self.unavailable:
            return "unavailable"
        if roll < self.unavailable + self.throttled:
            return "throttled"
        return "page" if roll < self.unavailable + self.throttled + self.page else ""

    def loses_answer(self) -> bool:
        return self._dice.randrange(100) < self.answer_lost


class HeldLms:
    """One course of learners with one gradebook column, in a Canvas-like or Moodle-like LMS behind a real socket."""

    def __init__(self, flavour: Flavour, learners: int, key_set: dict[str, Any]) -> None:
        self.lms = Lms(flavour, "")
        self.server = RunningServer(self.lms)
        self.gates: list[Gate] = []
        self.storm = Storm()
        self.fallen: Kind | None = None
        """How everything is answered while the LMS is down."""
        self.seconds = 0.0
        self.posts = 0
        self.in_hand = 0
        self._counting = threading.Lock()
        self._furnish(learners, key_set)
        self.server.app.before_request_funcs.setdefault(None, []).append(self._before)
        self.server.app.after_request_funcs.setdefault(None, []).append(self._after)
        self.server.app.teardown_request_funcs.setdefault(None, []).append(self._put_away)

    @property
    def url(self) -> str:
        return self.lms.url

    @property
    def token_url(self) -> str:
        return self.lms.url + ("/login/oauth2/token" if self.lms.flavour is Flavour.CANVAS else "/mod/lti/token.php")

    @property
    def line_item_url(self) -> str:
        if self.lms.flavour is Flavour.CANVAS:
            return canvas_urls.line_item(self.lms, self.item)
        return moodle_urls.line_item(self.lms, self.tool, self.item)

    def gate(self, path_ending: str, method: str = "POST", *, is_after: bool = False) -> Gate:
        """Close a gate: at `/scores` before the LMS takes a score, or after it took it and before it says so."""
        made = Gate(path_ending, method, is_after)
        self.gates.append(made)
        return made

    def open_all(self) -> None:
        for gate in self.gates:
            gate.open()
        self.gates.clear()

    def pass_time(self, by: timedelta) -> None:
        """Let that much time pass for Canvas's count of requests."""
        with self.lms.lock:
            for bucket in self.server.app.extensions.get("throttle", {}).values():
                bucket.touched_at -= by

    def has_had(self, posts: int) -> bool:
        return self.posts >= posts

    def is_idle(self) -> bool:
        """Return whether every request was carried out, those of a dead worker too."""
        return self.in_hand == 0

    def writes(self, user_id: int) -> int:
        grade = self.lms.grades.get((self.item.id, user_id))
        return grade.writes if grade else 0

    def _furnish(self, learners: int, key_set: dict[str, Any]) -> None:
        lms = self.lms
        self.course = lms.courses[1] = Course(1, "1", "PD1", "A course")
        self.learners: dict[str, int] = {}
        for number in range(101, 101 + learners):
            user = User(number, f"sub-{number}" if lms.flavour is Flavour.CANVAS else str(number), f"u{number}",
                        "A", "B", "", "", "", "")  # fmt: skip
            lms.users[number], self.learners[user.lti_id] = user, number
            self.course.enrolments[number] = Enrolment.STUDENT
        self.tool = lms.tools[1] = Tool(
            1, CLIENT_ID, "1", "Like Goals", "", "", "", [], f"{lms.url}/tool-keys", SCOPES, [], {}, [], active=True
        )
        self.server.app.add_url_rule("/tool-keys", "tool_keys", lambda: key_set)
        lms.activities[1] = Activity(1, 1, "My goals", tool_id=1, resource_link_id="1")
        self.item = lms.line_items[1] = LineItem(1, 1, "My goals", 1, 1, 1, coupled=True)

    def _before(self) -> Response | None:
        with self._counting:
            self.in_hand += 1
        if self.fallen is not None:
            return STRIKES[self.fallen](Fault(self.fallen))
        if self._is_score:
            self.posts += 1
            time.sleep(self.seconds)
            match self.storm.before():
                case "unavailable":
                    return Response("Service Unavailable\n", 503)
                case "throttled":
                    return refusal(self.lms)
                case "page":
                    return STRIKES[Kind.PAGE](Fault(Kind.PAGE))
        return self._stop(is_after=False)

    def _after(self, response: Response) -> Response:
        self._stop(is_after=True)
        if self._is_score and response.status_code == 200 and self.storm.loses_answer():
            return Response("Gateway Timeout\n", 504)
        return response

    def _put_away(self, _error: BaseException | None) -> None:
        with self._counting:
            self.in_hand -= 1

    @property
    def _is_score(self) -> bool:
        return request.method == "POST" and request.path.endswith("/scores")

    def _stop(self, *, is_after: bool) -> Response | None:
        gate = next((each for each in self.gates if each.is_after is is_after and each.concerns()), None)
        if gate is None:
            return None
        gate.stop()
        return Response("", 503) if gate.is_dropped else None


@contextmanager
def held_lms(flavour: Flavour, learners: int, key_set: dict[str, Any]) -> Iterator[HeldLms]:
    """Run the LMS while the block lasts; whatever still stands at a gate is let through at its end."""
    held = HeldLms(flavour, learners, key_set)
    with held.server:
        try:
            yield held
        finally:
            held.open_all()
