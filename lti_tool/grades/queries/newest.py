"""Lists of scores or of completions that are chosen: in pages, the newest first, or all from the oldest on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Generic

from sqlalchemy import Select
from sqlalchemy.orm import Session

from lti_tool.grades.filters import Chosen
from lti_tool.paging import cut

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class NewestPage(Generic[Chosen]):
    """Some rows, the newest first, and before which one the next page begins."""

    rows: Sequence[Chosen]
    next_before: int | None


def newest_of(db: Session, found: Select[Chosen], model: type[Chosen], *, before: int | None) -> NewestPage[Chosen]:
    """Return a page of what is found, the newest first."""
    if before is not None:
        found = found.where(model.id < before)
    rows, last = cut(db.scalars(found.order_by(model.id.desc()).limit(PAGE_SIZE + 1)).all(), PAGE_SIZE)
    return NewestPage(rows, last.id if last else None)


def all_of(db: Session, found: Select[Chosen], model: type[Chosen]) -> Iterator[Chosen]:
    """Yield all that is found, the oldest first, without holding it all."""
    yield from db.scalars(found.order_by(model.id).execution_options(yield_per=500))
