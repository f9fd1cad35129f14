"""Which wishes of a designer can be kept beside teams that stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from lti_tool.teams.asking import LARGEST, Bonds, chains_of, within
from lti_tool.teams.likeness import Candidate, may_see_each_other
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


class _Beside:
    """Who sits where, those among them whom wishes bring."""

    def __init__(self, newcomers: Mapping[int, Candidate], apart: Apart) -> None:
        self.goals: dict[int, Candidate | None] = dict(newcomers)
        self.apart = apart
        self.teams_of: defaultdict[int, set[int]] = defaultdict(set)
        self.members: defaultdict[int, set[int]] = defaultdict(set)

    @property
    def people(self) -> frozenset[int]:
        return frozenset(self.goals)

    def sit(self, seat: Seat) -> None:
        self.goals[seat.person_id] = seat.candidate
        self.teams_of[seat.person_id].add(seat.team_id)
        self.members[seat.team_id].add(seat.person_id)

    def takes(self, chain: frozenset[int]) -> bool:
        """Return whether these can be in one team, and seat them there if some of them sit in it."""
        there = {team for each in chain for team in self.teams_of[each]}
        sitting = {each for team in there for each in self.members[team]}
        coming = chain - sitting
        if len(there) > 1 or len(sitting | coming) > LARGEST:
            return False
        if any(not self._go_together(one, other) for one in coming for other in sitting | coming - {one}):
            return False
        for team in there:
            self.members[team] |= coming
        return True

    def _go_together(self, one: int, other: int) -> bool:
        mine, theirs = self.goals[one], self.goals[other]
        may_see = mine is None or theirs is None or may_see_each_other(mine, theirs)
        return may_see and frozenset((one, other)) not in self.apart
