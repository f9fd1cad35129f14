"""What one table tells in a record: which of its columns, on what it hangs, and what is left out and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from lti_tool.db import Base
from lti_tool.home.record.shared import Shared


class Kept(StrEnum):
    """What another instance makes of a part."""

    ROWS = "rows"
    WORDS = "words"
    """It is kept and told on as it is written, since the rows that it names are not there."""
    HERE = "here"
    """It holds in this instance alone: told to the person, and not brought."""


@dataclass(frozen=True, slots=True)
class Part:
    """A table in a record. Every column is in `fields`, `refs`, `shared` or `left_out`; a test holds it to that."""

    name: str
    model: type[Base]
    by: str
    """The column by which a row hangs on the person, or on a row of the part `under` which it is."""
    under: str = ""
    fields: tuple[str, ...] = ()
    refs: Mapping[str, str] = field(default_factory=dict)
    """Columns that name a row of another part of the record, by that part; it has to come before this one."""
    shared: Mapping[str, Shared] = field(default_factory=dict)
    """Columns that name a row that is not the person's, and how its words are told."""
    only_here: frozenset[str] = frozenset()
    """Columns that are told and neither hashed nor brought."""
    brought_as: Mapping[str, object] = field(default_factory=dict)
    """What columns hold in a row that was brought, whatever they held where it came from."""
    left_out: Mapping[str, str] = field(default_factory=dict)
    """Columns that are not told, with the reason."""
    kept: Kept = Kept.ROWS
    is_single: bool = False

    def key_of(self, column: str) -> str:
        """Return under which name a column is told: what it names, not that it is an id."""
        return column.removesuffix("_id") if column in self.refs or column in self.shared else column
