"""Reading a file of any kind that a framework may come in."""

from __future__ import annotations

from pathlib import PurePath
from typing import IO

from lti_tool.standards.case.package import Package
from lti_tool.standards.case.reading import read_package
from lti_tool.standards.case.sheet import read_sheet

TABLES = (".csv", ".tsv", ".txt")


def read_file(stream: IO[bytes], name: str, district_id: int, *, title: str = "") -> Package:
    """Return the framework in a file: a table by its name, else a CASE package."""
    path = PurePath(name)
    if path.suffix.lower() in TABLES:
        return read_sheet(stream, title=title.strip() or path.stem, district_id=district_id)
    return read_package(stream)
