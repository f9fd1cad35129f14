"""The best choice among teams that were seen: set partitioning, solved by HiGHS up to a fixed number of nodes."""

from __future__ import annotations

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csc_array

from lti_tool.teams.matching.arrays import NOBODY, Floats, Ints

MOST_NODES = 200
PRICE_OF_NOBODY = 50.0
"""What it costs to leave somebody out: more than any team is worth."""


def distinct(members: Ints) -> Ints:
    """Return each team once, in the order of its members."""
    return np.unique(members, axis=0)


def choose(members: Ints, worth: Floats, people: int, nodes: int = MOST_NODES) -> Ints | None:
    """Return the rows that together hold everybody once, as far as possible, and are worth most."""
    teams = len(members)
    row, slot = np.nonzero(members != NOBODY)
    rows = np.concatenate([members[row, slot], np.arange(people)])
    columns = np.concatenate([row, teams + np.arange(people)])
    holds = csc_array((np.ones(len(rows)), (rows, columns)), shape=(people, teams + people))
    found = milp(
        np.concatenate([-worth, np.full(people, PRICE_OF_NOBODY)]),
        constraints=LinearConstraint(holds, 1, 1),
        integrality=np.ones(teams + people),
        bounds=Bounds(0, 1),
        options={"node_limit": nodes, "mip_rel_gap": 1e-6},
    )
    return None if found.x is None else np.flatnonzero(found.x[:teams] > 0.5)
