"""One goal of each person: the one that has the nearest company."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from lti_tool.teams.matching.leaving_out import best_company
from lti_tool.teams.matching.problem import state
from lti_tool.teams.matching.request import Request


def nearest_of_each(request: Request, owner_of: Callable[[str], str]) -> set[str]:
    """Return one id for each owner, who does not count as company for himself; ties go to the lower id."""
    ids = sorted(person.id for person in request.people)
    owners = [owner_of(each) for each in ids]
    if len(set(owners)) == len(ids):
        return set(ids)
    own: dict[str, tuple[str, ...]] = {}
    for each, owner in zip(ids, owners, strict=True):
        own[owner] = (*own.get(owner, ()), each)
    several = tuple(group for group in own.values() if len(group) > 1)
    problem = state(Request(request.people, request.options, apart=(*request.apart, *several)))
    everybody = np.ones(len(ids), dtype=bool)
    company = best_company(problem, np.arange(len(ids)), everybody)
    order = np.lexsort((np.arange(len(ids)), -company)).tolist()
    best: dict[str, str] = {}
    for place in order:
        best.setdefault(owners[place], ids[place])
    return set(best.values())
