"""Why these people: facts that anybody in the team may read. They name standards, never the words of a goal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from lti_tool.teams.asking import numbers_of, people_of
from lti_tool.teams.likeness import Candidate
from lti_tool.teams.matching.reasons import TeamReasons, code_of, describe


@dataclass(frozen=True, slots=True)
class WhyTogether:
    """What a team has in common, how many of it offer to show something, and who has achieved what others work on."""

    common: TeamReasons
    offering: int
    achieved: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """By name of a member, the codes of the components."""


def why_together(members: Sequence[Candidate], names: Mapping[int, str] | None = None) -> WhyTogether | None:
    """Return why these people make a team; none when fewer than two goals speak for it.

    Who has achieved something is told by the names given.
    """
    if len(members) < 2:
        return None
    people = [replace(each, text="") for each in people_of(members)]
    common = describe(people)
    done = {numbers_of(each.id)[0]: tuple(map(code_of, each.components)) for each in common.experts}
    achieved = {name: done[person_id] for person_id, name in (names or {}).items() if person_id in done}
    return WhyTogether(common, sum(member.offers for member in members), achieved)
