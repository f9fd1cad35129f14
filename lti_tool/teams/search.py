"""The search behind matching: greedy teams around the hardest to place, then moves and swaps while any gains.

Works on numbers only. A team's worth is the sum over its members of their mean likeness to the others, less a
price for each person off the target size; being alone or below the minimum costs more than any likeness gives.
"""

from __future__ import annotations

from dataclasses import dataclass, field

SIZE_PRICE = 0.02
SMALL_PRICE = 2.0
LEAST_GAIN = 1e-5
ROUNDS = 60


@dataclass(frozen=True, slots=True)
class Pairs:
    """How like each two people are; 0 means that they cannot be in one team."""

    like: list[list[float]]

    def __len__(self) -> int:
        return len(self.like)

    def likes_any(self, number: int) -> bool:
        """Return whether anybody could be teamed with this one."""
        return any(self.like[number])


@dataclass(slots=True)
class Change:
    """One step of the search: somebody goes to another team, or changes places with somebody there."""

    gain: float
    person: int
    team: int
    other: int | None = None


@dataclass(slots=True)
class Search:
    """Who is in which team now, with what is needed to price a change in a few additions."""

    pairs: Pairs
    minimum: int
    maximum: int
    target: int
    team_of: list[int] = field(default_factory=list)
    members: list[list[int]] = field(default_factory=list)
    total: list[float] = field(default_factory=list)
    """Per team: the sum of the likeness of its pairs."""
    link: list[list[float]] = field(default_factory=list)
    """Per person and team: the sum of the likeness to its members."""
    clash: list[list[int]] = field(default_factory=list)
    """Per person and team: how many of its members cannot be teamed with this person."""

    def __post_init__(self) -> None:
        size = len(self.pairs)
        self.team_of = list(range(size))
        self.members = [[number] for number in range(size)]
        self.total = [0.0] * size
        self.link = [list(row) for row in self.pairs.like]
        self.clash = [[int(i != j and not like) for j, like in enumerate(row)] for i, row in enumerate(self.pairs.like)]

    def worth(self, size: int, total: float) -> float:
        """Return what a team of this size and likeness is worth."""
        if size == 0:
            return 0.0
        if size == 1:
            return -2 * SMALL_PRICE
        small = SMALL_PRICE if size < self.minimum else 0.0
        return 2 * total / (size - 1) - SIZE_PRICE * size * abs(size - self.target) - small

    def go(self, person: int, team: int) -> None:
        """Put a person into another team."""
        home = self.team_of[person]
        self.total[home] -= self.link[person][home]
        self.total[team] += self.link[person][team]
        self.members[home].remove(person)
        self.members[team].append(person)
        self.team_of[person] = team
        for other, row in enumerate(self.pairs.like):
            self.link[other][home] -= row[person]
            self.link[other][team] += row[person]
            clashes = int(other != person and not row[person])
            self.clash[other][home] -= clashes
            self.clash[other][team] += clashes

    def gain_of_move(self, person: int, team: int) -> float:
        """Return what is won when a person joins another team; negative infinity where that is not possible."""
        home = self.team_of[person]
        if self.clash[person][team] or len(self.members[team]) >= self.maximum:
            return float("-inf")
        return self._gain(home, -1, -self.link[person][home], team, 1, self.link[person][team])

    def gain_of_swap(self, person: int, other: int) -> float:
        """Return what is won when two people change places; negative infinity where that is not possible."""
        home, away = self.team_of[person], self.team_of[other]
        like = self.pairs.like[person][other]
        clash = int(not like)
        if self.clash[person][away] - clash or self.clash[other][home] - clash:
            return float("-inf")
        at_home = self.link[other][home] - like - self.link[person][home]
        at_away = self.link[person][away] - like - self.link[other][away]
        return self._gain(home, 0, at_home, away, 0, at_away)

    def _gain(self, home: int, more: int, gained: float, away: int, more_away: int, gained_away: float) -> float:
        sizes = len(self.members[home]), len(self.members[away])
        before = self.worth(sizes[0], self.total[home]) + self.worth(sizes[1], self.total[away])
        after = self.worth(sizes[0] + more, self.total[home] + gained)
        after += self.worth(sizes[1] + more_away, self.total[away] + gained_away)
        return round(after - before, 6)

    def best_change(self, person: int) -> Change | None:
        """Return the change that gains most for this person, if any gains."""
        home = self.team_of[person]
        best: Change | None = None
        least = LEAST_GAIN
        for team in range(len(self.members)):
            if team == home or not self.members[team]:
                continue
            gain = self.gain_of_move(person, team)
            if gain > least:
                best, least = Change(gain, person, team), gain
            for other in self.members[team]:
                gain = self.gain_of_swap(person, other)
                if gain > least:
                    best, least = Change(gain, person, team, other), gain
        return best

    def apply(self, change: Change) -> None:
        home = self.team_of[change.person]
        self.go(change.person, change.team)
        if change.other is not None:
            self.go(change.other, home)


def partition(pairs: Pairs, minimum: int, maximum: int, target: int) -> list[list[int]]:
    """Return everybody's number in exactly one list, teams in the order of their first member."""
    search = Search(pairs, minimum, maximum, target)
    _gather(search)
    for _ in range(ROUNDS):
        if not _improve(search) and not _disperse_small(search):
            break
    return sorted(sorted(members) for members in search.members if members)


def _gather(search: Search) -> None:
    """Build teams of the target size, each around whoever has the least company."""
    hardest = sorted(range(len(search.pairs)), key=lambda number: (_company(search.pairs, number), number))
    for seed in hardest:
        team = search.team_of[seed]
        if len(search.members[team]) > 1:
            continue
        while len(search.members[team]) < search.target:
            free = [n for n in hardest if len(search.members[search.team_of[n]]) == 1 and n != seed]
            nearest = [n for n in free if not search.clash[n][team]]
            if not nearest:
                break
            search.go(max(nearest, key=lambda number: (round(search.link[number][team], 6), -number)), team)


def _company(pairs: Pairs, number: int) -> float:
    return round(sum(sorted(pairs.like[number], reverse=True)[:3]), 6)


def _improve(search: Search) -> bool:
    """Apply the best change of each person, as far as they touch different teams; return whether any was made."""
    found = [change for number in range(len(search.pairs)) if (change := search.best_change(number))]
    touched: set[int] = set()
    for change in sorted(found, key=lambda each: (-each.gain, each.person)):
        teams = {search.team_of[change.person], change.team}
        if not teams & touched:
            search.apply(change)
            touched |= teams
    return bool(found)


def _disperse_small(search: Search) -> bool:
    """Place the members of each too small team elsewhere, one by one, where all together gain by it."""
    return any(_disperse(search, team) for team, members in enumerate(search.members) if _is_small(search, members))


def _is_small(search: Search, members: list[int]) -> bool:
    return 1 < len(members) < search.minimum


def _disperse(search: Search, home: int) -> bool:
    start, gain = list(search.members[home]), 0.0
    for person in start:
        won, team = max(
            ((search.gain_of_move(person, t), -t) for t, m in enumerate(search.members) if m and t != home),
            default=(float("-inf"), 0),
        )
        if won == float("-inf"):
            break
        gain += won
        search.go(person, -team)
    if gain > LEAST_GAIN and not search.members[home]:
        return True
    for person in start:
        if search.team_of[person] != home:
            search.go(person, home)
    return False
