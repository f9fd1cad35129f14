"""Reading a framework from a table: a CSV file with one item a line.

Columns: code, parent_code, title, statement, grade_bands, roles, disciplines. The columns of OpenSALT's spreadsheets
are understood too. A table holds no identifiers, so they are made of the framework and the code: the same line is the
same item each time it is imported.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from typing import IO

from lti_tool.errors import InvalidInputError
from lti_tool.people.sheets import Row, decode_sheet, read_rows
from lti_tool.standards.case.package import Oddity, Package
from lti_tool.standards.case.tree import RawItem, Tree
from lti_tool.standards.case.values import OURS
from lti_tool.standards.models import LONGEST_IDENTIFIER

COLUMNS = {
    "code": ("code", "humancodingscheme"),
    "parent": ("parentcode", "parent", "ischildof"),
    "title": ("title", "abbreviatedstatement"),
    "statement": ("statement", "fullstatement"),
    "grade_bands": ("gradebands", "gradeband", "educationlevel"),
    "roles": ("roles", "role"),
    "disciplines": ("disciplines", "discipline", "subject"),
    "identifier": ("identifier",),
    "order": ("sequencenumber",),
}
HEADER = "code, parent_code, title, statement, grade_bands, roles, disciplines"


def read_sheet(stream: IO[bytes], *, title: str, district_id: int) -> Package:
    """Return the framework in a table under this title; raise `InvalidInputError` with the line that is wrong."""
    if not title.strip():
        raise InvalidInputError("A table does not say what its framework is called. Give the framework a title.")
    identifier = str(uuid.uuid5(OURS, f"{district_id}/{title.strip().casefold()}"))
    tree = Tree(identifier)
    rows = []
    for line, row in _rows(decode_sheet(stream.read())):
        item = _item(identifier, row, f"Line {line}")
        _refuse_contradiction(tree, item)
        tree.add(item)
        rows.append((item, row))
    _place(tree, rows)
    return Package(
        identifier=identifier,
        title=title.strip()[:300],
        version="",
        audience="",
        licence="",
        attribution="",
        items=tree.read(),
        is_table=True,
        notes=tree.notes.all(),
    )


def _rows(text: str) -> list[tuple[int, Row]]:
    found, columns = read_rows(text, COLUMNS)
    if "statement" not in columns or not {"code", "identifier"} & set(columns):
        raise InvalidInputError(f"The first line of this table does not name its columns. It should be: {HEADER}.")
    return found


def _item(framework: str, row: Row, place: str) -> RawItem:
    code, given = row.get("code", ""), row.get("identifier", "")
    if not code and not given:
        raise InvalidInputError(f"{place} has no code. Give each item one of its own.")
    if not row.get("statement"):
        raise InvalidInputError(f"{place} ({code or given}) has no statement. Write what it says, or remove the line.")
    if len(given) > LONGEST_IDENTIFIER:
        raise InvalidInputError(f"{place} ({code}) has an identifier of over {LONGEST_IDENTIFIER} characters.")
    return RawItem(
        identifier=given or str(uuid.uuid5(uuid.UUID(framework), code)),
        place=place,
        code=code,
        statement=row["statement"],
        title=row.get("title", ""),
        grade_bands=_listed(row.get("grade_bands", "")),
        roles=_listed(row.get("roles", "")),
        disciplines=_listed(row.get("disciplines", "")),
    )


def _refuse_contradiction(tree: Tree, item: RawItem) -> None:
    known = tree.items.get(item.identifier)
    if known is not None and not known.says_the_same_as(item):
        raise InvalidInputError(
            f"{item.place} has the code {item.name}, as {known.place} has, and says something else. "
            "Give each item a code of its own."
        )


def _listed(cell: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.strip() for each in re.split(r"[|;,\n]", cell) if each.strip()))


def _place(tree: Tree, rows: list[tuple[RawItem, Row]]) -> None:
    """Put each item under the one whose code or identifier its line names as the parent."""
    by_code = {item.code: item.identifier for item, _ in reversed(rows) if item.code}
    in_any_case = {code.casefold(): identifier for code, identifier in by_code.items()}
    names_parents = any(row.get("parent") for _, row in rows)
    for number, (item, row) in enumerate(rows):
        order = int(row["order"]) if re.fullmatch(r"\d{1,9}", row.get("order", "")) else number
        named = row.get("parent", "")
        if named:
            found = by_code.get(named) or (named if named in tree.items else in_any_case.get(named.casefold()))
            tree.place(item.identifier, found, order)
        elif not names_parents and (above := _above(item.code, by_code)):
            tree.notes.add(Oddity.PARENT_FROM_CODE, item.name)
            tree.place(item.identifier, above, order)
        else:
            tree.place(item.identifier, tree.root, order)


def _above(code: str, by_code: Mapping[str, str]) -> str | None:
    """Return the item whose code a dotted code begins with: A.1 for A.1.c."""
    while "." in code:
        code = code.rpartition(".")[0]
        if code in by_code:
            return by_code[code]
    return None
