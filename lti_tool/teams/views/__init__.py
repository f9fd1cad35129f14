"""Pages of teams: an educator's own, and the designer's work on those of a course."""

from __future__ import annotations

from lti_tool.teams.views import (
    arranging,
    changing,
    designing,
    differing,
    inviting,
    learning,
    leaving,
    mine,
    naming,
    room,
    sending,
    sentences,
    supervising,
    visits,
)
from lti_tool.teams.views.blueprint import bp

__all__ = [
    "arranging",
    "bp",
    "changing",
    "designing",
    "differing",
    "inviting",
    "learning",
    "leaving",
    "mine",
    "naming",
    "room",
    "sending",
    "sentences",
    "supervising",
    "visits",
]
