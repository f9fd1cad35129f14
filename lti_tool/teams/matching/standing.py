"""Who is in which team while the search goes on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lti_tool.teams.matching.arrays import NOBODY, Floats, Ints
from lti_tool.teams.matching.problem import Problem
from lti_tool.teams.matching.worth import members_by_team, worths


@dataclass(slots=True)
class Standing:
    """Everybody's team by number, NOBODY for who has none; teams of nobody may be among the numbers."""

    problem: Problem
    team_of: Ints
    teams: int

    @property
    def members(self) -> Ints:
        return members_by_team(self.team_of, self.teams, self.problem.options.maximum)

    @property
    def sizes(self) -> Ints:
        return np.bincount(self.team_of[self.team_of != NOBODY], minlength=self.teams)

    def add_teams(self, teams: Ints) -> None:
        """Make a new team of each row of people."""
        for row in teams:
            self.team_of[row[row != NOBODY]] = self.teams
            self.teams += 1

    def worth_a_head(self) -> Floats:
        """Return what each team is worth to a member of it."""
        members = self.members
        return worths(self.problem, members) / np.maximum((members != NOBODY).sum(axis=1), 1)


def nobody_placed(problem: Problem, teams: int = 0) -> Standing:
    """Return a standing with so many empty teams."""
    return Standing(problem, np.full(len(problem), NOBODY, dtype=np.int64), teams)
