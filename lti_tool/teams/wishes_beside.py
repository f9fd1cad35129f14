"""Which wishes of a designer can be kept beside teams that stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from lti_tool.teams.asking import LARGEST, Bonds, chains_of, within
from lti_tool.teams.likeness import Candidate
from lti_tool.teams.matching.request import Reaching, may_see_each_other
from lti_tool.teams.seats import Seat

Apart = Collection[frozenset[int]]


def kept_beside(
    seats: Iterable[Seat], newcomers: Iterable[Candidate], apart: Apart, bonds: Bonds
) -> list[frozenset[int]]:
    """Return who can be kept together: it moves nobody who sits in a team, and fills none with more than it takes.

    Each chain of wishes is kept whole or let go whole, and no other with it.
    """
    beside = _Beside({each.person_id: each for each in newcomers}, apart)
    for seat in seats:
        beside.sit(seat)
    groups = [group & beside.people for group in bonds.together]
    return within(groups, [chain for chain in chains_of(groups) if beside.takes(chain)])


@dataclass(frozen=True, slots=True)
class _Silent:
    """Whoever keeps a seat without a goal that is seen there."""

    school: str
    across_schools: bool = True


class _Beside:
    """Who sits where, those among them whom wishes bring."""

    def __init__(self, newcomers: Mapping[int, Candidate], apart: Apart) -> None:
        self.reach: dict[int, Reaching] = dict(newcomers)
        self.apart = apart
        self.teams_of: defaultdict[int, set[int]] = defaultdict(set)
        self.members: defaultdict[int, set[int]] = defaultdict(set)

    @property
    def people(self) -> frozenset[int]:
        return frozenset(self.reach)

    def sit(self, seat: Seat) -> None:
        """Note who sits where; whoever has no goal to be seen there sees those of others of the school."""
        self.reach[seat.person_id] = seat.candidate or _Silent(seat.school)
        self.teams_of[seat.person_id].add(seat.team_id)
        self.members[seat.team_id].add(seat.person_id)

    def takes(self, chain: frozenset[int]) -> bool:
        """Return whether these can be in one team, and seat them there if some of them sit in it."""
        sitting_in = [self.teams_of[each] for each in sorted(chain) if self.teams_of[each]]
        common = sorted(set.intersection(*sitting_in)) if sitting_in else []
        if sitting_in and not common:
            return False
        there = self.members[common[0]] if common else set()
        coming = chain - there
        if len(there | coming) > LARGEST and coming:
            return False
        if any(not self._go_together(one, other) for one in coming for other in there | coming - {one}):
            return False
        there |= coming
        return True

    def _go_together(self, one: int, other: int) -> bool:
        return may_see_each_other(self.reach[one], self.reach[other]) and frozenset((one, other)) not in self.apart
