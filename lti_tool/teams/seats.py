"""Places in teams that stand, and what would change of them. Nothing here loads the matcher."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lti_tool.teams.likeness import Candidate
from lti_tool.teams.matching.answer import WhyAlone
from lti_tool.teams.matching.reasons import WhyNot
from lti_tool.teams.models import RunKind

Place = tuple[int, int]
"""A person, and the goal that speaks for it."""


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody's place in a team that stands."""

    team_id: int
    person_id: int
    candidate: Candidate | None
    """The goal that speaks for it; none where it reaches not all of the team any more."""
    has_joined: bool
    school: str = ""

    @property
    def may_be_moved(self) -> bool:
        """Whether a move may be proposed: to whoever has joined, with a goal that still speaks for it."""
        return self.has_joined and self.candidate is not None


@dataclass(frozen=True, slots=True)
class Change:
    """That somebody would join a team that stands, and leave another one if there is one."""

    person_id: int
    goal_id: int
    team_id: int
    leaves_id: int | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """How near somebody is to a team that was found, and why not to the best other one."""

    here: float
    best: float
    other: int | None
    """The place of the best other team among those that were found."""
    there: float
    why_not: WhyNot | None


@dataclass(frozen=True, slots=True)
class Rare:
    """Somebody for whom there is no team, and the nearest company in the district, if any may be seen."""

    person_id: int
    why: WhyAlone
    goal_id: int | None = None
    nearest_goal_id: int | None = None
    likeness: float | None = None


@dataclass(frozen=True, slots=True)
class Beside:
    """What a run found beside new teams."""

    kind: RunKind = RunKind.ANEW
    changes: tuple[Change, ...] = ()
    gain: float | None = None
    """By what part people would be more like their teammates than without any move; 0 where a rule asks for moves."""
    placed: Mapping[Place, Placed] = field(default_factory=dict)
    rare: tuple[Rare, ...] = ()
    text_model: str = ""


NOTHING_BESIDE = Beside()
