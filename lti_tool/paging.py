"""Lists in pages: each begins after a row of the list, and not at a count, which a new row would shift."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from sqlalchemy import Select, tuple_

Row = TypeVar("Row")
Found = TypeVar("Found", bound=Select[*tuple[Any, ...]])


def following(found: Found, order: Sequence[Any], last: Select[*tuple[Any, ...]]) -> Found:
    """Narrow a list that is in this order to what comes after the row that `last` selects."""
    place = last.with_only_columns(*order).correlate(None).scalar_subquery()
    return found.where(tuple_(*order) > place)


def cut(rows: Sequence[Row], size: int) -> tuple[list[Row], Row | None]:
    """Return as many rows as a page has, and the last of them where one more was read: there another page follows."""
    return list(rows[:size]), rows[size - 1] if len(rows) > size else None
