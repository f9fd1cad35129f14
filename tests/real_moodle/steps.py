"""Steps with names that are sentences, played in order, and the one table of what passed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import requests
from playwright.sync_api import Error as BrowserError
from sqlalchemy.exc import SQLAlchemyError

from lti_tool.errors import ToolError
from practice_lms.browser import JourneyError
from practice_lms.processes import TrialError
from tests.real_moodle.world import NotLaidError, World

Found = TypeVar("Found")
Play = Callable[[World], str]
TROUBLE = (
    JourneyError, TrialError, ToolError, requests.RequestException, SQLAlchemyError, BrowserError, AssertionError,
    LookupError, ValueError,
)  # fmt: skip
PATIENCE = 60.0
"""Seconds that the worker may take; it sweeps every 15."""


@dataclass(frozen=True, slots=True)
class Step:
    """What happens, in a sentence, and the function that plays it and returns what was seen."""

    sentence: str
    play: Play


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a step went; one whose ground was not laid by an earlier step was not reached."""

    sentence: str
    result: str
    seen: str

    @property
    def passed(self) -> bool:
        return self.result == "passed"


class Chapter:
    """Steps that belong together."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.steps: list[Step] = []

    def step(self, sentence: str) -> Callable[[Play], Play]:
        """Add a function as the next step."""

        def add(play: Play) -> Play:
            self.steps.append(Step(sentence, play))
            return play

        return add


def expect(is_so: object, otherwise: str) -> None:
    """Fail the step with these words unless it is so."""
    if not is_so:
        raise JourneyError(otherwise)


def wait_for(look: Callable[[], Found], otherwise: str) -> Found:
    """Look until there is something, as long as the worker may take."""
    end = time.monotonic() + PATIENCE
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > end:
            raise JourneyError(f"{otherwise} (waited {PATIENCE:.0f} s)")
        time.sleep(1)


def play(chapters: Sequence[Chapter], world: World) -> Iterator[Outcome]:
    """Play every step in order and say how each went."""
    for chapter in chapters:
        for step in chapter.steps:
            yield _play(step, world)


def _play(step: Step, world: World) -> Outcome:
    try:
        return Outcome(step.sentence, "passed", step.play(world))
    except NotLaidError as missing:
        return Outcome(step.sentence, "not reached", f"needs {missing} of an earlier step")
    except TROUBLE as trouble:
        return Outcome(step.sentence, "FAILED", f"{type(trouble).__name__}: {trouble}")
