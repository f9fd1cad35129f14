"""How much an LMS still lets the tool ask, by its own count.

Canvas names in `X-Rate-Limit-Remaining` what is left of a bucket of 600, which fills by 50 with each request under way
and leaks 10 a second (request_throttle.rb). Whoever leaves it alone in time is never throttled. Others name nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta

REMAINING = "X-Rate-Limit-Remaining"
RESERVE = 100.0
"""What must be left before more is asked: two requests under way."""
LEAK = 10.0
"""What Canvas's bucket loses each second."""


@dataclass(slots=True)
class Allowance:
    """What the answers to some calls said."""

    remaining: float | None = None
    status: int | None = None

    @property
    def rest(self) -> timedelta:
        """How long to ask nothing."""
        if self.remaining is None or self.remaining >= RESERVE:
            return timedelta()
        return timedelta(seconds=(RESERVE - max(self.remaining, 0.0)) / LEAK)


_watched: ContextVar[Allowance | None] = ContextVar("allowance", default=None)


@contextmanager
def watching() -> Iterator[Allowance]:
    """Yield what the LMS says of its count in answer to the calls of this block; the last answer is the true one."""
    allowance = Allowance()
    token = _watched.set(allowance)
    try:
        yield allowance
    finally:
        _watched.reset(token)


def note_answer(status: int, headers: Mapping[str, str]) -> None:
    """Keep an answer's status, and what it says of the LMS's count."""
    allowance, said = _watched.get(), headers.get(REMAINING)
    if allowance is None:
        return
    allowance.status = status
    if said is None:
        return
    try:
        allowance.remaining = float(said)
    except ValueError:
        return
