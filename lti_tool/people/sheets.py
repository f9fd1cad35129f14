"""Reading tables that somebody made with a spreadsheet: CSV with commas, semicolons or tabs, and named columns."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Collection, Mapping, Sequence

from lti_tool.db import is_storable
from lti_tool.errors import InvalidInputError

Row = Mapping[str, str]
Columns = Mapping[str, Sequence[str]]
"""Our names of the columns, each with its spellings in letters alone, the best first."""
MOST_ROWS = 2000
CHANGED = "Something changed since you looked, so nothing was recorded yet. Look at the lines again."


def decode_sheet(content: bytes) -> str:
    """Return the text of a file; raise `InvalidInputError` where it is none that can be kept."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInputError("This table is no text in UTF-8. Save it as “CSV UTF-8” and try again.") from error
    if not is_storable(text):
        raise InvalidInputError("There is a character in this table that no database keeps. Save it as CSV anew.")
    return text


def read_rows(text: str, columns: Columns) -> tuple[list[tuple[int, Row]], Collection[str]]:
    """Return the lines that hold anything, each with its number and its values by our names, and the columns found."""
    first = text.lstrip().partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        header = _header(next(reader, []), columns)
        found: list[tuple[int, Row]] = []
        for values in reader:
            row = {name: values[at].strip() for name, at in header.items() if at < len(values)}
            if any(row.values()):
                found.append((reader.line_num, row))
    except csv.Error as error:
        raise InvalidInputError(
            f"Line {reader.line_num} cannot be read as CSV. Look for a quotation mark that is not closed."
        ) from error
    return found, header.keys()


def read_lines(text: str, columns: Columns, header: str, *enough: set[str]) -> list[tuple[int, Row]]:
    """Return the lines of a file that is looked at before it is recorded; one of the sets of columns must be there."""
    rows, found = read_rows(text, columns)
    if not any(needed <= set(found) for needed in enough):
        raise InvalidInputError(f"The first line of this table does not name its columns. It should be: {header}.")
    if not rows:
        raise InvalidInputError("There is no line below the names of the columns.")
    if len(rows) > MOST_ROWS:
        raise InvalidInputError(f"This file has more than {MOST_ROWS} lines. Split it into several.")
    return rows


def digest_of(lines: Sequence[object]) -> str:
    """Return what tells whether the lines still mean what they meant when somebody looked."""
    return hashlib.sha256(repr(lines).encode()).hexdigest()


def _header(names: Sequence[str], columns: Columns) -> dict[str, int]:
    plain = [re.sub(r"[^a-z]", "", name.lower()) for name in names]
    return {
        column: plain.index(spelling)
        for column, spellings in columns.items()
        for spelling in spellings[::-1]
        if spelling in plain
    }
