"""What one would do otherwise: sort by standard and cut, or clusters of equal size by k-means-constrained."""

from __future__ import annotations

import numpy as np
from k_means_constrained import KMeansConstrained

from lti_tool.teams.matching.arrays import Ints
from lti_tool.teams.matching.large import Views
from lti_tool.teams.matching.problem import Problem
from lti_tool.teams.matching.starts import quotas
from lti_tool.teams.matching.worth import members_by_team


def by_standard(problem: Problem, _seed: int) -> Ints:
    """Return people in the order of their standards, then grade band and discipline, cut into teams of the target."""
    likeness = problem.likeness
    rank = np.empty(len(problem), dtype=np.int64)
    rank[problem.tree_order] = np.arange(len(problem))
    same = np.unique(likeness.vectors[:, : likeness.vectors.shape[1] - 256], axis=0, return_inverse=True)[1]
    first = np.full(int(same.max()) + 1, len(problem))
    np.minimum.at(first, same, rank)
    order = np.lexsort((likeness.discipline, likeness.band, first[same]))
    teams = len(problem) // problem.options.target
    sizes = quotas(len(problem), teams, teams, problem.options.maximum)
    team_of = np.empty(len(problem), dtype=np.int64)
    team_of[order] = np.repeat(np.arange(len(sizes)), sizes)
    return members_by_team(team_of, len(sizes), problem.options.maximum)


def by_k_means(problem: Problem, seed: int) -> Ints:
    """Return clusters of the allowed sizes, as many as teams of the target."""
    options = problem.options
    teams = len(problem) // options.target
    clusters = KMeansConstrained(
        n_clusters=teams, size_min=options.minimum, size_max=options.maximum, n_init=1, max_iter=10, random_state=seed
    )
    labels = clusters.fit_predict(Views(problem).features.astype(np.float64) / 512)
    return members_by_team(np.asarray(labels), teams, options.maximum)
