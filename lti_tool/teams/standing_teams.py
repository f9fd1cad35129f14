"""Teams that stand already, and those who came since. Only the worker imports this: it loads the matcher.

Nobody loses a seat by it: what it finds are changes, and each is put to the person whom it is about.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from lti_tool.errors import InvalidInputError
from lti_tool.teams.asking import (
    FLOOR,
    LARGEST,
    NO_BONDS,
    Bonds,
    chains_of,
    has_two_of,
    numbers_of,
    people_of,
    request_of,
    within,
)
from lti_tool.teams.like_teams import one_goal_each, teams_of_like_goals
from lti_tool.teams.likeness import Candidate
from lti_tool.teams.matching.answer import Answer
from lti_tool.teams.matching.explaining import nearness
from lti_tool.teams.matching.matcher import match, match_joiners
from lti_tool.teams.matching.request import Options, Person, Request
from lti_tool.teams.models import RunKind
from lti_tool.teams.seats import Beside, Change, Place, Seat

SMALLEST = Options().minimum


def reform(
    seats: Iterable[Seat],
    newcomers: Sequence[Candidate],
    *,
    may_move: bool,
    within_schools: bool = False,
    apart: Collection[frozenset[int]] = (),
    bonds: Bonds = NO_BONDS,
) -> tuple[list[list[Place]], Beside]:
    """Return new teams of those who find no seat in one that stands, and beside these who does or would move.

    Teams that somebody made larger than any that is proposed stay as they are, and so does a proposal's locked company.
    Within schools, so do teams of several schools.
    """
    free = [each for each in newcomers if each.person_id not in bonds.locked]
    circles = _circles(_of_open_teams(seats), free, within_schools=within_schools)
    found = [_Asking(*circle, frozenset(apart), bonds).found(may_move=may_move) for circle in circles]
    changes = tuple(change for each in found for change in each.changes)
    settled = {change.person_id for change in changes}
    rest = [each for each in newcomers if each.person_id not in settled]
    teams = teams_of_like_goals(rest, within_schools=within_schools, apart=apart, bonds=bonds)
    return teams, Beside(RunKind.IMPROVE if may_move else RunKind.JOINERS, changes, _gain(found) if may_move else None)


@dataclass(frozen=True, slots=True)
class _Found:
    """What would change in one circle, and how alike its people are in sum without any move and with them."""

    changes: list[Change]
    placed: float = 0.0
    moved: float = 0.0
    has_to_move: bool = False
    """Whether moves take apart two who sit together and must not."""


def _gain(found: Sequence[_Found]) -> float | None:
    """Return by what part people are more alike than if nobody moved; 0 where some have to move for no gain.

    None where nobody has to, and there is no gain to speak of.
    """
    placed = sum(each.placed for each in found)
    gain = round((sum(each.moved for each in found) - placed) / placed, 4) if placed > 0 else 0.0
    return gain if gain > 0 else 0.0 if any(each.has_to_move for each in found) else None


def _circles(
    seats: Sequence[Seat], free: Sequence[Candidate], *, within_schools: bool
) -> list[tuple[Sequence[Seat], Sequence[Candidate]]]:
    """Return which teams that stand take whom: all of them, or each school by itself."""
    if not within_schools:
        return [(seats, free)] if seats else []
    schools: defaultdict[int, set[str]] = defaultdict(set)
    for seat in seats:
        schools[seat.team_id].add(seat.school)
    names = {name for there in schools.values() if len(there) == 1 for name in there if name}
    return [
        ([seat for seat in seats if schools[seat.team_id] == {name}], [each for each in free if each.school == name])
        for name in sorted(names)
    ]


def _of_open_teams(seats: Iterable[Seat]) -> list[Seat]:
    teams: defaultdict[int, list[Seat]] = defaultdict(list)
    for seat in seats:
        teams[seat.team_id].append(seat)
    return [seat for team_id in sorted(teams) if 1 < len(teams[team_id]) <= LARGEST for seat in teams[team_id]]


class _Asking:
    """One question about teams that stand, and what its answer would change."""

    def __init__(
        self, seats: Sequence[Seat], newcomers: Sequence[Candidate], apart: frozenset[frozenset[int]], bonds: Bonds
    ) -> None:
        self.seats = {f"seat-{seat.team_id:012}-{seat.person_id:012}": seat for seat in seats}
        self.sizes = Counter(seat.team_id for seat in seats)
        self.apart = apart
        options = Options(floor=FLOOR, minimum=min(SMALLEST, *self.sizes.values()) if self.sizes else SMALLEST)
        self.request = one_goal_each(request_of(self._people(newcomers), apart, options))
        here = {self._person_of(person.id) for person in self.request.people}
        groups = [group & here for group in bonds.together]
        self.together = within(groups, [chain for chain in chains_of(groups) if self._can_be_together(chain)])

    def _can_be_together(self, chain: frozenset[int]) -> bool:
        """Return whether wishes move nobody who is in a team, fill none too much and bring nobody to whom not to."""
        there = [seat.team_id for seat in self.seats.values() if seat.person_id in chain]
        if len(there) > 1 or len(chain) - len(there) + sum(map(self.sizes.__getitem__, there)) > LARGEST:
            return False
        sitting = {seat.person_id for seat in self.seats.values() if seat.team_id in there}
        return not any(has_two_of({each, *chain, *sitting}, self._apart_of(each)) for each in chain - sitting)

    def _apart_of(self, person_id: int) -> set[frozenset[int]]:
        return {pair for pair in self.apart if person_id in pair}

    def _people(self, newcomers: Sequence[Candidate]) -> list[tuple[int, Person]]:
        """Return everybody with their ids; a goal that speaks for nothing in a team keeps its owner's seat."""
        spoken = {name: seat.candidate for name, seat in self.seats.items() if seat.candidate is not None}
        known = people_of([*spoken.values(), *newcomers])
        seated = dict(zip(spoken, known[: len(spoken)], strict=True))
        sitting = [
            (seat.person_id, replace(seated[name], id=name) if name in seated else Person(name, ()))
            for name, seat in self.seats.items()
        ]
        coming = zip((each.person_id for each in newcomers), known[len(spoken) :], strict=True)
        return [*sitting, *coming]

    def found(self, *, may_move: bool) -> _Found:
        """Return the changes, and how alike people are without any move and with them.

        Moves that gain nothing and that no rule asks for are none.
        """
        placed = self._answer(may_move=False)
        staying = list(self._changes(placed, may_move=False))
        if not may_move:
            return _Found(staying)
        moved, people = self._answer(may_move=True), len(self.request.people)
        before, after = placed.objective * people, moved.objective * people
        after += self.request.options.move_price * moved.moved
        changes = list(self._changes(moved, may_move=True))
        if self._takes_apart(changes):
            return _Found(changes, before, after, has_to_move=True)
        return _Found(changes, before, after) if after > before else _Found(staying, before, before)

    def _takes_apart(self, changes: Sequence[Change]) -> bool:
        """Return whether somebody would move who sits with a person whom a rule keeps apart."""
        leaving = {(change.person_id, change.leaves_id) for change in changes if change.leaves_id}
        sitting = (pair for pair in self.request.apart if self._is_sitting_together(pair))
        return any(
            (self.seats[each].person_id, self.seats[each].team_id) in leaving for pair in sitting for each in pair
        )

    def _answer(self, *, may_move: bool) -> Answer:
        """Match; what nothing can satisfy is let go: wishes, then whoever is kept from most, then who sits so."""
        request = self._bound(may_move=may_move)
        while True:
            try:
                return match(request) if may_move else match_joiners(request)
            except InvalidInputError:
                less = replace(request, together=()) if request.together else self._without_one(request)
                if less == request:
                    raise
            request = less

    def _bound(self, *, may_move: bool) -> Request:
        """Return the request with who sits where, and who stays there in any case."""
        previous: defaultdict[str, list[str]] = defaultdict(list)
        for name, seat in self.seats.items():
            previous[_named(seat.team_id)].append(name)
        locked = {name: _named(seat.team_id) for name, seat in self.seats.items() if not seat.may_be_moved}
        names = {self._person_of(person.id): person.id for person in self.request.people}
        groups = [tuple(names[each] for each in sorted(group) if each in names) for group in self.together]
        return replace(
            self.request,
            apart=tuple(pair for pair in self.request.apart if not self._stays_together(pair, may_move=may_move)),
            together=tuple(group for group in groups if len(group) > 1),
            locked=locked if may_move else {},
            previous={team: tuple(own) for team, own in previous.items()},
        )

    def _stays_together(self, pair: Sequence[str], *, may_move: bool) -> bool:
        """Return whether two sit in one team, and neither may be moved out of it."""
        return self._is_sitting_together(pair) and not (
            may_move and any(self.seats[each].may_be_moved for each in pair)
        )

    def _is_sitting_together(self, pair: Sequence[str]) -> bool:
        teams = {self.seats[name].team_id if name in self.seats else None for name in pair}
        return len(teams) == 1 and None not in teams

    def _without_one(self, request: Request) -> Request:
        """Return the request without a newcomer who is kept apart, or else without one pair that sits together.

        All others are apart as they sit, so that no more pairs than these need be let go.
        """
        counts = Counter(name for pair in request.apart for name in pair if name not in self.seats)
        if not counts:
            sitting = [pair for pair in request.apart if self._is_sitting_together(pair)][:1]
            return replace(request, apart=tuple(pair for pair in request.apart if pair not in sitting))
        ((out, _),) = counts.most_common(1)
        people = tuple(person for person in request.people if person.id != out)
        return replace(request, people=people, apart=tuple(pair for pair in request.apart if out not in pair))

    def _person_of(self, name: str) -> int:
        return self.seats[name].person_id if name in self.seats else numbers_of(name)[0]

    def _changes(self, answer: Answer, *, may_move: bool) -> Iterator[Change]:
        """Yield who would be where else, in teams that stand; too far from a team nobody joins it."""
        near = nearness(self.request, (team.members for team in answer.teams))
        numbers = {_named(seat.team_id): seat.team_id for seat in self.seats.values()}
        sitting = {(seat.person_id, seat.team_id) for seat in self.seats.values()}
        for team in (team for team in answer.teams if team.id in numbers):
            for name in team.members:
                seat, there = self.seats.get(name), numbers[team.id]
                if seat is None and near[name] >= FLOOR:
                    yield Change(*numbers_of(name), there)
                elif may_move and seat and seat.candidate and (seat.person_id, there) not in sitting:
                    yield Change(seat.person_id, seat.candidate.goal_id, there, seat.team_id)


def _named(team_id: int) -> str:
    return f"stands-{team_id:012}"
