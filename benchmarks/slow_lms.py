"""A practice LMS in a process of its own, every answer of which takes a while."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from practice_lms.faults import Fault, Kind
from practice_lms.lti.vocabulary import Scope
from practice_lms.moodle.lti import urls
from practice_lms.server import RunningServer
from practice_lms.state import Activity, Course, Enrolment, Flavour, LineItem, Lms, Tool, User

CLIENT_ID = "client"


@dataclass(frozen=True)
class SlowLms:
    """Where the LMS is, the tool's column in it, the scopes that it grants, and its learners by `sub`."""

    url: str
    line_item_url: str
    scopes: list[str]
    learners: list[str]


@contextmanager
def slow_lms(learners: int, seconds: float, key_set: dict[str, Any]) -> Iterator[SlowLms]:
    """Run a Moodle-like LMS with one course of so many learners while the block lasts."""
    ours, theirs = multiprocessing.Pipe()
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=_serve, args=(theirs, learners, seconds, key_set), daemon=True)
    process.start()
    try:
        yield ours.recv()
    finally:
        ours.send("stop")
        process.join()


def _serve(pipe: Connection, learners: int, seconds: float, key_set: dict[str, Any]) -> None:
    lms = Lms(Flavour.MOODLE, "")
    with RunningServer(lms) as server:
        made = _furnish(lms, learners, key_set)
        server.app.extensions["faults"].add(Fault(Kind.DELAY, times=None, seconds=seconds))
        pipe.send(made)
        pipe.recv()


def _furnish(lms: Lms, learners: int, key_set: dict[str, Any]) -> SlowLms:
    course = Course(1, "1", "PD1", "A course")
    lms.courses[1] = course
    for number in range(1, learners + 1):
        lms.users[number] = User(number, str(number), f"u{number}", "A", "B", "", "", "", "")
        course.enrolments[number] = Enrolment.STUDENT
    scopes = [Scope.SCORE.value, Scope.RESULT_READ.value, Scope.LINE_ITEM.value]
    lms.tools[1] = tool = Tool(
        1, CLIENT_ID, "1", "Like Goals", "", "", "", [], "", scopes, [], {}, [], active=True, past_key_set=key_set
    )
    lms.activities[1] = Activity(1, 1, "My goals", tool_id=1, resource_link_id="1")
    lms.line_items[1] = item = LineItem(1, 1, "My goals", 1, 1, 1, coupled=True)
    return SlowLms(lms.url, urls.line_item(lms, tool, item), scopes, [user.lti_id for user in lms.users.values()])
