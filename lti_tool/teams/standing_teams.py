"""Teams that stand already, and those who came since. Only the worker imports this: it loads the matcher.

Nobody loses a seat by it: what it finds are changes, and each is put to the person whom it is about.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from lti_tool.teams.asking import (
    FLOOR,
    LARGEST,
    NO_BONDS,
    Bonds,
    fitting,
    name_of,
    numbers_of,
    people_of,
    request_for,
    request_of,
)
from lti_tool.teams.like_teams import one_goal_each, teams_of_like_goals
from lti_tool.teams.likeness import Candidate
from lti_tool.teams.matching.answer import Answer
from lti_tool.teams.matching.explaining import nearness
from lti_tool.teams.matching.matcher import match_seats
from lti_tool.teams.matching.request import Options, Person, Request
from lti_tool.teams.models import RunKind
from lti_tool.teams.seats import Beside, Change, Place, Seat
from lti_tool.teams.wishes_beside import kept_beside


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
    look = _Look(_of_open_teams(seats), newcomers, within_schools, frozenset(apart), bonds)
    staying = look.found(may_move=False)
    if not may_move:
        return staying.teams, Beside(RunKind.JOINERS, staying.changes)
    moving = look.found(may_move=True)
    gain = _gain(staying, moving)
    found = staying if gain is None else moving
    return found.teams, Beside(RunKind.IMPROVE, found.changes, gain)


@dataclass(frozen=True, slots=True)
class _Found:
    """What would change, which new teams there would be beside it, and how alike all of them would be in sum."""

    changes: tuple[Change, ...]
    teams: list[list[Place]]
    likeness: float
    has_to_move: bool
    """Whether moves take apart two who sit together and must not."""


def _gain(staying: _Found, moving: _Found) -> float | None:
    """Return by what part people are more alike than if nobody moved; 0 where some have to move for no gain.

    None where nobody has to, and there is no gain to speak of.
    """
    gain = round(moving.likeness / staying.likeness - 1, 4) if staying.likeness > 0 else 0.0
    return gain if gain > 0 else 0.0 if moving.has_to_move else None


class _Look:
    """All that is asked about teams that stand and those who came since."""

    def __init__(
        self,
        seats: Sequence[Seat],
        newcomers: Sequence[Candidate],
        within_schools: bool,
        apart: frozenset[frozenset[int]],
        bonds: Bonds,
    ) -> None:
        self.newcomers, self.within_schools, self.apart, self.bonds = newcomers, within_schools, apart, bonds
        free = fitting([each for each in newcomers if each.person_id not in bonds.locked], bonds)
        circles = _circles(seats, free, within_schools=within_schools)
        self.circles = [_Asking(*circle, apart, bonds) for circle in circles]

    def found(self, *, may_move: bool) -> _Found:
        """Return what is found, with moves or without."""
        answers = [(circle, circle.answer(may_move=may_move)) for circle in self.circles]
        changes = tuple(change for circle, answer in answers for change in circle.changes(answer))
        settled = {change.person_id for change in changes}
        rest = [each for each in self.newcomers if each.person_id not in settled]
        teams = teams_of_like_goals(rest, within_schools=self.within_schools, apart=self.apart, bonds=self.bonds)
        likeness = sum(circle.likeness(answer) for circle, answer in answers) + self._likeness(teams)
        return _Found(changes, teams, likeness, any(circle.takes_apart(changes) for circle in self.circles))

    def _likeness(self, teams: Iterable[Sequence[Place]]) -> float:
        named = [[name_of(*place) for place in team] for team in teams]
        return _sum_of_likeness(request_for(self.newcomers, (), Options()), named)


def _sum_of_likeness(request: Request, teams: Iterable[Sequence[str]]) -> float:
    """Return how like everybody in these teams is to the teammates, in sum."""
    return sum(nearness(request, teams).values())


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
        self.own: defaultdict[int, dict[int, str]] = defaultdict(dict)
        for name, seat in self.seats.items():
            self.own[seat.person_id][seat.team_id] = name
        self.numbers = {_named(seat.team_id): seat.team_id for seat in seats}
        self.request = one_goal_each(request_of(self._people(newcomers), apart, Options(floor=FLOOR)))
        self.together = kept_beside(seats, self._of_newcomers(newcomers), apart, bonds)

    def _of_newcomers(self, newcomers: Iterable[Candidate]) -> list[Candidate]:
        """Return the one goal of each by which a seat is looked for."""
        asked = {person.id for person in self.request.people}
        return [each for each in newcomers if name_of(each.person_id, each.goal_id) in asked]

    def _people(self, newcomers: Sequence[Candidate]) -> list[tuple[int, Person]]:
        """Return everybody with their ids; a goal that speaks for nothing in a team keeps its owner's seat."""
        spoken = {name: seat.candidate for name, seat in self.seats.items() if seat.candidate is not None}
        known = people_of([*spoken.values(), *newcomers])
        seated = dict(zip(spoken, known[: len(spoken)], strict=True))
        sitting = [
            (seat.person_id, replace(seated[name], id=name) if name in seated else Person(name, (), school=seat.school))
            for name, seat in self.seats.items()
        ]
        coming = zip((each.person_id for each in newcomers), known[len(spoken) :], strict=True)
        return [*sitting, *coming]

    def answer(self, *, may_move: bool) -> Answer:
        return match_seats(self._bound(may_move=may_move))

    def likeness(self, answer: Answer) -> float:
        return _sum_of_likeness(self.request, [team.members for team in answer.teams])

    def takes_apart(self, changes: Sequence[Change]) -> bool:
        """Return whether somebody would move who sits with a person whom a rule keeps apart."""
        leaving = {(change.person_id, change.leaves_id) for change in changes if change.leaves_id}
        sitting = (pair for pair in self.request.apart if self._is_sitting_together(pair))
        return any(
            (self.seats[each].person_id, self.seats[each].team_id) in leaving for pair in sitting for each in pair
        )

    def _bound(self, *, may_move: bool) -> Request:
        """Return the request with who sits where, and who stays there in any case."""
        previous: defaultdict[str, list[str]] = defaultdict(list)
        for name, seat in self.seats.items():
            previous[_named(seat.team_id)].append(name)
        fixed = (name for name, seat in self.seats.items() if not (may_move and seat.may_be_moved))
        locked = {name: _named(self.seats[name].team_id) for name in fixed}
        coming = {self._person_of(person.id): person.id for person in self.request.people}
        groups = [self._names_of(group, coming) for group in self.together]
        return replace(
            self.request,
            apart=(*self.request.apart, *self._two_seats()),
            together=tuple(group for group in groups if len(group) > 1),
            locked=locked,
            previous={team: tuple(own) for team, own in previous.items()},
        )

    def _names_of(self, group: frozenset[int], coming: Mapping[int, str]) -> tuple[str, ...]:
        """Return what the matcher calls these people; of who has two seats, the one where the others sit."""
        sitting = [self.own[each] for each in sorted(group) if each in self.own]
        common = min(set.intersection(*map(set, sitting))) if sitting else 0
        names = (self.own[each][common] if each in self.own else coming.get(each, "") for each in sorted(group))
        return tuple(name for name in names if name)

    def _two_seats(self) -> list[tuple[str, ...]]:
        """Return the seats of each who is in several teams: nobody sits twice in one."""
        return [tuple(names.values()) for names in self.own.values() if len(names) > 1]

    def _is_sitting_together(self, pair: Sequence[str]) -> bool:
        teams = {self.seats[name].team_id if name in self.seats else None for name in pair}
        return len(teams) == 1 and None not in teams

    def _person_of(self, name: str) -> int:
        return self.seats[name].person_id if name in self.seats else numbers_of(name)[0]

    def changes(self, answer: Answer) -> Iterator[Change]:
        """Yield who would be where else."""
        for team in answer.teams:
            there = self.numbers[team.id]
            for name in team.members:
                seat = self.seats.get(name)
                if seat is None:
                    yield Change(*numbers_of(name), there)
                elif seat.candidate and seat.team_id != there:
                    yield Change(seat.person_id, seat.candidate.goal_id, there, seat.team_id)


def _named(team_id: int) -> str:
    return f"stands-{team_id:012}"
