"""Teams that exist already: changes between them, as long as each gains more than moving people costs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lti_tool.teams.matching.arrays import NOBODY
from lti_tool.teams.matching.large import SHIFTS, Views, search
from lti_tool.teams.matching.small import MOST_PEOPLE
from lti_tool.teams.matching.standing import Standing
from lti_tool.teams.matching.sweeping import sweep
from lti_tool.teams.matching.windows import regroup

POLISHED = 10_000
"""Up to so many people no change that gains is left between any two teams, unless that is waived."""
WORTH_MOVING_FOR = 1.6
"""How many times its price a move has to gain: for less, people are better left where they are."""


def improve(standing: Standing, price: float) -> None:
    """Make the changes that gain more than this price for each who moves; no team begins or ends."""
    problem = standing.problem
    standing.problem = replace(problem, options=replace(problem.options, move_price=price))
    people = (standing.team_of != NOBODY).sum()
    if people <= MOST_PEOPLE:
        regroup(standing, [np.flatnonzero(standing.sizes)])
    elif people <= POLISHED:
        sweep(standing)
    else:
        search(standing, Views(standing.problem), len(SHIFTS))
    standing.problem = problem
