"""How near everybody is to his team, compared with the nearest company that exists, and why not the best other team."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from lti_tool.teams.matching.answer import Answer
from lti_tool.teams.matching.arrays import NOBODY, Floats, Ints
from lti_tool.teams.matching.leaving_out import OUT_OF_REACH, best_company, reachable
from lti_tool.teams.matching.problem import state
from lti_tool.teams.matching.reasons import Explained, NearestElsewhere, Placement, WhyNot, describe
from lti_tool.teams.matching.request import Request
from lti_tool.teams.matching.windows import filled
from lti_tool.teams.matching.worth import worths

ROWS = 256
MOST_COMPARED = 20_000
"""Among more people only what a team has in common is said: comparing all with all would take minutes."""


def explain(request: Request, answer: Answer) -> tuple[dict[str, Explained], dict[str, NearestElsewhere]]:
    """Return the reasons of each team, and who is nearest to each who is alone."""
    people = {person.id: person for person in request.people}
    placements: dict[str, Placement] = {}
    alone: dict[str, NearestElsewhere] = {}
    if len(people) <= MOST_COMPARED:
        comparing = _Comparing(request, answer)
        placements = {placement.id: placement for placement in comparing.placements()}
        alone = {nearest.id: nearest for nearest in comparing.nearest([each.id for each in answer.alone])}
    teams = {
        team.id: Explained(
            describe([people[each] for each in team.members], request.options.levels),
            tuple(placements[each] for each in team.members if each in placements),
        )
        for team in answer.teams
    }
    return teams, alone


def nearness(request: Request, teams: Iterable[Sequence[str]]) -> dict[str, float]:
    """Return how like each member of these teams is to the teammates on average; who has no goal is left out."""
    problem = state(request)
    place = {each: number for number, each in enumerate(problem.ids)}
    near: dict[str, float] = {}
    for members in teams:
        team = [each for each in members if problem.speaks[place[each]]]
        rows = problem.likeness.rows(np.array([place[each] for each in team], dtype=np.int64))
        like = rows.between(rows)
        np.fill_diagonal(like, 0)
        near.update(zip(team, np.round(like.sum(axis=1) / max(1, len(team) - 1), 3).tolist(), strict=True))
    return near


def nearest_of(request: Request, asked: Sequence[str]) -> dict[str, tuple[str, float]]:
    """Return who is nearest to each of these, of all with whom that one may be in a team, and how like they are."""
    problem = state(request)
    place = {each: number for number, each in enumerate(problem.ids)}
    everybody = np.ones(len(problem), dtype=bool)
    found: dict[str, tuple[str, float]] = {}
    for at in range(0, len(asked), ROWS):
        some = asked[at : at + ROWS]
        like = reachable(problem, np.array([place[each] for each in some], dtype=np.int64), everybody)
        for name, row in zip(some, np.round(like, 6), strict=True):
            nearest = int(row.argmax())
            if row[nearest] > OUT_OF_REACH:
                found[name] = (problem.ids[nearest], round(float(row[nearest]), 3))
    return found


class _Comparing:
    """Everybody beside everybody."""

    def __init__(self, request: Request, answer: Answer) -> None:
        self.request, self.problem = request, state(request)
        self.place = {each: number for number, each in enumerate(self.problem.ids)}
        self.names = [team.id for team in answer.teams]
        self.team_of = np.full(len(self.problem), NOBODY, dtype=np.int64)
        for number, team in enumerate(answer.teams):
            self.team_of[[self.place[each] for each in team.members]] = number
        self.order = np.argsort(self.team_of, kind="stable")[int((self.team_of == NOBODY).sum()) :]
        self.starts = np.searchsorted(self.team_of[self.order], np.arange(len(self.names)))
        self.size = np.bincount(self.team_of[self.order], minlength=len(self.names))

    def placements(self) -> Iterator[Placement]:
        """Yield how everybody in a team is placed."""
        for at in range(0, len(self.order), ROWS):
            yield from self._placements(self.order[at : at + ROWS])

    def _placements(self, people: Ints) -> Iterator[Placement]:
        link, barred = self._by_team(people)
        own = self.team_of[people]
        at = np.arange(len(people))
        here = link[at, own] / (self.size[own] - 1)
        mean = link / self.size
        mean[at, own] = -np.inf
        other = np.round(mean, 6).argmax(axis=1) if len(self.names) > 1 else np.full(len(people), NOBODY)
        best = self._best(people, self.size[own] - 1)
        for row, person in enumerate(people.tolist()):
            there = int(other[row])
            yield Placement(
                id=self.problem.ids[person],
                here=round(float(here[row]), 3),
                best=round(float(best[row]), 3),
                other_team=self.names[there] if there != NOBODY else "",
                there=round(float(mean[row, there]), 3) if there != NOBODY else 0.0,
                why_not=self._why_not(person, there, mean[row, there] - here[row], barred[row, there] > 0)
                if there != NOBODY
                else None,
            )

    def _by_team(self, people: Ints) -> tuple[Floats, Floats]:
        """Return the sums of likeness to each team's members, and how many of them each must not be with."""
        like = self.problem.likeness.rows(people).between(self.problem.likeness)
        like[np.arange(len(people)), people] = 0
        barred = self.problem.barred_between(people, np.arange(len(self.problem))).astype(np.float32)
        sums = [np.add.reduceat(each[:, self.order], self.starts, axis=1) for each in (like, barred)]
        return sums[0].astype(np.float64), sums[1]

    def _best(self, people: Ints, mates: Ints) -> Floats:
        best = np.zeros(len(people))
        everybody = np.ones(len(self.problem), dtype=bool)
        for count in np.unique(mates).tolist():
            some = mates == count
            best[some] = best_company(self.problem, people[some], everybody, count)
        return best

    def _why_not(self, person: int, team: int, gain: float, barred: bool) -> WhyNot:
        options, own = self.problem.options, int(self.team_of[person])
        if gain <= 0:
            return WhyNot.LOWER
        if barred:
            return WhyNot.APART
        if self.problem.is_fixed[person]:
            return WhyNot.KEPT
        if self.size[team] >= options.maximum:
            return WhyNot.FULL
        if self.size[own] <= options.minimum:
            return WhyNot.OWN_TOO_SMALL
        return WhyNot.MOVES if self._is_kept_by_the_price(person, own, team) else WhyNot.OTHERS_LOSE

    def _is_kept_by_the_price(self, person: int, own: int, team: int) -> bool:
        """Return whether somebody stays where he was before though all together would gain by his move."""
        home = self.problem.home[person]
        if home == NOBODY or self.problem.names[home] != self.names[own]:
            return False
        here, there = (np.flatnonzero(self.team_of == each) for each in (own, team))
        rows = filled([here, there, here[here != person], np.append(there, person)])
        worth = worths(self.problem, rows)
        return bool(worth[2:].sum() > worth[:2].sum())

    def nearest(self, alone: list[str]) -> Iterator[NearestElsewhere]:
        """Yield who is nearest to each of these."""
        if not alone or len(self.problem) < 2:
            return
        places = np.array([self.place[each] for each in alone], dtype=np.int64)
        everybody = np.ones(len(self.problem), dtype=bool)
        best = best_company(self.problem, places, everybody)
        schools = {person.id: person.school for person in self.request.people}
        for row, like in enumerate(reachable(self.problem, places, everybody)):
            who = self.problem.ids[int(np.round(like, 6).argmax())]
            if like.max() > OUT_OF_REACH:
                same = bool(schools[who]) and schools[who] == schools[alone[row]]
                yield NearestElsewhere(
                    alone[row], who, round(float(like.max()), 3), schools[who], same, round(float(best[row]), 3)
                )
