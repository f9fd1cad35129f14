"""A line item that is there once: looked for first, made where there is none (AGS 2.0 §3.2.15).

No LMS keeps two callers from making the same one. Each looks again after it made one; both then agree on the first and
the other one, in which there is no score yet, is deleted by whoever made it.
"""

from __future__ import annotations

from dataclasses import dataclass

from lti_tool.lms.advantage import Advantage, LineItem

TAG = "like-goals"
"""With the resource id it names a line item of the tool; a copied course has the same names and other addresses."""


@dataclass(frozen=True, slots=True)
class LineItemSpec:
    """A line item as it should be in a course."""

    line_items_url: str
    label: str
    resource_id: str
    """What it is for, the same in every course."""
    resource_link_id: str = ""
    is_made_for_link: bool = True
    """Whether a new one names the link: Canvas refuses that where the link has none yet (line_items_controller.rb)."""
    taken: frozenset[str] = frozenset()
    """Addresses that belong to other courses, whatever this one's list says."""


def find_or_make(advantage: Advantage, spec: LineItemSpec) -> LineItem:
    """Return the line item, made if there is none; raise an `LMSError` where the LMS does not let it be made."""
    found = _find(advantage, spec)
    if found is not None:
        return found
    link = spec.resource_link_id if spec.is_made_for_link else ""
    made = advantage.create_line_item(
        spec.line_items_url, label=spec.label, resource_id=spec.resource_id, tag=TAG, resource_link_id=link
    )
    first = _find(advantage, spec)
    if first is None or first.url == made.url:
        return made
    advantage.delete_line_item(made.url)
    return first


def _find(advantage: Advantage, spec: LineItemSpec) -> LineItem | None:
    """Return the line item of the link, else the one that the tool made for this; of several the first."""
    items = [each for each in advantage.line_items(spec.line_items_url) if each.url not in spec.taken]
    link = spec.resource_link_id
    of_link = [each for each in items if link and each.resource_link_id == link]
    names = (TAG, spec.resource_id)
    ours = [each for each in items if (each.tag, each.resource_id) == names and each.resource_link_id in ("", link)]
    return min(of_link or ours, key=lambda each: (len(each.url), each.url), default=None)
