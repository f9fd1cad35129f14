"""Counts of people, shown so that nobody can be picked out."""

from __future__ import annotations

from flask_babel import gettext

SMALLEST_SHOWN = 5


def said_count(count: int) -> str:
    """Return the count, or that it is fewer than the smallest that is shown."""
    return str(count) if count >= SMALLEST_SHOWN else gettext("fewer than %(number)s", number=SMALLEST_SHOWN)
