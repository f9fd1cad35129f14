"""How near two goals are: what they share in the tree of standards, so that the reason can be said in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lti_tool.standards.models import Indicator


@dataclass(frozen=True, slots=True)
class Likeness:
    """The indicators that two goals share, and the components that they meet in beyond those."""

    indicators: tuple[Indicator, ...]
    components: tuple[Indicator, ...]

    @property
    def distance(self) -> tuple[int, int]:
        """Return what sorts the nearest first: shared indicators count before shared components."""
        return (-len(self.indicators), -len(self.components))


def likeness(mine: Iterable[Indicator], theirs: Iterable[Indicator]) -> Likeness | None:
    """Return what these indicators have in common, or None."""
    own = list(mine)
    ids, parents = {each.id for each in own}, {each.parent_id for each in own}
    others = sorted(theirs, key=lambda each: (each.framework_id, each.position))
    shared = tuple(each for each in others if each.id in ids)
    covered = {each.parent_id for each in shared}
    near = {
        each.parent.id: each.parent
        for each in others
        if each.parent is not None and each.parent_id in parents and each.parent_id not in covered
    }
    return Likeness(shared, tuple(near.values())) if shared or near else None
