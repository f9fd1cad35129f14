"""What the matcher answers: named teams, and who stays alone and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

TEXT_MODEL = "hashed-tfidf"


class WhyAlone(StrEnum):
    """Why somebody is in no team."""

    BELOW_FLOOR = "below_floor"
    """No company is near enough, not even the best that exists."""
    TOO_FEW = "too_few"
    """As many people as there are cannot be split into teams of the sizes that are allowed."""
    NO_TEAM = "no_team"
    """Whoever this person could be with is in a team that cannot take one more."""


@dataclass(frozen=True, slots=True)
class Team:
    """People who were put together."""

    id: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Alone:
    """Somebody who was not."""

    id: str
    why: WhyAlone


@dataclass(frozen=True, slots=True)
class Answer:
    """The whole answer; everybody is in exactly one place."""

    teams: tuple[Team, ...]
    alone: tuple[Alone, ...]
    objective: float
    moved: int
    """How many of those who stay are in another team than before."""
    text_model: str = TEXT_MODEL
